"""What is custom around a meeting, as settings with defaults, and the instants that follow from them.

No article says any of this; a branch may set each value otherwise. Instants are aware; hours of the day are local.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import tzinfo


@dataclass(frozen=True, slots=True)
class Settings:
    """A branch's customs.

    Lengths are in minutes: of a meeting where no end is said, until a check-in counts as late, before the start that
    check-in opens, before the start that the group is told, before the start that those who have not answered are.
    Between `quiet_from` and `quiet_until` (local) nothing is said unasked. `lectures_per_quarter` is how many party
    lectures a quarter are planned for; 0 plans for none. `keep_missed` keeps words that were not understood, masked.
    """

    duration: int = 90
    late_after: int = 10
    opens_before: int = 15
    remind_before: int = 30
    remind_unanswered_before: int = 24 * 60
    quiet_from: time = time(21)
    quiet_until: time = time(8)
    lectures_per_quarter: int = 1
    keep_missed: bool = True


DEFAULTS = Settings()


def planned_end(start: datetime, end: datetime | None = None, settings: Settings = DEFAULTS) -> datetime:
    """Return when a meeting ends: as said, else after the usual length."""
    return end if end is not None else start + timedelta(minutes=settings.duration)


def check_in_opens(start: datetime, settings: Settings = DEFAULTS) -> datetime:
    """Return when check-in opens by itself."""
    return start - timedelta(minutes=settings.opens_before)


def late_from(start: datetime, settings: Settings = DEFAULTS) -> datetime:
    """Return the instant after which a check-in is late."""
    return start + timedelta(minutes=settings.late_after)


def is_late(start: datetime, checked_in: datetime, settings: Settings = DEFAULTS) -> bool:
    """Return whether a check-in is late: after the grace, not at its last instant."""
    return checked_in > late_from(start, settings)


def is_quiet(moment: datetime, zone: tzinfo, settings: Settings = DEFAULTS) -> bool:
    """Return whether nothing may be said unasked at an instant, by the clock of a zone."""
    hour = moment.astimezone(zone).time()
    begins, ends = settings.quiet_from, settings.quiet_until
    if begins <= ends:
        return begins <= hour < ends
    return hour >= begins or hour < ends


def after_quiet(moment: datetime, zone: tzinfo, settings: Settings = DEFAULTS) -> datetime:
    """Return the instant itself where one may speak, else when the quiet ends; in UTC."""
    if not is_quiet(moment, zone, settings):
        return moment.astimezone(UTC)
    local = moment.astimezone(zone)
    ends = local.replace(
        hour=settings.quiet_until.hour, minute=settings.quiet_until.minute, second=0, microsecond=0, fold=0
    )
    return (ends if ends > local else ends + timedelta(days=1)).astimezone(UTC)
