"""Looks at meetings: one, those of a time, and what stands in the way of a new one."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, or_, select

from rules.meetings import planned_end
from services import people, settings
from storage import tables
from storage.prepared import Prepared
from vocabulary.meetings import MeetingType
from vocabulary.people import Post
from vocabulary.permissions import Role
from vocabulary.refusals import NotFound
from vocabulary.views.meetings import Meeting

if TYPE_CHECKING:
    from storage.database import Tx
    from vocabulary.permissions import Actor

M = tables.meetings
HOST = tables.people.alias("host")
RECORDER = tables.people.alias("recorder")
SPEAKER = tables.people.alias("speaker")
MEETINGS = (
    select(
        M,
        tables.party_groups.c.name.label("group_name"),
        HOST.c.name.label("host"),
        RECORDER.c.name.label("recorder"),
        SPEAKER.c.name.label("speaker"),
    )
    .outerjoin(tables.party_groups, M.c.group_id == tables.party_groups.c.id)
    .outerjoin(HOST, M.c.host_id == HOST.c.id)
    .outerjoin(RECORDER, M.c.recorder_id == RECORDER.c.id)
    .outerjoin(SPEAKER, M.c.speaker_id == SPEAKER.c.id)
)
BY_ID = MEETINGS.where(M.c.id == bindparam("meeting"))
ONE = Prepared(BY_ID)
LONGEST = timedelta(days=1)


def view(row: Any) -> Meeting:
    """Make the frozen view of a meeting's row."""
    return Meeting(
        id=row.id,
        branch_id=row.branch_id,
        group_id=row.group_id,
        group=row.group_name,
        type=MeetingType(row.type),
        title=row.title,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        place=row.place,
        agenda=tuple(row.agenda),
        host=row.host,
        recorder=row.recorder,
        speaker=row.speaker,
        called_by=row.called_by,
        state=row.state,
        revision=row.revision,
        recorded_at=row.recorded_at,
        remind_minutes=row.remind_minutes,
        theme_month=row.theme_month,
        note=row.note,
        checkin=row.checkin,
        closed_at=row.closed_at,
        due_all=row.due_all,
        due_vote=row.due_vote,
        present=row.present,
        present_vote=row.present_vote,
        guests=row.guests,
        told_at=row.told_at,
    )


def one(tx: Tx, meeting_id: int) -> Meeting:
    """Read a meeting by id, for verbs and alarms. Raises NotFound where there is none."""
    row = tx.first(ONE, meeting=meeting_id)
    if row is None:
        raise NotFound("meeting")
    return view(row)


def show(tx: Tx, viewer: Actor, meeting_id: int) -> Meeting:
    """Read a meeting for someone. Raises NotFound where there is none, or it is not theirs to see."""
    row = tx.first(_shown(*_sight(viewer)), meeting=meeting_id, **_seen_by(viewer))
    if row is None:
        raise NotFound("meeting")
    return view(row)


def visible(viewer: Actor) -> ColumnElement[bool]:
    """What a viewer may see: their branch's meetings, a supervisor those of the branches below too.

    A committee's meetings are seen by the committee, a group's by its members and the committee. `_seen_by` fills it
    where the statement is run.
    """
    return _visible(*_sight(viewer))


def _sight(viewer: Actor) -> tuple[bool, bool]:
    """Whether a viewer sees the whole branch, and whether branches below it."""
    return Role.CLOCK in viewer.roles or viewer.leads_branch, bool(viewer.oversees)


def _seen_by(viewer: Actor) -> dict[str, Any]:
    """What fills the parameters of `_visible`."""
    whole, below = _sight(viewer)
    own = {} if whole else {"viewer": viewer.person_id, "viewer_group": viewer.group_id}
    return {"viewer_branch": viewer.branch_id} | own | ({"viewer_below": list(viewer.oversees)} if below else {})


@cache
def _visible(whole: bool, below: bool) -> ColumnElement[bool]:  # noqa: FBT001  what `_sight` returns
    """Build the condition once for each kind of viewer: the database then knows the statement too."""
    mine = M.c.branch_id == bindparam("viewer_branch")
    if not whole:
        invited = select(tables.attendances.c.meeting_id).where(tables.attendances.c.person_id == bindparam("viewer"))
        open_to_all = and_(
            M.c.type != MeetingType.COMMITTEE, or_(M.c.group_id.is_(None), M.c.group_id == bindparam("viewer_group"))
        )
        mine = and_(mine, or_(open_to_all, M.c.id.in_(invited)))
    return or_(mine, M.c.branch_id.in_(bindparam("viewer_below", expanding=True))) if below else mine


@cache
def _shown(whole: bool, below: bool) -> Select[Any] | Prepared:  # noqa: FBT001  likewise
    one = BY_ID.where(_visible(whole, below))
    return one if below else Prepared(one)


