"""The themed party day: fixing its rule, looking at it, ending it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

from handlers.recurrence import in_words
from handlers.registry import handles, presses, word
from handlers.turn import Question, Turn
from rules import days
from services import meetings, themeday
from texts import button, say
from vocabulary.meetings import MeetingType
from vocabulary.messages import Buttons, Card, Lines
from vocabulary.permissions import Permission
from vocabulary.refusals import Refusal
from vocabulary.views.themeday import PartyDay, PartyDayRule

if TYPE_CHECKING:
    from handlers.registry import Answer
    from vocabulary.messages import Part, Text

MOST_SHOWN = 12
ON_A_DAY = ("BYDAY", "BYMONTHDAY")


@dataclass(frozen=True)
class NewRule:
    """A rule about to be fixed, and the party days that it makes."""

    rule: PartyDayRule
    ahead: list[PartyDay]


def new_rule(turn: Turn, slots: dict[str, Any]) -> NewRule | Question:
    """Read a rule: the day of the month, the hour, the place; what is not said stays as the rule before has it."""
    before = turn.look(themeday.rule, zone=turn.zone)
    rrule = str(slots.get("rrule") or "")
    if not rrule.startswith("FREQ=MONTHLY") or not any(name in rrule for name in ON_A_DAY):
        return _ask_day(before, rrule)
    clock = _clock(slots) or (before.time if before else None)
    if clock is None:
        part = slots.get("daypart")
        words = {"rule": in_words(rrule)}
        if part:
            return Question("time", (say("themeday.ask_time_part", **words, part=say(f"daypart.{part}")),))
        return Question("time", (say("themeday.ask_time", **words),))
    place = str(slots.get("place") or (before.place if before else "")).strip()
    if not place:
        return Question("place", (say("themeday.ask_place"),))
    topic = str(slots.get("topic") or (before.topic if before else ""))
    rule = PartyDayRule(rrule, clock, place, topic, turn.local.date().replace(day=1))
    try:
        ahead = turn.look(themeday.plan, rule=rule, now=turn.now, zone=turn.zone)
    except ValueError:
        return _ask_day(before, rrule)
    if not ahead:
        raise Refusal("themeday_never")
    return NewRule(rule, ahead)


def _ask_day(before: PartyDayRule | None, rrule: str) -> Question:
    """Ask on which day of the month; where there is a rule, its end is offered beside it."""
    if before is not None:
        words = say(
            "themeday.ask_rule_now", rule=in_words(before.rrule), time=f"{before.time:%H:%M}", place=before.place
        )
        return Question("rrule", (words,), (("buttons.stop_party_days", {"_stop": True}),))
    monthly = not rrule or rrule.startswith("FREQ=MONTHLY")
    return Question("rrule", (say("themeday.ask_rule" if monthly else "themeday.only_monthly"),))


def _clock(slots: dict[str, Any]) -> time | None:
    """Read the hour: as said alone, or with a day."""
    if slots.get("time"):
        return time.fromisoformat(slots["time"])
    start = str(slots.get("start") or "")
    return datetime.fromisoformat(start).time() if "T" in start else None


def form_of(turn: Turn, slots: dict[str, Any]) -> NewRule | dict[str, Any] | Question:
    """Read a rule, or the wish to end the one that is: that is asked first."""
    if not slots.get("_stop"):
        return new_rule(turn, slots)
    return slots if slots.get("_confirmed") else _ask_stop()


def rule_card(form: NewRule, turn: Turn) -> Card:
    """Show the rule in words, the next days with what is moved and why, and when they are announced."""
    rule = form.rule
    lines = [say("themeday.confirm_set")]
    lines.append(say("themeday.card_rule", rule=in_words(rule.rrule), time=f"{rule.time:%H:%M}", place=rule.place))
    if rule.topic:
        lines.append(say("themeday.card_topic", topic=rule.topic))
    lines.extend(say("themeday.card_day", start=day.starts_at, why=_why(day)) for day in form.ahead)
    lines.append(_announced(turn, form.ahead[0]))
    beyond = [day for day in form.ahead if day.assumed]
    if beyond:
        lines.append(say("themeday.card_assumed", year=beyond[0].rule_day.year))
    return Card(tuple(lines))


def _why(day: PartyDay) -> Text | str:
    if day.kept:
        return say("themeday.card_kept")
    if not day.is_moved:
        return ""
    if day.holiday is None:
        return say("themeday.card_moved_weekend", old=day.rule_day)
    return say("themeday.card_moved", old=day.rule_day, holiday=say(f"holiday.{day.holiday}"))


def _announced(turn: Turn, first: PartyDay) -> Text:
    if _was_told(turn, first):
        return say("themeday.card_told")
    when = announcement(turn, first.starts_at)
    return say("themeday.card_announce", announce=when) if when else say("themeday.card_announce_now")


def _was_told(turn: Turn, day: PartyDay) -> bool:
    return day.meeting_id is not None and turn.look(meetings.show, meeting_id=day.meeting_id).told_at is not None


def announcement(turn: Turn, start: datetime) -> date | None:
    """Return the day on which a meeting that starts then is announced; None where that is past, and so now."""
    when = days.announce_at(start, turn.zone)
    return when.astimezone(turn.zone).date() if when > turn.now.astimezone(UTC) else None


@handles("themeday.set", form=form_of, card=rule_card, needs=Permission.THEMEDAY_SET)
def set_(form: NewRule | dict[str, Any], turn: Turn) -> Answer:
    """Fix the rule; the months ahead are planned, and announced when their day comes. Or end it."""
    if isinstance(form, dict):
        return _stop(form, turn)
    rule = form.rule
    ahead = turn.do(themeday.set_, rrule=rule.rrule, at=rule.time, place=rule.place, topic=rule.topic)
    words = {"rule": in_words(rule.rrule), "time": f"{rule.time:%H:%M}", "place": rule.place}
    words |= {"start": ahead[0].starts_at}
    if _was_told(turn, ahead[0]):
        return (say("themeday.set_told", **words),)
    when = announcement(turn, ahead[0].starts_at)
    return (say("themeday.set", **words, announce=when) if when else say("themeday.set_now", **words),)


@handles("themeday.show")
def show(slots: dict[str, Any], turn: Turn) -> Answer:
    """Show the next party day, or those of a time; whoever may fix it sees the rule and can end it."""
    rule = turn.look(themeday.rule, zone=turn.zone)
    may_set = turn.actor.may(Permission.THEMEDAY_SET)
    if slots.get("range"):
        return _shown_range(turn, rule, slots["range"])
    ahead = _ahead(turn, rule, 1)
    if not ahead:
        return (say("themeday.none_set" if may_set else "themeday.none"),)
    first = ahead[0]
    topic = _topic(turn, first, rule)
    lines = [
        say(
            "themeday.next",
            start=first.starts_at,
            place=first.place,
            topic=say("themeday.about", topic=topic) if topic else "",
        )
    ]
    when = announcement(turn, first.starts_at)
    if rule is not None and when is not None and not _was_told(turn, first):
        lines.append(say("themeday.next_announce", announce=when))
    if rule is None:
        return (Lines(tuple(lines)),)
    lines.append(say("themeday.show_rule", rule=in_words(rule.rrule), time=f"{rule.time:%H:%M}"))
    parts: tuple[Part, ...] = (Lines(tuple(lines)),)
    if may_set and not turn.in_group:
        parts = (*parts, Buttons((button("buttons.stop_party_days", "td:stop"),)))
    return parts


def _ahead(turn: Turn, rule: PartyDayRule | None, most: int) -> list[PartyDay]:
    """List the coming party days: by the rule, or, without one, those that were called by themselves."""
    if rule is not None:
        return turn.look(themeday.plan, rule=rule, now=turn.now, zone=turn.zone, most=most)
    called = [m for m in turn.look(meetings.upcoming, now=turn.now) if m.type is MeetingType.THEME_DAY]
    return [
        PartyDay("", m.starts_at.astimezone(turn.zone).date(), m.starts_at, m.place, kept=True, meeting_id=m.id)
        for m in called[:most]
    ]


def _topic(turn: Turn, day: PartyDay, rule: PartyDayRule | None) -> str:
    """What a party day is about: its own agenda, else the rule's topic."""
    if day.meeting_id is not None:
        agenda = turn.look(meetings.show, meeting_id=day.meeting_id).agenda
        if agenda:
            return agenda[0]
    return rule.topic if rule else ""


