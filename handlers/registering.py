"""Registering others: 帮某某签到 while it is open, 补签 afterwards, and who came to a meeting recorded later."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from handlers import slots as read
from handlers.attendance_report import closing_report
from handlers.registry import handles
from handlers.turn import Question, Turn
from services import attendance, checkin, meetings
from texts import say
from understanding.beside.wording import as_past
from vocabulary.meetings import MeetingType
from vocabulary.messages import Lines
from vocabulary.permissions import Role
from vocabulary.readings import Reading
from vocabulary.refusals import NotAllowed, Refusal

if TYPE_CHECKING:
    from handlers.registry import Answer
    from vocabulary.messages import Text
    from vocabulary.views.meetings import Meeting
    from vocabulary.views.people import Person


@dataclass(frozen=True)
class Registration:
    """Who is to be registered as present at which meeting, and why not by themselves."""

    meeting: Meeting
    people: list[Person]
    reason: str
    everyone: bool


def registration(turn: Turn, slots: dict[str, Any]) -> Registration | Question:
    """Find the meeting (the open one, else the latest held) and the people; asks for what is missing."""
    meeting = _meeting(turn, slots)
    if isinstance(meeting, Question):
        return meeting
    everyone = slots.get("person") == "all"
    own = slots.get("person") in (None, "me", ["me"]) and not slots.get("except")
    if own:
        return _own_late(turn, meeting, slots)
    if not attendance.may_enter(turn.tx, turn.actor, meeting):
        raise NotAllowed("checkin_for", who=checkin.who_enters(turn.tx, meeting))
    among = [a.person for a in turn.look(attendance.tally, meeting_id=meeting.id).attendances if a.due]
    found = read.persons(turn, slots, among)
    reason = str(slots.get("reason") or "").strip()
    if meeting.checkin == "closed" and not meeting.recorded_at and not reason:
        return Question("reason", (say("checkin.ask_reason"),), private=True, slots={"_meeting": meeting.id})
    return Registration(meeting, found, reason, everyone)


def _own_late(turn: Turn, meeting: Meeting, slots: dict[str, Any]) -> Registration | Question:
    """补签 for oneself: someone whose task it is has to do it; whoever has that task may do it for themself."""
    if not attendance.may_enter(turn.tx, turn.actor, meeting):
        raise NotAllowed("checkin_for", who=checkin.who_enters(turn.tx, meeting))
    if slots.get("person") is None:
        return Question("person", (say("checkin.ask_person"),), slots={"_meeting": meeting.id})
    return Registration(meeting, [turn.person], str(slots.get("reason") or ""), everyone=False)


def _meeting(turn: Turn, slots: dict[str, Any]) -> Meeting | Question:
    opened = [turn.look(meetings.show, meeting_id=key) for key in turn.look(checkin.opened)]
    if opened and not slots.get("which"):
        return read.meeting(turn, slots, opened)
    past = turn.look(meetings.past, now=turn.now)
    if not past:
        raise Refusal("checkin_not_open")
    if "_meeting" in slots or slots.get("which"):
        return read.meeting(turn, slots, [*opened, *past])
    recorded = [m for m in past if m.recorded_at and not m.present]
    return max(recorded, key=lambda m: m.id) if recorded else past[0]


def as_record(turn: Turn, reading: Reading) -> Reading:
    """Take who came to a meeting that nobody has entered (昨天开了支委会，除了某某都到了) for the wish to record it."""
    said = [str(word) for word in reading.slots.get("which") or []]
    kind = next((word for word in said if word in read.TYPES), None)
    start = next((word for word in said if word[:4].isdigit() and "-" in word), None)
    if reading.slots.get("person") != "all" or not kind or not start or not _may_record(turn, kind):
        return reading
    start = as_past(start, turn.local)
    known = [*turn.look(meetings.past, now=turn.now), *turn.look(meetings.upcoming, now=turn.now)]
    if any(m.type == kind and f"{m.starts_at.astimezone(turn.zone):%Y-%m-%d}" == start[:10] for m in known):
        which = [kind, start]
        return replace(reading, slots=reading.slots | {"which": which})
    came = {"except": reading.slots.get("except") or []}
    return Reading("meeting.create", slots={"type": kind, "start": start, "_record": True, "_attendance": came})


def _may_record(turn: Turn, kind: str) -> bool:
    """Whether recording a meeting of this kind and registering who came are both the speaker's task."""
    roles = turn.actor.roles
    return bool(roles & {Role.SECRETARY, Role.DEPUTY}) or (Role.LEADER in roles and kind == MeetingType.GROUP)


def register_came(turn: Turn, meeting_id: int, came: dict[str, Any]) -> Answer:
    """Write down who came to a meeting that was just recorded, and show how it stands."""
    due = [a.person for a in turn.look(attendance.tally, meeting_id=meeting_id).attendances if a.due]
    here = read.persons(turn, {"person": "all", **came}, due)
    turn.do(checkin.enter, meeting_id=meeting_id, person_ids=[p.id for p in here])
    return (Lines(closing_report(turn.look(attendance.tally, meeting_id=meeting_id))),)


@handles("checkin.for", form=registration)
def register(form: Registration, turn: Turn) -> Answer:
    """Write them down as present, with by whom and why."""
    meeting = form.meeting
    here = {a.person.id for a in turn.look(attendance.tally, meeting_id=meeting.id).attendances if a.checked_at}
    names = turn.do(checkin.enter, meeting_id=meeting.id, person_ids=[p.id for p in form.people], reason=form.reason)
    why = say("checkin.why", reason=form.reason) if form.reason else ""
    words = {"names": names, "by": turn.person.name, "why": why}
    if form.everyone:
        return _everyone(turn, meeting, len(names))
    if not names:
        return turn.privately(say("checkin.entered_again", names=[p.name for p in form.people if p.id in here]))
    return turn.privately(say("checkin.added" if meeting.checkin == "closed" else "checkin.entered", **words))


def _everyone(turn: Turn, meeting: Meeting, count: int) -> Answer:
    """除了某某都到了: say how many, and who is missing; a closed or recorded meeting gives its report at once."""
    tally = turn.look(attendance.tally, meeting_id=meeting.id)
    if meeting.checkin == "closed":
        return turn.privately(Lines(closing_report(tally)))
    names = [a.person.name for a in tally.absent]
    absent: Text | str = say("checkin.absent_names", names=names) if names else ""
    return turn.privately(say("checkin.entered_except", count=count, by=turn.person.name, absent=absent))
