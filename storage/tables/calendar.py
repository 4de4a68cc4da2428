"""What comes round or is told: notices, reminders, themed party days, the quiz."""

from __future__ import annotations

from sqlalchemy import Column, Date, Index, Integer, String, Table, Text, UniqueConstraint

from storage.columns import Instant, Json
from storage.tables.pattern import MASKED, branch, count, flag, identity, metadata, state

notices = Table(
    "notices",
    metadata,
    identity(),
    branch(),
    Column("text", Text, nullable=False),
    Column("audience", Json, nullable=False),
    flag("wants_answer"),
    Column("due_at", Instant),
    Column("created_by", Integer, nullable=False),
    Column("send_at", Instant, nullable=False),
    state("waiting"),  # waiting, sent, cancelled
)

notice_people = Table(
    "notice_people",
    metadata,
    identity(),
    branch(index=False),
    Column("notice_id", Integer, nullable=False),
    Column("person_id", Integer, nullable=False, index=True),
    Column("answered_at", Instant),
    UniqueConstraint("notice_id", "person_id"),
)

reminders = Table(
    "reminders",
    metadata,
    identity(),
    branch(),
    Column("owner_id", Integer, nullable=False),
    Column("audience", Json, nullable=False),
    Column("text", Text, nullable=False),
    Column("rrule", String(200)),
    Column("time", String(5)),
    Column("due_at", Instant, nullable=False),
    state("active"),  # active, done, cancelled
)

theme_days = Table(
    "theme_days",
    metadata,
    identity(),
    branch(index=False),
    Column("rrule", String(200), nullable=False),
    Column("time", String(5), nullable=False),
    Column("place", Text, nullable=False),
    Column("topic", Text, nullable=False, server_default=""),
    Column("set_by", Integer, nullable=False),
    Column("set_at", Instant, nullable=False),
    UniqueConstraint("branch_id"),
)

quiz_plans = Table(
    "quiz_plans",
    metadata,
    identity(),
    branch(index=False),
    Column("rrule", String(200), nullable=False),
    Column("time", String(5), nullable=False),
    Column("set_by", Integer, nullable=False),
    Column("asked_to_stop_at", Instant),
    state("active"),  # active, stopped
    UniqueConstraint("branch_id"),
)

quiz_rounds = Table(
    "quiz_rounds",
    metadata,
    identity(),
    branch(index=False),
    Column("person_id", Integer),  # None: the daily question of the branch
    Column("question", String(64), nullable=False),
    Column("day", Date, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("closed_at", Instant),
    count("answered"),
    count("right"),
    Index("ix_quiz_rounds_branch_day", "branch_id", "day"),
)

quiz_answers = Table(
    "quiz_answers",
    metadata,
    identity(),
    branch(index=False),
    Column("round_id", Integer, nullable=False),
    Column("person_id", Integer, nullable=False, index=True),
    Column("choice", String(16), nullable=False, info=MASKED),
    flag("is_right", masked=True),
    Column("at", Instant, nullable=False),
    UniqueConstraint("round_id", "person_id"),
)
