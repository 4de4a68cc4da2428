"""Meetings, who is expected, and how attendance stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from vocabulary.meetings import MeetingType

if TYPE_CHECKING:
    from datetime import datetime

    from vocabulary.views.people import Person


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting; instants are aware UTC.

    `recorded_at` is set for ever where it was entered after it was held (补记). `checkin` is none, open or closed.
    `told_at`: when the notices went out; None where nobody has been told yet.
    """

    id: int
    branch_id: int
    group_id: int | None
    group: str | None
    type: MeetingType
    title: str
    starts_at: datetime
    ends_at: datetime | None
    place: str
    agenda: tuple[str, ...]
    host: str | None
    recorder: str | None
    speaker: str | None
    called_by: int | None
    state: str
    revision: int
    recorded_at: datetime | None
    remind_minutes: int
    theme_month: str | None
    note: dict[str, Any] | None
    checkin: str
    closed_at: datetime | None
    due_all: int
    due_vote: int
    present: int
    present_vote: int
    guests: int
    told_at: datetime | None = None

    @property
    def called(self) -> str:
        """What it is called: its kind, or its own name where it is of no kind of its own."""
        return self.title if self.type is MeetingType.OTHER and self.title else self.type.value

    @property
    def is_over(self) -> bool:
        """Whether nothing about it changes any more: called off, or its check-in is closed."""
        return self.state == "cancelled" or self.checkin == "closed"


@dataclass(frozen=True, slots=True)
class Attendance:
    """How one person stands to one meeting; `reason` and `remark` are opened only for those whose task it is."""

    person: Person
    due: bool
    vote: bool
    answer: str = "none"
    leave: str = ""
    leave_kind: str = ""
    reason: str | None = None
    late_minutes: int | None = None
    checked_at: datetime | None = None
    late: bool = False
    how: str = ""
    remark: str | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """A meeting with all its attendances, as its secretary sees them."""

    meeting: Meeting
    attendances: tuple[Attendance, ...] = field(default=())

    @property
    def due(self) -> tuple[Attendance, ...]:
        """Those who are due (应到)."""
        return tuple(a for a in self.attendances if a.due)

    @property
    def present(self) -> tuple[Attendance, ...]:
        """Those due who came (实到)."""
        return tuple(a for a in self.due if a.checked_at)

    @property
    def on_leave(self) -> tuple[Attendance, ...]:
        """Those due who did not come and whose leave was granted."""
        return tuple(a for a in self.due if not a.checked_at and a.leave == "approved")

    @property
    def absent(self) -> tuple[Attendance, ...]:
        """Those due who neither came nor have leave."""
        return tuple(a for a in self.due if not a.checked_at and a.leave != "approved")

    @property
    def present_vote(self) -> int:
        """How many with a vote are there."""
        return sum(1 for a in self.attendances if a.vote and a.checked_at)

    @property
    def due_vote(self) -> int:
        """How many of the members have a vote."""
        return sum(1 for a in self.attendances if a.vote)
