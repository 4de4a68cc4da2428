"""The themed party day: the rule, the meetings that come of it month by month, and their announcement.

Each month's meeting is a row some months ahead (`AHEAD`), so that it can be moved or called off by itself. Nobody is
invited to it before it is announced. What was announced, or changed by hand, the rule leaves alone.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

from dateutil.relativedelta import relativedelta
from sqlalchemy import or_, select

from rules import days, due
from services import meetings, people, settings
from services.convening import announce, invite, set_alarms, tell_all
from services.deeds import Deed, verb
from storage import tables
from vocabulary.meetings import MeetingType
from vocabulary.messages import Text
from vocabulary.people import Post
from vocabulary.permissions import Permission
from vocabulary.refusals import NotFound, Refusal
from vocabulary.views.themeday import PartyDay, PartyDayRule

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from storage.database import Tx
    from vocabulary.permissions import Actor
    from vocabulary.views.meetings import Meeting

T = tables.theme_days
M = tables.meetings
AHEAD = 3
SEARCHED = 36
STOPPED = ""
MOVED = {  # later than the rule's day, which is a holiday
    (True, True): "themeday.moved_holiday",
    (True, False): "themeday.moved_weekend",
    (False, True): "themeday.earlier_holiday",
    (False, False): "themeday.earlier_weekend",
}


@verb(needs=Permission.THEMEDAY_SET)
def set_(deed: Deed, *, rrule: str, at: time, place: str, topic: str = "") -> list[PartyDay]:
    """Fix the monthly party day; the next months' meetings are there at once, announced when their day comes.

    What was announced or changed by hand stays; what was only planned by the rule before is moved. Returns the next
    party days. Raises Refusal `themeday_never` where the rule has no day.
    """
    new: dict[str, Any] = {"rrule": rrule, "time": f"{at:%H:%M}", "place": place, "topic": topic}
    new |= {"set_by": deed.actor.person_id, "set_at": deed.now}
    row = _row(deed.tx, deed.branch_id)
    if row is None:
        key = deed.insert(T, branch_id=deed.branch_id, **new)
    else:
        key = row.id
        deed.update(T, key, **new)
    if not plan(deed.tx, deed.actor, _rule(_row(deed.tx, deed.branch_id), deed.zone), deed.now, deed.zone):
        raise Refusal("themeday_never")
    deed.post.alarm("themeday.month", key, _next_look(deed))
    return _keep_ahead(deed)


@verb(needs=Permission.THEMEDAY_SET)
def stop(deed: Deed) -> None:
    """End the rule: months that nobody has been told of fall away, an announced one is held as announced."""
    row = _row(deed.tx, deed.branch_id)
    if row is None or row.rrule == STOPPED:
        raise NotFound("themeday")
    deed.update(T, row.id, rrule=STOPPED)
    deed.post.silence("themeday.month", row.id)
    for meeting in _by_month(deed.tx, deed.branch_id, deed.now, deed.zone).values():
        if _moves_with_rule(meeting, deed.now):
            _withdraw(deed, meeting)


@verb(needs=Permission.CLOCKWORK)
def month(deed: Deed, *, subject: int, due_at: datetime) -> None:
    """Once a month: plan the months ahead, and look again at days that were fixed without the table of holidays."""
    del due_at
    row = deed.tx.first(select(T).where(T.c.id == subject))
    if row is None or row.rrule == STOPPED:
        return
    for meeting in _by_month(deed.tx, deed.branch_id, deed.now, deed.zone).values():
        check_again(deed, meeting)
    _keep_ahead(deed)
    deed.post.alarm("themeday.month", subject, _next_look(deed))


@verb(needs=Permission.CLOCKWORK)
def announce_due(deed: Deed, *, subject: int, due_at: datetime) -> None:
    """Announce a month's party day: whoever is on the roster today is invited and told, and why it was moved."""
    del due_at
    meeting = meetings.one(deed.tx, subject)
    if meeting.state != "planned" or meeting.told_at is not None or meeting.starts_at <= deed.now:
        return
    check_again(deed, meeting)
    meeting = meetings.one(deed.tx, subject)
    if days.announce_at(meeting.starts_at, deed.zone) > deed.now:
        return
    invite(deed, subject)
    announce(deed, meetings.one(deed.tx, subject), why_there(meeting))


