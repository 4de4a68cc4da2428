"""The table of what a branch owes, read from `obligations.toml` when it is first asked for."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from rules.basis import Basis
from rules.meetings import DEFAULTS, Settings
from vocabulary.meetings import MeetingType

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rules.periods import Per, Span

MonthDay = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Obligation:
    """A kind of meeting that a branch owes `least` times `per` month, quarter or year.

    `basis` is None where the number is the branch's own setting, named by `setting`. `grace_until`: a year's meeting
    may be held until this month and day of the next. `counted_from`: from when in its year a yearly meeting is
    usually held. `confidence`: V read in the article itself, V2 cited by others, P custom.
    """

    id: str
    type: MeetingType
    least: int
    per: Per
    basis: Basis | None
    confidence: Literal["V", "V2", "P"]
    only_if: Literal["has_committee", "has_groups"] | None = None
    setting: str | None = None
    grace_until: MonthDay | None = None
    counted_from: MonthDay | None = None

    def due_by(self, span: Span) -> date:
        """Return the last day on which a span's meeting may still be held."""
        return date(span.year + 1, *self.grace_until) if self.grace_until else span.last

    def asked_from(self, span: Span) -> date:
        """Return the day from which a branch must have been with us to be asked for a span's meeting."""
        return date(span.year, *self.counted_from) if self.counted_from else span.first

    def year_of(self, day: date) -> int:
        """Return the year a yearly meeting held on a day is for where nobody says: within the grace, the one before."""
        return day.year - 1 if self.grace_until and (day.month, day.day) <= self.grace_until else day.year


def obligations(settings: Settings = DEFAULTS) -> tuple[Obligation, ...]:
    """Return what a branch with these settings owes, in the order in which it is told; what is set to 0 is left out."""
    owed = (replace(o, least=getattr(settings, o.setting)) if o.setting else o for o in _table())
    return tuple(o for o in owed if o.least > 0)


@cache
def _table() -> tuple[Obligation, ...]:
    with Path(__file__).with_name("obligations.toml").open("rb") as file:
        return tuple(_read(row) for row in tomllib.load(file)["obligation"])


def _read(row: Mapping[str, Any]) -> Obligation:
    return Obligation(
        id=row["id"],
        type=MeetingType(row["type"]),
        least=row["min"],
        per=row["per"],
        basis=Basis(row["doc"], row["version"], row["article"]) if "doc" in row else None,
        confidence=row["confidence"],
        only_if=row.get("only_if"),
        setting=row.get("setting"),
        grace_until=_month_day(row.get("grace_until")),
        counted_from=_month_day(row.get("counted_from")),
    )


def _month_day(words: str | None) -> MonthDay | None:
    if words is None:
        return None
    month, day = words.split("-")
    return int(month), int(day)
