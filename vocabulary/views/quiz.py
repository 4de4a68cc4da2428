"""The daily quiz: its plan, a question as it stands before people, what an answer came to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime, time


@dataclass(frozen=True, slots=True)
class QuizPlan:
    """On which working days (`rrule`, RFC 5545 without hour), at which local hour, and when next (aware)."""

    rrule: str
    time: time
    next_at: datetime


@dataclass(frozen=True, slots=True)
class DayBefore:
    """How the question before went: its day, the right letters, how many answered and how many of them rightly."""

    day: date
    answer: str
    answered: int
    right: int


@dataclass(frozen=True, slots=True)
class QuizRound:
    """One question put to a branch (`is_daily`) or to one person alone.

    `kind` is single, several or truth; `options` are (letter, words), `answer` the right letters.
    `answered`: whoever looks has answered it.
    """

    id: int
    day: date
    is_daily: bool
    is_closed: bool
    kind: str
    text: str
    options: tuple[tuple[str, str], ...]
    answered: bool = False
    answer: str = ""
    before: DayBefore | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """What an answer came to: the letters that count (`choice`, the first ones given) beside the right ones, and why.

    `again`: it had been answered before. `article` is empty where only the document is certain.
    """

    choice: str
    is_right: bool
    again: bool
    answer: str
    why: str
    document: str
    version: str
    article: str


@dataclass(frozen=True, slots=True)
class Score:
    """One's own answers: how many, how many right, and the latest as (day, letters, right), the newest first."""

    answered: int
    right: int
    latest: tuple[tuple[date, str, bool], ...]
