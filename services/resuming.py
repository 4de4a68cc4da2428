"""Looks at the outbox for a program that begins anew: what went out lately, and which chats wait for what is late."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from services.letters import ACCOUNT
from storage import tables

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Tx

O = tables.outbox  # noqa: E741


def sent_since(tx: Tx, since: datetime) -> list[tuple[str, str, datetime]]:
    """Read what was sent after an instant: by which door, to which chat, and when, in this order."""
    rows = tx.all(select(O.c.channel, O.c.chat, O.c.sent_at).where(O.c.sent_at > since).order_by(O.c.sent_at))
    return [(row.channel or "", row.chat or "", row.sent_at) for row in rows]


def late_at(tx: Tx, now: datetime) -> list[tuple[str, str, datetime]]:
    """Read where something failed and is to be tried again: at which door, in which chat, and when."""
    wanted = select(O.c.channel, O.c.chat, O.c.person_id, O.c.due_at)
    late = (O.c.state == "pending", O.c.attempts > 0, O.c.due_at > now)
    found = []
    for row in tx.all(wanted.where(*late).order_by(O.c.due_at)):
        at = row if row.channel else tx.first(ACCOUNT, person=row.person_id)
        if at is not None:
            found.append((at.channel, at.chat, row.due_at))
    return found
