"""The verbs of calling a meeting: create, change, cancel, record later, tell again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from rules import due
from rules.days import announce_at
from rules.meetings import check_in_opens, planned_end
from services import meetings, people, settings
from services.deeds import Deed, verb
from services.delivery import followed
from services.meeting_words import changed, notice_words
from storage import tables
from vocabulary.meetings import MeetingType
from vocabulary.messages import Card, Choice, Text
from vocabulary.permissions import Permission, Role
from vocabulary.refusals import NotAllowed, NotFound, Refusal

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from storage.database import Tx
    from vocabulary.permissions import Actor
    from vocabulary.views.meetings import Meeting
    from vocabulary.views.people import Person

CHANGEABLE = ("starts_at", "ends_at", "place", "agenda", "host_id", "speaker_id", "remind_minutes", "group_id")
TOLD = ("starts_at", "place", "agenda")


@verb(needs=Permission.MEETING_CALL)
def create(  # noqa: PLR0913  a meeting has this many facts
    deed: Deed,
    *,
    type: MeetingType,  # noqa: A002  the field's own word
    starts_at: datetime,
    place: str,
    ends_at: datetime | None = None,
    agenda: tuple[str, ...] = (),
    title: str = "",
    group_id: int | None = None,
    host_id: int | None = None,
    speaker_id: int | None = None,
    remind_minutes: int | None = None,
    tell: bool = True,
) -> Meeting:
    """Call a meeting: its attendances, its alarms, and the notices to the group and to each person.

    A start in the past records a meeting held already: nobody is told, and it is marked 补记 for ever.
    """
    must_reach(deed, group_id, type)
    custom = settings.of_branch(deed.tx, deed.branch_id)
    key = deed.insert(
        tables.meetings,
        branch_id=deed.branch_id,
        group_id=group_id,
        type=type.value,
        title=title,
        starts_at=starts_at,
        ends_at=ends_at,
        place=place,
        agenda=list(agenda),
        host_id=host_id,
        speaker_id=speaker_id,
        called_by=deed.actor.person_id,
        created_at=deed.now,
        remind_minutes=custom.remind_before if remind_minutes is None else remind_minutes,
        **(_held(deed, planned_end(starts_at, ends_at, custom)) if starts_at < deed.now else {}),
    )
    invite(deed, key)
    meeting = meetings.one(deed.tx, key)
    if meeting.recorded_at is None:
        set_alarms(deed, meeting)
        if tell:
            announce(deed, meeting)
    return meeting


def _held(deed: Deed, ended: datetime) -> dict[str, Any]:
    """What a meeting has that was held before it was entered: nothing opens any more, and it is marked for ever."""
    return {"recorded_at": deed.now, "state": "held", "checkin": "closed", "closed_at": ended}


@verb(needs=Permission.MEETING_CHANGE)
def change(deed: Deed, *, meeting_id: int, new: dict[str, Any], revision: int | None = None) -> Meeting:
    """Change a planned meeting; all who were told are told what changed, and its alarms move along.

    `new` holds what becomes another: starts_at, ends_at, place, agenda, host_id, speaker_id, remind_minutes, group_id.

    Raises Refusal `meeting_changed` where someone else changed it after `revision`, `meeting_over` where it is past,
    `checkin_under_way` where a meeting whose check-in is open would go to another day.
    """
    old = meetings.one(deed.tx, meeting_id)
    must_reach(deed, old.group_id, old.type, old.branch_id)
    if old.is_over:
        raise Refusal("meeting_over")
    must_be_as_seen(deed, old, revision)
    must_stay_today(old, new.get("starts_at", old.starts_at), deed.zone)
    values: dict[str, Any] = {
        name: list(value) if name == "agenda" else value for name, value in new.items() if name in CHANGEABLE
    }
    if "starts_at" in values and "ends_at" not in values and old.ends_at:
        values["ends_at"] = values["starts_at"] + (old.ends_at - old.starts_at)
    deed.update(tables.meetings, meeting_id, **values, revision=old.revision + 1)
    meeting = meetings.one(deed.tx, meeting_id)
    set_alarms(deed, meeting)
    if any(getattr(old, name) != getattr(meeting, name) for name in TOLD):
        tell_all(deed, meeting, changed(old, meeting, deed.zone))
        deed.post.touch(f"checkin.card:{meeting_id}", f"checkin.private:{meeting_id}")
    return meeting


@verb(needs=Permission.MEETING_CHANGE)
def cancel(deed: Deed, *, meeting_id: int, reason: str = "", revision: int | None = None) -> Meeting:
    """Call a meeting off: everyone who was told hears it, its alarms are put out, an open check-in ends.

    Raises Refusal as `change` does.
    """
    old = meetings.one(deed.tx, meeting_id)
    must_reach(deed, old.group_id, old.type, old.branch_id)
    if old.is_over:
        raise Refusal("meeting_over")
    must_be_as_seen(deed, old, revision)
    deed.update(tables.meetings, meeting_id, state="cancelled", checkin="none", revision=old.revision + 1)
    for kind in ("meeting.unanswered", "meeting.remind", "checkin.open", "checkin.close", "meeting.announce"):
        deed.post.silence(kind, meeting_id)
    key = "meetings.told_cancelled_why" if reason else "meetings.told_cancelled"
    tell_all(deed, old, Text(key, {"start": old.starts_at, "type": old.called, "reason": reason}))
    deed.post.touch(f"checkin.card:{meeting_id}", f"checkin.private:{meeting_id}")
    return meetings.one(deed.tx, meeting_id)


@verb(needs=Permission.MEETING_CHANGE)
def notify(deed: Deed, *, meeting_id: int, unanswered: bool = False) -> int:
    """Send a meeting's notice again, to all or to those who have not answered; returns to how many."""
    meeting = meetings.one(deed.tx, meeting_id)
    must_reach(deed, meeting.group_id, meeting.type, meeting.branch_id)
    if meeting.is_over:
        raise Refusal("meeting_over")
    answers = tables.attendances
    wanted = select(answers.c.person_id).where(answers.c.meeting_id == meeting_id)
    if unanswered:
        wanted = wanted.where(answers.c.answer == "none")
    told = [row.person_id for row in deed.tx.all(wanted) if row.person_id != deed.actor.person_id]
    _to_each(deed, meeting, told)
    return len(told)


