"""What the speaker takes back in the same breath: 周三不对周四下午三点, 党员大会 哦不 是支委会."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from understanding.words.clauses import TAKEN_BACK
from understanding.words.things import Thing, sort_of

if TYPE_CHECKING:
    from understanding.slots.filling import Filling

_BETWEEN = re.compile(
    f"[，。！\\s吧的了啊]*(?:{TAKEN_BACK}|不(?=$|[，。！\\s]))[，。！\\s了吧啊]*(?:是|应该是|改成|改到|就)?[，。\\s]*"
)
_NOON = 12


def correct(fill: Filling) -> None:
    """Take every thing off that the next one of its sort replaces; a new hour keeps the day that was said."""
    marks = list(fill.marked.behind.items())
    behind = dict(marks)
    for (at, thing), (further, new) in pairwise(marks):
        if sort_of(thing) != sort_of(new) or not _BETWEEN.fullmatch(fill.marked.text, at + 1, further):
            continue
        fill.used.add(id(thing))
        if thing.kind == "when":
            behind[further] = kept_day(thing, new)
    fill.marked = replace(fill.marked, behind=behind)


def kept_day(old: Thing, new: Thing) -> Thing:
    """Return a time with the day of the one that it replaces, where it has none itself."""
    was, now = old.value[0], new.value[0]
    if now.has_day or not now.has_clock or not was.has_day or was.start is None or now.start is None:
        return new
    hour = now.start.hour
    if now.bare_hour and was.start.hour >= _NOON > hour:
        hour += _NOON
    start = was.start.replace(hour=hour, minute=now.start.minute)
    return replace(new, value=(replace(now, start=start, end=None, has_day=True),))
