"""The clauses of marked words, and how one is cut down to what it says beside the things that were found."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from understanding.words.marked import FILLER
from understanding.words.things import MARKS

if TYPE_CHECKING:
    from understanding.words.marked import Marked

TAKEN_BACK = "(?:哦不对?|噢不对?|啊不对?|呃不对?|不不|不对|不是|错了|说错了?|口误|更正|应该是)"
"""What people say when they correct themselves in the same breath."""
ANY_MARK = f"[{''.join(MARKS.values())}]"
_ENDS = re.compile("[，。；！？、\\s]*[，。；！？\n][，。；！？、\\s]*")
_NOTHING = re.compile(f'{ANY_MARK}|[，。；！？、：\\s"（）【】-]')


class Clause(NamedTuple):
    """A stretch of marked words without a stop in it; `after` are the signs before it, empty where it is a space."""

    start: int
    end: int
    after: str


def clauses(marked: Marked, start: int = 0, end: int | None = None) -> list[Clause]:
    """Return the clauses of a stretch; a space between words parts clauses as a comma does."""
    last = len(marked.text) if end is None else end
    stops = [(found.start(), found.end()) for found in _ENDS.finditer(marked.text, start, last)]
    if marked.breaks:
        stops += [(at, at) for at in range(start + 1, last) if marked.origin[at][0] in marked.breaks]
        stops.sort()
    several: list[Clause] = []
    at, after = start, ""
    for low, high in [*stops, (last, last)]:
        if low > at:
            several.append(Clause(at, low, after))
            after = ""
        if high > low:
            after = marked.text[low:high]
        at = max(at, high)
    return several


def leaves(words: str) -> str:
    """Return what a clause says beside things, fillers and signs; empty where it says nothing more."""
    return FILLER.sub("", _NOTHING.sub("", words))
