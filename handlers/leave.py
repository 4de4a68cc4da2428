"""Deciding on leave: by button, by words, by a bare 同意; and which leaves there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers import slots as read
from handlers.registry import handles, number, presses
from handlers.turn import Question, Turn
from services import attendance, meetings
from texts import say, sentences
from vocabulary.messages import Lines
from vocabulary.permissions import Permission
from vocabulary.readings import Reading
from vocabulary.refusals import Refusal

if TYPE_CHECKING:
    from handlers.registry import Answer, Parts

STOPS = "，,。.：:！! "


def bare_decision(turn: Turn) -> Reading | None:
    """Read a button's own words, 同意 or 不同意 and why, where a leave waits for the speaker; None where none does."""
    if turn.in_group or not turn.actor.may(Permission.LEAVE_DECIDE):
        return None
    said = turn.incoming.text.strip()
    for label, intent in (("buttons.reject", "leave.reject"), ("buttons.approve", "leave.approve")):
        rest = said.removeprefix(sentences()[label])
        if rest != said and rest[:1] in STOPS and turn.look(attendance.open_leave):
            return Reading(intent, slots={"reason": rest.strip(STOPS)})
    return None


@presses("la", number, number)
def press_approve(turn: Turn, arguments: list[str]) -> Answer:
    """The approve button of whoever decides."""
    return decide(turn, int(arguments[0]), int(arguments[1]), approve=True)


@presses("lr", number, number)
def press_reject(turn: Turn, arguments: list[str]) -> Answer:
    """The reject button of whoever decides."""
    return decide(turn, int(arguments[0]), int(arguments[1]), approve=False)


@handles("leave.approve", needs=Permission.LEAVE_DECIDE)
def approve(slots: dict[str, Any], turn: Turn) -> Answer:
    """Approve by words; where only one leave waits it need not be named."""
    return decided_by_words(turn, slots, approve=True)


@handles("leave.reject", needs=Permission.LEAVE_DECIDE)
def reject(slots: dict[str, Any], turn: Turn) -> Answer:
    """Reject by words, with or without a reason."""
    return decided_by_words(turn, slots, approve=False)


def decide(turn: Turn, meeting_id: int, person_id: int, *, approve: bool, reason: str = "") -> Parts:
    """Decide, and say what it came to; the one who asked hears it from the post."""
    done = turn.do(attendance.decide_leave, meeting_id=meeting_id, person_id=person_id, approve=approve, reason=reason)
    meeting = turn.look(meetings.show, meeting_id=meeting_id)
    if approve:
        return turn.privately(say("leave.decided_yes", due=meeting.due_all))
    return turn.privately(say("leave.decided_no", name=done.person.name))


def decided_by_words(turn: Turn, slots: dict[str, Any], *, approve: bool) -> Answer:
    """Find the leave that is meant: by name, or the only one that waits."""
    waiting = turn.look(attendance.open_leave)
    wanted = {p.id for p in read.persons(turn, slots)}
    fitting = [(key, row) for key, row in waiting if not wanted or row.person.id in wanted]
    if not fitting:
        raise Refusal("leave_not_asked")
    if len(fitting) > 1:
        return Question(
            "person", (say("leave.ask_person", names=[row.person.name for _, row in fitting]),), private=True
        )
    key, row = fitting[0]
    return decide(turn, key, row.person.id, approve=approve, reason=str(slots.get("reason") or ""))


@handles("leave.show")
def show_leave(slots: dict[str, Any], turn: Turn) -> Answer:
    """My own leave; to who decides, what waits and who is on leave."""
    if turn.actor.may(Permission.LEAVE_DECIDE) and slots.get("person") != "me":
        waiting = turn.look(attendance.open_leave)
        if waiting:
            lines = [say("leave.list_head")]
            for key, row in waiting:
                meeting = turn.look(meetings.show, meeting_id=key)
                words = {
                    "name": row.person.name,
                    "start": meeting.starts_at,
                    "type": meeting.called,
                    "reason": row.reason,
                }
                lines.append(say("leave.list_line", **words))
            return turn.privately(Lines(tuple(lines)))
    for meeting in turn.look(meetings.upcoming, now=turn.now):
        tally = turn.look(attendance.tally, meeting_id=meeting.id)
        if attendance.may_see_names(turn.actor, meeting) and slots.get("person") != "me":
            names = [a.person.name for a in tally.attendances if a.leave == "approved"]
            return turn.privately(say("leave.all", count=len(names), names=names) if names else say("leave.list_none"))
        own = next((a for a in tally.attendances if a.person.id == turn.person.id), None)
        if own and own.leave in {"asked", "approved", "rejected"}:
            return turn.privately(say(f"leave.mine.{own.leave}", start=meeting.starts_at, type=meeting.called))
    return turn.privately(say("leave.mine.none"))
