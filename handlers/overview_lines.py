"""How overviews are worded: each kind of meeting with its numbers and article, the rate of a meeting and of many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules import quorum
from rules.regulations import document
from services.overview import joined, span_words
from texts import say

if TYPE_CHECKING:
    from rules.periods import Span
    from rules.plan import ObligationStatus
    from services.overview import Standing
    from vocabulary.messages import Text
    from vocabulary.views.meetings import Meeting

FIRST_FOUR = ("member_meeting", "committee_meeting", "group_meeting", "party_lecture")
MOST_SHOWN = 6


def status_lines(stands: Standing) -> tuple[Text, ...]:
    """Word how one branch stands: each kind of meeting, what is not owed or not recorded, and where it is written."""
    if not any(each.wanted for each in stands.statuses):
        return (say("overview.unknown_all", branch=stands.branch.name, period=_period(stands.period)),)
    lines = [say("overview.title", branch=stands.branch.name, period=_period(stands.period), until=_until(stands))]
    for kind in FIRST_FOUR:
        mine = [each for each in stands.statuses if each.obligation.type == kind]
        if mine:
            lines.append(_groups(mine, stands.period) if mine[0].group else _line(mine[0], stands.period))
    others = [_line(each, stands.period) for each in stands.statuses if each.obligation.type not in FIRST_FOUR]
    if others:
        lines.append(say("overview.line_others", each=others))
    if stands.not_owed:
        lacks = [say(f"overview.lacks.{kind}") for kind in stands.not_owed]
        lines.append(say("overview.not_owed", branch=stands.branch.name, what=lacks))
    unknown = _unknown(stands)
    if unknown:
        lines.append(say("overview.unknown", spans=unknown))
    based = next(each.basis for each in stands.statuses if each.basis)
    lines.append(say("overview.see", short=document(based.doc).short))
    return tuple(lines)


def counts_lines(several: list[Standing]) -> tuple[Text, ...]:
    """Word how branches stand, a line each below a title; of one branch alone one line with its title."""
    period, until = _period(several[0].period), _until(several[0])
    if len(several) == 1:
        name = several[0].branch.name
        return (_counts(several[0], say("overview.title", branch=name, period=period, until=until)),)
    title = say("overview.title_branches", period=period, until=until)
    return (title, *(_counts(stands, stands.branch.name) for stands in several))


def _counts(stands: Standing, head: Text | str) -> Text:
    """Word how one branch stands in a line: each kind with its count."""
    if not any(each.wanted for each in stands.statuses):
        return say("overview.short_none", head=head)
    totals: dict[str, tuple[int, int]] = {}
    for each in stands.statuses:
        done, wanted = totals.get(each.obligation.type, (0, 0))
        totals[each.obligation.type] = (done + each.done, wanted + each.wanted)
    counts = [
        say("overview.short_count", name=say(f"overview.name.{kind}"), done=done, wanted=wanted)
        for kind, (done, wanted) in totals.items()
        if wanted
    ]
    unknown = _unknown(stands)
    tail = say("overview.short_unknown", spans=unknown) if unknown else ""
    return say("overview.short", head=head, counts=joined(counts), unknown=tail)


def _period(span: Span) -> Text:
    words = {"year": span.year, "month": span.number, "quarter": span_words(span)}
    return say(f"overview.period.{span.per}", **words)


def _until(stands: Standing) -> Text | str:
    return say("overview.until", today=stands.today) if stands.today in stands.period else ""


def _unknown(stands: Standing) -> list[Text]:
    """The months of which nothing can be known: from before the branch began with us."""
    known = {one.span for each in stands.statuses for one in each.spans if one.state != "not_recorded"}
    spans = {span for each in stands.statuses for span in each.not_recorded if span.per == "month"}
    return [span_words(span) for span in sorted(spans - known)]


def _line(each: ObligationStatus, period: Span) -> Text:
    """Word one kind of meeting: `支部党员大会 1/1（第11条）`; a yearly one with its year."""
    year = say("overview.for_year", year=each.spans[0].span.year) if each.obligation.per == "year" else ""
    words = {"name": say(f"overview.name.{each.obligation.type}"), "year": year, "basis": _basis(each)}
    if not each.wanted:
        return say("overview.line_unknown", **words)
    return say("overview.line", done=each.done, wanted=each.wanted, left=_left(each, period), **words)


def _groups(several: list[ObligationStatus], period: Span) -> Text:
    """Word a meeting that each group holds."""
    each = [
        say("overview.group", group=one.group, done=one.done, wanted=one.wanted, left=_left(one, period))
        if one.wanted
        else say("overview.group_unknown", group=one.group)
        for one in several
    ]
    kind = several[0].obligation.type
    return say("overview.line_groups", name=say(f"overview.name.{kind}"), each=each, basis=_basis(several[0]))


def _basis(each: ObligationStatus) -> Text:
    if each.basis:
        return say("overview.article", article=each.basis.article)
    per = say(f"overview.per.{each.obligation.per}")
    return say("overview.own_setting", per=per, least=each.obligation.least, own=say("basis.own"))


def _left(each: ObligationStatus, period: Span) -> Text | str:
    """Word what is not held: over, open, arranged already; a span that is the whole period is not named again."""
    sorted_by: dict[str, list[Text]] = {}
    for one in each.spans:
        arranged = one.state in {"open", "ahead"} and one.held + one.planned >= each.obligation.least
        state = "planned" if arranged else one.state
        if state in {"missing", "open", "planned"}:
            named = [] if one.span == period or one.span.per == "year" else [span_words(one.span)]
            sorted_by.setdefault(state, []).extend(named)
    hold = say(f"meeting_hold.{each.obligation.type}")
    parts = [
        say(f"overview.left.{state}", spans=sorted_by[state], hold=hold)
        for state in ("missing", "open", "planned")
        if state in sorted_by
    ]
    if not parts:
        return ""
    whole: Text = parts[0]
    for part in parts[1:]:
        whole = say("overview.beside", first=whole, second=part)
    return whole


def rate_lines(held: list[Meeting]) -> tuple[Text, ...]:
    """Word how many came to each meeting, the newest of many, and below several the average with its numbers."""
    lines = [_rate(meeting) for meeting in held[-MOST_SHOWN:]]
    if len(held) == 1:
        return tuple(lines)
    if len(held) > MOST_SHOWN:
        lines.insert(0, say("overview.rate_more", count=MOST_SHOWN))
    counted = [meeting for meeting in held if not _is_unentered(meeting)]
    due, present = sum(meeting.due_all for meeting in counted), sum(meeting.present for meeting in counted)
    if not due:
        return tuple(lines)
    numbers = {"due": due, "present": present, "rate": quorum.percent(present, due)}
    return (*lines, say("overview.rate_total", count=len(counted), **numbers))


def _is_unentered(meeting: Meeting) -> bool:
    """Whether a meeting was recorded later and nobody has said yet who was there."""
    return meeting.recorded_at is not None and not meeting.present


def _rate(meeting: Meeting) -> Text:
    return say(
        "overview.rate_unentered" if _is_unentered(meeting) else "overview.rate",
        type=meeting.called,
        group=say("meetings.card_group", group=meeting.group) if meeting.group else "",
        start=meeting.starts_at,
        recorded=say("overview.recorded", recorded=meeting.recorded_at) if meeting.recorded_at else "",
        due=meeting.due_all,
        present=meeting.present,
        rate=quorum.percent(meeting.present, meeting.due_all),
    )
