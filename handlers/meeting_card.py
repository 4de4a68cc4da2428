"""The card before a call: exactly what will happen."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from handlers import slots as read
from rules import days, due, quorum
from rules.meetings import after_quiet
from services import meetings, people, settings
from services.meeting_words import ending
from texts import say
from vocabulary.meetings import MeetingType
from vocabulary.messages import Card, Text

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from handlers.meeting_form import NewMeeting
    from handlers.turn import Turn
    from vocabulary.views.people import Person

HOUR = 60


def calling_card(form: NewMeeting, turn: Turn) -> Card:
    """Show when, where, what about, who is due, what a vote would need, and which reminders will go out."""
    lines = [say("meetings.confirm_record" if form.late else "meetings.confirm_create"), head(form, turn.zone)]
    if form.title and form.called != form.title:
        lines.append(say("meetings.card_title", title=form.title))
    if form.agenda:
        lines.append(say("meetings.card_agenda", agenda=list(form.agenda)))
    lines.append(say("meetings.card_people", host=form.host.name if form.host else None, recorder=None))
    if form.speaker:
        lines.append(say("meetings.card_speaker", speaker=form.speaker.name))
    roster = people.of_branch(turn.tx, turn.person.branch_id)
    lines.append(_due(form, roster))
    if form.said.get("_attendance"):
        left_out = [one.name for one in read.persons(turn, {"person": form.said["_attendance"].get("except") or []})]
        lines.append(say("meetings.card_came" if left_out else "meetings.card_all_came", names=left_out))
    lines.extend(_busy(form, turn, roster))
    if not form.late:
        lines.append(_reminders(form, turn))
    year = form.starts_at.astimezone(turn.zone).year
    if not days.covers(year):
        lines.append(say("meetings.card_assumed", year=year))
    return Card(tuple(lines))


def head(form: Any, zone: ZoneInfo) -> Text:
    """Word the line of kind, time and place; `form` has type, group, starts_at, ends_at, place."""
    group = say("meetings.card_group", group=form.group) if form.group else ""
    end = ending(form.starts_at, form.ends_at, zone)
    return say("meetings.card_head", type=form.called, group=group, start=form.starts_at, end=end, place=form.place)


def cite(basis: Any) -> Text:
    """Cite an article short: 《支部工作条例》第11条."""
    from rules.regulations import document

    return say("basis.short", short=document(basis.doc).short, article=basis.article)


def _due(form: NewMeeting, roster: list[Person]) -> Text:
    expected = due.expected(roster, form.type, form.group)
    numbers = expected.numbers
    kind = quorum.votes_on(form.type)
    if kind is None:
        return say("meetings.card_due", due=numbers.due_all)
    return say(
        "meetings.card_due_free" if expected.free else "meetings.card_due_vote",
        due=numbers.due_all,
        free=len(expected.free),
        vote=numbers.due_vote,
        present=quorum.present_needed(kind, numbers.due_vote),
        yes=quorum.yes_needed(kind, numbers.due_vote),
        basis=cite(quorum.RULES[kind].present_basis),
    )


def _busy(form: NewMeeting, turn: Turn, roster: list[Person]) -> list[Text]:
    """Name those who are due here and in another meeting at the same time."""
    wanted = {p.id: p.name for p in due.expected(roster, form.type, form.group).due}
    lines = []
    for other in meetings.in_the_way(turn.tx, turn.person.branch_id, form.starts_at, form.ends_at):
        if other.id == form.said.get("_except"):
            continue
        both = [name for key, name in wanted.items() if key in meetings.invited(turn.tx, other.id)]
        if both:
            lines.append(say("meetings.card_busy", names=both, start=other.starts_at, type=other.called))
    return lines


def _reminders(form: NewMeeting, turn: Turn) -> Text:
    """Word which reminders will go out and when: what falls into the quiet hours goes out after them, or not at all."""
    custom = settings.of_branch(turn.tx, turn.person.branch_id)
    minutes = custom.remind_before if form.remind is None else form.remind
    remind_at = form.starts_at - timedelta(minutes=minutes)
    speaks_at = after_quiet(remind_at, turn.zone, custom)
    day_before = form.starts_at - timedelta(minutes=custom.remind_unanswered_before)
    asks_at = after_quiet(day_before, turn.zone, custom)
    private = form.type is MeetingType.COMMITTEE or (form.group_id is not None and not _has_chat(turn, form.group_id))
    where = say("meetings.in_private" if private else "meetings.in_group")
    if remind_at <= turn.now:
        return say("meetings.card_remind_none")
    asks = day_before > turn.now and asks_at < form.starts_at
    before = say("meetings.day_before" if asks_at == day_before else "meetings.at_moment", start=asks_at)
    if speaks_at >= form.starts_at:
        hours = {"from": f"{custom.quiet_from:%H:%M}", "until": f"{custom.quiet_until:%H:%M}", "before": before}
        return Text("meetings.card_remind_before" if asks else "meetings.card_remind_quiet", hours)
    length = ahead(round((form.starts_at - speaks_at) / timedelta(minutes=1)))
    if not asks:
        return say("meetings.card_remind_soon", ahead=length, where=where)
    return say("meetings.card_remind", before=before, ahead=length, where=where)


def ahead(minutes: int) -> Text:
    """Word a length of time: 30分钟, 2小时."""
    if minutes and minutes % HOUR == 0:
        return say("meetings.hours", n=minutes // HOUR)
    return say("meetings.minutes", n=minutes)


def _has_chat(turn: Turn, group_id: int) -> bool:
    from services import chats

    return bool(turn.look(chats.of_group, group_id=group_id))
