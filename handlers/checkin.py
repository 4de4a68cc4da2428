"""Check-in in a conversation: opening, 签到, for others, who is missing, closing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers import slots as read
from handlers.attendance_report import closing_report, vote_line
from handlers.registry import handles, number, presses
from handlers.situation import open_here
from handlers.turn import Question, Turn
from services import attendance, checkin, meetings
from texts import say
from vocabulary.messages import Lines, Live
from vocabulary.permissions import Permission
from vocabulary.refusals import Refusal

if TYPE_CHECKING:
    from handlers.registry import Answer, Parts
    from vocabulary.messages import Text
    from vocabulary.views.checkin import CheckedIn
    from vocabulary.views.meetings import Meeting, Tally


def about_to_open(turn: Turn, slots: dict[str, Any]) -> Meeting | Question:
    """Find the meeting to open: the one that is open, else the nearest that lies ahead."""
    ahead = turn.look(meetings.upcoming, now=turn.now)
    if not slots.get("which") and "_meeting" not in slots:
        mine = [m for m in ahead if m.group_id == turn.chat_group_id] if turn.chat_group_id else ahead
        now = [m for m in mine if m.checkin == "open" or meetings.near(m, turn.now, minutes=120)]
        if len(now) == 1:
            return now[0]
        if mine and not now:
            return mine[0]
    return read.meeting(turn, slots, ahead)


def under_way(turn: Turn, slots: dict[str, Any]) -> Meeting | Question:
    """Find the meeting whose check-in is open; asks where several are. Raises Refusal where none is."""
    opened = [meetings.one(turn.tx, key) for key in open_here(turn)]
    if not opened:
        raise Refusal("checkin_not_open")
    return read.meeting(turn, slots, read.for_chat(turn, opened) or opened)


@handles("checkin.open", form=about_to_open, needs=Permission.CHECKIN_OPEN)
def open_(meeting: Meeting, turn: Turn) -> Answer:
    """Open the check-in; said in the meeting's chat, the card is the answer."""
    here = (turn.incoming.chat.channel, turn.incoming.chat.id)
    meeting = turn.do(checkin.open_, meeting_id=meeting.id, answer_in=here)
    if turn.in_group and here in turn.look(checkin.chats_of, meeting=meeting):
        return (Live("checkin.card", meeting.id),)
    if turn.look(checkin.has_chat, meeting=meeting):
        return (say("checkin.opened", type=meeting.called),)
    if turn.in_group:
        turn.whisper(Live("checkin.private", meeting.id))
        return ()
    return (Live("checkin.private", meeting.id),)


def arriving(turn: Turn, slots: dict[str, Any]) -> int | Question:
    """Find the meeting to check in to, by its id. Raises Refusal where it is over (today's), or where none is open."""
    opened = open_here(turn)
    if len(opened) == 1 and not slots:
        return opened[0]  # nearly always: it need not be looked at
    if not opened:
        ended = turn.look(meetings.past, now=turn.now, most=1)
        own = turn.look(attendance.mine, meeting_id=ended[0].id) if ended and _ended_today(turn, ended[0]) else None
        if own is not None and own.checked_at:
            raise Refusal("checked_in", at=own.checked_at)
        if own is not None:
            raise Refusal("checkin_over", who=checkin.who_enters(turn.tx, ended[0]), name=turn.person.name)
    found = under_way(turn, slots)
    return found if isinstance(found, Question) else found.id


def _ended_today(turn: Turn, meeting: Meeting) -> bool:
    closed = meeting.closed_at
    return closed is not None and not meeting.recorded_at and closed.astimezone(turn.zone).date() == turn.local.date()


@handles("checkin.do", form=arriving)
def check_in(meeting_id: int, turn: Turn) -> Answer:
    """Check the speaker in."""
    return _checked(turn, turn.do(checkin.check_in, meeting_id=meeting_id))


@presses("in", number)
def press_check_in(turn: Turn, arguments: list[str]) -> Answer:
    """The card's button."""
    return _checked(turn, turn.do(checkin.check_in, meeting_id=int(arguments[0])))


