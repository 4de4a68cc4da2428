"""Free reminders: setting one for oneself or others, listing one's own, stopping one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from handlers import quiz
from handlers import slots as read
from handlers.notices import audience_of
from handlers.recurrence import in_words
from handlers.registry import handles
from handlers.turn import Question, Turn
from rules.meetings import after_quiet
from services import chats, people, reminders, settings
from texts import say
from understanding.beside.quiz import names_quiz
from vocabulary.messages import Card, Lines, Text
from vocabulary.permissions import Permission
from vocabulary.refusals import NotAllowed, NotFound

if TYPE_CHECKING:
    from handlers.registry import Answer
    from vocabulary.views.people import Person
    from vocabulary.views.reminders import Reminder

MOST_SHOWN = 20
MOST_NAMES = 4


@dataclass(frozen=True)
class NewReminder:
    """A reminder about to be set; `told` is None where it is for the speaker alone."""

    text: str
    due_at: datetime
    rrule: str | None
    at: time | None
    told: list[Person] | None
    group_id: int | None
    whole: bool


def new_reminder(turn: Turn, slots: dict[str, Any]) -> NewReminder | Question:
    """Read a reminder: asks for what and when where they are missing; only who leads may address others."""
    said = slots.get("audience")
    for_others = said not in {None, "me"} if not isinstance(said, list) else said not in (["me"], [turn.person.name])
    if for_others and not turn.actor.may(Permission.NOTICE_SEND):
        raise NotAllowed("remind_others")
    text = str(slots.get("text") or "").strip()
    if not text:
        return Question("text", (say("reminders.ask_text"),))
    due_at = _first(turn, slots)
    if isinstance(due_at, Question):
        return due_at
    rrule = slots.get("rrule")
    at = due_at.astimezone(turn.zone).time() if rrule else None
    if not for_others:
        return NewReminder(text, due_at, rrule, at, None, None, whole=False)
    roster = [p for p in people.of_branch(turn.tx, turn.person.branch_id) if p.status.is_member]
    told, group_id, whole = audience_of(turn, said, roster)
    return NewReminder(text, due_at, rrule, at, told, group_id, whole)


def _first(turn: Turn, slots: dict[str, Any]) -> datetime | Question:
    """Find the first instant: as said, or the next one of a repetition; asks where it is missing or past."""
    if slots.get("rrule"):
        return _first_of_many(turn, slots)
    start, clock = str(slots.get("start") or ""), slots.get("time")
    if not start and not slots.get("_unsure", {}).get("start"):
        return _next_at(turn, time.fromisoformat(clock)) if clock else Question("start", (say("reminders.ask_when"),))
    if start and "T" not in start and not clock:
        day = say("words.only_date", start=date.fromisoformat(start))
        return Question("time", (say("reminders.ask_time", day=day),))
    moment = read.moment(turn, slots)
    if isinstance(moment, datetime) and moment <= turn.now:
        return Question("start", (say("reminders.past", start=moment),), slots={"start": None, "time": None})
    return moment


def _first_of_many(turn: Turn, slots: dict[str, Any]) -> datetime | Question:
    """Find the first instant of a repetition: its hour as said, from the day on that was said, else from now on."""
    rrule, start = slots["rrule"], str(slots.get("start") or "")
    clock = slots.get("time") or start.partition("T")[2][:5]
    if not clock:
        return Question("time", (say("reminders.ask_time", day=in_words(rrule)),))
    begins = turn.at(datetime.combine(date.fromisoformat(start[:10]), time())) if start else turn.now
    try:
        found = reminders.following_after(rrule, clock, begins, max(begins, turn.now), turn.zone)
    except ValueError:
        found = None
    if found is None:
        return Question("start", (say("reminders.never"),), slots={"rrule": None, "start": None, "time": None})
    return found


def _next_at(turn: Turn, clock: time) -> datetime:
    """Find the next time the clock shows that hour: today, or tomorrow."""
    today = turn.at(datetime.combine(turn.local.date(), clock))
    return today if today > turn.now else turn.at(datetime.combine(turn.local.date() + timedelta(days=1), clock))


def reminder_card(form: NewReminder, turn: Turn) -> Card | None:
    """Show what others will hear and when; a reminder for oneself needs no card."""
    if form.told is None:
        return None
    lines = [say("reminders.confirm")]
    lines.append(say("reminders.card_when", when=_when(form), who=_who(form, turn), text=form.text))
    if form.rrule:
        lines.append(say("reminders.card_next", next=form.due_at))
    lines.extend(_held(form, turn))
    return Card(tuple(lines))


def _held(form: NewReminder, turn: Turn) -> list[Text]:
    """Say when it goes out that falls into the hours in which others are left alone."""
    custom = settings.of_branch(turn.tx, turn.person.branch_id)
    speaks_at = after_quiet(form.due_at, turn.zone, custom)
    if speaks_at == form.due_at.astimezone(UTC):
        return []
    hours = {"from": f"{custom.quiet_from:%H:%M}", "until": f"{custom.quiet_until:%H:%M}"}
    return [Text("reminders.card_quiet", hours | {"next": speaks_at})]


def _when(form: NewReminder) -> Text:
    if form.rrule and form.at:
        return say("reminders.repeating", rule=in_words(form.rrule), time=f"{form.at:%H:%M}")
    return say("reminders.once", start=form.due_at)


def _who(form: NewReminder, turn: Turn) -> Text:
    """Word who is reminded, and where they hear it."""
    told = form.told or []
    if not form.whole:
        names = [person.name for person in told]
        if len(names) <= MOST_NAMES:
            return say("reminders.some", names=names)
        return say("reminders.many", count=len(names))
    has_chat = bool(turn.look(chats.of_group, group_id=form.group_id))
    if form.group_id is None:
        return say("reminders.whole_branch" if has_chat else "reminders.whole_private", count=len(told))
    group = next((person.group for person in told if person.group), "")
    return say("reminders.whole_group" if has_chat else "reminders.group_private", group=group, count=len(told))


@handles("reminder.create", form=new_reminder, card=reminder_card, needs=Permission.REMINDER_SET)
def create(form: NewReminder, turn: Turn) -> Answer:
    """Set it."""
    made = turn.do(
        reminders.create,
        text=form.text,
        due_at=form.due_at,
        rrule=form.rrule,
        at=form.at,
        people_ids=None if form.told is None else [person.id for person in form.told],
        group_id=form.group_id,
        whole=form.whole,
    )
    if form.told is not None:
        line = say("reminders.made_others", when=_when(form), who=_who(form, turn), text=form.text)
        return (Lines((line, *_held(form, turn))),)
    if form.rrule and form.at:
        words = {"rule": in_words(form.rrule), "time": f"{form.at:%H:%M}", "next": made.due_at}
        return (say("reminders.made_repeating", text=form.text, **words),)
    return (say("reminders.made_once", start=made.due_at, text=form.text),)


@handles("reminder.list")
def list_(slots: dict[str, Any], turn: Turn) -> Answer:
    """List one's own reminders, numbered, with their next time; asked in a group, they are told privately."""
    del slots
    found = turn.look(reminders.mine)
    if not found:
        return (say("reminders.none"),)
    lines = [say("reminders.list_head")]
    lines += [_numbered(turn, number, one) for number, one in enumerate(found[:MOST_SHOWN], 1)]
    shown = Lines((*lines, say("reminders.stop_hint")))
    if turn.in_group:
        turn.whisper(shown)
        return (say("reminders.list_private"),)
    return (shown,)


