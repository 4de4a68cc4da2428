"""Alarms as the clock uses them: what is due, what comes next, what is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select, update

from storage import tables

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Tx

A = tables.alarms
DUE = (
    select(A.c.id, A.c.branch_id, A.c.kind, A.c.subject, A.c.due_at)
    .where(A.c.state == 0, A.c.due_at <= bindparam("now"))
    .order_by(A.c.due_at, A.c.id)
    .limit(bindparam("most"))
)
NEXT = select(A.c.due_at).where(A.c.state == 0).order_by(A.c.due_at).limit(1)
DONE = update(A).where(A.c.id == bindparam("which"), A.c.state == 0, A.c.due_at == bindparam("rang")).values(state=1)


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm: what it is about and when it was due (an aware instant)."""

    id: int
    branch_id: int
    kind: str
    subject: int
    due_at: datetime


def due(tx: Tx, now: datetime, most: int) -> list[Alarm]:
    """Read the alarms that are due, in order."""
    return [Alarm(*row) for row in tx.conn.execute(DUE, {"now": now, "most": most})]


def next_due(tx: Tx) -> datetime | None:
    """When the next alarm rings; None where none is set."""
    found: datetime | None = tx.conn.execute(NEXT).scalar()
    return found


def done(tx: Tx, alarm: Alarm) -> None:
    """Put out an alarm that has rung; one that was moved while it rang stays."""
    with tx.guard.key():
        tx.conn.execute(DONE, {"which": alarm.id, "rang": alarm.due_at})
