"""Months, quarters and years as spans of days."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Per = Literal["month", "quarter", "year"]

MONTHS: dict[Per, int] = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A month, quarter or year: its first and last day, both included."""

    first: date
    last: date
    per: Per

    @property
    def year(self) -> int:
        """The year it lies in."""
        return self.first.year

    @property
    def number(self) -> int:
        """Which month (1 to 12) or quarter (1 to 4) of its year it is; 1 for a year."""
        return (self.first.month - 1) // MONTHS[self.per] + 1

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def split(self, per: Per) -> tuple[Span, ...]:
        """Return the spans of a kind that lie wholly in this one, in order; none where they are longer."""
        spans = []
        span = span_of(self.first, per)
        while span.last <= self.last:
            if span.first >= self.first:
                spans.append(span)
            span = span_of(span.last + timedelta(days=1), per)
        return tuple(spans)


def span_of(day: date, per: Per) -> Span:
    """Return the month, quarter or year that a day lies in."""
    length = MONTHS[per]
    begins = (day.month - 1) // length * length + 1
    ends = begins + length - 1
    return Span(date(day.year, begins, 1), date(day.year, ends, monthrange(day.year, ends)[1]), per)


def month(year: int, number: int) -> Span:
    """Return a month, 1 to 12."""
    return span_of(date(year, number, 1), "month")


def quarter(year: int, number: int) -> Span:
    """Return a quarter, 1 to 4."""
    return span_of(date(year, 3 * number, 1), "quarter")


def year(number: int) -> Span:
    """Return a whole year."""
    return span_of(date(number, 1, 1), "year")