def _numbered(turn: Turn, number: int, one: Reminder) -> Text:
    who = say("reminders.list_who", who=_for(turn, one)) if one.audience else ""
    words: dict[str, Any] = {"number": number, "text": one.text, "who": who, "next": one.due_at}
    if one.rrule is None:
        return say("reminders.list_once", **words)
    return say("reminders.list_line", **words, rule=in_words(one.rrule), time=one.time)


def _for(turn: Turn, one: Reminder) -> Text:
    """Word whom a reminder is for, without where they hear it."""
    told = list(one.audience.get("people", ()))
    if len(told) <= MOST_NAMES:
        return say("reminders.some", names=people.names(turn.tx, told))
    return say("reminders.people", count=len(told))


def to_stop(turn: Turn, slots: dict[str, Any]) -> Reminder | dict[str, Any] | Question:
    """Find the reminder that is meant: by its number in the list, its words, or the only one there is.

    Words that name the daily quiz, and no reminder, end that: its slots are returned.
    """
    found = turn.look(reminders.mine)
    if slots.get("_stop") or _means_quiz(turn, found, slots):
        return quiz.to_stop(turn, slots)
    if not found:
        return Question("which", (say("reminders.none"),))
    if "_reminder" in slots:
        fitting = [one for one in found if one.id == slots["_reminder"]]
    else:
        fitting = [one for one in found if _fits(one, found, slots.get("which") or [])]
    if not fitting:
        raise NotFound("reminder")
    if len(fitting) == 1:
        return fitting[0]
    choices = tuple(
        ("buttons.reminder", {"_reminder": one.id, "_label": {"line": _line(one)}}) for one in fitting[:MOST_SHOWN]
    )
    return Question("which", (say("reminders.ask_which"),), choices, private=True)


def _means_quiz(turn: Turn, found: list[Reminder], slots: dict[str, Any]) -> bool:
    said = slots.get("which") or []
    by_name = bool(said) and any(_fits(one, found, said) for one in found)
    return "_reminder" not in slots and not by_name and names_quiz(turn.incoming.text)


def _fits(one: Reminder, found: list[Reminder], said: list[Any]) -> bool:
    numbers = [int(word) for word in said if str(word).isdigit()]
    words = [str(word) for word in said if not str(word).isdigit()]
    number = found.index(one) + 1
    by_number = not numbers or number in numbers
    return by_number and all(word in one.text or one.text in word for word in words if word not in {"last", "next"})


def _line(one: Reminder) -> Text:
    if one.rrule is None:
        return say("reminders.line_once", start=one.due_at, text=one.text)
    return say("reminders.line_repeating", rule=in_words(one.rrule), time=one.time, text=one.text)


@handles("reminder.cancel", form=to_stop)
def cancel(form: Reminder | dict[str, Any], turn: Turn) -> Answer:
    """Stop it."""
    if isinstance(form, dict):
        return quiz.end(form, turn)
    turn.do(reminders.cancel, reminder_id=form.id)
    return (say("reminders.cancelled", line=_line(form)),)
