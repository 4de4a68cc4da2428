"""What a length of time does to the present: 三天后, 两周内, 前两个月, 近三个月."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from understanding.times.durations import MONTHS_OF, Length
from understanding.times.periods import DAY, midnight, month_start, shifted, week

if TYPE_CHECKING:
    from understanding.times.periods import Period

_WHOLE = frozenset("前上后下")
"""Words that count whole days, weeks, months or years, without the present one."""


def moved(at: datetime, length: Length, sign: int) -> datetime | None:
    """Return the instant that lies a length after (1) or before (-1) another; None outside the calendar."""
    try:
        for count, unit in length.parts:
            if unit in MONTHS_OF:
                by = count * MONTHS_OF[unit]
                at = shifted(at, sign * int(by)) + sign * timedelta(days=round(30 * (by % 1)))
            else:
                at += sign * timedelta(seconds=Length(((count, unit),)).seconds)
    except (ValueError, OverflowError):
        return None
    return at


def within(now: datetime, length: Length) -> tuple[datetime, datetime] | None:
    """Return from when to when a length runs from now; whole days where it is counted in days."""
    end = moved(now, length, 1)
    if end is None:
        return None
    return (now, end) if length.is_fine else (midnight(now.date()), midnight(end.date()) + DAY)


def stretch(now: datetime, length: Length, word: str) -> tuple[datetime, datetime] | None:
    """Return the stretch that a word before a length names: 未来三天, 近三个月, 前两周, 下三个月."""
    is_coming = word not in {"前", "上", "近", "过去", "最近", "之前"}
    end = moved(now, length, 1 if is_coming else -1)
    if end is None:
        return None
    if length.is_fine:
        return (now, end) if is_coming else (end, now)
    if word in _WHOLE:
        return _whole(now, length, is_coming=is_coming)
    return (now, midnight(end.date())) if is_coming else (midnight(end.date()), now)


def _whole(now: datetime, length: Length, *, is_coming: bool) -> tuple[datetime, datetime] | None:
    count, unit = length.parts[-1]
    number = int(count)
    if unit == "天":
        today = midnight(now.date())
        return (today + DAY, today + (number + 1) * DAY) if is_coming else (today - number * DAY, today)
    if unit == "周":
        here = week(now, 1 if is_coming else -number).start
        return here, here + number * 7 * DAY
    by = MONTHS_OF[unit]
    month = {1: now.month, 3: (now.month - 1) // 3 * 3 + 1}.get(by, 1)
    first = month + (by if is_coming else -number * by)
    return month_start(now.year, first), month_start(now.year, first + number * by)


def leading(value: tuple[int, str], base: Period | None, now: datetime) -> tuple[datetime, datetime] | None:
    """Return the first days, weeks, months or quarters of a stretch (今年前三季度); those before a day (国庆前三天).

    Without a stretch: those before now; quarters are of this year.
    """
    count, unit = value
    if base is None:
        if unit == "季":
            return month_start(now.year, 1), month_start(now.year, 1 + 3 * count)
        return _whole(now, Length(((count, unit),)), is_coming=False)
    if base.grain == "day":
        back = moved(base.start, Length(((count, unit),)), -1)
        return (back, base.start) if back else None
    end = moved(base.start, Length(((count, unit),)), 1)
    return (base.start, end) if end else None
