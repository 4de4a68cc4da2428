"""What time it is: a parameter everywhere, so that a test, a scenario and the sample page can move it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time as an aware UTC instant."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        return datetime.now(UTC)


class SetClock:
    """A clock that stands still until it is set: scenarios and tests."""

    def __init__(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        """Return the instant it was last set to."""
        return self._at

    def set(self, at: datetime) -> None:
        """Move to an instant; time only goes forward."""
        self._at = max(self._at, at.astimezone(UTC))


class ShiftedClock:
    """The machine's clock plus a shift that only grows: the sample mode's clock on the page."""

    def __init__(self, shift: timedelta = timedelta()) -> None:
        self.shift = shift

    def now(self) -> datetime:
        """Return the shifted present instant, aware, in UTC."""
        return datetime.now(UTC) + self.shift

    def set(self, at: datetime) -> None:
        """Move forward to an instant; the clock runs on from there."""
        self.shift = max(self.shift, at.astimezone(UTC) - datetime.now(UTC))
