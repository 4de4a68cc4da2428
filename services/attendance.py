"""How someone stands to a meeting: looks at attendances, and the verbs of answering and of leave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from services import meetings, people
from services.convening import choice, must_reach
from services.deeds import Deed, verb
from storage import tables
from vocabulary.messages import Card, Text
from vocabulary.people import Post
from vocabulary.permissions import Permission, Role
from vocabulary.refusals import NotFound, Refusal
from vocabulary.views.meetings import Attendance, Tally

if TYPE_CHECKING:
    from storage.database import Tx
    from vocabulary.permissions import Actor
    from vocabulary.views.meetings import Meeting
    from vocabulary.views.people import Person

A = tables.attendances
ON_LEAVE = {"asked": "on_leave_asked", "approved": "on_leave_approved"}
"""How a leave stands that keeps someone away, and the refusal that says so: only 销假 ends it."""


def view(tx: Tx, row: Any, *, open_reasons: bool) -> Attendance:
    """Make the view of a row; what is secret is opened only where asked."""
    return Attendance(
        person=people.person(tx, row.person_id),
        due=row.due,
        vote=row.vote,
        answer=row.answer,
        leave=row.leave,
        leave_kind=row.leave_kind,
        reason=tx.seal.open(row.leave_reason) if open_reasons else None,
        late_minutes=row.late_minutes,
        checked_at=row.checked_at,
        late=row.late,
        how=row.how,
        remark=tx.seal.open(row.remark) if open_reasons else None,
    )


def may_see_names(viewer: Actor, meeting: Meeting) -> bool:
    """Whether names and reasons are this viewer's task: the branch's heads, or the leader of the meeting's group."""
    own_branch = meeting.branch_id == viewer.branch_id
    leads_group = meeting.group_id is not None and meeting.group_id == viewer.group_id and "leader" in viewer.roles
    return own_branch and (viewer.leads_branch or leads_group)


def may_enter(tx: Tx, viewer: Actor, meeting: Meeting) -> bool:
    """Whether registering others at a meeting is this viewer's task: the secretary, the deputy, its group's leader."""
    del tx
    if meeting.branch_id != viewer.branch_id:
        return False
    if viewer.roles & {Role.SECRETARY, Role.DEPUTY}:
        return True
    return Role.LEADER in viewer.roles and meeting.group_id is not None and meeting.group_id == viewer.group_id


def tally(tx: Tx, viewer: Actor, meeting_id: int) -> Tally:
    """Read a meeting with all its attendances; reasons are open only to those whose task it is."""
    meeting = meetings.show(tx, viewer, meeting_id)
    open_reasons = may_see_names(viewer, meeting)
    rows = tx.all(select(A).where(A.c.meeting_id == meeting_id).order_by(A.c.person_id))
    return Tally(meeting, tuple(view(tx, row, open_reasons=open_reasons) for row in rows))


def mine(tx: Tx, viewer: Actor, meeting_id: int) -> Attendance | None:
    """Read the viewer's own attendance; None where the meeting was not called for them."""
    row = tx.first(select(A).where(A.c.meeting_id == meeting_id, A.c.person_id == viewer.person_id))
    return view(tx, row, open_reasons=True) if row else None


@verb(needs=Permission.ANSWER)
def accept(deed: Deed, *, meeting_id: int) -> Meeting:
    """Answer 收到: will come. A leave is ended by 销假 alone.

    Raises Refusal `on_leave_asked` or `on_leave_approved`.
    """
    meeting, row = _own(deed, meeting_id)
    if row.leave in ON_LEAVE:
        raise Refusal(ON_LEAVE[row.leave], start=meeting.starts_at)
    deed.update(A, row.id, answer="yes", answered_at=deed.now)
    return meeting


@verb(needs=Permission.ANSWER)
def ask_leave(deed: Deed, *, meeting_id: int, reason: str, kind: str) -> tuple[Meeting, str]:
    """Ask leave with a reason; whoever decides gets it with two buttons. Returns the meeting and the decider's name."""
    meeting, row = _own(deed, meeting_id)
    if row.checked_at:
        raise Refusal("already_here", at=row.checked_at)
    who = decider(deed.tx, deed.actor, meeting)
    deed.update(
        A,
        row.id,
        answer="leave",
        answered_at=deed.now,
        leave="asked",
        leave_kind=kind,
        leave_reason=deed.tx.seal.close(reason),
        leave_by=None,
    )
    words = {
        "name": deed.actor.name,
        "start": meeting.starts_at,
        "type": meeting.called,
        "reason": reason,
        "kind": Text(f"leave_kind.{kind}"),
    }
    buttons = (
        choice("buttons.approve", f"la:{meeting_id}:{row.person_id}"),
        choice("buttons.reject", f"lr:{meeting_id}:{row.person_id}"),
    )
    deed.post.to_person(who.id, Card((Text("leave.to_decider", words),), buttons))
    return meeting, who.name


