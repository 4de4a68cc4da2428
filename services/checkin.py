"""Checking in: the verbs that open, do and close it, and what the card shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, select

from rules.meetings import is_late
from rules.quorum import percent
from services import attendance, chats, meetings, people, scanning, settings
from services.convening import choice, invite, must_reach, speaks_in_group
from services.deeds import Deed, verb
from storage import tables
from storage.prepared import Prepared
from vocabulary.meetings import MeetingType
from vocabulary.messages import Card, Live, Text
from vocabulary.people import Post
from vocabulary.permissions import Permission
from vocabulary.refusals import NotAllowed, NotFound, Refusal
from vocabulary.views.checkin import CheckedIn

if TYPE_CHECKING:
    from storage.database import Tx
    from vocabulary.permissions import Actor
    from vocabulary.views.meetings import Meeting, Tally

A = tables.attendances
M = tables.meetings
OWN = Prepared(
    select(A.c.id, A.c.due, A.c.vote, A.c.checked_at, A.c.late).where(
        A.c.meeting_id == bindparam("meeting"), A.c.person_id == bindparam("person")
    )
)
STANDING = Prepared(
    select(
        M.c.branch_id,
        M.c.checkin,
        M.c.starts_at,
        tables.organizations.c.settings,
        A.c.id,
        A.c.due,
        A.c.vote,
        A.c.checked_at,
        A.c.late,
    )
    .join(tables.organizations, tables.organizations.c.id == M.c.branch_id)
    .outerjoin(A, and_(A.c.meeting_id == M.c.id, A.c.person_id == bindparam("person")))
    .where(M.c.id == bindparam("meeting"))
)
"""A meeting as far as its check-in goes, its branch's own settings, and how one person stands to it."""
OPEN = Prepared(
    select(M.c.id, M.c.branch_id, M.c.group_id, M.c.type, M.c.starts_at).where(
        M.c.branch_id == bindparam("branch"), M.c.checkin == "open"
    )
)


@verb(needs=Permission.CHECKIN_OPEN)
def open_(deed: Deed, *, meeting_id: int, answer_in: tuple[str, str] | None = None) -> Meeting:
    """Open a meeting's check-in: one card in its chat that changes in place, or each person privately.

    `answer_in` (channel, chat) is where it was asked for: that chat gets the card with the answer, so it is left out
    here. Who keeps the records gets the code to scan, where there are people who could. Opening what is open changes
    nothing; whoever asks again gets the code again.
    """
    meeting = meetings.one(deed.tx, meeting_id)
    must_reach(deed, meeting.group_id, meeting.type, meeting.branch_id)
    if meeting.state == "cancelled" or meeting.checkin == "closed":
        raise Refusal("checkin_closed")
    if meeting.checkin == "open":
        scanning.hand_out(deed, meeting, deed.actor.person_id)
        return meeting
    invite(deed, meeting_id)
    deed.update(M, meeting_id, checkin="open", opened_at=deed.now, state="held")
    deed.post.silence("checkin.open", meeting_id)
    _show(deed, meeting, answer_in)
    scanning.hand_out(deed, meeting, deed.actor.person_id, meetings.responsible(deed.tx, meeting))
    return meetings.one(deed.tx, meeting_id)


