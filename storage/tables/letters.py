"""The post: what came in, what goes out, and where a conversation stands."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, Text, UniqueConstraint, text

from storage.columns import Instant, Json
from storage.tables.pattern import branch, count, identity, metadata, state

inbox = Table(
    "inbox",
    metadata,
    identity(),
    branch(required=False, index=False),
    Column("channel", String(16), nullable=False),
    Column("message_id", String(200), nullable=False),
    Column("chat", String(128), nullable=False),
    Column("account", String(128), nullable=False),
    Column("person_id", Integer),
    Column("text", Text),
    Column("pressed", String(64)),
    Column("intent", String(32), nullable=False, server_default=""),
    Column("at", Instant, nullable=False),
    UniqueConstraint("channel", "message_id"),
    Index("ix_inbox_at", "at"),
)

conversations = Table(
    "conversations",
    metadata,
    identity(),
    branch(index=False),
    Column("channel", String(16), nullable=False),
    Column("chat", String(128), nullable=False),
    Column("person_id", Integer, nullable=False),
    Column("intent", String(32), nullable=False),
    Column("slots", Json, nullable=False),
    Column("asking", String(32)),
    Column("offered", Json),
    Column("revision", Integer, nullable=False),
    Column("expires_at", Instant, nullable=False),
    UniqueConstraint("channel", "chat", "person_id"),
)

outbox = Table(
    "outbox",
    metadata,
    identity(),
    branch(required=False, index=False),
    Column("person_id", Integer),  # a person, wherever they can be reached; None: the chat below
    Column("channel", String(16)),
    Column("chat", String(128)),
    Column("parts", Json, nullable=False),
    Column("slot", String(64)),
    Column("reply_to", Integer),
    Column("batch", String(64)),
    state("pending"),  # pending, sent, failed, dropped
    Column("due_at", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("why", String(32), nullable=False, server_default=""),
    Column("sent_id", String(128)),
    Column("shown", String(64)),  # a digest of what was shown last: an edit that changes nothing is not sent
    Column("revision", Integer, nullable=False, server_default=text("0")),
    Column("created_at", Instant, nullable=False),
    Column("sent_at", Instant),
    Index(
        "ix_outbox_pending",
        "due_at",
        "id",
        sqlite_where=text("state = 'pending'"),
        postgresql_where=text("state = 'pending'"),
    ),
    Index("ix_outbox_chat", "channel", "chat", "sent_at"),  # what stands in a chat: a bare number, a click on a card
    Index("ix_outbox_slot", "slot", sqlite_where=text("slot IS NOT NULL"), postgresql_where=text("slot IS NOT NULL")),
    Index(
        "ix_outbox_reply",
        "reply_to",
        sqlite_where=text("reply_to IS NOT NULL"),
        postgresql_where=text("reply_to IS NOT NULL"),
    ),
    Index(
        "ix_outbox_batch", "batch", sqlite_where=text("batch IS NOT NULL"), postgresql_where=text("batch IS NOT NULL")
    ),
)

batches = Table(
    "batches",
    metadata,
    identity(),
    branch(index=False),
    Column("key", String(64), nullable=False, unique=True),
    Column("owner_id", Integer, nullable=False),
    Column("forward", Json, nullable=False),  # the plain text that can be passed on by hand
    Column("reported_at", Instant),
)

missed = Table(
    "missed",
    metadata,
    identity(),
    branch(index=False),
    Column("words", String(200), nullable=False),  # tidied, with names and long numbers masked
    count("times"),
    Column("first_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
    UniqueConstraint("branch_id", "words"),
)
