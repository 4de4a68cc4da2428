"""What a branch owes in a period, what of it is done, still to come, missing, or from before our time.

The table is `obligations.toml`. A month, quarter or year that is not over is open, never missing; what lies before the
branch began with us is not recorded (没有登记), never missing either, and so is a span in whose middle it began: what
was held in its first part cannot be known.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from rules import days
from rules.meetings import DEFAULTS, Settings
from rules.obligations import Obligation, obligations
from rules.periods import Span, span_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rules.basis import Basis
    from vocabulary.meetings import MeetingType

State = Literal["met", "open", "ahead", "missing", "not_recorded"]

WARN_DAYS_BEFORE = (10, 3, 0)


@dataclass(frozen=True, slots=True)
class Branch:
    """What decides which meetings a branch owes: `groups` are its 党小组, by key or name."""

    has_committee: bool
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gathering:
    """One meeting held or planned, on a local day.

    `group` is None for the whole branch. `for_year` is the year that a yearly meeting (组织生活会, 民主评议) is for;
    None: taken from its day, within the grace the year before.
    """

    type: MeetingType
    on: date
    group: str | None = None
    for_year: int | None = None


@dataclass(frozen=True, slots=True)
class SpanStatus:
    """How one month, quarter or year stands: how many were held, how many are planned from today on.

    `state`: met; open (running, or its grace is); ahead (not begun); missing (over); not_recorded (before our time).
    """

    span: Span
    state: State
    held: int
    planned: int


@dataclass(frozen=True, slots=True)
class ObligationStatus:
    """How one obligation stands in a period, of the branch or of one `group`.

    `basis` is None where the number is the branch's own setting.
    """

    obligation: Obligation
    group: str | None
    spans: tuple[SpanStatus, ...]

    @property
    def basis(self) -> Basis | None:
        """The article that asks for it."""
        return self.obligation.basis

    @property
    def wanted(self) -> int:
        """How many meetings the period asks for, without the spans that are not recorded."""
        return self.obligation.least * sum(s.state != "not_recorded" for s in self.spans)

    @property
    def done(self) -> int:
        """How many of the wanted ones were held; two in one month do not make up for the next."""
        return sum(min(s.held, self.obligation.least) for s in self.spans if s.state != "not_recorded")

    @property
    def held(self) -> int:
        """How many were held, whether asked for or not."""
        return sum(s.held for s in self.spans)

    @property
    def planned(self) -> int:
        """How many are planned from today on."""
        return sum(s.planned for s in self.spans)

    def in_state(self, state: State) -> tuple[Span, ...]:
        """Return the spans in a state, in order."""
        return tuple(s.span for s in self.spans if s.state == state)

    @property
    def missing(self) -> tuple[Span, ...]:
        """The spans that are over without enough meetings."""
        return self.in_state("missing")

    @property
    def not_recorded(self) -> tuple[Span, ...]:
        """The spans from before the branch began with us."""
        return self.in_state("not_recorded")


@dataclass(frozen=True, slots=True)
class Owed:
    """One meeting that is neither held nor planned."""

    obligation: Obligation
    group: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class Shortfall:
    """What must still be arranged before a month or quarter ends: never empty."""

    ends: Literal["month", "quarter"]
    due_by: date
    days_left: int
    owed: tuple[Owed, ...]


def status(
    branch: Branch,
    held: Iterable[Gathering],
    planned: Iterable[Gathering],
    period: Span,
    today: date,
    began_on: date | None = None,
    settings: Settings = DEFAULTS,
) -> tuple[ObligationStatus, ...]:
    """Return how each obligation of a branch stands in a period, group meetings once for each group.

    An obligation is there where at least one of its spans lies wholly in the period: a quarter lists months and
    quarters, a year everything. `began_on` is the branch's first day with us, None: always.
    """
    ledger = _Ledger(branch, tuple(held), tuple(planned), today, began_on)
    return tuple(
        ObligationStatus(obligation, group, tuple(ledger.judge(obligation, group, span) for span in spans))
        for obligation, group in _owed_by(branch, settings)
        if (spans := period.split(obligation.per))
    )


def not_owed(branch: Branch) -> tuple[MeetingType, ...]:
    """Return the kinds of meeting that a branch does not owe for lack of a committee or of groups."""
    owed = {obligation.type for obligation, _ in _owed_by(branch, DEFAULTS)}
    return tuple(o.type for o in obligations() if o.only_if and o.type not in owed)


def shortfall(
    branch: Branch,
    held: Iterable[Gathering],
    planned: Iterable[Gathering],
    today: date,
    began_on: date | None = None,
    settings: Settings = DEFAULTS,
) -> Shortfall | None:
    """Return what is neither held nor planned and must be by the end of this month; None where nothing is.

    At a quarter's end that includes the quarter's, on 31 March also what the year before still owes.
    """
    ledger = _Ledger(branch, tuple(held), tuple(planned), today, began_on)
    due_by = span_of(today, "month").last
    owed = []
    for obligation, group in _owed_by(branch, settings):
        for span in (
            span_of(today.replace(year=today.year - 1, day=1), obligation.per),
            span_of(today, obligation.per),
        ):
            judged = ledger.judge(obligation, group, span)
            short = judged.state == "open" and judged.held + judged.planned < obligation.least
            if short and obligation.due_by(span) == due_by:
                owed.append(Owed(obligation, group, span))
    if not owed:
        return None
    ends: Literal["month", "quarter"] = "quarter" if due_by == span_of(today, "quarter").last else "month"
    return Shortfall(ends, due_by, (due_by - today).days, tuple(owed))


def warning_days(month: Span) -> tuple[date, ...]:
    """Return the working days on which a month's shortfall is told: 10, 3 and 0 days before it ends, or earlier."""
    told = {days.working_on_or_before(month.last - timedelta(days=before)) for before in WARN_DAYS_BEFORE}
    return tuple(sorted(told))