def between(
    tx: Tx,
    viewer: Actor,
    first: datetime,
    last: datetime,
    *,
    types: list[str] | None = None,
    branch_id: int | None = None,
    group_id: int | None = None,
) -> list[Meeting]:
    """List a viewer's meetings that start in [first, last), in order of time, without the cancelled ones."""
    wanted = MEETINGS.where(visible(viewer), M.c.starts_at >= first, M.c.starts_at < last, M.c.state != "cancelled")
    if types:
        wanted = wanted.where(M.c.type.in_(types))
    if branch_id is not None:
        wanted = wanted.where(M.c.branch_id == branch_id)
    if group_id is not None:
        wanted = wanted.where(M.c.group_id == group_id)
    return [view(row) for row in tx.all(wanted.order_by(M.c.starts_at, M.c.id), **_seen_by(viewer))]


def upcoming(tx: Tx, viewer: Actor, now: datetime, most: int = 20) -> list[Meeting]:
    """List what lies ahead or is going on (not yet closed), the nearest first; cancelled ones are left out."""
    ahead = MEETINGS.where(
        visible(viewer),
        M.c.branch_id == viewer.branch_id,
        M.c.starts_at > now - LONGEST,
        M.c.state != "cancelled",
        M.c.checkin != "closed",
    )
    found = [view(row) for row in tx.all(ahead.order_by(M.c.starts_at, M.c.id).limit(most), **_seen_by(viewer))]
    custom = settings.of_branch(tx, viewer.branch_id)
    return [m for m in found if m.checkin == "open" or planned_end(m.starts_at, m.ends_at, custom) > now]


def past(
    tx: Tx,
    viewer: Actor,
    now: datetime,
    most: int = 20,
    *,
    types: list[str] | None = None,
    branch_id: int | None = None,
) -> list[Meeting]:
    """List what was held, the latest first, of the viewer's branch or of one they may look into."""
    over = or_(M.c.starts_at <= now, M.c.checkin == "closed")
    done = MEETINGS.where(visible(viewer), over, M.c.state != "cancelled", M.c.checkin != "open")
    if types:
        done = done.where(M.c.type.in_(types))
    done = done.where(M.c.branch_id == (viewer.branch_id if branch_id is None else branch_id))
    newest = done.order_by(M.c.starts_at.desc(), M.c.id.desc()).limit(most)
    return [view(row) for row in tx.all(newest, **_seen_by(viewer))]


def in_the_way(
    tx: Tx, branch_id: int, starts_at: datetime, ends_at: datetime | None, except_id: int | None = None
) -> list[Meeting]:
    """List meetings ahead or under way, of whatever branch, that overlap a time, by their planned ends."""
    custom = settings.of_branch(tx, branch_id)
    end = planned_end(starts_at, ends_at, custom)
    near = MEETINGS.where(
        M.c.state != "cancelled", M.c.checkin != "closed", M.c.starts_at < end, M.c.starts_at > starts_at - LONGEST
    )
    found = (view(row) for row in tx.all(near.order_by(M.c.starts_at)))
    return [m for m in found if m.id != except_id and planned_end(m.starts_at, m.ends_at, custom) > starts_at]


def invited(tx: Tx, meeting_id: int) -> set[int]:
    """Return the ids of everyone a meeting was called for."""
    table = tables.attendances
    return {row.person_id for row in tx.all(select(table.c.person_id).where(table.c.meeting_id == meeting_id))}


def near(meeting: Meeting, now: datetime, minutes: int) -> bool:
    """Whether a meeting starts within so many minutes, or has started."""
    return meeting.starts_at - now <= timedelta(minutes=minutes)


def last_changer(tx: Tx, meeting: Meeting) -> str:
    """Name who changed a meeting last, from the audit; empty where nobody did."""
    table = tables.audit
    rows = tx.all(
        select(table.c.actor_id, table.c.diff)
        .where(
            table.c.branch_id == meeting.branch_id, table.c.verb == "convening.change", table.c.actor_id.is_not(None)
        )
        .order_by(table.c.id.desc())
        .limit(50)
    )
    for row in rows:
        if any(entry["table"] == "meetings" and entry["id"] == meeting.id for entry in row.diff):
            return people.person(tx, row.actor_id).name
    return ""


def responsible(tx: Tx, meeting: Meeting) -> int | None:
    """Who keeps a meeting's records: who called it, else the group's leader, else the branch's secretary."""
    if meeting.called_by is not None:
        return meeting.called_by
    roster = people.of_branch(tx, meeting.branch_id)
    leader = [p for p in roster if meeting.group_id and p.group_id == meeting.group_id and p.post is Post.GROUP_LEADER]
    secretary = [p for p in roster if p.post is Post.SECRETARY]
    return next((p.id for p in [*leader, *secretary]), None)
