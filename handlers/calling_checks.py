"""What stands against a call and is said before anyone confirms: the past, a holiday, a taken place, a wrong kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers.turn import Question, Turn
from rules import days, due
from rules.meetings import planned_end
from services import meetings, people, settings
from texts import say
from understanding.beside.wording import same_place
from vocabulary.meetings import MeetingType
from vocabulary.refusals import NotAllowed

if TYPE_CHECKING:
    from handlers.meeting_form import NewMeeting


def stands_against(form: NewMeeting, turn: Turn) -> Question | None:
    """Return the first question that a call raises; None where nothing does."""
    return _past(form) or _holiday(form, turn) or _place_taken(form, turn)


def wrong_kind(kind: MeetingType, turn: Turn) -> Question | None:
    """Return the question that a kind of meeting raises before anything else is asked.

    Raises NotAllowed where the speaker leads a group alone and this is no meeting of a group.
    """
    if kind is not MeetingType.GROUP and not turn.actor.leads_branch:
        raise NotAllowed("own_group")
    branch = people.organization(turn.tx, turn.person.branch_id)
    roster = people.of_branch(turn.tx, branch.id)
    if kind is MeetingType.DEMOCRATIC_LIFE:
        accept = {"type": MeetingType.ORG_LIFE.value}
        return Question("type", (say("meetings.democratic_life"),), accept=accept)
    instead = {"type": MeetingType.MEMBER.value}
    if kind is MeetingType.COMMITTEE and not due.has_committee(roster):
        return Question("type", (say("meetings.no_committee", branch=branch.name),), accept=instead)
    if kind is MeetingType.GROUP and not due.groups_of(roster):
        return Question("type", (say("meetings.no_groups", branch=branch.name),), accept=instead)
    return None


def _past(form: NewMeeting) -> Question | None:
    if not form.late or form.said.get("_late") or form.said.get("_record"):
        return None
    choices: tuple[tuple[str, dict[str, Any]], ...] = (
        ("buttons.record_late", {"_late": True}),
        ("buttons.change_time", {"start": None, "time": None, "_label": {}}),
    )
    return Question("start", (say("meetings.past", start=form.starts_at),), choices)


def _holiday(form: NewMeeting, turn: Turn) -> Question | None:
    local = form.starts_at.astimezone(turn.zone)
    day = days.look(local.date())
    if form.late or day.is_working or form.said.get("_off_day") == local.date().isoformat():
        return None
    fine = {"_off_day": local.date().isoformat()}
    if day.holiday is None:
        return Question("start", (say("meetings.weekend", start=form.starts_at),), (("buttons.this_day", fine),), fine)
    moved = days.next_working(local.date())
    accept = {"start": f"{moved.isoformat()}T{local:%H:%M}:00", "time": None}
    words = say("meetings.holiday", start=form.starts_at, holiday=say(f"holiday.{day.holiday}"), next=moved)
    return Question("start", (words,), (("buttons.yes", accept), ("buttons.this_day", fine)), accept)


def _place_taken(form: NewMeeting, turn: Turn) -> Question | None:
    if form.late:
        return None
    custom = settings.of_branch(turn.tx, turn.person.branch_id)
    there = [
        m
        for m in meetings.in_the_way(turn.tx, turn.person.branch_id, form.starts_at, form.ends_at)
        if same_place(m.place, form.place) and m.id != form.said.get("_except")
    ]
    if not there:
        return None
    free = max(planned_end(m.starts_at, m.ends_at, custom) for m in there)
    accept = {"start": free.astimezone(turn.zone).replace(tzinfo=None).isoformat(), "time": None}
    words = say("meetings.place_taken", start=form.starts_at, place=form.place, end=free)
    return Question("place", (words,), (("buttons.move_to", accept | {"_label": {"time": free}}),), accept)
