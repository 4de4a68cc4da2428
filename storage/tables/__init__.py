"""Every table, with the branch on each; what is secret is marked where it stands.

Secret columns (`info["secret"]`) hold sealed text (`storage.sealing`) and are masked in audit diffs.
What only its person may see (`info["masked"]`) stands in clear in its row, and is masked in audit diffs too.

A change here is a change of the database: a migration of its own makes it (`storage/migrations/versions`).
"""

from __future__ import annotations

from typing import Any

from storage.tables.calendar import notice_people, notices, quiz_answers, quiz_plans, quiz_rounds, reminders, theme_days
from storage.tables.doors import house, quarantine, web_messages, web_reads, web_sessions
from storage.tables.due import alarms, audit
from storage.tables.letters import batches, conversations, inbox, missed, outbox
from storage.tables.meeting import attendances, meetings
from storage.tables.pattern import metadata
from storage.tables.who import accounts, chats, codes, organizations, party_groups, people, rooms

__all__ = [
    "HOUSEWIDE",
    "POST",
    "accounts",
    "alarms",
    "attendances",
    "audit",
    "batches",
    "chats",
    "codes",
    "conversations",
    "house",
    "inbox",
    "meetings",
    "metadata",
    "missed",
    "notice_people",
    "notices",
    "organizations",
    "outbox",
    "party_groups",
    "people",
    "quarantine",
    "quiz_answers",
    "quiz_plans",
    "quiz_rounds",
    "reminders",
    "rooms",
    "theme_days",
    "web_messages",
    "web_reads",
    "web_sessions",
]

POST: frozenset[Any] = frozenset(
    {inbox, conversations, outbox, batches, missed, alarms, web_messages, web_reads, web_sessions, quarantine, house}
)
"""What the post may write without a deed: no audit row is owed for these.

Of `accounts` it writes `reachable` and `used_at`: where a person's messages go.
"""

HOUSEWIDE: frozenset[Any] = frozenset({organizations, house})
"""Tables without a branch of their own: the organizations themselves, and what the house remembers of itself."""