def check_again(deed: Deed, meeting: Meeting) -> None:
    """Look again at a day that was fixed before the table of holidays reached it; where it differs, move and tell."""
    note = meeting.note or {}
    if not note.get("assumed") or meeting.state != "planned" or not untouched(meeting):
        return
    rule_day = date.fromisoformat(note["rule_day"])
    if not days.covers(rule_day.year):
        return
    found = _place_day(rule_day, meeting.starts_at.astimezone(deed.zone).time(), meeting.place, deed.zone)
    if found.starts_at <= deed.now:
        return
    moved = found.starts_at != meeting.starts_at
    told = meeting.told_at is not None
    new = {"starts_at": found.starts_at, "revision": meeting.revision + int(moved and told)}
    deed.update(M, meeting.id, note=_note(found), **new)
    if not moved:
        return
    current = meetings.one(deed.tx, meeting.id)
    set_alarms(deed, current)
    words = {"year": rule_day.year, "month": rule_day.month, "start": found.starts_at, "place": meeting.place}
    tell_all(deed, current, Text("themeday.checked", words))


def why_there(meeting: Meeting) -> Text | None:
    """Word why a party day lies where it lies: a holiday, a weekend, a table that does not reach; None: nothing to say.

    One that was moved by hand needs no reason.
    """
    note = meeting.note or {}
    if not note or not untouched(meeting):
        return None
    rule_day, start = date.fromisoformat(note["rule_day"]), date.fromisoformat(note["day"])
    holiday = Text(f"holiday.{note['holiday']}") if note.get("holiday") else ""
    words = {"old": rule_day, "holiday": holiday, "month": rule_day.month, "year": rule_day.year, "start": start}
    if note.get("assumed"):
        return Text("themeday.assumed_moved" if start != rule_day and holiday else "themeday.assumed", words)
    if start == rule_day:
        return None
    return Text(MOVED[start > rule_day, bool(holiday)], words)


def untouched(meeting: Meeting) -> bool:
    """Whether a party day still stands as the rule has put it."""
    note = meeting.note or {}
    return note.get("start") == meeting.starts_at.astimezone(UTC).isoformat() and note.get("place") == meeting.place


def rule(tx: Tx, viewer: Actor, zone: ZoneInfo) -> PartyDayRule | None:
    """Read the rule of the viewer's branch; None where there is none, or it was ended."""
    row = _row(tx, viewer.branch_id)
    return None if row is None or row.rrule == STOPPED else _rule(row, zone)


def plan(tx: Tx, viewer: Actor, rule: PartyDayRule, now: datetime, zone: ZoneInfo, most: int = AHEAD) -> list[PartyDay]:
    """Work out the next party days as a rule would have them, with what stands already; nothing is written."""
    standing = _by_month(tx, viewer.branch_id, now, zone)
    first = now.astimezone(zone).date().replace(day=1)
    searched = days.occurrences(rule.rrule, first, first + relativedelta(months=SEARCHED), rule.since)
    by_rule = {f"{day:%Y-%m}": day for day in reversed(searched)}
    found: list[PartyDay] = []
    for ahead in range(SEARCHED):
        month = f"{first + relativedelta(months=ahead):%Y-%m}"
        meeting = standing.get(month)
        if meeting is not None and not _moves_with_rule(meeting, now):
            if meeting.state == "planned" and meeting.starts_at > now:
                found.append(_as_it_stands(meeting, zone))
        elif month in by_rule:
            day = _place_day(by_rule[month], rule.time, rule.place, zone, meeting.id if meeting else None)
            if day.starts_at > now:
                found.append(day)
        if len(found) == most:
            break
    return found


def _keep_ahead(deed: Deed) -> list[PartyDay]:
    """Make the meetings of the next months stand as the rule has them."""
    rule = _rule(_row(deed.tx, deed.branch_id), deed.zone)
    wanted = plan(deed.tx, deed.actor, rule, deed.now, deed.zone)
    standing = _by_month(deed.tx, deed.branch_id, deed.now, deed.zone)
    keep = {day.meeting_id for day in wanted}
    for meeting in standing.values():
        if _moves_with_rule(meeting, deed.now) and meeting.id not in keep:
            _withdraw(deed, meeting)
    for day in wanted:
        if not day.kept:
            _write(deed, rule, day)
    return wanted


