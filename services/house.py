"""What the house remembers of itself: a few words by key, of no branch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

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
    dialect = postgresql if tx.conn.dialect.name == "postgresql" else sqlite
    new = dialect.insert(H).values(key=key, value=value)
    with tx.guard.key():
        tx.conn.execute(new.on_conflict_do_update(index_elements=["key"], set_={"value": value}))
