"""A meeting about to be called: what its form holds once it is filled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vocabulary.meetings import MeetingType

if TYPE_CHECKING:
    from datetime import datetime

    from vocabulary.views.people import Person


@dataclass(frozen=True)
class NewMeeting:
    """A meeting about to be called: everything its card shows."""

    type: MeetingType
    starts_at: datetime
    ends_at: datetime | None
    place: str
    agenda: tuple[str, ...]
    title: str
    group_id: int | None
    group: str | None
    host: Person | None
    speaker: Person | None
    remind: int | None
    late: bool
    said: dict[str, Any]

    @property
    def called(self) -> str:
        """What it is called: its kind, or its own name where it is of no kind of its own."""
        return self.title if self.type is MeetingType.OTHER and self.title else self.type.value
