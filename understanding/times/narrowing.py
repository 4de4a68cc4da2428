"""From words that narrow each other (下周三, 下午, 三点) to the stretch of time that they name together."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from understanding.times import periods
from understanding.times.calendar_steps import STEPS
from understanding.times.periods import DAY, Period
from understanding.times.shape import Kind, Time

if TYPE_CHECKING:
    from datetime import datetime

    from understanding.times.atoms import Atom

_HALF_DAY = timedelta(hours=12)


def narrow(words: list[Atom], base: Period | None, now: datetime) -> Period | None:
    """Let each word narrow the stretch that the ones before it have named; its other readings go along."""
    period = base
    for atom in words:
        step = STEPS[atom.kind]
        others: tuple[Period, ...] = ()
        if period is not None:
            if period.grain == "weekend" and atom.kind in {"part", "clock"}:
                period = periods.day(period.start)._replace(others=(periods.day(period.start + DAY),))
            others = period.others
            period = period._replace(others=()) if others else period
        period = step(atom.value, period, now)
        if period is None:
            return None
        if others:
            also = [found for other in others if (found := step(atom.value, other, now))]
            period = period._replace(others=(*period.others, *also))
    return period


def later(last: Period, first: Period) -> Period:
    """Move the end of a range after its beginning: by half a day where its hour is bare, else by a day."""
    step = _HALF_DAY if last.is_bare and last.start + _HALF_DAY > first.start else DAY
    at = last.start + step
    return last._replace(start=at, clock=f"{at:%H:%M}")


def shaped(kind: Kind, period: Period, span: tuple[int, int]) -> Time:
    """Return a stretch in the form that is handed on."""
    return Time(
        kind,
        period.start,
        period.end if kind == "interval" else None,
        span,
        grain=period.grain,
        daypart=period.daypart,
        has_clock=period.clock is not None,
        has_day=period.has_day,
        has_year=period.has_year,
        clock=period.clock,
        bare_hour=period.is_bare,
        assumed=period.assumed,
    )
