"""Answering a notice: 收到, 请假, 销假, 晚十分钟到; and who has answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from handlers import slots as read
from handlers.registry import handles, number, presses
from handlers.turn import Question, Turn
from rules.meetings import planned_end
from services import attendance, meetings, notices, settings
from texts import button, say
from understanding.beside.leave import kind_of
from understanding.beside.wording import goes_early
from vocabulary.messages import Buttons
from vocabulary.people import Post
from vocabulary.refusals import Refusal

if TYPE_CHECKING:
    from handlers.registry import Answer, Parts
    from vocabulary.views.meetings import Meeting


def mine_ahead(turn: Turn, slots: dict[str, Any]) -> Meeting | Question:
    """Find which of the meetings that lie ahead of the speaker is meant; unanswered ones come first."""
    if "_meeting" in slots:
        return turn.look(meetings.show, meeting_id=slots["_meeting"])
    ahead = [m for m in turn.look(meetings.upcoming, now=turn.now) if turn.person.id in meetings.invited(turn.tx, m.id)]
    if not ahead:
        raise Refusal("none_open")
    if slots.get("which") or len(ahead) == 1:
        found = read.meeting(turn, slots, ahead)
        return replace(found, private=True) if isinstance(found, Question) else found
    open_ones = [m for m in ahead if (row := turn.look(attendance.mine, meeting_id=m.id)) and row.answer == "none"]
    found = read.meeting(turn, slots, open_ones or ahead[:1])
    return replace(found, private=True) if isinstance(found, Question) else found


@handles("meeting.accept")
def accept(slots: dict[str, Any], turn: Turn) -> Answer:
    """收到: to the newest notice that waits for an answer, else to the meeting ahead."""
    if not slots.get("which") and "_meeting" not in slots:
        waiting = turn.look(notices.waiting_for)
        if waiting:
            turn.do(notices.answer, notice_id=waiting[-1])
            return () if turn.in_group else (say("notices.answered"),)
    meeting = mine_ahead(turn, slots)
    if isinstance(meeting, Question):
        return meeting
    own = turn.look(attendance.mine, meeting_id=meeting.id)
    if turn.in_group and not turn.incoming.addressed and own is not None and own.leave in attendance.ON_LEAVE:
        return ()
    return _accepted(turn, meeting.id)


@presses("yes", number, number)
def press_accept(turn: Turn, arguments: list[str]) -> Answer:
    """The button under a notice; one of an older revision says what stands now."""
    meeting = turn.look(meetings.show, meeting_id=int(arguments[0]))
    if meeting.state == "cancelled":
        return (say("meetings.stale_cancelled"),)
    if str(meeting.revision) != arguments[1]:
        return _stale(turn, meeting)
    return _accepted(turn, meeting.id)


def _stale(turn: Turn, meeting: Meeting) -> Parts:
    """Say that a card is old, and show the meeting as it stands."""
    from handlers.meeting_card import head

    again = (
        button("buttons.accept", f"yes:{meeting.id}:{meeting.revision}"),
        button("buttons.leave", f"lv:{meeting.id}"),
    )
    words = say("meetings.stale", start=meeting.starts_at, place=meeting.place)
    return (words, head(meeting, turn.zone), Buttons(again))


def _accepted(turn: Turn, meeting_id: int) -> Parts:
    meeting = turn.do(attendance.accept, meeting_id=meeting_id)
    if turn.in_group:
        return ()
    return (say("answers.accepted", start=meeting.starts_at, type=meeting.called),)


def leave_wanted(turn: Turn, slots: dict[str, Any]) -> tuple[Meeting, str] | Question:
    """Find the meeting and the reason; a bare 请假 is asked for its reason privately."""
    meeting = mine_ahead(turn, slots)
    if isinstance(meeting, Question):
        return meeting
    if meeting.is_over:
        raise Refusal("meeting_over")
    if turn.look(attendance.mine, meeting_id=meeting.id) is None:
        raise Refusal("not_called", type=meeting.called)
    reason = str(slots.get("reason") or "").strip()
    if not reason:
        kept = {"_meeting": meeting.id}
        who = turn.look(attendance.decider, meeting=meeting)
        ask = say("leave.ask_reason" if who.post is Post.SECRETARY else "leave.ask_reason_by", decider=who.name)
        return Question("reason", (ask,), private=True, slots=kept)
    return meeting, reason


@handles("leave.request", form=leave_wanted)
def ask_leave(form: tuple[Meeting, str], turn: Turn) -> Answer:
    """Pass the leave on to who decides."""
    meeting, reason = form
    _, decider = turn.do(attendance.ask_leave, meeting_id=meeting.id, reason=reason, kind=kind_of(reason))
    line = say("leave.asked", decider=decider)
    return turn.privately(line)


@presses("lv", number)
def press_leave(turn: Turn, arguments: list[str]) -> Answer:
    """The 请假 button: which meeting is known, the reason is asked."""
    if turn.look(meetings.show, meeting_id=int(arguments[0])).state == "cancelled":
        return (say("meetings.stale_cancelled"),)
    form = leave_wanted(turn, {"_meeting": int(arguments[0])})
    if isinstance(form, Question):
        return Question(
            form.asking, form.parts, form.choices, form.accept, form.private, form.slots | {"_intent": "leave.request"}
        )
    return ()


@handles("leave.withdraw")
def withdraw(slots: dict[str, Any], turn: Turn) -> Answer:
    """销假: of the meeting for which there is a leave."""
    ahead = turn.look(meetings.upcoming, now=turn.now)
    with_leave = [
        m
        for m in ahead
        if (row := turn.look(attendance.mine, meeting_id=m.id)) and row.leave in {"asked", "approved", "rejected"}
    ]
    if not with_leave:
        raise Refusal("no_leave")
    meeting = read.meeting(turn, slots, with_leave)
    if isinstance(meeting, Question):
        return meeting
    meeting = turn.do(attendance.withdraw_leave, meeting_id=meeting.id)
    return turn.privately(say("leave.withdrawn", start=meeting.starts_at, type=meeting.called))


@handles("leave.late")
def late(slots: dict[str, Any], turn: Turn) -> Answer:
    """Coming late or going early: by so many minutes, or at a time."""
    meeting = mine_ahead(turn, slots)
    if isinstance(meeting, Question):
        return meeting
    minutes = slots.get("shift") or _minutes_at(turn, meeting, slots.get("time"))
    if not minutes:
        return Question("shift", (say("answers.ask_minutes"),), slots={"_meeting": meeting.id})
    meeting = turn.do(
        attendance.come_late, meeting_id=meeting.id, minutes=minutes, reason=str(slots.get("reason") or "")
    )
    key = "answers.late" if minutes > 0 else "answers.early"
    return turn.privately(say(key, start=meeting.starts_at, type=meeting.called, minutes=abs(minutes)))


def _minutes_at(turn: Turn, meeting: Meeting, clock: str | None) -> int | None:
    """How late a clock time is against the start; negative where they go early, counted from the planned end."""
    if clock is None:
        return None
    hour, minute = map(int, clock.split(":"))
    said = meeting.starts_at.astimezone(turn.zone).replace(hour=hour, minute=minute)
    if goes_early(turn.incoming.text):
        end = planned_end(meeting.starts_at, meeting.ends_at, settings.of_branch(turn.tx, meeting.branch_id))
        return min(-1, round((said - end) / timedelta(minutes=1)))
    return round((said - meeting.starts_at) / timedelta(minutes=1))


@handles("notice.status")
def status(slots: dict[str, Any], turn: Turn) -> Answer:
    """Who has answered: the newest notice or meeting; counts in a group, names privately to whose task it is."""
    latest = turn.look(notices.latest)
    ahead = read.for_chat(turn, turn.look(meetings.upcoming, now=turn.now))
    if (
        latest
        and (not ahead or turn.look(notices.is_newer, notice_id=latest, than=ahead[0].id))
        and not slots.get("which")
    ):
        return _notice_status(turn, latest)
    meeting = read.meeting(turn, slots, ahead[:1] if not slots.get("which") else ahead, say("answers.none_open"))
    if isinstance(meeting, Question):
        return meeting
    tally = turn.look(attendance.tally, meeting_id=meeting.id)
    people = tally.due
    yes = [a for a in people if a.answer == "yes"]
    leave = [a for a in people if a.answer == "leave"]
    silent = [a for a in people if a.answer == "none"]
    counts = {"answered": len(yes) + len(leave), "yes": len(yes), "leave": len(leave), "count": len(silent)}
    names = [a.person.name for a in silent]
    again = Buttons((button("buttons.remind_these", f"ra:{meeting.id}", count=len(silent)),))
    return _told_status(turn, counts, names, again, may=attendance.may_see_names(turn.actor, meeting))


def _told_status(turn: Turn, counts: dict[str, Any], names: list[str], again: Buttons, *, may: bool) -> Answer:
    if not may:
        return (say("answers.status_counts", **counts),)
    if not names:
        return (say("answers.status_all", **counts | {"count": counts["answered"]}),)
    full = say("answers.status", **counts, names=names)
    if turn.in_group:
        turn.whisper(full, again)
        return (say("answers.status_group", **counts),)
    return (full, again)


def _notice_status(turn: Turn, notice_id: int) -> Answer:
    answered, silent = turn.look(notices.answers, notice_id=notice_id)
    counts = {"answered": len(answered), "count": len(silent)}
    if not turn.look(notices.may_see_names, notice_id=notice_id):
        return (say("answers.status_counts", **counts),)
    if not silent:
        return (say("notices.status_all", **counts | {"count": len(answered)}),)
    again = Buttons((button("buttons.remind_these", f"rn:{notice_id}", count=len(silent)),))
    full = say("notices.status", **counts, names=silent)
    if turn.in_group:
        turn.whisper(full, again)
        return (say("answers.status_group", **counts),)
    return (full, again)
