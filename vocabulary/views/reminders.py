"""Free reminders: what, when, for whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Reminder:
    """One reminder that still rings; `due_at` is its next instant, `rrule` and `time` (local, `09:00`) its repetition.

    `audience` is empty where it is for its owner, else `people` (ids), `group_id`, and `whole` (its chat hears it).
    """

    id: int
    text: str
    due_at: datetime
    rrule: str | None
    time: str | None
    audience: dict[str, Any]
