"""The form in which an expression of time is handed on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime

Kind = Literal["instant", "date", "interval", "duration", "recurrence"]


@dataclass(frozen=True, slots=True)
class Time:
    """One reading of one expression.

    `start` and `end` are naive local datetimes, midnight for whole days; `end` is exclusive. An instant and a date
    have only `start`; an interval may lack either (下午三点以后). `seconds` is the length of a duration. `rrule` is a
    recurrence in RFC 5545 without its hour; its `start` is the first occurrence from now on, with the hour where the
    words give one. `span` is the first and the after-last character in the text that was given.

    `grain` is how fine the words are (minute, part, day, week, month, year). `has_day` is False where only a clock
    time or a part of the day was said. `clock` is `14:30` where `has_clock`; `bare_hour` says that neither morning nor
    afternoon was named with it. `has_year` is False where the coming one was taken. `anchor` is `before_meeting` or
    `after_meeting` for a length that counts from a meeting (会前半小时; 开完会后 is 0 seconds). `open_until` marks a
    deadline, and `end` is its last moment: 周五之前 ends when Friday does, 国庆前 when the holiday begins.
    `assumed`: the holiday table does not reach so far.
    """

    kind: Kind
    start: datetime | None
    end: datetime | None
    span: tuple[int, int]
    seconds: int | None = None
    rrule: str | None = None
    grain: str = "day"
    daypart: str | None = None
    has_clock: bool = False
    has_day: bool = False
    has_year: bool = False
    clock: str | None = None
    bare_hour: bool = False
    anchor: str | None = None
    open_until: bool = False
    assumed: bool = False
