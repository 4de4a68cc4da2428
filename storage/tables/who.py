"""Who there is: organizations, people, their groups, rooms, accounts and chats."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, Integer, String, Table, Text, UniqueConstraint, text

from storage.columns import Instant, Json
from storage.tables.pattern import branch, flag, identity, metadata, secret

organizations = Table(
    "organizations",
    metadata,
    identity(),
    Column("parent_id", Integer),
    Column("name", String(100), nullable=False, unique=True),
    Column("kind", String(16), nullable=False),  # committee, branch
    Column("began_at", Instant, nullable=False),
    Column("settings", Json, nullable=False),
)

people = Table(
    "people",
    metadata,
    identity(),
    branch(),
    Column("name", String(50), nullable=False, index=True),
    Column("status", String(16), nullable=False),
    Column("post", String(32), nullable=False, server_default=""),
    Column("upper_post", String(50), nullable=False, server_default=""),
    Column("group_id", Integer),
    Column("gender", String(8), nullable=False, server_default=""),
    Column("born_on", Date, info={"secret": True}),
    Column("joined_on", Date),
    Column("full_on", Date),
    secret("phone"),
    flag("retired"),
    flag("mobile"),
    flag("exempt"),
    flag("no_account"),
    flag("private_off"),
    Column("left_on", Date),
)

party_groups = Table("party_groups", metadata, identity(), branch(), Column("name", String(50), nullable=False))

rooms = Table(
    "rooms",
    metadata,
    identity(),
    branch(),
    Column("name", String(100), nullable=False),
    UniqueConstraint("branch_id", "name"),
)

accounts = Table(
    "accounts",
    metadata,
    identity(),
    branch(),
    Column("person_id", Integer, nullable=False, index=True),
    Column("channel", String(16), nullable=False),
    Column("account", String(128), nullable=False),
    Column("chat", String(128), nullable=False),
    Column("reachable", Boolean, nullable=False, server_default=text("true")),
    Column("used_at", Instant, nullable=False),
    UniqueConstraint("channel", "account"),
)

chats = Table(
    "chats",
    metadata,
    identity(),
    branch(),
    Column("group_id", Integer),
    Column("channel", String(16), nullable=False),
    Column("chat", String(128), nullable=False),
    Column("title", Text, nullable=False, server_default=""),
    UniqueConstraint("channel", "chat"),
)

codes = Table(
    "codes",
    metadata,
    identity(),
    branch(),
    Column("person_id", Integer, nullable=False),
    Column("purpose", String(8), nullable=False),  # bind, web
    Column("digest", String(64), nullable=False, unique=True),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
)
