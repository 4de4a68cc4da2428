"""What the doors keep of their own, and what the house remembers of itself."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from storage.columns import Instant, Json
from storage.tables.pattern import branch, identity, metadata

web_messages = Table(
    "web_messages",
    metadata,
    identity(),
    branch(required=False, index=False),
    Column("chat", String(128), nullable=False),
    Column("account", String(128)),  # None: the program
    Column("name", String(100), nullable=False, server_default=""),
    Column("key", String(200)),  # the sender's own id of the message, by which a repeat is known
    Column("text", Text, nullable=False),
    Column("buttons", Json, nullable=False),
    Column("file_name", String(200)),
    Column("file_data", LargeBinary),
    Column("at", Instant, nullable=False),
    Column("changed_at", Instant),
    UniqueConstraint("account", "key"),
    Index("ix_web_messages_chat", "chat", "id"),
)

web_reads = Table(
    "web_reads",
    metadata,
    identity(),
    branch(required=False, index=False),
    Column("account", String(128), nullable=False),
    Column("chat", String(128), nullable=False),
    Column("message_id", Integer, nullable=False),
    UniqueConstraint("account", "chat"),
)

web_sessions = Table(
    "web_sessions",
    metadata,
    identity(),
    branch(required=False, index=False),
    Column("account", String(128), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("expires_at", Instant, nullable=False),
)

quarantine = Table(
    "quarantine",
    metadata,
    identity(),
    branch(required=False, index=False),
    Column("channel", String(16), nullable=False),
    Column("raw", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

house = Table("house", metadata, Column("key", String(32), primary_key=True), Column("value", Text, nullable=False))