@presses("ce", number)
def press_close(turn: Turn, arguments: list[str]) -> Answer:
    """The button that ends it."""
    return close(turn.look(meetings.show, meeting_id=int(arguments[0])), turn)


def told(done: CheckedIn) -> Text:
    """Word a check-in for who did it."""
    if done.again:
        return say("checkin.again", at=done.at)
    if not done.due:
        return say("checkin.guest")
    return say("checkin.late" if done.late else "checkin.done", at=done.at)


def _checked(turn: Turn, done: CheckedIn) -> Parts:
    """Say what it came to: in a group the card answers, and only who is late or sits in hears it, privately."""
    line = told(done)
    if not turn.in_group:
        return (line,)
    if not done.again and (done.late or not done.due):
        turn.whisper(line)
    return ()


@handles("checkin.status")
def status(slots: dict[str, Any], turn: Turn) -> Answer:
    """Say who has come: of the open check-in, else how the last one ended."""
    if slots.get("person"):
        return _of_person(slots, turn)
    if not open_here(turn):
        return _last(turn)
    meeting = under_way(turn, slots)
    return meeting if isinstance(meeting, Question) else _counts(turn, meeting)


def _last(turn: Turn) -> Answer:
    """How the last check-in ended: the report to whose task it is, the numbers to others."""
    latest = turn.look(meetings.past, now=turn.now, most=1)
    if not latest:
        raise Refusal("checkin_not_open")
    tally = turn.look(attendance.tally, meeting_id=latest[0].id)
    report = closing_report(tally)
    if not attendance.may_see_names(turn.actor, latest[0]):
        return (Lines(report[:2]),)
    if turn.in_group:
        turn.whisper(Lines(report))
        return (Lines(report[:2]),)
    return (Lines(report),)


def _counts(turn: Turn, meeting: Meeting) -> Answer:
    """In a group the count, the names privately to whose task they are."""
    tally = turn.look(attendance.tally, meeting_id=meeting.id)
    counts = {"present": len(tally.present), "leave": len(tally.on_leave), "missing": len(tally.absent)}
    names = [a.person.name for a in tally.absent]
    may = attendance.may_see_names(turn.actor, meeting)
    if not may:
        return (say("checkin.status_counts", **counts),)
    if not turn.in_group:
        key = "checkin.status_names" if names else "checkin.status_none"
        return (say(key, **counts, names=names, vote=_vote(tally)),)
    if names:
        turn.whisper(say("checkin.status_private", **counts, names=names, vote=_vote(tally)))
    return (say("checkin.status_group" if names else "checkin.status_counts", **counts),)


def _vote(tally: Tally) -> Text | str:
    line = vote_line(tally)
    return say("checkin.status_vote", present=tally.present_vote, quorum=line) if line else ""


def _of_person(slots: dict[str, Any], turn: Turn) -> Answer:
    meeting = under_way(turn, slots)
    if isinstance(meeting, Question):
        return meeting
    wanted = read.persons(turn, slots)
    if any(p.id != turn.person.id for p in wanted) and not attendance.may_see_names(turn.actor, meeting):
        raise Refusal("person")
    tally = turn.look(attendance.tally, meeting_id=meeting.id)
    here = {a.person.id: a for a in tally.attendances if a.checked_at}
    lines = []
    for person in wanted:
        if person.id == turn.person.id:
            lines.append(
                say("checkin.done", at=here[person.id].checked_at) if person.id in here else say("checkin.mine_not")
            )
        elif person.id in here:
            lines.append(say("checkin.person_in", name=person.name, at=here[person.id].checked_at))
        else:
            lines.append(say("checkin.person_not", name=person.name))
    return turn.privately(Lines(tuple(lines)))


@handles("checkin.close", form=under_way, needs=Permission.CHECKIN_OPEN)
def close(meeting: Meeting, turn: Turn) -> Answer:
    """End it: numbers to the group, names to whoever asked, privately."""
    tally = turn.do(checkin.close, meeting_id=meeting.id)
    report = Lines(closing_report(tally))
    return turn.privately(report)
