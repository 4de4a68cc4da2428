"""Calling a meeting: the form, what stands against it, the card, and the call itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers import slots as read
from handlers.calling_checks import stands_against, wrong_kind
from handlers.meeting_card import calling_card
from handlers.meeting_form import NewMeeting
from handlers.registering import register_came
from handlers.registry import handles
from handlers.turn import Question, Turn
from rules import due
from services import chats, convening, people
from texts import say, sentences
from understanding.beside.wording import is_vague
from vocabulary.meetings import MeetingType
from vocabulary.people import Post
from vocabulary.permissions import Permission, Role

if TYPE_CHECKING:
    from handlers.registry import Answer
    from vocabulary.views.people import Person


def new_meeting(turn: Turn, slots: dict[str, Any]) -> NewMeeting | Question:
    """Read a call: asks for what is missing, one thing at a time: kind, time, place."""
    kind = _kind(slots)
    if isinstance(kind, Question):
        return kind
    group = wrong_kind(kind, turn) or _group(turn, kind, slots)
    if isinstance(group, Question):
        return group
    starts_at = read.moment(turn, slots)
    if isinstance(starts_at, Question):
        return starts_at
    place = _place(slots)
    if isinstance(place, Question):
        return place
    group_id, group_name = group
    return NewMeeting(
        type=kind,
        starts_at=starts_at,
        ends_at=read.end(turn, slots, starts_at),
        place=place,
        agenda=(*_with_it(kind, slots), *(slots.get("agenda") or ())),
        title=str(slots.get("title") or ""),
        group_id=group_id,
        group=group_name,
        host=_host(turn, kind, group_id, slots),
        speaker=read.person(turn, slots["speaker"]) if slots.get("speaker") else None,
        remind=slots.get("remind"),
        late=starts_at < turn.now,
        said=slots,
    )


@handles("meeting.create", form=new_meeting, check=stands_against, card=calling_card, needs=Permission.MEETING_CALL)
def create(form: NewMeeting, turn: Turn) -> Answer:
    """Call the meeting; who is told and who was not reached is said by the outbox, not promised here."""
    meeting = turn.do(
        convening.create,
        type=form.type,
        starts_at=form.starts_at,
        ends_at=form.ends_at,
        place=form.place,
        agenda=form.agenda,
        title=form.title,
        group_id=form.group_id,
        host_id=form.host.id if form.host else None,
        speaker_id=form.speaker.id if form.speaker else None,
        remind_minutes=form.remind,
    )
    if form.late and form.said.get("_attendance"):
        return register_came(turn, meeting.id, form.said["_attendance"])
    if form.late:
        return (say("meetings.recorded", start=meeting.starts_at, type=meeting.called, now=turn.now),)
    told = len(turn.look(convening.told, meeting_id=meeting.id) - {turn.person.id})
    if form.type is MeetingType.COMMITTEE:
        return (say("meetings.created_private", count=told, people=say("meetings.committee_members")),)
    if form.group_id is not None and not turn.look(chats.of_group, group_id=form.group_id):
        return (say("meetings.created_group", count=told, group=form.group),)
    tied = turn.look(chats.of_group, group_id=form.group_id)
    if not tied:
        return (say("meetings.created_no_chat", count=told, people=say("meetings.members")),)
    return (say("meetings.created", where=tied[0], count=told, people=say("meetings.members")),)


def _kind(slots: dict[str, Any]) -> MeetingType | Question:
    """Read the kind; a group's leader who says 小组会 or nothing but a meeting means the group's."""
    said = slots.get("type")
    if isinstance(said, list):
        said = MeetingType.MEMBER if MeetingType.MEMBER in said else said[0]
    if said is None:
        if slots.get("title"):
            return MeetingType.OTHER
        return Question("type", (say("meetings.ask_type"),))
    return MeetingType(said)


def _with_it(kind: MeetingType, slots: dict[str, Any]) -> list[str]:
    """Name the kinds that are held together with this one (主题党日和党员大会一起开): they stand on its agenda."""
    said = slots.get("type")
    return [sentences()[f"meeting_type.{one}"] for one in said if one != kind] if isinstance(said, list) else []


def _place(slots: dict[str, Any]) -> str | Question:
    """Read the place; words that name none (老地方) are asked about."""
    place = str(slots.get("place") or "").strip()
    if not place:
        return Question("place", (say("meetings.ask_place"),))
    if is_vague(place):
        return Question("place", (say("meetings.vague_place", place=place),), slots={"place": None})
    return place


def _group(turn: Turn, kind: MeetingType, slots: dict[str, Any]) -> tuple[int | None, str | None] | Question:
    """Find the 党小组 of a group meeting: as said, the speaker's own where they lead it, else asked."""
    audience = str(slots.get("audience") or "")
    said = slots.get("group") or (audience.removeprefix("group:") if audience.startswith("group:") else "")
    if kind is not MeetingType.GROUP and not said:
        return None, None
    roster = people.of_branch(turn.tx, turn.person.branch_id)
    names = due.groups_of(roster)
    ids = {p.group: p.group_id for p in roster if p.group}
    if said:
        fitting = [name for name in names if said in name]
        if len(fitting) == 1:
            return ids[fitting[0]], fitting[0]
    if turn.chat_group_id is not None:
        found = next((name for name, key in ids.items() if key == turn.chat_group_id), None)
        return turn.chat_group_id, found
    if Role.LEADER in turn.actor.roles and turn.person.group:
        return turn.person.group_id, turn.person.group
    if not names:
        return None, None
    choices = tuple(("words.plain", {"group": name, "_label": {"line": name}}) for name in names)
    return Question("group", (say("meetings.ask_group", groups=list(names)),), choices)


def _host(turn: Turn, kind: MeetingType, group_id: int | None, slots: dict[str, Any]) -> Person | None:
    """Who chairs: as said, else the group's leader for a group meeting, else the secretary (《支部工作条例》 14)."""
    if slots.get("host"):
        return read.person(turn, slots["host"])
    roster = people.of_branch(turn.tx, turn.person.branch_id)
    if kind is MeetingType.GROUP:
        return next((p for p in roster if p.group_id == group_id and p.post is Post.GROUP_LEADER), turn.person)
    return next((p for p in roster if p.post is Post.SECRETARY), turn.person)
