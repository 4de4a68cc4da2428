"""A repeating rule in words: every Monday, the first Friday of the month."""

from __future__ import annotations

from typing import TYPE_CHECKING

from texts import say

if TYPE_CHECKING:
    from vocabulary.messages import Text

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WORKDAYS = frozenset(DAYS[:5])


def in_words(rrule: str) -> Text:
    """Word an RFC 5545 rule of the understanding contract; one of no known form is only called repeating."""
    parts = dict(piece.split("=", 1) for piece in rrule.removeprefix("RRULE:").split(";") if "=" in piece)
    every = int(parts.get("INTERVAL", "1"))
    match parts.get("FREQ"):
        case "DAILY":
            return say("recurrence.days", n=every) if every > 1 else say("recurrence.day")
        case "WEEKLY":
            return _weekly(parts, every)
        case "MONTHLY":
            return say("recurrence.joined", period=_months(every), day=_in_month(parts))
        case "YEARLY" if {"BYMONTH", "BYMONTHDAY"} <= parts.keys():
            return say("recurrence.year", month=parts["BYMONTH"], day=parts["BYMONTHDAY"])
    return say("recurrence.other")


def _weekly(parts: dict[str, str], every: int) -> Text:
    named = parts["BYDAY"].split(",") if "BYDAY" in parts else []
    if not named:
        period = say("recurrence.weeks", n=every) if every > 1 else say("recurrence.week")
        return say("recurrence.joined", period=period, day=say("recurrence.once"))
    if every == 1 and set(named) == WORKDAYS:
        return say("recurrence.monday_to_friday")
    days = [say(f"recurrence.{day}") for day in named]
    return say("recurrence.weekdays_of", n=every, days=days) if every > 1 else say("recurrence.weekdays", days=days)


def _months(every: int) -> Text:
    quarter = 3
    if every == quarter:
        return say("recurrence.quarter")
    return say("recurrence.months", n=every) if every > 1 else say("recurrence.month")


def _in_month(parts: dict[str, str]) -> Text:
    """Word the day of the month: a number, the last one, the first Friday, the last working day."""
    day, weekday = parts.get("BYMONTHDAY"), parts.get("BYDAY")
    if day is not None:
        return say("recurrence.last_day") if day == "-1" else say("recurrence.date", day=day)
    if weekday is None:
        return say("recurrence.once")
    place = parts.get("BYSETPOS") or weekday[:-2]
    named = say("recurrence.workday") if set(weekday.split(",")) == WORKDAYS else say(f"recurrence.{weekday[-2:]}")
    if place == "-1":
        return say("recurrence.last", day=named)
    return say("recurrence.nth", n=say(f"recurrence.n{place.lstrip('+')}"), day=named) if place else named
