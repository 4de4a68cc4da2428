"""How a branch stands to what it owes: looks at what was held and planned, and the warnings before a period ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from rules import days, due, periods, plan
from services import people, settings
from services.deeds import Deed, do, verb
from storage import tables
from vocabulary.meetings import MeetingType
from vocabulary.messages import Card, Choice, Lines, Text
from vocabulary.people import Post
from vocabulary.permissions import Permission, clock
from vocabulary.refusals import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

    from rules.meetings import Settings
    from rules.obligations import Obligation
    from rules.periods import Span
    from rules.plan import Gathering, ObligationStatus, SpanStatus
    from services.deeds import Means
    from storage.database import Tx
    from vocabulary.permissions import Actor
    from vocabulary.views.people import Organization

M, G, ORG, A = tables.meetings, tables.party_groups, tables.organizations, tables.alarms
GATHERED = (
    select(M.c.type, M.c.starts_at, M.c.checkin, G.c.name.label("group"))
    .outerjoin(G, M.c.group_id == G.c.id)
    .where(
        M.c.branch_id == bindparam("branch"),
        M.c.state != "cancelled",
        M.c.starts_at >= bindparam("first"),
        M.c.starts_at < bindparam("last"),
    )
)
BEGAN = select(ORG.c.began_at).where(ORG.c.id == bindparam("branch"))
PENDING = select(A.c.id).where(A.c.key == bindparam("key"), A.c.state == 0)
TOLD_AT = time(9)
WEEK = timedelta(days=7)
NEAR_END = 10
"""How many days before a month's end a committee begins to hear what is not arranged."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a branch stands in a period on a local day; `not_owed` are the kinds it has nobody to hold for."""

    branch: Organization
    period: Span
    today: date
    statuses: tuple[ObligationStatus, ...]
    not_owed: tuple[MeetingType, ...]


def reach(tx: Tx, viewer: Actor, name: str | None = None, here: int | None = None) -> list[Organization]:
    """List the branches a viewer may look into: their own, a supervisor's all below; with `name` those it fits.

    `here` is the branch of the chat this is said in, which is meant where no name is. Raises NotFound `branch`.
    """
    seen = viewer.oversees | {viewer.branch_id}
    found = [one for one in people.organizations(tx) if one.id in seen and one.kind == "branch"]
    if name:
        found = [one for one in found if one.name == name] or [one for one in found if name in one.name]
    elif here is not None:
        found = [one for one in found if one.id == here]
    elif not viewer.oversees:
        found = [one for one in found if one.id == viewer.branch_id]
    if not found:
        raise NotFound("branch")
    return found


def standing(tx: Tx, viewer: Actor, branch_id: int, period: Span, now: datetime, zone: ZoneInfo) -> Standing:
    """Tell how a branch stands in a period: numbers only. Raises NotFound `branch` where it is not theirs to see."""
    if branch_id not in viewer.oversees | {viewer.branch_id}:
        raise NotFound("branch")
    facts = _facts(tx, branch_id, period, zone)
    today = now.astimezone(zone).date()
    statuses = plan.status(facts.branch, facts.held, facts.planned, period, today, facts.began_on, facts.settings)
    return Standing(people.organization(tx, branch_id), period, today, statuses, plan.not_owed(facts.branch))


@dataclass(frozen=True, slots=True)
class _Facts:
    branch: plan.Branch
    held: tuple[Gathering, ...]
    planned: tuple[Gathering, ...]
    began_on: date
    settings: Settings


def _facts(tx: Tx, branch_id: int, period: Span, zone: ZoneInfo) -> _Facts:
    """Read what `rules.plan` asks for; the years around the period too, for what is due once a year."""
    roster = people.of_branch(tx, branch_id)
    first = datetime(period.first.year - 1, 1, 1, tzinfo=zone)
    last = datetime(period.last.year + 1, 4, 1, tzinfo=zone)
    rows = tx.all(GATHERED, branch=branch_id, first=first, last=last)
    gathered: dict[bool, list[Gathering]] = {True: [], False: []}
    for row in rows:
        on = row.starts_at.astimezone(zone).date()
        gathered[row.checkin == "closed"].append(plan.Gathering(MeetingType(row.type), on, row.group))
    return _Facts(
        branch=plan.Branch(due.has_committee(roster), due.groups_of(roster)),
        held=tuple(gathered[True]),
        planned=tuple(gathered[False]),
        began_on=tx.conn.execute(BEGAN, {"branch": branch_id}).scalar_one().astimezone(zone).date(),
        settings=settings.of_branch(tx, branch_id),
    )


