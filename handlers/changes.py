"""Changing and cancelling a meeting, listing and showing meetings, telling again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from handlers import slots as read
from handlers.calling_checks import stands_against
from handlers.meeting_card import ahead, head
from handlers.quicker import as_shown, still_cancel, still_change
from handlers.registry import handles
from handlers.themeday import announcement
from handlers.turn import Question, Turn
from services import convening, meetings
from texts import say
from vocabulary.messages import Card, Lines
from vocabulary.permissions import Permission

if TYPE_CHECKING:
    from handlers.registry import Answer
    from vocabulary.views.meetings import Meeting


@dataclass(frozen=True)
class Change:
    """A change about to be made: the meeting as it stands, and what becomes of it."""

    old: Meeting
    new: dict[str, Any]
    late: bool
    said: dict[str, Any]

    @property
    def is_told(self) -> bool:
        """Whether others will hear of it: time, place or agenda become another."""
        changed = any(name in self.new and self.new[name] != getattr(self.old, name) for name in convening.TOLD)
        return changed and self.old.told_at is not None

    def __getattr__(self, name: str) -> Any:
        """The meeting as it will be."""
        return self.new.get(name, getattr(self.old, name))


def change_wanted(turn: Turn, slots: dict[str, Any]) -> Change | Question:
    """Find the meeting and what shall become of it; asks what to change where nothing was said."""
    meeting = read.meeting(turn, slots, turn.look(meetings.upcoming, now=turn.now), say("meetings.none_ahead"))
    if isinstance(meeting, Question):
        return meeting
    starts_at = _new_start(turn, meeting, slots)
    if isinstance(starts_at, Question):
        return starts_at
    new = ({"starts_at": starts_at} if starts_at else {}) | _facts(turn, slots, starts_at or meeting.starts_at)
    if not new:
        return Question("start", (say("forms.what_to_change"),), slots={"_meeting": meeting.id})
    late = new.get("starts_at", meeting.starts_at) < turn.now
    said = {**slots, "_meeting": meeting.id, "_except": meeting.id}
    return Change(meeting, new, late, said)


def _facts(turn: Turn, slots: dict[str, Any], starts_at: datetime) -> dict[str, Any]:
    """Read what else becomes another: end, place, agenda, who chairs or speaks, when to remind."""
    new: dict[str, Any] = {}
    if slots.get("end") or slots.get("duration"):
        new["ends_at"] = read.end(turn, slots, starts_at)
    if slots.get("place"):
        new["place"] = slots["place"]
    if slots.get("agenda"):
        new["agenda"] = tuple(slots["agenda"])
    for role in ("host", "speaker"):
        if slots.get(role):
            new[f"{role}_id"] = read.person(turn, slots[role]).id
    if slots.get("remind") is not None:
        new["remind_minutes"] = slots["remind"]
    return new


def _new_start(turn: Turn, meeting: Meeting, slots: dict[str, Any]) -> datetime | Question | None:
    """Work out the new start: a shift, a clock time on its day, a day at its hour, or a whole moment."""
    local = meeting.starts_at.astimezone(turn.zone)
    if slots.get("shift"):
        return meeting.starts_at + timedelta(minutes=slots["shift"])
    start, clock = slots.get("start"), slots.get("time")
    if start is None and clock is None and not slots.get("_unsure", {}).get("start"):
        return None
    filled = dict(slots)
    if start is None and clock:
        filled["start"] = local.date().isoformat()
    elif start and "T" not in start and clock is None:
        filled["time"] = f"{local:%H:%M}"
    return read.moment(turn, filled)


def against_change(form: Change, turn: Turn) -> Question | None:
    """A change raises the same questions as a call where it moves the meeting."""
    if "starts_at" in form.new:
        convening.must_stay_today(form.old, form.starts_at, turn.zone)
    if form.late and "starts_at" in form.new:
        return Question("start", (say("meetings.past_change", start=form.new["starts_at"]),))
    if not form.new.keys() & {"starts_at", "place", "ends_at"}:
        return None
    return stands_against(form, turn)  # type: ignore[arg-type]


def change_card(form: Change, turn: Turn) -> Card:
    """Show the meeting as it will be, and who hears of it."""
    shown = SimpleNamespace(
        called=form.old.called, group=form.old.group, starts_at=form.starts_at, ends_at=form.ends_at, place=form.place
    )
    lines = [say("meetings.confirm_change"), head(shown, turn.zone)]
    if form.agenda:
        lines.append(say("meetings.card_agenda", agenda=list(form.agenda)))
    if "remind_minutes" in form.new:
        lines.append(say("reminders.card_before", ahead=ahead(form.remind_minutes)))
    if form.is_told:
        lines.append(say("meetings.card_told", start=form.old.starts_at))
    if form.old.told_at is None:
        when = announcement(turn, form.starts_at)
        lines.append(say("themeday.untold", announce=when) if when else say("themeday.untold_now"))
    return Card(tuple(lines))


@handles(
    "meeting.change",
    form=change_wanted,
    check=against_change,
    card=change_card,
    needs=Permission.MEETING_CHANGE,
    keeps=lambda form: as_shown(form.old, form.said),
)
def change(form: Change, turn: Turn) -> Answer:
    """Change it; where someone was quicker, show what they did and ask again."""
    if form.said.get("_dropped"):
        return (say("meetings.dropped"),)
    quicker = still_change(turn, form.old, form.new, form.said)
    if quicker is not None:
        return quicker
    turn.do(convening.change, meeting_id=form.old.id, revision=form.old.revision, new=form.new)
    if form.old.told_at is None:
        when = announcement(turn, form.starts_at)
        words = {"start": form.starts_at, "place": form.place}
        return (say("themeday.changed", **words, announce=when) if when else say("themeday.changed_now", **words),)
    return (say("meetings.changed" if form.is_told else "meetings.changed_quietly"),)


def to_cancel(turn: Turn, slots: dict[str, Any]) -> tuple[Meeting, dict[str, Any]] | Question:
    """Find the meeting to call off."""
    meeting = read.meeting(turn, slots, turn.look(meetings.upcoming, now=turn.now), say("meetings.none_ahead"))
    if isinstance(meeting, Question):
        return meeting
    return meeting, slots


def cancel_card(form: tuple[Meeting, dict[str, Any]], turn: Turn) -> Card:
    """Show what is called off, and who hears of it."""
    meeting, _ = form
    told = say("meetings.card_told", start=meeting.starts_at) if meeting.told_at else say("themeday.untold_cancel")
    once = (say("themeday.one_only"),) if meeting.theme_month else ()
    return Card((say("meetings.confirm_cancel"), head(meeting, turn.zone), told, *once))


@handles(
    "meeting.cancel",
    form=to_cancel,
    card=cancel_card,
    needs=Permission.MEETING_CHANGE,
    keeps=lambda form: as_shown(*form),
)
def cancel(form: tuple[Meeting, dict[str, Any]], turn: Turn) -> Answer:
    """Call it off; where someone was quicker, show what they did and ask again."""
    meeting, said = form
    if said.get("_dropped"):
        return (say("meetings.dropped"),)
    quicker = still_cancel(turn, meeting, said)
    if quicker is not None:
        return quicker
    reason = str(said.get("reason") or "")
    turn.do(convening.cancel, meeting_id=meeting.id, reason=reason, revision=meeting.revision)
    if meeting.told_at is None:
        return (say("themeday.cancelled", start=meeting.starts_at),)
    return (say("meetings.cancelled"),)


@handles("meeting.list")
def list_(slots: dict[str, Any], turn: Turn) -> Answer:
    """List the meetings of a time (this week where none is said); where there are none, the next one."""
    first, last, words = _range(turn, slots)
    found = read.for_chat(turn, turn.look(meetings.between, first=first, last=last, types=_types(slots)))
    if not found:
        ahead = read.for_chat(turn, [m for m in turn.look(meetings.upcoming, now=turn.now) if m.starts_at >= last])
        following = say("meetings.next_is", start=ahead[0].starts_at, type=ahead[0].called) if ahead else ""
        return (say("meetings.none_week", range=words, next=following),)
    lines = [say("meetings.list_head", range=words)]
    for meeting in found:
        group = say("meetings.card_group", group=meeting.group) if meeting.group else ""
        lines.append(
            say("meetings.list_line", start=meeting.starts_at, type=meeting.called, group=group, place=meeting.place)
        )
    return (Lines(tuple(lines)),)


def _types(slots: dict[str, Any]) -> list[str] | None:
    said = slots.get("type")
    return said if isinstance(said, list) or said is None else [said]


def _range(turn: Turn, slots: dict[str, Any]) -> tuple[datetime, datetime, Any]:
    """Read a range; 这周 where none is said."""
    said = slots.get("range")
    today = turn.local.replace(hour=0, minute=0, second=0, microsecond=0)
    monday = today - timedelta(days=today.weekday())
    week = timedelta(days=7)
    if not said:
        return turn.at(monday), turn.at(monday + week), say("meetings.this_week")
    first, last = datetime.fromisoformat(said["start"]), datetime.fromisoformat(said["end"])
    words = {monday: say("meetings.this_week"), monday + week: say("meetings.next_week")}
    named = words.get(first) if last - first == week else None
    if named is None and last - first == timedelta(days=1):
        named = say("words.only_date", start=turn.at(first))
    return turn.at(first), turn.at(last), named or say("meetings.that_time")


@handles("meeting.show")
def show(slots: dict[str, Any], turn: Turn) -> Answer:
    """Show one meeting: time, place, agenda, who chairs, who is due."""
    ahead = turn.look(meetings.upcoming, now=turn.now)
    said = slots.get("which") or []
    past = turn.look(meetings.past, now=turn.now) if "last" in said or (not ahead and "next" not in said) else []
    if "next" in said and not ahead:
        return (say("meetings.none_ahead"),)
    meeting = read.meeting(turn, slots, past or ahead, say("meetings.none_ahead"))
    if isinstance(meeting, Question):
        return meeting
    lines = [head(meeting, turn.zone)]
    if meeting.agenda:
        lines.append(say("meetings.card_agenda", agenda=list(meeting.agenda)))
    lines.append(say("meetings.card_people", host=meeting.host, recorder=meeting.recorder))
    lines.append(say("meetings.card_due", due=meeting.due_all))
    if meeting.recorded_at:
        lines.append(say("meetings.card_recorded", recorded=meeting.recorded_at))
    return (Card(tuple(lines)),)


@handles("meeting.notify", needs=Permission.MEETING_CHANGE)
def notify(slots: dict[str, Any], turn: Turn) -> Answer:
    """Tell again: all, or those who have not answered."""
    meeting = read.meeting(turn, slots, turn.look(meetings.upcoming, now=turn.now), say("meetings.none_ahead"))
    if isinstance(meeting, Question):
        return meeting
    count = turn.do(convening.notify, meeting_id=meeting.id, unanswered=slots.get("audience") == "unanswered")
    return (say("meetings.renotified", count=count) if count else say("meetings.renotified_none"),)
