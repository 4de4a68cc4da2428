"""Which days are worked in mainland China, and what follows for a fixed monthly day.

The table is that of `chinese_calendar`, from the State Council's yearly notices. A year that it does not hold is no
error: weekends and the holidays with a fixed date are then taken, and `Day.assumed` says so, to be looked at again
once the table has grown.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import tzinfo

ONE_DAY = timedelta(days=1)
ANNOUNCED_BEFORE = timedelta(days=3)
ANNOUNCED_AT = time(9)

_KEYS = {
    "New Year's Day": "new_year",
    "Spring Festival": "spring_festival",
    "Tomb-sweeping Day": "tomb_sweeping",
    "Labour Day": "labour_day",
    "Dragon Boat Festival": "dragon_boat",
    "Mid-autumn Festival": "mid_autumn",
    "National Day": "national_day",
    "Anti-Fascist 70th Day": "victory_day",
}

_FIXED = {
    (1, 1): "new_year",
    (5, 1): "labour_day",
    (5, 2): "labour_day",
    (10, 1): "national_day",
    (10, 2): "national_day",
    (10, 3): "national_day",
}
"""Month and day of the holidays that the solar calendar fixes: 《全国年节及纪念日放假办法》 of 2025, article 2."""


@dataclass(frozen=True, slots=True)
class Day:
    """What is known of one day.

    `holiday` is the key of the statutory holiday whose days off it belongs to (`national_day`), else None. `makeup`:
    a Saturday or Sunday that is worked in exchange. `assumed`: the table does not hold the year.
    """

    date: date
    is_working: bool
    holiday: str | None = None
    makeup: bool = False
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class _Table:
    holidays: dict[date, str]
    makeups: frozenset[date]
    years: frozenset[int]


@cache
def _table() -> _Table:
    from chinese_calendar.constants import holidays, workdays

    keyed = {day: _KEYS[name] for day, name in holidays.items()}
    years = frozenset(day.year for day, key in keyed.items() if key == "national_day")
    return _Table(keyed, frozenset(workdays), years)


def covers(year: int) -> bool:
    """Return whether the table holds the year's holidays and make-up days."""
    return year in _table().years


def look(day: date) -> Day:
    """Return what is known of a day."""
    weekend = day.weekday() >= 5  # noqa: PLR2004  Saturday is 5
    if not covers(day.year):
        holiday = _FIXED.get((day.month, day.day))
        return Day(day, is_working=not weekend and holiday is None, holiday=holiday, assumed=True)
    table = _table()
    if day in table.makeups:
        return Day(day, is_working=True, makeup=weekend)
    holiday = table.holidays.get(day)
    return Day(day, is_working=not weekend and holiday is None, holiday=holiday)


def is_working(day: date) -> bool:
    """Return whether the day is worked."""
    return look(day).is_working


def next_working(day: date) -> date:
    """Return the first working day after the day."""
    return working_on_or_after(day + ONE_DAY)


def previous_working(day: date) -> date:
    """Return the last working day before the day."""
    return working_on_or_before(day - ONE_DAY)


def working_on_or_after(day: date) -> date:
    """Return the day itself where it is worked, else the first working day after it."""
    while not is_working(day):
        day += ONE_DAY
    return day


def working_on_or_before(day: date) -> date:
    """Return the day itself where it is worked, else the last working day before it."""
    while not is_working(day):
        day -= ONE_DAY
    return day


def holiday_range(day: date) -> tuple[date, date] | None:
    """Return the first and last day off of the run around a day of a statutory holiday; None on any other day."""
    if look(day).holiday is None:
        return None
    return previous_working(day) + ONE_DAY, next_working(day) - ONE_DAY


def shift_party_day(day: date) -> date:
    """Return where a monthly day goes that may not be worked.

    The day itself where it is worked; else the next working day of the same month, else the last working day before.
    """
    later = working_on_or_after(day)
    return later if (later.year, later.month) == (day.year, day.month) else working_on_or_before(day)


def announce_on(day: date) -> date:
    """Return the day to announce something on: the last working day that is at least three days before."""
    return working_on_or_before(day - ANNOUNCED_BEFORE)


def announce_at(start: datetime, zone: tzinfo) -> datetime:
    """Return the instant to announce a meeting: at nine, local, on the day that `announce_on` gives; in UTC."""
    day = announce_on(start.astimezone(zone).date())
    return datetime.combine(day, ANNOUNCED_AT, zone).astimezone(UTC)


def occurrences(rule: str, first: date, last: date, since: date | None = None) -> list[date]:
    """Return the days of a repeating rule from `first` to `last`, both included, in order.

    `rule` is an RFC 5545 rule without hour (`FREQ=MONTHLY;BYDAY=1FR`); its intervals and counts start at `since`,
    which is `first` where nothing is given. Raises ValueError where the rule is not one.
    """
    from dateutil.rrule import rrulestr

    begin = datetime.combine(since or first, time())
    try:
        dates = rrulestr(rule, dtstart=begin)
    except (AttributeError, KeyError, TypeError) as error:  # what dateutil lets through on words it does not know
        raise ValueError(f"not a repeating rule: {rule!r}") from error
    found = dates.between(datetime.combine(first, time()), datetime.combine(last, time.max), inc=True)
    return sorted({moment.date() for moment in found})


def theme_day_in(rule: str, year: int, month: int, since: date | None = None) -> date | None:
    """Return the rule's first day in a month before any shift, or None where it has none there.

    `since` is where the rule's intervals start, by default the month's first day. Raises ValueError as `occurrences`.
    """
    first = date(year, month, 1)
    days = occurrences(rule, first, date(year, month, monthrange(year, month)[1]), since)
    return days[0] if days else None
