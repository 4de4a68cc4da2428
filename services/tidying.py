"""What is forgotten in time: the words of old messages, replies and forms under way, and sessions that are over."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, update

from storage import tables

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Tx

I, O, S = tables.inbox, tables.outbox, tables.web_sessions  # noqa: E741  inbox, outbox, sessions
C, Q = tables.conversations, tables.quarantine


def forget(tx: Tx, now: datetime, days: int) -> int:
    """Take the words out of messages and replies older than so many days; returns how many messages lost theirs."""
    before = now - timedelta(days=days)
    with tx.guard.key():
        done = tx.conn.execute(update(I).where(I.c.at < before, I.c.text.is_not(None)).values(text=None, pressed=None))
        settled = O.c.state.in_(("sent", "failed", "dropped"))
        tx.conn.execute(update(O).where(settled, O.c.created_at < before, O.c.slot.is_(None)).values(parts=[]))
        stale = update(C).where(C.c.expires_at < before, C.c.intent != "")
        tx.conn.execute(stale.values(intent="", slots={}, asking=None, offered=None))
        tx.conn.execute(delete(Q).where(Q.c.at < before))
        tx.conn.execute(delete(S).where(S.c.expires_at < now))
    return done.rowcount
