"""Free reminders: set, stopped, and rung by the clock; a repeating one moves its one alarm on.

Its owner is reminded at the very hour they asked for; others are left alone in the quiet hours.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from dateutil.rrule import rrulestr
from sqlalchemy import bindparam, select

from services import people
from services.deeds import Deed, verb
from services.notices import must_lead
from storage import tables
from vocabulary.messages import Text
from vocabulary.permissions import Permission
from vocabulary.refusals import NotFound, Refusal
from vocabulary.views.reminders import Reminder

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from storage.database import Tx
    from vocabulary.permissions import Actor

R = tables.reminders
RUNG = (
    select(R, tables.people.c.name, tables.people.c.left_on)
    .join(tables.people, tables.people.c.id == R.c.owner_id)
    .where(R.c.id == bindparam("which"))
)
LATE = timedelta(minutes=5)
TOO_LATE = timedelta(hours=12)


@verb(needs=Permission.REMINDER_SET)
def create(
    deed: Deed,
    *,
    text: str,
    due_at: datetime,
    rrule: str | None = None,
    at: time | None = None,
    people_ids: list[int] | None = None,
    group_id: int | None = None,
    whole: bool = False,
) -> Reminder:
    """Set a reminder for oneself, or (with `people_ids`) for others: that is for those who lead them.

    `due_at` is its first instant; with `rrule` (RFC 5545 without hour) and `at` (local) it repeats. `whole`: it is
    for the whole branch or 党小组, so its chat hears it where it has one.
    """
    if people_ids is not None:
        must_lead(deed, people_ids)
    if due_at <= deed.now:
        raise Refusal("reminder_past")
    audience = {} if people_ids is None else {"people": people_ids, "group_id": group_id, "whole": whole}
    key = deed.insert(
        R,
        branch_id=deed.branch_id,
        owner_id=deed.actor.person_id,
        audience=audience,
        text=text,
        rrule=rrule,
        time=f"{at:%H:%M}" if at else None,
        due_at=due_at,
    )
    deed.post.alarm("reminder.fire", key, due_at)
    return _view(deed.tx.first(select(R).where(R.c.id == key)))


@verb(needs=Permission.REMINDER_SET)
def cancel(deed: Deed, *, reminder_id: int) -> None:
    """Stop one of one's own reminders."""
    row = deed.tx.first(select(R).where(R.c.id == reminder_id, R.c.owner_id == deed.actor.person_id))
    if row is None or row.state != "active":
        raise NotFound("reminder")
    deed.update(R, reminder_id, state="cancelled")
    deed.post.silence("reminder.fire", reminder_id)


@verb(needs=Permission.CLOCKWORK)
def fire(deed: Deed, *, subject: int, due_at: datetime) -> None:
    """Remind; late after downtime it says so, half a day late it is dropped. A repeating one goes on."""
    row = deed.tx.conn.execute(RUNG, {"which": subject}).first()
    if row is None or row.state != "active":
        return
    if row.left_on is not None:
        deed.update(R, subject, state="done")
        return
    if deed.now - due_at < TOO_LATE:
        _say(deed, row, due_at)
    following = following_after(row.rrule, row.time, due_at, deed.now, deed.zone) if row.rrule else None
    if following is None:
        deed.update(R, subject, state="done")
        return
    deed.update(R, subject, due_at=following)
    deed.post.alarm("reminder.fire", subject, following)


def following_after(rrule: str, at: str, since: datetime, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Return the first instant of a repetition after `now`, at a local hour; None where it has ended.

    `since` is an instant from which intervals and counts start. The rule is reckoned in local days, so the hour stays
    the same where clocks change. Raises ValueError where the rule is not one.
    """
    hour = time.fromisoformat(at)
    begins = datetime.combine(since.astimezone(zone).date(), hour)
    try:
        days = rrulestr(rrule, dtstart=begins)
    except (AttributeError, KeyError, TypeError) as error:  # what dateutil lets through on words it does not know
        raise ValueError(f"not a repeating rule: {rrule!r}") from error
    local = now.astimezone(zone).replace(tzinfo=None)
    for found in days.xafter(local - timedelta(days=1), inc=True):
        moment: datetime = found.replace(tzinfo=zone)
        if moment > now:
            return moment
    return None


def mine(tx: Tx, viewer: Actor) -> list[Reminder]:
    """List the viewer's own reminders that still ring, in the order they were set: their numbers."""
    rows = tx.all(select(R).where(R.c.owner_id == viewer.person_id, R.c.state == "active").order_by(R.c.id))
    return [_view(row) for row in rows]


def _say(deed: Deed, row: Any, due_at: datetime) -> None:
    """Say it to its owner, or to those it is for: in their chat where it is for all of them, else to each."""
    deed.asked = not row.audience
    late = deed.now - due_at > LATE
    words = {"text": row.text, "due": due_at}
    if not row.audience:
        deed.post.to_person(row.owner_id, Text("reminders.fired_late" if late else "reminders.fired", words))
        return
    line = Text("reminders.fired_from_late" if late else "reminders.fired_from", words | {"by": row.name})
    group_id = row.audience["group_id"]
    if row.audience["whole"]:
        told = deed.post.to_branch(line) if group_id is None else deed.post.to_group(group_id, line)
        if told:
            return
    here = {person.id for person in people.of_branch(deed.tx, deed.branch_id)}
    deed.post.to_people([key for key in row.audience["people"] if key in here], line)


def _view(row: Any) -> Reminder:
    return Reminder(row.id, row.text, row.due_at, row.rrule, row.time, row.audience)
