"""Meetings and who was there."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, Text, UniqueConstraint, text

from storage.columns import Instant, Json
from storage.tables.pattern import MASKED, branch, count, flag, identity, metadata, secret, state

meetings = Table(
    "meetings",
    metadata,
    identity(),
    branch(index=False),
    Column("group_id", Integer),
    Column("type", String(32), nullable=False),
    Column("title", Text, nullable=False, server_default=""),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant),
    Column("place", Text, nullable=False, server_default=""),
    Column("agenda", Json, nullable=False),
    Column("host_id", Integer),
    Column("recorder_id", Integer),
    Column("speaker_id", Integer),
    Column("called_by", Integer),
    state("planned"),  # planned, cancelled, held
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
    count("due_all"),
    count("due_vote"),
    count("present"),
    count("present_vote"),
    count("guests"),
    UniqueConstraint("branch_id", "theme_month"),
    Index("ix_meetings_branch_starts", "branch_id", "starts_at"),
)

attendances = Table(
    "attendances",
    metadata,
    identity(),
    branch(index=False),
    Column("meeting_id", Integer, nullable=False),
    Column("person_id", Integer, nullable=False, index=True),
    flag("due"),
    flag("vote"),
    Column("answer", String(8), nullable=False, server_default="none"),  # none, yes, leave
    Column("answered_at", Instant),
    Column("leave", String(10), nullable=False, server_default=""),  # asked, approved, rejected, withdrawn
    Column("leave_kind", String(10), nullable=False, server_default="", info=MASKED),  # personal, sick, official
    secret("leave_reason"),
    Column("leave_by", Integer),
    Column("late_minutes", Integer),
    Column("checked_at", Instant),
    flag("late"),
    Column("how", String(8), nullable=False, server_default=""),  # self, entered, added
    Column("entered_by", Integer),
    secret("remark"),
    UniqueConstraint("meeting_id", "person_id"),
)
