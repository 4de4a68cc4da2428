"""Slots to things: a moment, a person, a meeting; or the question that finds out."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from handlers.turn import Question, Turn
from services import meetings, people
from texts import say
from understanding.beside.wording import as_past
from vocabulary.meetings import MeetingType
from vocabulary.refusals import NotFound

if TYPE_CHECKING:
    from vocabulary.messages import Text
    from vocabulary.views.meetings import Meeting
    from vocabulary.views.people import Person

TYPES = {kind.value for kind in MeetingType}
MOST_CHOICES = 4


def moment(turn: Turn, slots: dict[str, Any]) -> datetime | Question:
    """Read the start of something as an aware instant; asks for the day or the hour that is missing."""
    unsure = slots.get("_unsure", {}).get("start")
    if unsure and "start" not in slots:
        return _which_reading(turn, unsure)
    start, clock = slots.get("start"), slots.get("time")
    if start is not None and slots.get("_record"):
        start = as_past(start, turn.local)
    if start is None:
        if clock is None:
            return Question("start", (say("meetings.ask_start"),))
        return Question("start", (say("meetings.ask_day", time=clock),))
    if "T" in start:
        found = datetime.fromisoformat(start)
        return turn.at(datetime.combine(found.date(), time.fromisoformat(clock)) if clock else found)
    day = date.fromisoformat(start)
    if clock is None:
        part = slots.get("daypart")
        words = (
            say("meetings.day_with_part", start=day, part=say(f"daypart.{part}"))
            if part
            else say("words.only_date", start=day)
        )
        return Question("start", (say("meetings.ask_time", day=words),))
    return turn.at(datetime.combine(day, time.fromisoformat(clock)))


def _which_reading(turn: Turn, readings: list[str]) -> Question:
    shown = [reading for reading in readings[:MOST_CHOICES] if isinstance(reading, str)]
    choices = tuple(
        (
            "buttons.moment",
            {"start": reading, "_unsure": {}, "_label": {"start": turn.at(datetime.fromisoformat(reading))}},
        )
        for reading in shown
    )
    return Question("start", (say("meetings.ask_start"),), choices)


def end(turn: Turn, slots: dict[str, Any], start: datetime) -> datetime | None:
    """Read the end: as said, or the start plus a duration; None where neither was said."""
    said = slots.get("end")
    if said:
        if "T" in said:
            return turn.at(datetime.fromisoformat(said))
        return turn.at(datetime.combine(start.astimezone(turn.zone).date(), time.fromisoformat(said)))
    return start + timedelta(minutes=slots["duration"]) if slots.get("duration") else None


def person(turn: Turn, name: str) -> Person:
    """Find a person of the speaker's branch by name or a part of it. Raises NotFound where none or several fit."""
    if name == "me":
        return turn.person
    roster = people.of_branch(turn.tx, turn.person.branch_id)
    exact = [p for p in roster if p.name == name]
    partial = exact or [p for p in roster if name and (p.name.endswith(name) or p.name.startswith(name))]
    if len(partial) != 1:
        raise NotFound("person")
    return partial[0]


def persons(turn: Turn, slots: dict[str, Any], among: list[Person] | None = None) -> list[Person]:
    """Read `person` as people: names, `me`, or `all` with `except`."""
    said = slots.get("person")
    if said is None:
        return []
    if said == "all":
        left_out = {person(turn, name).id for name in _several(slots.get("except", []))}
        return [p for p in among or people.of_branch(turn.tx, turn.person.branch_id) if p.id not in left_out]
    return [person(turn, name) for name in _several(said)]


def _several(said: Any) -> list[str]:
    return list(said) if isinstance(said, list | tuple) else [said]


def meeting(turn: Turn, slots: dict[str, Any], among: list[Meeting], none: Text | None = None) -> Meeting | Question:
    """Find the meeting that `which` means among some; where only one fits it is not asked.

    Asks with buttons where several fit. Raises NotFound where none does (`none` is said instead where given).
    """
    if "_meeting" in slots:
        found = [m for m in among if m.id == slots["_meeting"]]
        return found[0] if found else meetings.show(turn.tx, turn.actor, slots["_meeting"])
    said = _several(slots.get("which", []))
    fitting = [
        m for m in among if all(_fits(turn, m, word) for word in said if word not in {"last", "next", "current"})
    ]
    if not fitting:
        if none is not None and not said:
            return Question("which", (none,))
        raise NotFound("meeting")
    fitting = _narrowed(turn, slots, said, fitting)
    if len(fitting) == 1 or ("theme_day" not in said and any(word in {"last", "next", "current"} for word in said)):
        return fitting[0]
    open_now = [m for m in fitting if m.checkin == "open"]
    if len(open_now) == 1:
        return open_now[0]
    choices = tuple(
        ("buttons.meeting", {"_meeting": m.id, "_label": {"start": m.starts_at, "type": m.called}})
        for m in fitting[:MOST_CHOICES]
    )
    private = any(m.type is MeetingType.COMMITTEE for m in fitting)
    return Question("which", (say("meetings.ask_which"),), choices, private=private)


def for_chat(turn: Turn, found: list[Meeting]) -> list[Meeting]:
    """Leave out in a group what is not for its ears: a committee's meetings, and those of a 党小组 elsewhere."""
    if not turn.in_group:
        return found
    here = {None, turn.chat_group_id}
    return [m for m in found if m.group_id in here and m.type is not MeetingType.COMMITTEE]


def _narrowed(turn: Turn, slots: dict[str, Any], said: list[Any], fitting: list[Meeting]) -> list[Meeting]:
    """Leave out the months' party days that are planned ahead, unless they are meant: then find the month's own.

    The month is that of the day it moves to, or this one (`current`); `next` may be the next month's or the next one
    there is. Raises NotFound where that month has none ahead.
    """
    if "theme_day" not in said:
        return [m for m in fitting if said or not m.theme_month or m.told_at] or fitting
    start = str(slots.get("start") or "")
    this_month = f"{turn.local:%Y-%m}"
    month = this_month if "current" in said else start[:7]
    in_month = [m for m in fitting if _month(turn, m) == month]
    if in_month or "current" in said:
        if not in_month:
            raise NotFound("meeting")
        return in_month
    return fitting[:2] if "next" in said and _month(turn, fitting[0]) == this_month else fitting[:1]


def _month(turn: Turn, one: Meeting) -> str:
    return one.theme_month or f"{one.starts_at.astimezone(turn.zone):%Y-%m}"


def _fits(turn: Turn, one: Meeting, said: Any) -> bool:
    """Whether one word of `which` fits a meeting: its number, kind, date, or title."""
    word = str(said)
    if word in TYPES:
        return bool(one.type == word)
    if word.isdigit():
        return bool(one.id == int(word))
    local = one.starts_at.astimezone(turn.zone)
    if len(word) == len("2026-03") and word[:4].isdigit() and word[4] == "-":
        return _month(turn, one) == word
    if len(word) >= len("2026-03-11") and word[:4].isdigit() and word[4] == "-":
        if "T" in word:
            return bool(local.replace(tzinfo=None).isoformat() == word)
        return bool(local.date().isoformat() == word)
    about = (one.title, one.place, one.group or "", *one.agenda)
    return any(word in text for text in about)
