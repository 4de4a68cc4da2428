"""What a text says about time: the public face is `find`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from understanding.times.atoms import scan
from understanding.times.expressions import Reader
from understanding.times.numbers import tidy
from understanding.times.shape import Time

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["LONGEST", "Time", "find"]

LONGEST = 20_000
"""Characters of a text that are read."""


def find(text: str, now: datetime) -> list[Time]:
    """Return what a text says about time, in its order; readings of one expression follow each other, likeliest first.

    `now` is the local instant that 明天 counts from; an offset on it is dropped. Only the first `LONGEST` characters
    are read. What is no time (三会一课, 301会议室, 一点意见) is not returned, and no text raises.
    """
    tidied = tidy(text[:LONGEST])
    atoms = scan(tidied.text)
    if not atoms:
        return []
    where = tidied.where
    try:
        found = Reader(tidied.text, atoms, now.replace(tzinfo=None)).read()
    except (OverflowError, ValueError):  # beyond the year 9999 there is no calendar
        return []
    return [replace(time, span=(where[time.span[0]], where[time.span[1] - 1] + 1)) for time in found]