def _shown_range(turn: Turn, rule: PartyDayRule | None, said: dict[str, str]) -> Answer:
    """List the party days of a time: those held or planned, and further ones by the rule."""
    first, last = (turn.at(datetime.fromisoformat(said[end])) for end in ("start", "end"))
    lines = [
        say("themeday.range_line", start=m.starts_at, place=m.place, why="")
        for m in meetings.between(turn.tx, turn.actor, first, min(last, turn.now), types=[MeetingType.THEME_DAY])
    ]
    lines += [
        say("themeday.range_line", start=day.starts_at, place=day.place, why=_why(day) if not day.kept else "")
        for day in _ahead(turn, rule, 2 * MOST_SHOWN)
        if first <= day.starts_at < last
    ]
    return (Lines(tuple(lines[:MOST_SHOWN])),) if lines else (say("themeday.range_none"),)


@presses("td", word)
def press(turn: Turn, arguments: list[str]) -> Answer:
    """Ask before the rule is ended."""
    del turn, arguments
    return _ask_stop()


def _ask_stop() -> Question:
    choices = (
        ("buttons.confirm", {"_confirmed": True}),
        ("buttons.cancel", {"_confirmed": True, "_dropped": True}),
    )
    words = (say("themeday.confirm_stop"),)
    return Question("confirm", words, choices, slots={"_intent": "themeday.set", "_stop": True})


def _stop(slots: dict[str, Any], turn: Turn) -> Answer:
    """End the rule."""
    if slots.get("_dropped"):
        return (say("meetings.dropped"),)
    turn.do(themeday.stop)
    return (say("themeday.stopped"),)
