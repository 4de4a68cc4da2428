"""What falls due around a meeting, done by the Clock: reminders, and the check-in that opens and closes by itself.

When an alarm rings the facts are looked at again: what no longer makes sense is not done.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from rules.meetings import is_quiet, planned_end
from services import checkin, meetings, settings
from services.convening import speaks_in_group
from services.deeds import Deed, verb
from services.delivery import followed
from storage import tables
from vocabulary.messages import Live, Text
from vocabulary.permissions import Permission

if TYPE_CHECKING:
    from datetime import datetime

    from vocabulary.views.meetings import Meeting

A = tables.attendances


@verb(needs=Permission.CLOCKWORK)
def remind_unanswered(deed: Deed, *, subject: int, due_at: datetime) -> None:
    """The day before: only those who have answered nothing."""
    del due_at
    meeting = meetings.one(deed.tx, subject)
    if meeting.is_over or meeting.starts_at <= deed.now:
        return
    waiting = deed.tx.all(select(A.c.person_id).where(A.c.meeting_id == subject, A.c.answer == "none", A.c.due))
    words = {"start": meeting.starts_at, "place": meeting.place, "type": meeting.called}
    told = [row.person_id for row in waiting]
    line = Text("meetings.remind_unanswered", words)
    batches = followed(deed, meeting, "unanswered", line, told)
    for person_id in told:
        deed.post.to_person(person_id, line, expires_at=meeting.starts_at, batch=batches.get(person_id))


@verb(needs=Permission.CLOCKWORK)
def remind_meeting(deed: Deed, *, subject: int, due_at: datetime) -> None:
    """Before the start: one line in the group, or privately where the meeting has no group; on leave, nobody."""
    meeting = meetings.one(deed.tx, subject)
    if meeting.is_over:
        return
    line = _before_start(deed, meeting, due_at)
    if line is None:
        return
    if speaks_in_group(meeting) and _said_in_chats(deed, meeting, line):
        return
    rows = deed.tx.all(
        select(A.c.person_id).where(A.c.meeting_id == subject, A.c.due, A.c.leave.not_in(("asked", "approved")))
    )
    told = [row.person_id for row in rows if row.person_id != meeting.called_by]
    batches = followed(deed, meeting, "remind", line, told)
    for person_id in told:
        deed.post.to_person(person_id, line, batch=batches.get(person_id))


def _said_in_chats(deed: Deed, meeting: Meeting, line: Text) -> bool:
    """Say a line in the meeting's chats; whether it has any."""
    told = deed.post.to_group(meeting.group_id, line) if meeting.group_id else deed.post.to_branch(line)
    return bool(told)


def _before_start(deed: Deed, meeting: Meeting, due_at: datetime) -> Text | None:
    """Word the reminder; late after downtime it says so.

    Once the meeting is well under way, or where the quiet hours would hold it beyond the start, it is dropped.
    """
    words = {"start": meeting.starts_at, "place": meeting.place, "type": meeting.called}
    speaks_at = deed.post.speaks_at
    if speaks_at < meeting.starts_at:
        minutes = round((meeting.starts_at - max(speaks_at, due_at)) / timedelta(minutes=1))
        hours, rest = divmod(minutes, 60)
        ahead = Text("meetings.hours", {"n": hours}) if hours and not rest else Text("meetings.minutes", {"n": minutes})
        verb_ = Text(f"meeting_hold.{meeting.type}")
        return Text("meetings.remind_group", words | {"ahead": ahead, "verb": verb_})
    if speaks_at == deed.now and deed.now - meeting.starts_at <= timedelta(minutes=30):
        return Text("meetings.remind_late", words)
    return None


@verb(needs=Permission.CLOCKWORK)
def open_checkin(deed: Deed, *, subject: int, due_at: datetime) -> None:
    """A little before the start, check-in opens by itself; its chair gets the card where the meeting has no chat."""
    del due_at
    meeting = meetings.one(deed.tx, subject)
    if meeting.state == "cancelled" or meeting.checkin != "none":
        return
    deed.asked = _in_quiet_hours(deed, meeting)
    checkin.open_(deed, meeting_id=subject)
    if not checkin.has_chat(deed.tx, deed.actor, meeting):
        chair = meeting.called_by
        if chair is not None:
            deed.post.to_person(chair, Live("checkin.private", subject))


@verb(needs=Permission.CLOCKWORK)
def close_checkin(deed: Deed, *, subject: int, due_at: datetime) -> None:
    """At the planned end it closes; who called the meeting gets the names privately."""
    del due_at
    meeting = meetings.one(deed.tx, subject)
    if meeting.state == "cancelled" or meeting.checkin != "open":
        return
    deed.asked = _in_quiet_hours(deed, meeting)
    checkin.close(deed, meeting_id=subject)
    told = meetings.responsible(deed.tx, meeting)
    if told is not None:
        deed.post.to_person(told, Live("checkin.report", subject))


def _in_quiet_hours(deed: Deed, meeting: Meeting) -> bool:
    """Whether a meeting begins or ends in the quiet hours: then its check-in speaks in them too."""
    custom = settings.of_branch(deed.tx, meeting.branch_id)
    ends_at = planned_end(meeting.starts_at, meeting.ends_at, custom)
    return any(is_quiet(moment, deed.zone, custom) for moment in (meeting.starts_at, ends_at))
