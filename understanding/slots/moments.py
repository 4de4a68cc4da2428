"""Times, lengths and recurrences in the forms of the contract."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from understanding.times import Time
    from understanding.words.things import Thing

_WIDE = {"week", "month", "quarter", "half", "year", "edge", "weekend", "season", "decade", "century"}
_DAY = timedelta(days=1)
_MIDNIGHT = (0, 0, 0)


def minutes(thing: Thing) -> int:
    """Return a length in minutes."""
    return round((thing.value[0].seconds or 0) / 60)


def instant(moment: datetime) -> str:
    """Return an instant in the contract's form."""
    return moment.replace(microsecond=0).isoformat()


def start_of(time: Time) -> datetime:
    """Return where a time begins; a length has no beginning and is not asked."""
    if time.start is None:
        raise ValueError(time.kind)
    return time.start


def last_day(time: Time) -> str:
    """Return the day on which a stretch of time ends, its end being exclusive."""
    last = start_of(time) if time.end is None else time.end - timedelta(microseconds=1)
    return last.date().isoformat()


def is_wide(time: Time) -> bool:
    """Say whether a time is a week, a month or longer: no day to meet on."""
    return time.grain in _WIDE or (time.end is not None and time.end - start_of(time) > _DAY and not time.has_clock)


def as_range(time: Time, now: datetime) -> dict[str, str]:
    """Return the range that a time covers; what has an end alone (月底前) begins today, or at the end's own day."""
    start = start_of(time)
    end = time.end
    if end is None:
        start = datetime(start.year, start.month, start.day)  # noqa: DTZ001  local
        end = start + min(_DAY, datetime.max - start)  # noqa: DTZ901  local
    if time.open_until:
        day = min(now, end - timedelta(microseconds=1))
        start = datetime(day.year, day.month, day.day)  # noqa: DTZ001  local
    return {"start": instant(start), "end": instant(end)}


def due(time: Time) -> str:
    """Return until when something is wanted: an instant where a clock time is said, else the last day."""
    if time.has_clock:
        return instant(time.end or start_of(time)) if time.open_until else instant(start_of(time))
    return last_day(time)


def place_in_time(
    things: Sequence[Thing], slots: frozenset[str] | set[str]
) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    """Return the slots start, daypart, time and end that the times together give, and what is unsure of them."""
    values: dict[str, Any] = {}
    unsure: dict[str, list[Any]] = {}
    day: Time | None = None
    for thing in (thing for thing in things if thing.value[0].start is not None):
        readings = thing.value
        time = readings[0]
        if time.kind == "recurrence" or (is_wide(time) and not time.has_clock):
            if "end" in slots and time.kind == "interval" and time.grain == "day" and not time.open_until:
                values.setdefault("start", _day_of(time))
                values.setdefault("end", last_day(time))
        elif time.has_clock and _is_whole(time, day, slots) and not (time.open_until and "start" in values):
            _set(values, unsure, "start", [instant(start_of(each)) for each in readings])
            if time.end is not None:
                values["end"] = instant(time.end)
            values.pop("daypart", None)
        elif time.has_clock:
            _clock(values, unsure, readings, day)
        elif time.has_day and "start" not in values and "time" in values:
            values["start"] = f"{_day_of(time)}T{values.pop('time')}:00"
        elif time.has_day and "start" not in values:
            _set(values, unsure, "start", [_day_of(each) for each in readings])
            day = time
            _daypart(values, time)
        elif ":" not in str(values.get("start", "")):
            _daypart(values, time)
    return {slot: value for slot, value in values.items() if slot in slots}, {
        slot: several for slot, several in unsure.items() if slot in slots
    }


def _is_whole(time: Time, day: Time | None, slots: frozenset[str] | set[str]) -> bool:
    """Say whether a clock time stands for an instant: it has its day, or none is said and only an instant is wanted."""
    return time.has_day or (day is None and "time" not in slots and "start" in slots)


def _daypart(values: dict[str, Any], time: Time) -> None:
    if time.daypart:
        values.setdefault("daypart", time.daypart)


def _clock(values: dict[str, Any], unsure: dict[str, list[Any]], readings: list[Time], day: Time | None) -> None:
    """A clock time without a day: it belongs to the day said before, else it stands alone."""
    time = readings[0]
    if "T" in str(values.get("start", "")):
        return
    if "start" in values and day is not None:
        moment = start_of(time)
        if values.get("daypart") in {"afternoon", "evening"} and moment.hour < 12:  # noqa: PLR2004  noon
            moment += timedelta(hours=12)
        values["start"] = f"{values['start']}T{moment:%H:%M:%S}"
        values.pop("daypart", None)
        if time.end is not None:
            values["end"] = f"{values['start'][:10]}T{time.end:%H:%M:%S}"
        return
    if "start" in values or "time" in values:
        return
    _set(values, unsure, "time", [f"{start_of(each):%H:%M}" for each in readings])
    if time.end is not None:
        values["end"] = f"{time.end:%H:%M}"


def _day_of(time: Time) -> str:
    return start_of(time).date().isoformat()


def _set(values: dict[str, Any], unsure: dict[str, list[Any]], slot: str, several: list[Any]) -> None:
    distinct = list(dict.fromkeys(several))
    if len(distinct) > 1:
        unsure[slot] = distinct
    else:
        values[slot] = distinct[0]


def recurring(time: Time) -> dict[str, Any]:
    """Return the slots rrule, time and daypart of a recurrence."""
    values: dict[str, Any] = {"rrule": time.rrule}
    if time.has_clock and time.clock:
        values["time"] = time.clock
    elif time.daypart:
        values["daypart"] = time.daypart
    return values
