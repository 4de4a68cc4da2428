"""Looks at what is known and what is open around a message: names, rooms, groups, and what awaits an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, literal, select

from services import people
from services.meetings import LONGEST
from storage import tables
from storage.prepared import Prepared

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Tx
    from vocabulary.permissions import Actor


@dataclass(frozen=True, slots=True)
class Known:
    """A branch's names: people, their posts, rooms that were used, groups."""

    people: tuple[str, ...]
    posts: dict[str, str]
    places: tuple[str, ...]
    groups: tuple[str, ...]


NOBODY = Known((), {}, (), ())
A, M, R, N = tables.attendances, tables.meetings, tables.quiz_rounds, tables.notice_people
AWAITING = Prepared(
    select(
        select(literal(1))
        .select_from(A.join(M, A.c.meeting_id == M.c.id))
        .where(
            A.c.person_id == bindparam("person"),
            M.c.state != "cancelled",
            M.c.checkin != "closed",
            M.c.starts_at > bindparam("since"),
        )
        .exists()
        .label("meeting"),
        select(literal(1))
        .select_from(N)
        .where(N.c.person_id == bindparam("person"), N.c.answered_at.is_(None))
        .exists()
        .label("notice"),
        select(literal(1))
        .select_from(R)
        .where(
            R.c.branch_id == bindparam("branch"),
            R.c.closed_at.is_(None),
            R.c.person_id.is_(None) | (R.c.person_id == bindparam("person")),
        )
        .exists()
        .label("quiz"),
    )
)


ROOMS = Prepared(select(tables.rooms.c.name).where(tables.rooms.c.branch_id == bindparam("branch")))
GROUPS = Prepared(select(tables.party_groups.c.name).where(tables.party_groups.c.branch_id == bindparam("branch")))


def of_branch(tx: Tx, branch_id: int) -> Known:
    """Read a branch's names for the understanding."""
    roster = people.of_branch(tx, branch_id)
    rooms = tx.all(ROOMS, branch=branch_id)
    groups = tx.all(GROUPS, branch=branch_id)
    return Known(
        people=tuple(person.name for person in roster),
        posts={person.name: person.post.value for person in roster if person.post},
        places=tuple(row.name for row in rooms),
        groups=tuple(row.name for row in groups),
    )


def awaiting(tx: Tx, viewer: Actor, now: datetime) -> tuple[str, ...]:
    """List what awaits a word of the viewer's: `notice`, `quiz`."""
    values = {"person": viewer.person_id, "branch": viewer.branch_id, "since": now - LONGEST}
    row = tx.one(AWAITING, **values)
    return (("notice",) if row.meeting or row.notice else ()) + (("quiz",) if row.quiz else ())