@verb(needs=Permission.CHECKIN_SELF)
def check_in(deed: Deed, *, meeting_id: int) -> CheckedIn:
    """Check the actor in: twice is once; after the grace it is late; who is not due is 列席."""
    person_id = deed.actor.person_id or 0
    row = deed.tx.first(STANDING, meeting=meeting_id, person=person_id)
    if row is None or (row.branch_id != deed.branch_id and deed.branch_id not in _related(deed, row.branch_id)):
        raise NotFound("meeting")
    if row.checkin != "open":
        raise Refusal("checkin_closed" if row.checkin == "closed" else "checkin_not_open")
    late = is_late(row.starts_at, deed.now, settings.merged(deed.tx, row.settings))
    if row.id is None:
        deed.insert(
            A, branch_id=row.branch_id, meeting_id=meeting_id, person_id=person_id, checked_at=deed.now, how="self"
        )
        deed.add(M, meeting_id, guests=1)
        return CheckedIn(meeting_id, deed.now, due=False, late=False, again=False)
    if row.checked_at is not None:
        return CheckedIn(meeting_id, row.checked_at, due=row.due, late=row.late, again=True)
    new = {"checked_at": deed.now, "how": "self", "late": late and row.due}
    if not deed.update_from(A, row.id, {"checked_at": None}, **new):  # another process was quicker
        return CheckedIn(meeting_id, deed.now, due=row.due, late=late and row.due, again=True)
    deed.add(M, meeting_id, present=int(row.due), present_vote=int(row.vote), guests=int(not row.due and not row.vote))
    _touch(deed, meeting_id)
    return CheckedIn(meeting_id, deed.now, due=row.due, late=late and row.due, again=False)


@verb(needs=Permission.CHECKIN_FOR)
def enter(deed: Deed, *, meeting_id: int, person_ids: list[int], reason: str = "") -> list[str]:
    """Register others as present (登记): on record with who did it. After closing it is a 补签 and needs a reason.

    Returns the names that were newly registered.
    """
    meeting = meetings.one(deed.tx, meeting_id)
    if meeting.branch_id != deed.branch_id:
        raise NotFound("meeting")
    must_enter(deed, meeting)
    if meeting.checkin == "none" and not meeting.recorded_at:
        raise Refusal("checkin_not_open")
    if meeting.checkin == "closed" and not reason and not meeting.recorded_at:
        raise Refusal("added_needs_reason")
    how = "added" if meeting.checkin == "closed" else "entered"
    done = []
    for person_id in person_ids:
        row = deed.tx.first(OWN, meeting=meeting_id, person=person_id)
        if row is not None and row.checked_at is not None:
            continue
        entry = {
            "checked_at": deed.now,
            "how": how,
            "entered_by": deed.actor.person_id,
            "remark": deed.tx.seal.close(reason),
        }
        if row is None:
            deed.insert(A, branch_id=meeting.branch_id, meeting_id=meeting_id, person_id=person_id, **entry)
            deed.add(M, meeting_id, guests=1)
        else:
            if not deed.update_from(A, row.id, {"checked_at": None}, **entry):
                continue
            deed.add(
                M,
                meeting_id,
                present=int(row.due),
                present_vote=int(row.vote),
                guests=int(not row.due and not row.vote),
            )
        done.append(person_id)
    if done and meeting.checkin == "open":
        _touch(deed, meeting_id)
    return people.names(deed.tx, done)


@verb(needs=Permission.CHECKIN_OPEN)
def close(deed: Deed, *, meeting_id: int) -> Tally:
    """Close a check-in: the group hears the numbers, once; names come back to whoever closed it."""
    meeting = meetings.one(deed.tx, meeting_id)
    must_reach(deed, meeting.group_id, meeting.type, meeting.branch_id)
    if meeting.checkin != "open":
        raise Refusal("checkin_closed" if meeting.checkin == "closed" else "checkin_not_open")
    deed.update(M, meeting_id, checkin="closed", closed_at=deed.now)
    deed.post.silence("checkin.close", meeting_id)
    _touch(deed, meeting_id)
    meeting = meetings.one(deed.tx, meeting_id)
    line = Text(
        "checkin.closed_group",
        {"due": meeting.due_all, "present": meeting.present, "rate": percent(meeting.present, meeting.due_all)},
    )
    if speaks_in_group(meeting):
        if meeting.group_id is None:
            deed.post.to_branch(line)
        else:
            deed.post.to_group(meeting.group_id, line)
    return attendance.tally(deed.tx, deed.actor, meeting_id)


def _touch(deed: Deed, meeting_id: int) -> None:
    deed.post.touch(f"checkin.card:{meeting_id}", f"checkin.private:{meeting_id}")


