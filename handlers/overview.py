"""Overviews in a conversation: how a branch stands to what it owes, and how many came."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from dateutil.relativedelta import relativedelta

from handlers.meetings import new_meeting
from handlers.overview_lines import counts_lines, rate_lines, status_lines
from handlers.registry import handles, presses
from handlers.slots import TYPES
from handlers.turn import Question, Turn
from rules import periods
from services import meetings, overview
from texts import say
from vocabulary.meetings import MeetingType
from vocabulary.messages import Card, Lines
from vocabulary.permissions import Permission
from vocabulary.refusals import NotAllowed

if TYPE_CHECKING:
    from handlers.registry import Answer
    from rules.periods import Per, Span
    from services.overview import Standing
    from vocabulary.messages import Choice
    from vocabulary.views.meetings import Meeting
    from vocabulary.views.people import Organization

LONGEST_MONTH = 31
LONGEST_QUARTER = 92
FAR_AHEAD = 183


def _branches(turn: Turn, slots: dict[str, Any]) -> list[Organization]:
    """Find the branches meant: the one named, in a group the group's, else those the speaker may look into."""
    return turn.look(overview.reach, name=slots.get("branch"), here=turn.chat_branch_id if turn.in_group else None)


@handles("plan.status")
def status(slots: dict[str, Any], turn: Turn) -> Answer:
    """Say what was held, planned, is open: of one branch in full, of several, and in a group, a line each."""
    period = _period(turn, slots)
    found = [
        turn.look(overview.standing, branch_id=one.id, period=period, now=turn.now, zone=turn.zone)
        for one in _branches(turn, slots)
    ]
    if turn.in_group or len(found) > 1:
        return (Lines(counts_lines(found)),)
    return (Card(status_lines(found[0]), _buttons(turn, found[0])),)


def _period(turn: Turn, slots: dict[str, Any]) -> Span:
    """Read the month, quarter or year that is meant; the present quarter where none is said.

    A month that is more than half a year ahead was meant as the last one of that name.
    """
    said = _said_range(turn, slots)
    if said is None:
        return periods.span_of(turn.local.date(), "quarter")
    first, last = said
    length = (last - first).days
    if length <= LONGEST_MONTH and (first - turn.now).days > FAR_AHEAD:
        first -= relativedelta(years=1)
    per: Per = "month" if length <= LONGEST_MONTH else "quarter" if length <= LONGEST_QUARTER else "year"
    return periods.span_of(first.date(), per)


def _said_range(turn: Turn, slots: dict[str, Any]) -> tuple[datetime, datetime] | None:
    said = slots.get("range")
    return (
        (turn.at(datetime.fromisoformat(said["start"])), turn.at(datetime.fromisoformat(said["end"]))) if said else None
    )


def _buttons(turn: Turn, stands: Standing) -> tuple[Choice, ...]:
    """Offer to call what is short to whoever may call it: a group's leader the group's own, the heads everything."""
    if stands.branch.id != turn.actor.branch_id or not turn.actor.may(Permission.MEETING_CALL):
        return ()
    short = [
        each
        for each in stands.statuses
        if any(overview.is_to_arrange(each.obligation, span, stands.today) for span in each.spans)
    ]
    if not turn.actor.leads_branch:
        short = [each for each in short if each.group is not None and each.group == turn.person.group]
    return overview.arranging(each.obligation.type for each in short)


@presses("ar", TYPES.__contains__)
def arrange(turn: Turn, arguments: list[str]) -> Answer:
    """Begin the call of a meeting of a kind; what is still open is asked as after a sentence."""
    if not turn.actor.may(Permission.MEETING_CALL):
        raise NotAllowed(str(Permission.MEETING_CALL))
    said = {"type": MeetingType(arguments[0]).value}
    form = new_meeting(turn, said)
    asked = form if isinstance(form, Question) else Question("start", (say("meetings.ask_start"),))
    return replace(asked, slots={**said, **asked.slots, "_intent": "meeting.create"})


@handles("report.show")
def report(slots: dict[str, Any], turn: Turn) -> Answer:
    """Say how many came: of the last meeting, or of each in a time with the average."""
    branches = _branches(turn, slots)
    kinds = _kinds(slots)
    found = {one.name: _held(turn, slots, one, kinds) for one in branches}
    if not any(found.values()):
        if slots.get("range"):
            return (say("overview.rate_none_range"),)
        return (say("overview.rate_none", type=kinds[0] if kinds else say("overview.any_meeting")),)
    if len(branches) == 1:
        lines = rate_lines(found[branches[0].name])
        return (Lines(lines[-1:] if turn.in_group else lines),)
    return (Lines(tuple(_of_branch(name, held) for name, held in found.items())),)


def _of_branch(name: str, held: list[Meeting]) -> Any:
    """Word one branch of several in a line: its only meeting, or the average."""
    if not held:
        return say("overview.rate_none_branch", branch=name)
    return say("overview.rate_branch", branch=name, line=rate_lines(held)[-1])


def _kinds(slots: dict[str, Any]) -> list[str]:
    said = slots.get("type")
    return list(said) if isinstance(said, list) else [said] if said else []


def _held(turn: Turn, slots: dict[str, Any], branch: Organization, kinds: list[str]) -> list[Meeting]:
    """List the meetings whose check-in is closed: those of a time (one ahead is meant a year back); else the last."""
    said = _said_range(turn, slots)
    if said is not None:
        ahead = said[0] > turn.now
        first, last = (end - relativedelta(years=1) if ahead else end for end in said)
        found = turn.look(meetings.between, first=first, last=last, types=kinds or None, branch_id=branch.id)
        return [one for one in found if one.checkin == "closed"]
    past = turn.look(meetings.past, now=turn.now, types=kinds or None, branch_id=branch.id)
    return [one for one in past if one.checkin == "closed"][:1]