def must_reach(deed: Deed, group_id: int | None, kind: MeetingType, branch_id: int | None = None) -> None:
    """Let a group's leader act for that group alone, the heads in their own branch (`branch_id`: of the meeting).

    Raises NotFound for another branch's meeting, NotAllowed for another group's.
    """
    actor = deed.actor
    if branch_id not in {None, deed.branch_id}:
        raise NotFound("meeting")
    if actor.leads_branch or Role.CLOCK in actor.roles:
        return
    if group_id is None or group_id != actor.group_id or kind is MeetingType.COMMITTEE:
        raise NotAllowed("own_group")


def must_be_as_seen(deed: Deed, meeting: Meeting, revision: int | None) -> None:
    """Refuse (`meeting_changed`, with who was quicker) where a meeting is not what the actor was shown."""
    if revision is not None and revision != meeting.revision:
        raise Refusal("meeting_changed", by=meetings.last_changer(deed.tx, meeting))


def must_stay_today(meeting: Meeting, starts_at: datetime, zone: ZoneInfo) -> None:
    """Keep a meeting whose check-in is open on its day: who is checked in came on that day."""
    same_day = meeting.starts_at.astimezone(zone).date() == starts_at.astimezone(zone).date()
    if meeting.checkin == "open" and not same_day:
        raise Refusal("checkin_under_way")


def invite(deed: Deed, meeting_id: int) -> None:
    """Write who is due on the roster as it stands today; answers already given stay."""
    meeting = meetings.one(deed.tx, meeting_id)
    expected = due.expected(people.of_branch(deed.tx, meeting.branch_id), meeting.type, meeting.group)
    table = tables.attendances
    here = {row.person_id: row for row in deed.tx.all(select(table).where(table.c.meeting_id == meeting_id))}
    voting = {person.id for person in expected.voting}
    dues = {person.id for person in expected.due}
    wanted: dict[int, Person] = {person.id: person for person in (*expected.due, *expected.free)}
    for person_id in wanted:
        row = {"due": person_id in dues, "vote": person_id in voting}
        if person_id in here:
            deed.update(table, here[person_id].id, **row)
        else:
            mine = {"answer": "yes", "answered_at": deed.now} if person_id == deed.actor.person_id else {}
            deed.insert(table, branch_id=meeting.branch_id, meeting_id=meeting_id, person_id=person_id, **row, **mine)
    for person_id in here.keys() - wanted.keys():
        deed.update(table, here[person_id].id, due=False, vote=False)
    numbers = expected.numbers
    deed.update(tables.meetings, meeting_id, due_all=numbers.due_all, due_vote=numbers.due_vote)