def must_enter(deed: Deed, meeting: Meeting) -> None:
    """Registering others is the secretary's (or deputy's), and a group leader's for that group's meeting."""
    if not attendance.may_enter(deed.tx, deed.actor, meeting):
        raise NotAllowed("checkin_for", who=who_enters(deed.tx, meeting))


def who_enters(tx: Tx, meeting: Meeting) -> str:
    """Name who registers those without a phone: the group's leader, or the branch's secretary."""
    roster = people.of_branch(tx, meeting.branch_id)
    leader = [p for p in roster if meeting.group_id and p.group_id == meeting.group_id and p.post is Post.GROUP_LEADER]
    secretary = [p for p in roster if p.post is Post.SECRETARY]
    return next((p.name for p in [*leader, *secretary]), "")


def opened(tx: Tx, viewer: Actor) -> list[int]:
    """The meetings of the viewer's branch whose check-in is open and concerns them, newest start last."""
    rows = tx.all(OPEN, branch=viewer.branch_id)
    return [row.id for row in sorted(rows, key=lambda row: row.starts_at) if _concerns(tx, viewer, row)]


def _concerns(tx: Tx, viewer: Actor, row: Any) -> bool:
    """Whether an open check-in is the viewer's: a committee's is that of its members, a group's of its own."""
    if viewer.leads_branch:
        return True
    if row.type == MeetingType.COMMITTEE:
        return viewer.person_id in meetings.invited(tx, row.id)
    return row.group_id in {None, viewer.group_id}


def opened_in(tx: Tx, viewer: Actor, branch_id: int, group_id: int | None) -> list[int]:
    """The open check-ins whose card stands in a chat of a branch, for someone of another branch who sits in (列席)."""
    del viewer
    rows = tx.all(OPEN, branch=branch_id)
    return [row.id for row in rows if row.group_id == group_id and row.type != MeetingType.COMMITTEE]


def _related(deed: Deed, branch_id: int) -> set[int]:
    """Branches under the same committee as one of them: their people may sit in (列席)."""
    own = people.organization(deed.tx, branch_id)
    return {o.id for o in people.organizations(deed.tx) if o.parent_id is not None and o.parent_id == own.parent_id}


def chats_of(tx: Tx, viewer: Actor, meeting: Meeting) -> list[tuple[str, str]]:
    """The chats (channel, id) where a meeting's card stands; none for a committee's meeting."""
    del viewer
    if not speaks_in_group(meeting):
        return []
    return [(row.channel, row.chat) for row in chats.spoken_to(tx, meeting.branch_id, meeting.group_id)]


def has_chat(tx: Tx, viewer: Actor, meeting: Meeting) -> bool:
    """Whether a meeting has a chat of its own to speak in."""
    return bool(chats_of(tx, viewer, meeting))


def _show(deed: Deed, meeting: Meeting, answer_in: tuple[str, str] | None) -> None:
    """Post the card to the meeting's chats; where nobody can answer it in those, tell each person privately."""
    places = chats_of(deed.tx, deed.actor, meeting)
    for channel, chat in places:
        if (channel, chat) != answer_in:
            deed.post.to_chat(channel, chat, Live("checkin.card", meeting.id))
    if places and chats.are_heard(deed.tx, meeting.branch_id, meeting.group_id):
        return
    how = Text("checkin.word_here", {"word": Text("checkin.word")})
    button = choice("buttons.check_in", f"in:{meeting.id}")
    away = select(A.c.person_id).where(A.c.meeting_id == meeting.id, A.c.leave.in_(attendance.ON_LEAVE))
    on_leave = {row.person_id for row in deed.tx.all(away)}
    told = meetings.invited(deed.tx, meeting.id) - {deed.actor.person_id, meeting.called_by} - on_leave
    for person_id in sorted(told):
        deed.post.to_person(
            person_id, Card((Text("checkin.opened_private", {"type": meeting.called, "how": how}),), (button,))
        )
