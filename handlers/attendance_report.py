"""How attendance is told: the live card, the closing report, the line about votes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.meeting_card import cite
from handlers.registry import live
from rules import quorum
from rules.meetings import late_from
from services import attendance, meetings, settings
from texts import button, say
from vocabulary.messages import Card, Text
from vocabulary.permissions import clock

if TYPE_CHECKING:
    from services.transactions import Tx
    from vocabulary.views.meetings import Meeting, Tally


ABSENT = {"asked": "checkin.person_undecided", "rejected": "checkin.person_refused"}
"""How it is worded that someone did not come whose leave was asked for and not granted."""


@live("checkin.card")
def checkin_card(tx: Tx, subject: int) -> Card:
    """Compose the check-in card of a meeting from the counters as they stand."""
    meeting = meetings.one(tx, subject)
    head = say(
        "checkin.card_head",
        type=meeting.called,
        group=_group(meeting),
        start=meeting.starts_at,
        place=meeting.place,
    )
    if quorum.votes_on(meeting.type):
        count = say(
            "checkin.card_count_vote",
            present=meeting.present,
            due=meeting.due_all,
            present_vote=meeting.present_vote,
            due_vote=meeting.due_vote,
        )
    else:
        count = say("checkin.card_count", present=meeting.present, due=meeting.due_all)
    if meeting.is_over:
        over = say("checkin.card_cancelled" if meeting.state == "cancelled" else "checkin.card_closed")
        # Where it cannot change, nothing is said of it: the group hears the numbers, or that it is called off, anyway.
        return Card((head, count, over), (), f"checkin.card:{subject}")
    late = late_from(meeting.starts_at, settings.of_branch(tx, meeting.branch_id))
    how = say("checkin.card_how", late=late, how=say("checkin.word_here", word=say("checkin.word")))
    return Card((head, count, how), (button("buttons.check_in", f"in:{subject}"),), f"checkin.card:{subject}", count)


@live("checkin.private")
def private_card(tx: Tx, subject: int) -> Card:
    """Compose the card of who keeps the records, in a meeting without a chat: count and end button."""
    shown = checkin_card(tx, subject)
    late = late_from(meetings.one(tx, subject).starts_at, settings.of_branch(tx, meetings.one(tx, subject).branch_id))
    if not shown.choices:
        return Card(shown.lines, (), f"checkin.private:{subject}")
    lines = (*shown.lines[:2], say("checkin.card_late", late=late))
    return Card(lines, (button("buttons.close_checkin", f"ce:{subject}"),), f"checkin.private:{subject}")


@live("checkin.report")
def report_card(tx: Tx, subject: int) -> Card:
    """Compose the closing report that goes to who keeps the records when the check-in closed by itself."""
    meeting = meetings.one(tx, subject)
    return Card(closing_report(attendance.tally(tx, clock(meeting.branch_id), subject)), (), None)


def _group(meeting: Meeting) -> Text | str:
    return say("meetings.card_group", group=meeting.group) if meeting.group else ""


def vote_line(tally: Tally) -> Text | None:
    """Word whether the quorum is met; None where the kind of meeting votes on nothing."""
    kind = quorum.votes_on(tally.meeting.type)
    if kind is None:
        return None
    if quorum.is_met(kind, tally.present_vote, tally.due_vote):
        return say("checkin.enough")
    return say("checkin.not_enough", needed=quorum.present_needed(kind, tally.due_vote))


def closing_report(tally: Tally) -> tuple[Text, ...]:
    """Word the report after a check-in: numbers, the quorum, and who was on leave, late, absent."""
    meeting = tally.meeting
    words = {"type": meeting.called, "group": _group(meeting), "start": meeting.starts_at}
    if meeting.recorded_at:
        lines = [say("checkin.report_record", recorded=meeting.recorded_at, **words)]
    else:
        lines = [say("checkin.report_head", **words)]
    due, present, leave, absent = tally.due, tally.present, tally.on_leave, tally.absent
    lines.append(
        say(
            "checkin.report_numbers",
            due=len(due),
            present=len(present),
            leave=say("checkin.report_leave", count=len(leave)) if leave else "",
            absent=say("checkin.report_absent", count=len(absent)) if absent else "",
            rate=quorum.percent(len(present), len(due)),
        )
    )
    quorum_words = vote_line(tally)
    if quorum_words:
        kind = quorum.votes_on(meeting.type) or "general"
        basis = cite(quorum.RULES[kind].present_basis)
        votes = {"due": tally.due_vote, "present": tally.present_vote}
        lines.append(say("checkin.report_vote", **votes, quorum=quorum_words, basis=basis))
    parts = _names(tally)
    if parts:
        lines.append(say("checkin.report_names", parts=parts))
    if meeting.guests:
        lines.append(say("checkin.report_guests", count=meeting.guests))
    if absent:
        lines.append(say("checkin.report_add", name=absent[0].person.name))
    return tuple(lines)


def _names(tally: Tally) -> list[Text]:
    """Name who was on leave, late and absent, each group once, in that order."""
    parts = []
    if tally.on_leave:
        names = [
            say("checkin.person_leave", name=a.person.name, kind=say(f"leave_kind.{a.leave_kind or 'personal'}"))
            for a in tally.on_leave
        ]
        parts.append(say("checkin.report_on_leave", names=names))
    late = [say("checkin.person_late", name=a.person.name, at=a.checked_at) for a in tally.present if a.late]
    if late:
        parts.append(say("checkin.report_late", names=late))
    if tally.absent:
        names = [say(ABSENT[a.leave], name=a.person.name) for a in tally.absent if a.leave in ABSENT]
        silent = [a.person.name for a in tally.absent if a.leave not in ABSENT]
        if silent:
            names.append(say("checkin.without_reason", names=silent))
        parts.append(say("checkin.report_missing", names=names))
    return parts
