"""The state of a conversation: what was asked of whom in which chat, and what they have said so far."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select, update

from storage import tables
from storage.prepared import Prepared

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Tx

C = tables.conversations
LASTS = timedelta(minutes=30)
DRAFT = Prepared(
    select(C).where(
        C.c.channel == bindparam("channel"), C.c.chat == bindparam("chat"), C.c.person_id == bindparam("person")
    )
)


def standing(tx: Tx, channel: str, chat: str, person_id: int) -> Any | None:
    """Read the state of a conversation; None where there is none."""
    return tx.first(DRAFT, channel=channel, chat=chat, person=person_id)


def keep(tx: Tx, now: datetime, key: dict[str, Any], state: dict[str, Any] | None, old: Any | None) -> None:
    """Write, change or clear the state of a conversation; `revision` only rises, so that old cards stay old."""
    with tx.guard.key():
        if state is None:
            if old is not None and old.intent:
                tx.conn.execute(
                    update(C).where(C.c.id == old.id).values(intent="", slots={}, asking=None, offered=None)
                )
            return
        state = state | {"expires_at": now + LASTS}
        if old is None:
            tx.conn.execute(C.insert(), key | state)
        else:
            tx.conn.execute(update(C).where(C.c.id == old.id).values(**state))
