"""What checking in came to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class CheckedIn:
    """One check-in: when, whether it counts as due, late, or had been done before."""

    meeting_id: int
    at: datetime
    due: bool
    late: bool
    again: bool