def begin(tx: Tx, means: Means) -> None:
    """See to it that every branch and committee has its warnings set; done again it changes nothing."""
    for one in people.organizations(tx):
        do(tx, clock(one.id), means, ensure)


@verb(needs=Permission.CLOCKWORK)
def ensure(deed: Deed) -> None:
    """Set the next warning of a branch, or the next weekly word to a committee, where none is set."""
    one = people.organization(deed.tx, deed.branch_id)
    kind = "overview.week" if one.kind == "committee" else "overview.warn"
    if deed.tx.value(PENDING, key=f"{kind}:{one.id}") is None:
        _set_next(deed, kind)


def _set_next(deed: Deed, kind: str) -> None:
    following = _next_week if kind == "overview.week" else _next_warning
    deed.post.alarm(kind, deed.branch_id, following(deed.now, deed.zone))


def _next_warning(now: datetime, zone: ZoneInfo) -> datetime:
    """The next day on which a month's shortfall is told, at nine, local."""
    month = periods.span_of(now.astimezone(zone).date(), "month")
    following = periods.span_of(month.last + timedelta(days=1), "month")
    told = (datetime.combine(day, TOLD_AT, zone) for each in (month, following) for day in plan.warning_days(each))
    return next(moment for moment in told if moment > now)


def _next_week(now: datetime, zone: ZoneInfo) -> datetime:
    """The next Monday on which a committee hears of a month, at nine, local; the next working day where it is none."""
    today = now.astimezone(zone).date()
    day = monday = today - timedelta(days=today.weekday())
    while (moment := datetime.combine(day, TOLD_AT, zone)) <= now or _looked_at(day) is None:
        monday += WEEK
        day = days.working_on_or_after(monday)
    return moment


@verb(needs=Permission.CLOCKWORK)
def warn(deed: Deed, *, subject: int, due_at: datetime) -> None:
    """Tell the secretary, and nobody else, what is neither held nor planned before a month or quarter ends.

    Told late it counts the days from today; when the month is over it is dropped.
    """
    _set_next(deed, "overview.warn")
    today = deed.now.astimezone(deed.zone).date()
    month = periods.span_of(today, "month")
    roster = people.of_branch(deed.tx, subject)
    told = next((p.id for post in (Post.SECRETARY, Post.DEPUTY) for p in roster if p.post is post), None)
    if told is None or due_at.astimezone(deed.zone).date() not in month:
        return
    facts = _facts(deed.tx, subject, month, deed.zone)
    short = plan.shortfall(facts.branch, facts.held, facts.planned, today, facts.began_on, facts.settings)
    if short is None:
        return
    owed = [owed_words(each.obligation, each.span, each.group) for each in short.owed]
    key = f"overview.warn.{short.ends}" if short.days_left else f"overview.warn_today.{short.ends}"
    buttons = arranging(each.obligation.type for each in short.owed)
    deed.post.to_person(told, Card((Text(key, {"days": short.days_left, "owed": owed}),), buttons))


def arranging(types: Iterable[MeetingType]) -> tuple[Choice, ...]:
    """Make a button for each kind of meeting, once; pressing it begins the call of such a meeting."""
    return tuple(
        Choice(Text("buttons.arrange", {"type": kind.value}), f"ar:{kind.value}") for kind in dict.fromkeys(types)
    )


def span_words(span: Span) -> Text:
    """Word a span without its year where it is a month or a quarter: 3月, 第一季度, 2026年度."""
    if span.per == "month":
        return Text("overview.month", {"month": span.number})
    return (
        Text(f"overview.quarter.{span.number}")
        if span.per == "quarter"
        else Text("overview.of_year", {"year": span.year})
    )


def owed_words(obligation: Obligation, span: Span, group: str | None = None) -> Text:
    """Name one meeting that is owed: 3月支委会, 第一党小组3月的会, 第一季度党课, 2025年度组织生活会."""
    words = {"span": span_words(span), "type": obligation.type.value, "group": group}
    return Text("overview.owed_group" if group else "overview.owed", words)


