"""From the words of a recurrence (每月, 第一个周五, 下午, 三点) to the rule and the hour that they make up."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from understanding.times import periods, recurrences
from understanding.times.calendar_steps import STEPS
from understanding.times.narrowing import shaped
from understanding.times.periods import Period, midnight

if TYPE_CHECKING:
    from datetime import datetime

    from understanding.times.atoms import Atom
    from understanding.times.shape import Time

_IN_RULE = frozenset({"", "的", " ", "、", "和", "及", "与", "在", "逢"})


def read_recurrence(text: str, atoms: list[Atom], at: int, now: datetime) -> tuple[Time, int]:
    """Return the recurrence that begins with an atom, and the first atom that is no part of it."""
    rule: recurrences.Rule = atoms[at].value
    today = periods.day(midnight(now.date()))._replace(has_day=False)
    hour = STEPS["part"](rule.part, today, now) if rule.part else None
    end = at + 1
    while end < len(atoms):
        before, after = atoms[end - 1], atoms[end]
        gap = text[before.end : after.start]
        is_hour = after.kind in {"part", "clock"}
        if gap not in _IN_RULE and not (gap == "," and is_hour):
            break
        if is_hour:
            narrowed = STEPS[after.kind](after.value, hour or today, now)
            if narrowed is None:
                break
            hour = narrowed
        else:
            finer = None if hour else recurrences.refine(rule, after.kind, after.value)
            if finer is None:
                break
            rule = finer
        end += 1
    return _time(rule, hour, (atoms[at].start, atoms[end - 1].end), now), end


def _time(rule: recurrences.Rule, hour: Period | None, span: tuple[int, int], now: datetime) -> Time:
    said = hour._replace(has_day=False, has_year=False) if hour else None
    at = said.start - midnight(now.date()) if said and said.clock else None
    first = recurrences.first(rule, now, at)
    return replace(
        shaped("recurrence", said or Period(now, None, "day"), span),
        start=first[0] if first else None,
        rrule=rule.rrule,
        grain=rule.freq.lower(),
        assumed=bool(first and first[1]),
    )
