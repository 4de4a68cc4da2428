"""Every table, with the branch on each; what is secret is marked where it stands.

Secret columns (`info["secret"]`) hold sealed text (`storage.sealing`) and are masked in audit diffs.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from storage.columns import Instant, Json

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id() -> Column[int]:
    return Column("id", Integer, primary_key=True, autoincrement=True)


def _branch(*, required: bool = True, index: bool = True) -> Column[int]:
    return Column("branch_id", Integer, nullable=not required, index=index)


def _flag(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False, server_default=false())


def _secret(name: str) -> Column[str]:
    return Column(name, Text, info={"secret": True})


def _count(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False, server_default=text("0"))


def _state(default: str) -> Column[str]:
    return Column("state", String(16), nullable=False, server_default=default)


# ---- who -----------------------------------------------------------------------------------------------------------

organizations = Table(
    "organizations",
    metadata,
    _id(),
    Column("parent_id", Integer),
    Column("name", String(100), nullable=False, unique=True),
    Column("kind", String(16), nullable=False),  # committee, branch
    Column("began_at", Instant, nullable=False),
    Column("settings", Json, nullable=False),
)

people = Table(
    "people",
    metadata,
    _id(),
    _branch(),
    Column("name", String(50), nullable=False, index=True),
    Column("status", String(16), nullable=False),
    Column("post", String(32), nullable=False, server_default=""),
    Column("upper_post", String(50), nullable=False, server_default=""),
    Column("group_id", Integer),
    Column("gender", String(8), nullable=False, server_default=""),
    Column("born_on", Date, info={"secret": True}),
    Column("joined_on", Date),
    Column("full_on", Date),
    _secret("phone"),
    _flag("retired"),
    _flag("mobile"),
    _flag("exempt"),
    _flag("no_account"),
    _flag("private_off"),
    Column("left_on", Date),
)

party_groups = Table("party_groups", metadata, _id(), _branch(), Column("name", String(50), nullable=False))

rooms = Table(
    "rooms",
    metadata,
    _id(),
    _branch(),
    Column("name", String(100), nullable=False),
    UniqueConstraint("branch_id", "name"),
)

accounts = Table(
    "accounts",
    metadata,
    _id(),
    _branch(),
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
    _id(),
    _branch(),
    Column("group_id", Integer),
    Column("channel", String(16), nullable=False),
    Column("chat", String(128), nullable=False),
    Column("title", String(100), nullable=False, server_default=""),
    UniqueConstraint("channel", "chat"),
)

codes = Table(
    "codes",
    metadata,
    _id(),
    _branch(),
    Column("person_id", Integer, nullable=False),
    Column("purpose", String(8), nullable=False),  # bind, web
    Column("digest", String(64), nullable=False, unique=True),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
)

# ---- meetings ------------------------------------------------------------------------------------------------------

meetings = Table(
    "meetings",
    metadata,
    _id(),
    _branch(index=False),
    Column("group_id", Integer),
    Column("type", String(32), nullable=False),
    Column("title", String(100), nullable=False, server_default=""),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant),
    Column("place", String(100), nullable=False, server_default=""),
    Column("agenda", Json, nullable=False),
    Column("host_id", Integer),
    Column("recorder_id", Integer),
    Column("speaker_id", Integer),
    Column("called_by", Integer),
    _state("planned"),  # planned, cancelled, held
    Column("revision", Integer, nullable=False, server_default=text("1")),
    Column("created_at", Instant, nullable=False),
    Column("recorded_at", Instant),  # set for ever where the meeting was entered after it was held (补记)
    Column("remind_minutes", Integer, nullable=False, server_default=text("30")),
    Column("told_at", Instant),
    Column("theme_month", String(7)),
    Column("note", Json),  # why a theme day lies on its day: moved, assumed
    Column("checkin", String(8), nullable=False, server_default="none"),  # none, open, closed
    Column("opened_at", Instant),
    Column("closed_at", Instant),
    _count("due_all"),
    _count("due_vote"),
    _count("present"),
    _count("present_vote"),
    _count("guests"),
    UniqueConstraint("branch_id", "theme_month"),
    Index("ix_meetings_branch_starts", "branch_id", "starts_at"),
)

attendances = Table(
    "attendances",
    metadata,
    _id(),
    _branch(index=False),
    Column("meeting_id", Integer, nullable=False),
    Column("person_id", Integer, nullable=False, index=True),
    _flag("due"),
    _flag("vote"),
    Column("answer", String(8), nullable=False, server_default="none"),  # none, yes, leave
    Column("answered_at", Instant),
    Column("leave", String(10), nullable=False, server_default=""),  # asked, approved, rejected, withdrawn
    Column("leave_kind", String(10), nullable=False, server_default=""),  # personal, sick, official
    _secret("leave_reason"),
    Column("leave_by", Integer),
    Column("late_minutes", Integer),
    Column("checked_at", Instant),
    _flag("late"),
    Column("how", String(8), nullable=False, server_default=""),  # self, entered, added
    Column("entered_by", Integer),
    _secret("remark"),
    UniqueConstraint("meeting_id", "person_id"),
)

# ---- notices, reminders, party days, quiz --------------------------------------------------------------------------

notices = Table(
    "notices",
    metadata,
    _id(),
    _branch(),
    Column("text", Text, nullable=False),
    Column("audience", Json, nullable=False),
    _flag("wants_answer"),
    Column("due_at", Instant),
    Column("created_by", Integer, nullable=False),
    Column("send_at", Instant, nullable=False),
    _state("waiting"),  # waiting, sent, cancelled
)

notice_people = Table(
    "notice_people",
    metadata,
    _id(),
    _branch(index=False),
    Column("notice_id", Integer, nullable=False),
    Column("person_id", Integer, nullable=False, index=True),
    Column("answered_at", Instant),
    UniqueConstraint("notice_id", "person_id"),
)

reminders = Table(
    "reminders",
    metadata,
    _id(),
    _branch(),
    Column("owner_id", Integer, nullable=False),
    Column("audience", Json, nullable=False),
    Column("text", Text, nullable=False),
    Column("rrule", String(200)),
    Column("time", String(5)),
    Column("due_at", Instant, nullable=False),
    _state("active"),  # active, done, cancelled
)

theme_days = Table(
    "theme_days",
    metadata,
    _id(),
    _branch(index=False),
    Column("rrule", String(200), nullable=False),
    Column("time", String(5), nullable=False),
    Column("place", String(100), nullable=False),
    Column("topic", String(200), nullable=False, server_default=""),
    Column("set_by", Integer, nullable=False),
    Column("set_at", Instant, nullable=False),
    UniqueConstraint("branch_id"),
)

quiz_plans = Table(
    "quiz_plans",
    metadata,
    _id(),
    _branch(index=False),
    Column("rrule", String(200), nullable=False),
    Column("time", String(5), nullable=False),
    Column("set_by", Integer, nullable=False),
    Column("asked_to_stop_at", Instant),
    _state("active"),  # active, stopped
    UniqueConstraint("branch_id"),
)

quiz_rounds = Table(
    "quiz_rounds",
    metadata,
    _id(),
    _branch(index=False),
    Column("person_id", Integer),  # None: the daily question of the branch
    Column("question", String(64), nullable=False),
    Column("day", Date, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("closed_at", Instant),
    _count("answered"),
    _count("right"),
    Index("ix_quiz_rounds_branch_day", "branch_id", "day"),
)

quiz_answers = Table(
    "quiz_answers",
    metadata,
    _id(),
    _branch(index=False),
    Column("round_id", Integer, nullable=False),
    Column("person_id", Integer, nullable=False, index=True),
    Column("choice", String(16), nullable=False),
    _flag("is_right"),
    Column("at", Instant, nullable=False),
    UniqueConstraint("round_id", "person_id"),
)

# ---- what falls due, and what was done -----------------------------------------------------------------------------

alarms = Table(
    "alarms",
    metadata,
    _id(),
    _branch(index=False),
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
    _id(),
    _branch(),
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

# ---- the post ------------------------------------------------------------------------------------------------------

inbox = Table(
    "inbox",
    metadata,
    _id(),
    _branch(required=False, index=False),
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
    _id(),
    _branch(index=False),
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
    _id(),
    _branch(required=False, index=False),
    Column("person_id", Integer),  # a person, wherever they can be reached; None: the chat below
    Column("channel", String(16)),
    Column("chat", String(128)),
    Column("parts", Json, nullable=False),
    Column("slot", String(64)),
    Column("reply_to", Integer),
    Column("batch", String(64)),
    _state("pending"),  # pending, sent, failed, dropped
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
    _id(),
    _branch(index=False),
    Column("key", String(64), nullable=False, unique=True),
    Column("owner_id", Integer, nullable=False),
    Column("forward", Json, nullable=False),  # the plain text that can be passed on by hand
    Column("reported_at", Instant),
)

# ---- doors and the house -------------------------------------------------------------------------------------------

web_messages = Table(
    "web_messages",
    metadata,
    _id(),
    _branch(required=False, index=False),
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
    _id(),
    _branch(required=False, index=False),
    Column("account", String(128), nullable=False),
    Column("chat", String(128), nullable=False),
    Column("message_id", Integer, nullable=False),
    UniqueConstraint("account", "chat"),
)

web_sessions = Table(
    "web_sessions",
    metadata,
    _id(),
    _branch(required=False, index=False),
    Column("account", String(128), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("expires_at", Instant, nullable=False),
)

quarantine = Table(
    "quarantine",
    metadata,
    _id(),
    _branch(required=False, index=False),
    Column("channel", String(16), nullable=False),
    Column("raw", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

house = Table("house", metadata, Column("key", String(32), primary_key=True), Column("value", Text, nullable=False))

POST: frozenset[Any] = frozenset(
    {inbox, conversations, outbox, batches, alarms, web_messages, web_reads, web_sessions, quarantine, house}
)
"""What the post may write without a deed: no audit row is owed for these."""

HOUSEWIDE: frozenset[Any] = frozenset({organizations, house})
"""Tables without a branch of their own: the organizations themselves, and what the house remembers of itself."""
