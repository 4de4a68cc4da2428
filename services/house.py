"""What the house remembers of itself: a few words by key, of no branch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update

from storage import tables

if TYPE_CHECKING:
    from storage.database import Tx

H = tables.house


def recall(tx: Tx, key: str) -> str | None:
    """Read a word; None where nothing was remembered."""
    found: str | None = tx.value(select(H.c.value).where(H.c.key == key))
    return found


def remember(tx: Tx, key: str, value: str) -> None:
    """Keep a word, over an older one of the same key."""
    with tx.guard.key():
        if not tx.conn.execute(update(H).where(H.c.key == key).values(value=value)).rowcount:
            tx.conn.execute(H.insert().values(key=key, value=value))