def set_alarms(deed: Deed, meeting: Meeting) -> None:
    """Set what falls due around a meeting, or move it to where it now belongs."""
    custom = settings.of_branch(deed.tx, meeting.branch_id)
    day_before = meeting.starts_at - timedelta(minutes=custom.remind_unanswered_before)
    dues = {
        "meeting.unanswered": day_before,
        "meeting.remind": meeting.starts_at - timedelta(minutes=meeting.remind_minutes),
        "checkin.open": check_in_opens(meeting.starts_at, custom),
        "checkin.close": planned_end(meeting.starts_at, meeting.ends_at, custom),
    }
    for kind, when in dues.items():
        if kind.startswith("checkin") or deed.now < when < meeting.starts_at:  # 0 minutes before is never
            deed.post.alarm(kind, meeting.id, when)
        else:
            deed.post.silence(kind, meeting.id)
    if meeting.theme_month and meeting.told_at is None:
        deed.post.alarm("meeting.announce", meeting.id, max(announce_at(meeting.starts_at, deed.zone), deed.now))


def announce(deed: Deed, meeting: Meeting, why: Text | None = None) -> None:
    """Send the notices: to the chat that the meeting belongs to, and to everyone it is called for but the caller.

    `why` is one line more: that the day was moved, and for which holiday.
    """
    deed.update(tables.meetings, meeting.id, told_at=deed.now)
    asker = deed.actor.person_id or meeting.called_by
    forward = Text("meetings.notice_plain", notice_words(meeting, deed.zone))
    batch = deed.post.batch(f"meeting:{meeting.id}:{meeting.revision}", asker, forward) if asker else None
    answers = (
        choice("buttons.accept", f"yes:{meeting.id}:{meeting.revision}"),
        choice("buttons.leave", f"lv:{meeting.id}"),
    )
    caller = people.person(deed.tx, asker).name if asker else ""
    more = (why,) if why else ()
    lines = (Text("meetings.notice_group", notice_words(meeting, deed.zone)), *more)
    by = (Text("meetings.caller", {"name": caller}),) if caller else ()
    _to_chat(deed, meeting, Card((*lines, *by), answers), batch=batch)
    _to_each(deed, meeting, sorted(meetings.invited(deed.tx, meeting.id) - {deed.actor.person_id}), more, batch=batch)


def tell_all(deed: Deed, meeting: Meeting, line: Text) -> None:
    """Say one line to all who were told of a meeting: its chat, and each of them privately but the one who did it."""
    if deed.tx.value(select(tables.meetings.c.told_at).where(tables.meetings.c.id == meeting.id)) is None:
        return
    invited = sorted(meetings.invited(deed.tx, meeting.id) - {deed.actor.person_id})
    batches = followed(deed, meeting, "told", line, invited)
    _to_chat(deed, meeting, Text("meetings.to_all", {"line": line}))
    for person_id in invited:
        person = people.person(deed.tx, person_id)
        if not person.private_off:
            words = Text("meetings.to_one", {"name": person.name, "line": line})
            deed.post.to_person(person_id, words, batch=batches.get(person_id))


def speaks_in_group(meeting: Meeting) -> bool:
    """Whether a meeting's public words may go to a group chat: a committee's meeting is told privately."""
    return meeting.type is not MeetingType.COMMITTEE


def _to_chat(deed: Deed, meeting: Meeting, part: Any, **terms: Any) -> int:
    if not speaks_in_group(meeting):
        return 0
    if meeting.group_id is not None:
        return deed.post.to_group(meeting.group_id, part, **terms)
    return deed.post.to_branch(part, **terms)


def _to_each(deed: Deed, meeting: Meeting, told: list[int], more: tuple[Text, ...] = (), **terms: Any) -> None:
    answers = (
        choice("buttons.accept", f"yes:{meeting.id}:{meeting.revision}"),
        choice("buttons.leave", f"lv:{meeting.id}"),
    )
    for person_id in told:
        person = people.person(deed.tx, person_id)
        if person.private_off and speaks_in_group(meeting) and meeting.group_id is None:
            continue
        lines = (
            Text("meetings.notice_name", {"name": person.name}),
            Text("meetings.notice_person", notice_words(meeting, deed.zone)),
            *more,
            Text("meetings.notice_how_leave"),
        )
        deed.post.to_person(person_id, Card(lines, answers), **terms)


def choice(label: str, press: str) -> Choice:
    """Make a button from a text key and a payload."""
    return Choice(Text(label), press)


def told(tx: Tx, viewer: Actor, meeting_id: int) -> set[int]:
    """Return the ids of everyone a meeting that the viewer may see was called for."""
    return meetings.invited(tx, meetings.show(tx, viewer, meeting_id).id)