@verb(needs=Permission.CLOCKWORK)
def week(deed: Deed, *, subject: int, due_at: datetime) -> None:
    """Once a week tell a committee's supervisors what needs help in the branches below; nothing where all is well.

    That is what is not arranged when a month is about to end, and in the first days of the next what is missing.
    """
    del due_at
    _set_next(deed, "overview.week")
    today = deed.now.astimezone(deed.zone).date()
    month = _looked_at(today)
    below = [one for one in people.organizations(deed.tx) if one.parent_id == subject and one.kind == "branch"]
    if month is None or not below:
        return
    lines = _help_wanted(deed, below, month)
    if lines:
        told = [p.id for one in below for p in people.of_branch(deed.tx, one.id) if p.upper_post]
        deed.post.to_people(told, Lines(tuple(lines)))


def _looked_at(today: date) -> Span | None:
    """The month that a committee hears of: this one when it is about to end, in a new one's first days the last."""
    month = periods.span_of(today, "month")
    if (month.last - today).days <= NEAR_END:
        return month
    return periods.span_of(month.first - timedelta(days=1), "month") if today.day <= WEEK.days else None


@dataclass(frozen=True, slots=True)
class _Row:
    branch: Organization
    obligation: Obligation
    group: str | None
    span: SpanStatus

    @property
    def is_short(self) -> bool:
        return is_short(self.obligation, self.span)

    @property
    def words(self) -> Text:
        """How a branch stands to this: short (a group by its name), planned, held."""
        state = "short" if self.is_short else "planned" if self.span.state == "open" else self.span.state
        group = self.group if self.is_short and self.group else ""
        name = Text("overview.branch_group", {"branch": self.branch.name, "group": group})
        return Text(f"overview.help.{state}", {"name": name, "hold": Text(f"meeting_hold.{self.obligation.type}")})


def _help_wanted(deed: Deed, below: list[Organization], month: Span) -> list[Text]:
    """Word each kind of meeting that some branch is short of, with how the others stand."""
    found: dict[tuple[str, Span], list[_Row]] = {}
    lacking: dict[MeetingType, list[Organization]] = {}
    spans = (periods.span_of(month.first, "quarter"), periods.year(month.year - 1))
    for one in below:
        stands = [standing(deed.tx, clock(one.id), one.id, span, deed.now, deed.zone) for span in spans]
        for each in (status for stand in stands for status in stand.statuses):
            for span in each.spans:
                if each.obligation.due_by(span.span) == month.last:
                    row = _Row(one, each.obligation, each.group, span)
                    found.setdefault((each.obligation.id, span.span), []).append(row)
        for kind in stands[0].not_owed:
            lacking.setdefault(kind, []).append(one)
    wanted = [rows for rows in found.values() if any(row.is_short for row in rows)]
    return [_help_line(rows, lacking.get(rows[0].obligation.type, [])) for rows in wanted]


def is_short(obligation: Obligation, span: SpanStatus) -> bool:
    """Whether a span that is running or over has neither been met nor is planned to be."""
    return span.state == "missing" or (span.state == "open" and span.held + span.planned < obligation.least)


def is_to_arrange(obligation: Obligation, span: SpanStatus, today: date) -> bool:
    """Whether it is time to call what a span that is running is short of; yearly meetings come late in their year."""
    return span.state == "open" and obligation.asked_from(span.span) <= today and is_short(obligation, span)


def _help_line(rows: list[_Row], lacking: list[Organization]) -> Text:
    """Word one line: what it is about, then each branch; of its groups only those that are short are named."""
    said: list[Text] = []
    for branch in dict.fromkeys(row.branch for row in rows):
        mine = [row for row in rows if row.branch == branch]
        said += [row.words for row in mine if row.is_short] or [mine[0].words]
    first = rows[0]
    for branch in lacking:
        what = Text(f"overview.lacks.{first.obligation.type}")
        said.append(Text("overview.help.lacks", {"name": branch.name, "what": what}))
    return Text("overview.help_line", {"what": owed_words(first.obligation, first.span.span), "said": joined(said)})


def joined(parts: list[Text]) -> Text | str:
    """Join words by commas."""
    if not parts:
        return ""
    whole = parts[0]
    for part in parts[1:]:
        whole = Text("overview.joined", {"first": whole, "second": part})
    return whole