@verb(needs=Permission.ANSWER)
def withdraw_leave(deed: Deed, *, meeting_id: int) -> Meeting:
    """销假: will come after all; whoever had decided hears it."""
    meeting, row = _own(deed, meeting_id)
    if row.leave not in {"asked", "approved", "rejected"}:
        raise Refusal("no_leave")
    deed.update(A, row.id, answer="yes", answered_at=deed.now, leave="withdrawn")
    told = row.leave_by or decider(deed.tx, deed.actor, meeting).id
    words = {"name": deed.actor.name, "start": meeting.starts_at, "type": meeting.called}
    deed.post.to_person(told, Text("leave.withdrawn_told", words))
    return meeting


@verb(needs=Permission.ANSWER)
def come_late(deed: Deed, *, meeting_id: int, minutes: int, reason: str = "") -> Meeting:
    """Say that one will be late (minutes > 0) or must go early (< 0); the chair hears it privately."""
    meeting, row = _own(deed, meeting_id)
    deed.update(A, row.id, answer="yes", answered_at=deed.now, late_minutes=minutes, remark=deed.tx.seal.close(reason))
    key = "leave.late_told" if minutes > 0 else "leave.early_told"
    words = {
        "name": deed.actor.name,
        "minutes": abs(minutes),
        "start": meeting.starts_at,
        "type": meeting.called,
        "why": Text("leave.because", {"reason": reason}) if reason else "",
    }
    told = decider(deed.tx, deed.actor, meeting).id
    if told != deed.actor.person_id:
        deed.post.to_person(told, Text(key, words))
    return meeting


@verb(needs=Permission.LEAVE_DECIDE)
def decide_leave(deed: Deed, *, meeting_id: int, person_id: int, approve: bool, reason: str = "") -> Attendance:
    """Approve or reject a leave; the one who asked hears it. Deciding the same twice changes nothing."""
    meeting = meetings.one(deed.tx, meeting_id)
    if meeting.branch_id != deed.branch_id:
        raise NotFound("meeting")
    must_reach(deed, meeting.group_id, meeting.type, meeting.branch_id)
    if person_id == deed.actor.person_id:
        raise Refusal("own_leave", who=decider(deed.tx, deed.actor, meeting).name)
    row = deed.tx.first(select(A).where(A.c.meeting_id == meeting_id, A.c.person_id == person_id))
    if row is None or row.leave not in {"asked", "approved", "rejected"}:
        raise Refusal("leave_not_asked")
    decided = "approved" if approve else "rejected"
    if row.leave != decided:
        deed.update(A, row.id, leave=decided, leave_by=deed.actor.person_id)
        key = "leave.approved" if approve else "leave.rejected_why" if reason else "leave.rejected"
        words = {"by": deed.actor.name, "start": meeting.starts_at, "reason": reason}
        deed.post.to_person(person_id, Text(key, words))
    return view(deed.tx, deed.tx.first(select(A).where(A.c.id == row.id)), open_reasons=False)


def _own(deed: Deed, meeting_id: int) -> tuple[Meeting, Any]:
    """Read the actor's own row in a meeting that still lies ahead, or refuse (meeting_over, not_called)."""
    meeting = meetings.show(deed.tx, deed.actor, meeting_id)
    if meeting.is_over:
        raise Refusal("meeting_over")
    row = deed.tx.first(select(A).where(A.c.meeting_id == meeting_id, A.c.person_id == deed.actor.person_id))
    if row is None:
        raise Refusal("not_called", type=meeting.called)
    return meeting, row


def decider(tx: Tx, viewer: Actor, meeting: Meeting) -> Person:
    """Who decides on the viewer's leave: the group's leader for a group meeting, else the secretary; never they.

    Where the post is empty or is their own, the next one: deputy, then any commissioner. Raises Refusal
    `nobody_decides`.
    """
    roster = people.of_branch(tx, meeting.branch_id)
    ranks = [Post.SECRETARY, Post.DEPUTY, Post.ORGANIZATION, Post.DISCIPLINE, Post.PUBLICITY]
    heads = sorted((p for p in roster if p.post in ranks), key=lambda p: ranks.index(p.post))
    leaders = [p for p in roster if p.post is Post.GROUP_LEADER and p.group_id == meeting.group_id]
    chain = [*(leaders if meeting.group_id is not None else []), *heads]
    found = next((p for p in chain if p.id != viewer.person_id), None)
    if found is None:
        raise Refusal("nobody_decides")
    return found


def open_leave(tx: Tx, viewer: Actor, meeting_id: int | None = None) -> list[tuple[int, Attendance]]:
    """List the leaves that wait for the viewer's decision, as (meeting id, attendance).

    A group's leader decides on that group's meetings, nobody on their own leave.
    """
    meetings_ = tables.meetings
    wanted = (
        select(A)
        .join(meetings_, meetings_.c.id == A.c.meeting_id)
        .where(A.c.branch_id == viewer.branch_id, A.c.leave == "asked", A.c.person_id != viewer.person_id)
        .where(meetings_.c.state != "cancelled")
    )
    if not viewer.leads_branch:
        wanted = wanted.where(meetings_.c.group_id == viewer.group_id)
    if meeting_id is not None:
        wanted = wanted.where(A.c.meeting_id == meeting_id)
    return [(row.meeting_id, view(tx, row, open_reasons=True)) for row in tx.all(wanted.order_by(A.c.id))]
