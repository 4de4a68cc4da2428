"""What falls due, and what was done: alarms and the audit."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, text

from storage.columns import Instant, Json
from storage.tables.pattern import branch, identity, metadata

alarms = Table(
    "alarms",
    metadata,
    identity(),
    branch(index=False),
    Column("kind", String(32), nullable=False),
    Column("subject", Integer, nullable=False),
    Column("key", String(100), nullable=False, unique=True),
    Column("due_at", Instant, nullable=False),
    Column("state", Integer, nullable=False, server_default=text("0")),  # 0 pending, 1 done
    Index("ix_alarms_pending", "due_at", "id", sqlite_where=text("state = 0"), postgresql_where=text("state = 0")),
    Index("ix_alarms_subject", "kind", "subject"),
)

audit = Table(
    "audit",
    metadata,
    identity(),
    branch(),
    Column("at", Instant, nullable=False),
    Column("actor_id", Integer),
    Column("channel", String(16), nullable=False, server_default=""),
    Column("message_id", String(200), nullable=False, server_default=""),
    Column("verb", String(64), nullable=False),
    Column("diff", Json),
    Column("salt", String(32)),
    Column("digest", String(64), nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)