def warnings(
    branch: Branch,
    held: Iterable[Gathering],
    planned: Iterable[Gathering],
    today: date,
    began_on: date | None = None,
    settings: Settings = DEFAULTS,
) -> Shortfall | None:
    """Return the shortfall where today is a day to tell it, else None."""
    if today not in warning_days(span_of(today, "month")):
        return None
    return shortfall(branch, held, planned, today, began_on, settings)


def _owed_by(branch: Branch, settings: Settings) -> list[tuple[Obligation, str | None]]:
    owed: list[tuple[Obligation, str | None]] = []
    for obligation in obligations(settings):
        if obligation.only_if == "has_groups":
            owed.extend((obligation, group) for group in branch.groups)
        elif obligation.only_if is None or branch.has_committee:
            owed.append((obligation, None))
    return owed


@dataclass(frozen=True, slots=True)
class _Ledger:
    branch: Branch
    held: Sequence[Gathering]
    planned: Sequence[Gathering]
    today: date
    began_on: date | None

    def judge(self, obligation: Obligation, group: str | None, span: Span) -> SpanStatus:
        """Return how one span of an obligation stands."""
        held = self._count(self.held, obligation, group, span)
        upcoming = [g for g in self.planned if g.on >= self.today]
        planned = self._count(upcoming, obligation, group, span)
        state = "met" if held >= obligation.least else self._unmet(obligation, span)
        return SpanStatus(span, state, held, planned)

    def _unmet(self, obligation: Obligation, span: Span) -> State:
        if self.began_on and span.last < self.began_on:
            return "not_recorded"
        if self.today > obligation.due_by(span):
            began_too_late = self.began_on is not None and obligation.asked_from(span) < self.began_on
            return "not_recorded" if began_too_late else "missing"
        return "ahead" if self.today < span.first else "open"

    def _count(self, gatherings: Sequence[Gathering], obligation: Obligation, group: str | None, span: Span) -> int:
        """Count those of a span; what each group held by itself counts once for the whole branch."""
        fitting = [g for g in gatherings if g.type is obligation.type and _is_for(obligation, g, span)]
        own = sum(g.group == group for g in fitting)
        if group is not None or not self.branch.groups:
            return own
        return own + min(sum(g.group == each for g in fitting) for each in self.branch.groups)


def _is_for(obligation: Obligation, gathering: Gathering, span: Span) -> bool:
    if obligation.per != "year":
        return gathering.on in span
    told = gathering.for_year
    return span.year == (told if told is not None else obligation.year_of(gathering.on))
