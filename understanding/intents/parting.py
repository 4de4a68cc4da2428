"""Parts a message into clauses, and knows the words by which they order, ask, and announce more."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from understanding.intents.matching import Match
    from understanding.words.marked import Marked

_MOST = 8
"""So many clauses are looked at."""
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