def _write(deed: Deed, rule: PartyDayRule, day: PartyDay) -> None:
    """Write one month's meeting, or move the one that the rule had planned."""
    values: dict[str, Any] = {
        "starts_at": day.starts_at,
        "place": day.place,
        "agenda": [rule.topic] if rule.topic else [],
        "note": _note(day),
    }
    key = day.meeting_id
    if key is None:
        roster, set_by = people.of_branch(deed.tx, deed.branch_id), _row(deed.tx, deed.branch_id).set_by
        numbers = due.expected(roster, MeetingType.THEME_DAY, None).numbers
        key = deed.insert(
            M,
            branch_id=deed.branch_id,
            type=MeetingType.THEME_DAY.value,
            theme_month=day.month,
            host_id=next((person.id for person in roster if person.post is Post.SECRETARY), set_by),
            called_by=set_by,
            created_at=deed.now,
            remind_minutes=settings.of_branch(deed.tx, deed.branch_id).remind_before,
            due_all=numbers.due_all,
            due_vote=numbers.due_vote,
            **values,
        )
    else:
        deed.update(M, key, **values)
    set_alarms(deed, meetings.one(deed.tx, key))


def _withdraw(deed: Deed, meeting: Meeting) -> None:
    """Take back a month that nobody was told of; its month is free again."""
    deed.update(M, meeting.id, state="cancelled", theme_month=None)
    for kind in ("meeting.unanswered", "meeting.remind", "checkin.open", "checkin.close", "meeting.announce"):
        deed.post.silence(kind, meeting.id)


def _moves_with_rule(meeting: Meeting, now: datetime) -> bool:
    is_open = meeting.state == "planned" and meeting.told_at is None and meeting.starts_at > now
    return is_open and meeting.theme_month is not None and meeting.revision == 1


def _by_month(tx: Tx, branch_id: int, now: datetime, zone: ZoneInfo) -> dict[str, Meeting]:
    """Find the party day of each month from this one on, the rule's own first; one called off counts as settled."""
    begins = now.astimezone(zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    rows = tx.all(
        meetings.MEETINGS.where(
            M.c.branch_id == branch_id,
            M.c.type == MeetingType.THEME_DAY.value,
            or_(M.c.theme_month >= f"{begins:%Y-%m}", M.c.theme_month.is_(None) & (M.c.state != "cancelled")),
            or_(M.c.theme_month.is_not(None), M.c.starts_at >= begins),
        ).order_by(M.c.theme_month.is_not(None), M.c.id)
    )
    found = [meetings.view(row) for row in rows]
    return {meeting.theme_month or f"{meeting.starts_at.astimezone(zone):%Y-%m}": meeting for meeting in found}


def _as_it_stands(meeting: Meeting, zone: ZoneInfo) -> PartyDay:
    local = meeting.starts_at.astimezone(zone)
    month = meeting.theme_month or f"{local:%Y-%m}"
    return PartyDay(month, local.date(), local, meeting.place, kept=True, meeting_id=meeting.id)


def _place_day(rule_day: date, at: time, place: str, zone: ZoneInfo, meeting_id: int | None = None) -> PartyDay:
    """Put a rule's day where it can be held: on a working day, at its local hour."""
    day = days.shift_party_day(rule_day)
    return PartyDay(
        month=f"{rule_day:%Y-%m}",
        rule_day=rule_day,
        starts_at=datetime.combine(day, at, zone),
        place=place,
        holiday=days.look(rule_day).holiday,
        assumed=not (days.covers(rule_day.year) and days.covers(day.year)),
        meeting_id=meeting_id,
    )


def _note(day: PartyDay) -> dict[str, Any]:
    """Keep why a party day lies where it lies, and how the rule has put it."""
    return {
        "rule_day": day.rule_day.isoformat(),
        "start": day.starts_at.astimezone(UTC).isoformat(),
        "day": day.starts_at.date().isoformat(),
        "place": day.place,
        "holiday": day.holiday,
        "assumed": day.assumed,
    }


def _row(tx: Tx, branch_id: int) -> Any:
    return tx.first(select(T).where(T.c.branch_id == branch_id))


def _rule(row: Any, zone: ZoneInfo) -> PartyDayRule:
    since = row.set_at.astimezone(zone).date().replace(day=1)
    return PartyDayRule(row.rrule, time.fromisoformat(row.time), row.place, row.topic, since)


def _next_look(deed: Deed) -> datetime:
    """The first of the next month, at nine, local."""
    first = deed.now.astimezone(deed.zone).date().replace(day=1) + relativedelta(months=1)
    return datetime.combine(first, days.ANNOUNCED_AT, deed.zone)
