"""How each kind of calendar word narrows the stretch that the words before it have named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from understanding.times import clock, festivals, lengths, periods
from understanding.times.dates import RELATIVE_YEARS
from understanding.times.periods import DAY, Period, midnight

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

_QUARTER = 3


def _month(number: int, base: Period | None, now: datetime) -> Period | None:
    if base is not None:
        if base.grain in {"half", "quarter"}:
            return periods.months(base.start.year, base.start.month + number - 1, has_year=base.has_year)
        return periods.months(base.start.year, number, has_year=base.has_year)
    return periods.months(now.year + (number < now.month), number, has_year=False)


def _day(number: int, base: Period | None, now: datetime) -> Period | None:
    return periods.day_of_month(number, base, now)


def _relative_year(offset: int, _: Period | None, now: datetime) -> Period | None:
    return periods.year(now.year + offset)


def _relative_month(offset: int, base: Period | None, now: datetime) -> Period | None:
    return periods.months(base.start.year if base else now.year, now.month + offset)


def _relative_quarter(offset: int, base: Period | None, now: datetime) -> Period | None:
    first = (now.month - 1) // _QUARTER * _QUARTER + 1
    return periods.months(base.start.year if base else now.year, first + _QUARTER * offset, _QUARTER, grain="quarter")


def _quarter(number: int, base: Period | None, now: datetime) -> Period | None:
    year = base.start.year if base else now.year
    return periods.months(year, _QUARTER * number - 2, _QUARTER, grain="quarter", has_year=base is not None)


def _half(number: int, base: Period | None, now: datetime) -> Period | None:
    return periods.months(
        base.start.year if base else now.year, 6 * number - 5, 6, grain="half", has_year=base is not None
    )


def _third(which: str, base: Period | None, now: datetime) -> Period | None:
    month = base or periods.months(now.year, now.month)
    if month.grain != "month" or month.end is None:
        return None
    first = month.start + {"上": 0, "中": 10, "下": 20}[which] * DAY
    return month._replace(start=first, end=month.end if which == "下" else first + 10 * DAY, grain="third")


def _edge(which: str, base: Period | None, _: datetime) -> Period | None:
    """Return the beginning, middle or end of a year, quarter, month or week."""
    if base is None or base.end is None:
        return None
    start, end = base.start, base.end
    if base.grain in {"year", "half", "quarter"}:
        months = 1 if base.grain == "quarter" else 2
        if which == "底":
            start = periods.shifted(end, -months)
        elif which == "初":
            end = periods.shifted(start, months)
        else:
            start = periods.shifted(start, 5 if base.grain == "year" else 1)
            end = periods.shifted(start, months if base.grain == "year" else 1)
    elif base.grain == "month":
        if which == "底":
            start = start + 24 * DAY
        elif which == "初":
            end = start + 5 * DAY
        else:
            start, end = start + 10 * DAY, start + 20 * DAY
    elif base.grain == "week":
        start, end = {
            "初": (start, start + 2 * DAY),
            "中": (start + 2 * DAY, start + 3 * DAY),
            "底": (start + 4 * DAY, end),
        }[which]
    return base._replace(start=start, end=end, grain="edge")


def _half_month(which: int, base: Period | None, now: datetime) -> Period | None:
    month = base or periods.months(now.year, now.month)
    middle = month.start + 15 * DAY
    return month._replace(end=middle) if which == 1 else month._replace(start=middle)


def _leading(value: tuple[int, str], base: Period | None, now: datetime) -> Period | None:
    found = lengths.leading(value, base, now)
    return Period(*found, "days", has_day=True, has_year=True) if found else None


def _days_off(name: str, base: Period | None, now: datetime) -> Period | None:
    """Return the days off around a statutory holiday, as the State Council's table has them."""
    from rules import days

    found = _festival(name, base, now)
    if found is None or found.end is None:
        return found
    start, end = found.start, found.end
    while not (day := days.look((start - DAY).date())).is_working and day.holiday:
        start -= DAY
    while not (day := days.look(end.date())).is_working and day.holiday:
        end += DAY
    return found._replace(start=start, end=end, grain="daysoff", assumed=days.look(found.start.date()).assumed)


