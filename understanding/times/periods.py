"""Stretches of the calendar and how one word narrows the stretch that the words before it have named."""

from __future__ import annotations

import calendar
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
MONTHS = 12
FIRST_YEAR, LAST_YEAR = 1900, 2200


class Period(NamedTuple):
    """A stretch of time; `end` is exclusive, and None for an instant.

    `roll` is the step to the next one where the words name no particular one (周五: a week). `reaches` is False once
    working days had to be assumed.
    """

    start: datetime
    end: datetime | None
    grain: str
    has_day: bool = False
    has_year: bool = False
    roll: timedelta | None = None
    daypart: str | None = None
    clock: str | None = None
    is_bare: bool = False
    assumed: bool = False
    others: tuple[Period, ...] = ()


def midnight(day: date) -> datetime:
    """Return the beginning of a day."""
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001  words are local time without an offset


def year(number: int, *, has_year: bool = True) -> Period | None:
    """Return a year, None outside what the calendar here covers."""
    if not FIRST_YEAR <= number <= LAST_YEAR:
        return None
    start = midnight(date(number, 1, 1))
    return Period(start, midnight(date(number + 1, 1, 1)), "year", has_year=has_year)


def months(start_year: int, start_month: int, count: int = 1, *, grain: str = "month", has_year: bool = True) -> Period:
    """Return `count` months from a month on; the month may lie outside 1 to 12."""
    first, last = month_start(start_year, start_month), month_start(start_year, start_month + count)
    return Period(first, last, grain, has_year=has_year)


def month_start(in_year: int, month: int) -> datetime:
    """Return the first of a month; months outside 1 to 12 count on into other years."""
    over, index = divmod(month - 1, MONTHS)
    return midnight(date(min(max(in_year + over, 1), LAST_YEAR + 99), index + 1, 1))


def day(start: datetime, *, has_year: bool = True, roll: timedelta | None = None) -> Period:
    """Return one whole day."""
    return Period(start, start + DAY, "day", has_day=True, has_year=has_year, roll=roll)


def week(of: datetime, offset: int = 0) -> Period:
    """Return the week from Monday that holds an instant, or another counted from it."""
    monday = midnight(of.date()) - of.weekday() * DAY + offset * WEEK
    return Period(monday, monday + WEEK, "week", has_year=True)


def shifted(start: datetime, by_months: int) -> datetime:
    """Move by months; a day that the month lacks becomes its last."""
    first = month_start(start.year, start.month + by_months)
    last = calendar.monthrange(first.year, first.month)[1]
    return start.replace(year=first.year, month=first.month, day=min(start.day, last))


def day_of_month(number: int, base: Period | None, now: datetime) -> Period | None:
    """Return the day with this number: in the month named, else in the first month from now on that has it ahead."""
    today = midnight(now.date())
    if base is not None and base.has_year:
        return _on(base.start.year, base.start.month, number, has_year=True)
    if base is None:
        ahead = (_on(at.year, at.month, number) for at in (month_start(now.year, now.month + n) for n in range(13)))
    else:
        ahead = (_on(base.start.year + n, base.start.month, number) for n in range(-1, 9))
    return next((found for found in ahead if found and found.start >= today), None)


def _on(in_year: int, month: int, number: int, *, has_year: bool = False) -> Period | None:
    if not 1 <= number <= calendar.monthrange(in_year, month)[1]:
        return None
    return day(midnight(date(in_year, month, number)), has_year=has_year)


def weekday(which: int, base: Period | None, now: datetime) -> Period | None:
    """Return a weekday (0 is Monday): of the week named, else the coming one, today included.

    After a day it only confirms it (3月11日周三); where the two disagree, both readings are given.
    """
    if base is not None and base.grain == "week":
        return day(base.start + which * DAY)
    if base is not None and base.grain == "day":
        if base.start.weekday() == which:
            return base._replace(roll=None)
        other = day(week(base.start).start + which * DAY)
        return base._replace(roll=None, others=(other,))
    if base is not None:
        return None
    today = midnight(now.date())
    return day(today + (which - today.weekday()) % 7 * DAY, roll=WEEK)


def nth_weekday(value: tuple[int, int], base: Period | None, now: datetime) -> Period | None:
    """Return the nth weekday of the period, from its end where n is negative; without one, of a month to come."""
    nth, which = value
    for span in _spans(base, now):
        if span.end is None:
            return None
        if nth > 0:
            at = span.start + (which - span.start.weekday()) % 7 * DAY + (nth - 1) * WEEK
        else:
            last = span.end - DAY
            at = last - (last.weekday() - which) % 7 * DAY + (nth + 1) * WEEK
        if span.start <= at < span.end and (base is not None or at.date() >= now.date()):
            return day(at, has_year=span.has_year)
    return None


def nth_day(nth: int, base: Period | None, now: datetime) -> Period | None:
    """Return the nth day of the period, counted from its end where n is negative; without a period, of a month."""
    for span in _spans(base, now):
        if span.end is None:
            return None
        at = span.start + (nth - 1) * DAY if nth > 0 else span.end + nth * DAY
        if span.start <= at < span.end and (base is not None or at.date() >= now.date()):
            return day(at, has_year=span.has_year)
    return None


def nth_week(nth: int, base: Period | None, now: datetime) -> Period | None:
    """Return the nth week of the period; its first begins with its first Monday."""
    span = next(_spans(base, now))
    monday = span.start + (-span.start.weekday()) % 7 * DAY
    if nth > 0:
        monday += (nth - 1) * WEEK
    else:
        last = (span.end or span.start) - DAY
        monday = last - last.weekday() * DAY + (nth + 1) * WEEK
    return Period(monday, monday + WEEK, "week", has_year=span.has_year)


def nth_workday(nth: int, base: Period | None, now: datetime) -> Period | None:
    """Return the nth working day of the period (the State Council's table), from its end where n is negative."""
    for span in _spans(base, now):
        if span.end is None:
            return None
        found = workday(span.start if nth > 0 else span.end - DAY, nth)
        if found and span.start <= found.start < span.end and (base is not None or found.start.date() >= now.date()):
            return found._replace(has_year=span.has_year)
    return None


def workday(start: datetime, nth: int) -> Period | None:
    """Return the nth working day from a day on, that day included; backwards where n is negative."""
    from rules import days

    at, left, assumed = start, abs(nth), False
    for _ in range(400):
        known = days.look(at.date())
        assumed = assumed or known.assumed
        left -= known.is_working
        if not left:
            return day(at)._replace(assumed=assumed)
        at += DAY if nth > 0 else -DAY
    return None


def _spans(base: Period | None, now: datetime) -> Iterator[Period]:
    if base is not None:
        yield base
        return
    for n in range(4):
        yield months(now.year, now.month + n, has_year=False)
