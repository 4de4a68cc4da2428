"""The themed party day: its rule, and where it lies in a month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime, time


@dataclass(frozen=True, slots=True)
class PartyDayRule:
    """On which day of the month (`rrule`, RFC 5545 without hour), at which local hour, where, what about.

    `since` is where intervals of several months start: the first of the month in which the rule was set.
    """

    rrule: str
    time: time
    place: str
    topic: str
    since: date


@dataclass(frozen=True, slots=True)
class PartyDay:
    """The party day of one month (`2026-05`); `starts_at` is aware.

    `rule_day` is what the rule says before any shift and `holiday` the statutory holiday it lies in. `assumed`: the
    table of holidays does not reach that day. `kept`: the meeting stands already and the rule does not move it (it
    was announced, changed by hand or called apart from the rule).
    """

    month: str
    rule_day: date
    starts_at: datetime
    place: str
    holiday: str | None = None
    assumed: bool = False
    kept: bool = False
    meeting_id: int | None = None

    @property
    def is_moved(self) -> bool:
        """Whether it lies on another day than the rule's own, for a holiday or a weekend."""
        return not self.kept and self.starts_at.date() != self.rule_day