def _weekend(offset: int, _: Period | None, now: datetime) -> Period | None:
    week = periods.week(now, offset)
    return Period(week.start + 5 * DAY, week.start + 7 * DAY, "weekend", has_day=True, has_year=True)


def _same_day(offset: int, base: Period | None, now: datetime) -> Period | None:
    return periods.day(midnight((base.start if base else now).date()) + offset * DAY)


def _festival(name: str, base: Period | None, now: datetime) -> Period | None:
    if base is not None:
        on = festivals.falls_on(name, base.start.year)
        return periods.day(midnight(on)) if on else None
    for year in range(now.year, now.year + 3):
        on = festivals.falls_on(name, year)
        if on and on >= now.date():
            return periods.day(midnight(on), has_year=False)
    return None


def _lunar(value: tuple[int | str | None, int, int | None, bool], base: Period | None, now: datetime) -> Period | None:
    from understanding.times import lunar

    said, month, on, leap = value
    if isinstance(said, str):
        said = now.year + RELATIVE_YEARS[said]
    if base is not None:
        said = base.start.year
    for year in (said,) if said else range(now.year - 1, now.year + 3):
        first = lunar.to_solar(year, month, on or 1, leap=leap)
        if first and (said or first >= now.date()):
            if on:
                return periods.day(midnight(first), has_year=bool(said))
            length = lunar.month_length(year, month, leap=leap)
            return Period(midnight(first), midnight(first) + length * DAY, "month", has_year=bool(said))
    return None


def _after_holiday(value: tuple[str | None, int], base: Period | None, now: datetime) -> Period | None:
    from rules import days

    name, nth = value
    at = now.date()
    if name:
        found = _festival(name, base, now)
        if found is None:
            return None
        at = found.start.date()
    else:
        for _ in range(400):
            if days.look(at).holiday and not days.look(at).is_working:
                break
            at += DAY
    while days.look(at).holiday and not days.look(at).is_working:
        at += DAY
    return periods.workday(midnight(at), nth)


def _now(_: None, __: Period | None, now: datetime) -> Period | None:
    return Period(now, None, "second", has_day=True, has_year=True, clock=f"{now:%H:%M}")


STEPS: dict[str, Callable[[Any, Period | None, datetime], Period | None]] = {
    "year": lambda value, _, __: periods.year(value),
    "relyear": _relative_year,
    "half": _half,
    "quarter": _quarter,
    "relquarter": _relative_quarter,
    "month": _month,
    "relmonth": _relative_month,
    "third": _third,
    "edge": _edge,
    "relweek": lambda value, _, now: periods.week(now, value),
    "nthweek": periods.nth_week,
    "weekend": _weekend,
    "halfmonth": _half_month,
    "leading": _leading,
    "daysoff": _days_off,
    "day": _day,
    "weekday": periods.weekday,
    "nthweekday": periods.nth_weekday,
    "nthworkday": periods.nth_workday,
    "nthday": periods.nth_day,
    "relday": lambda value, _, now: periods.day(midnight(now.date()) + value * DAY),
    "sameday": _same_day,
    "festival": _festival,
    "afterholiday": _after_holiday,
    "lunar": _lunar,
    "now": _now,
    "part": clock.part_of_day,
    "clock": clock.at_clock,
}
"""What each kind of word does: from its value, the stretch so far and the present instant to a narrower stretch."""

LEVELS = {
    **dict.fromkeys(("year", "relyear"), 1),
    **dict.fromkeys(("half", "quarter", "relquarter"), 2),
    **dict.fromkeys(("month", "relmonth"), 3),
    **dict.fromkeys(("third", "edge", "halfmonth", "leading", "relweek", "nthweek"), 4),
    **dict.fromkeys(("weekend", "day", "weekday", "nthweekday", "nthworkday", "nthday", "relday", "sameday"), 5),
    **dict.fromkeys(("festival", "afterholiday", "daysoff", "lunar"), 5),
    "part": 6,
    **dict.fromkeys(("clock", "now"), 7),
}
"""How fine each kind is: a word narrows only what is coarser than itself."""
