"""Parts a message into clauses, and knows the words by which they order, ask, and announce more."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from understanding.words.marked import FILLER
from understanding.words.things import MARKS, types

if TYPE_CHECKING:
    from collections.abc import Iterator

    from understanding.intents.matching import Match
    from understanding.words.marked import Marked

_MOST = 8
"""So many clauses are looked at."""
_NAMES = re.compile("[{}]".format("".join(MARKS.values())))
_BARE = re.compile(
    "请教一?下?|请问|想?问一?下|咨询一?下|那个什么|那个啥|那啥|什么来着|编号|号|第|条|那次|那个|那场|这次|[：，#0-9]|我说的?|说的?|不是"
)
_SHOWN = re.compile("查|(?<!我)看[看下一]|发我|给我|列|调出|多少|什么|哪些|谁")
_FULL_STOP = re.compile("[；。！？\n]")


@lru_cache(maxsize=1)
def words() -> tuple[re.Pattern[str], re.Pattern[str], frozenset[str]]:
    """Return where clauses part, what shows that something is wanted, and the intents that need no such word."""
    data = tomllib.loads(Path(__file__).with_name("several.toml").read_text(encoding="utf-8"))
    further = "|".join(data["further"])
    parts = (
        f"(?P<stop>[，。；！？\n]+)(?P<after>{further})?|^(?P<first>然后|另外|顺便|还有|对了)[，]?"
        "|(?<=[\u4e00-\u9fff\ue000-\ue018])(?P<inside>然后再?|再(?=[弄搞出写做整导][个份])|顺便|同时|接着|另外)(?=[\u4e00-\u9fff\ue000-\ue018])"
    )
    return re.compile(parts), re.compile("|".join((*data["orders"], *data["asks"]))), frozenset(data["said"])


@dataclass(slots=True)
class Clause:
    """A clause: where it stands, how it begins (another command is announced, after a full stop), what it means.

    `followed` says that the next clause announces another command: then this one, or one before, is a command too.
    `shown`: what stands before it wants something shown.
    """

    start: int
    end: int
    announced: bool
    stopped: bool
    part: Marked
    match: Match | None = None
    followed: bool = False
    shown: bool = False


def parted(marked: Marked) -> list[Clause]:
    """Return the clauses of a message; those beyond the last that is looked at belong to it. Empty where it is one."""
    if not marked.gaps and not words()[0].search(marked.text):
        return []
    clauses: list[Clause] = []
    at, announced, stopped = 0, False, False
    for found in (*words()[0].finditer(marked.text), None):
        end = found.start() if found else len(marked.text)
        for start, stop in _between_gaps(marked, at, end):
            if len(clauses) < _MOST:
                clauses.append(Clause(start, stop, announced, stopped, marked.part(start, stop)))
                announced = announced and stop == end
            else:
                clauses[-1].end = stop
        if found:
            at = found.end()
            announced = bool(found["after"] or found["first"] or found["inside"]) or (end == at and announced)
            stopped = bool(_FULL_STOP.search(found["stop"] or ""))
    for clause, following in pairwise(clauses):
        clause.followed = following.announced
        following.shown = clause.shown or _SHOWN.search(clause.part.source) is not None
    return clauses


def _between_gaps(marked: Marked, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the parts of a clause between spaces that stand beside a thing, where both sides want something."""
    wanted = words()[1]
    for gap in sorted(at for at in marked.gaps if start < at < end):
        if wanted.search(marked.words(start, gap)) and wanted.search(marked.words(gap, end)):
            yield start, gap
            start = gap
    if end > start:
        yield start, end


def orders(part: Marked) -> bool:
    """Say whether a clause orders or asks something in so many words, or calls a meeting."""
    return words()[1].search(part.source) is not None or is_meeting(part)


def says(part: Marked) -> bool:
    """Say whether a clause holds more than things, numbers and filler."""
    return bool(_NAMES.sub("", FILLER.sub("", _BARE.sub("", part.text))).strip("，。；：！？、 \n"))


def says_what(part: Marked) -> bool:
    """Say whether a clause holds more than an order: 结果发我看看, not 发我看看."""
    return words()[1].sub("", _NAMES.sub("", FILLER.sub("", part.text))).strip("，。；：！？、 \n") != ""


def is_meeting(part: Marked) -> bool:
    """Say whether a clause names a meeting with its hour: 下午三点党员大会302会议室."""
    things = part.things()
    regular = any(thing.kind == "rrule" for thing in things)
    timed = regular or any(thing.kind == "when" and thing.value[0].has_clock for thing in things)
    return timed and bool(types(things))
