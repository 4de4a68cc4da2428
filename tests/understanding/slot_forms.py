"""The forms that the contract gives to values: what is wrong with a reading's slots, slot by slot."""

from __future__ import annotations

import re
from datetime import date, datetime

from dateutil.rrule import rrulestr

TYPES = {
    "member_meeting", "committee_meeting", "group_meeting", "party_lecture", "theme_day", "org_life_meeting",
    "democratic_life_meeting", "democratic_review", "other",
}  # fmt: skip
AUDIENCES = {"all", "unanswered", "absent", "committee"}
VOTES = {"同意", "反对", "弃权"}
GRADES = {"优秀", "合格", "基本合格", "不合格"}


def _words(value):
    return isinstance(value, str) and bool(value.strip())


def _several(value):
    return isinstance(value, list) and bool(value) and all(map(_words, value))


def _instant(value):
    return isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", value) and _parses(value)


def _parses(value):
    try:
        return bool(datetime.fromisoformat(value))
    except ValueError:
        return False


def _day(value):
    try:
        return isinstance(value, str) and bool(date.fromisoformat(value)) and len(value) == 10
    except ValueError:
        return False


def _clock(value):
    return isinstance(value, str) and re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value)


def _minutes(value):
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _shift(value):
    return isinstance(value, int) and not isinstance(value, bool)


def _range(value):
    return isinstance(value, dict) and set(value) == {"start", "end"} and all(map(_instant, value.values()))


def _rrule(value):
    return isinstance(value, str) and "BYHOUR" not in value and bool(rrulestr(value))


def _type(value):
    several = value if isinstance(value, list) else [value]
    return len(several) > 0 and set(several) <= TYPES


def _person(value):
    return _words(value) or _several(value)


def _audience(value):
    return _several(value) or (_words(value) and (value in AUDIENCES or value.startswith("group:")))


def _choice(value):
    letters = isinstance(value, list) and bool(value) and all(re.fullmatch("[A-F]", one) for one in value)
    return letters or isinstance(value, bool) or value in VOTES | GRADES


FORMS = {
    "type": _type,
    "start": lambda value: _instant(value) or _day(value),
    "due": lambda value: _instant(value) or _day(value),
    "end": lambda value: _instant(value) or _day(value) or _clock(value),
    "date": _day,
    "daypart": lambda value: value in {"morning", "noon", "afternoon", "evening"},
    "time": _clock,
    "duration": _minutes,
    "remind": _minutes,
    "shift": _shift,
    "range": _range,
    "rrule": _rrule,
    "which": _several,
    "agenda": _several,
    "options": _several,
    "person": _person,
    "host": _person,
    "speaker": _person,
    "except": _several,
    "audience": _audience,
    "choice": _choice,
    "format": lambda value: value in {"docx", "xlsx", "pdf", "csv", "zip", "png"},
    "mode": lambda value: value in {"text", "qr", "location"},
    "count": _minutes,
    "amount": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "secret": lambda value: isinstance(value, bool),
}
"""By slot; every other slot is words."""


def faults(answer):
    """List the slots of a line's answer that are not in their form, those of `then` and `unsure` too."""
    found = []
    for command in (answer, *answer.get("then", ())):
        for slot, value in command["slots"].items():
            if not FORMS.get(slot, _words)(value):
                found.append((slot, value))
        for slot, several in command.get("unsure", {}).items():
            if len(several) < 2 or slot in command["slots"]:
                found.append((f"unsure.{slot}", several))
    return found
