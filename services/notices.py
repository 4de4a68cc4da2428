"""Telling people something that is no meeting: send now or at a time, and who has answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from services import people
from services.convening import choice
from services.deeds import Deed, verb
from storage import tables
from vocabulary.messages import Card, Text
from vocabulary.permissions import Permission, Role
from vocabulary.refusals import NotAllowed, NotFound, Refusal

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Tx
    from vocabulary.permissions import Actor

N = tables.notices
NP = tables.notice_people


@verb(needs=Permission.NOTICE_SEND)
def create(
    deed: Deed,
    *,
    text: str,
    people_ids: list[int],
    group_id: int | None,
    wants_answer: bool,
    send_at: datetime,
    whole: bool,
) -> int:
    """Write a notice for some people and send it now, or set the alarm for when it is to go; returns how many hear it.

    `whole`: it is for the whole branch or 党小组, so its chat hears it too.
    """
    if not deed.actor.leads_branch and group_id != deed.actor.group_id:
        raise NotAllowed("own_group")
    must_lead(deed, people_ids)
    audience = {"people": people_ids, "group_id": group_id, "whole": whole}
    key = deed.insert(
        N,
        branch_id=deed.branch_id,
        text=text,
        audience=audience,
        wants_answer=wants_answer,
        created_by=deed.actor.person_id,
        send_at=send_at,
    )
    for person_id in people_ids:
        if person_id != deed.actor.person_id:
            answered = None if wants_answer else deed.now
            deed.insert(NP, branch_id=deed.branch_id, notice_id=key, person_id=person_id, answered_at=answered)
    if send_at > deed.now:
        deed.post.alarm("notice.send", key, send_at)
    else:
        _send(deed, key)
    return len([p for p in people_ids if p != deed.actor.person_id])


@verb(needs=Permission.CLOCKWORK)
def send_due(deed: Deed, *, subject: int, due_at: datetime) -> None:
    """The hour of a notice has come."""
    del due_at
    if deed.tx.value(select(N.c.state).where(N.c.id == subject)) == "waiting":
        _send(deed, subject)


@verb(needs=Permission.NOTICE_SEND)
def again(deed: Deed, *, notice_id: int) -> int:
    """Send a notice again to those who have not answered; returns how many."""
    row = _own(deed, notice_id)
    if row.state != "sent":
        raise NotFound("notice")
    silent = [
        r.person_id
        for r in deed.tx.all(select(NP.c.person_id).where(NP.c.notice_id == notice_id, NP.c.answered_at.is_(None)))
    ]
    _each(deed, row, silent)
    return len(silent)


@verb(needs=Permission.ANSWER)
def answer(deed: Deed, *, notice_id: int) -> None:
    """收到; a second one changes nothing."""
    row = deed.tx.first(select(NP).where(NP.c.notice_id == notice_id, NP.c.person_id == deed.actor.person_id))
    if row is None:
        raise NotFound("notice")
    if row.answered_at is None:
        deed.update(NP, row.id, answered_at=deed.now)


@verb(needs=Permission.NOTICE_SEND)
def cancel(deed: Deed, *, notice_id: int) -> None:
    """Call off a notice that still waits for its hour."""
    row = _own(deed, notice_id)
    if row.state != "waiting":
        raise Refusal("notice_sent")
    deed.update(N, notice_id, state="cancelled")
    deed.post.silence("notice.send", notice_id)


def _own(deed: Deed, notice_id: int) -> Any:
    row = deed.tx.first(select(N).where(N.c.id == notice_id, N.c.branch_id == deed.branch_id))
    if row is None or not _is_task(deed.actor, row):
        raise NotFound("notice")
    return row


def must_lead(deed: Deed, people_ids: list[int]) -> None:
    """Let the branch's heads tell anyone in it something, a group's leader that group alone, and nobody else others.

    Raises NotAllowed, and NotFound for a person who is not on the branch's roster.
    """
    actor = deed.actor
    if not actor.may(Permission.NOTICE_SEND):
        raise NotAllowed("remind_others")
    known = {person.id: person for person in people.of_branch(deed.tx, deed.branch_id)}
    if not all(key in known for key in people_ids):
        raise NotFound("person")
    if not actor.leads_branch and any(known[key].group_id != actor.group_id for key in people_ids):
        raise NotAllowed("own_group")


def _is_task(viewer: Actor, row: Any) -> bool:
    """Whether a notice of the viewer's branch is their task: the heads', whose it is, a leader's for the group."""
    leads_group = Role.LEADER in viewer.roles and viewer.group_id is not None
    return (
        viewer.leads_branch
        or row.created_by == viewer.person_id
        or (leads_group and row.audience["group_id"] == viewer.group_id)
    )


def may_see_names(tx: Tx, viewer: Actor, notice_id: int) -> bool:
    """Whether it is the viewer's task to know who has answered a notice."""
    row = tx.first(select(N).where(N.c.id == notice_id, N.c.branch_id == viewer.branch_id))
    return row is not None and _is_task(viewer, row)


def _send(deed: Deed, notice_id: int) -> None:
    row = deed.tx.conn.execute(select(N).where(N.c.id == notice_id)).one()
    with deed.tx.guard.key():
        deed.tx.conn.execute(update(N).where(N.c.id == notice_id).values(state="sent"))
    batch = deed.post.batch(f"notice:{notice_id}", row.created_by, Text("notices.plain", {"text": row.text}))
    if row.audience["whole"]:
        card = Card((Text("notices.group", {"text": row.text}),), _buttons(row))
        group_id = row.audience["group_id"]
        if group_id is None:
            deed.post.to_branch(card, batch=batch)
        else:
            deed.post.to_group(group_id, card, batch=batch)
    _each(deed, row, [p for p in row.audience["people"] if p != row.created_by], batch=batch)


def _each(deed: Deed, row: Any, people_ids: list[int], **terms: Any) -> None:
    for person_id in people_ids:
        person = people.person(deed.tx, person_id)
        if person.private_off and row.audience["whole"] and not row.wants_answer:
            continue
        words = Text("notices.person", {"name": person.name, "text": row.text})
        deed.post.to_person(person_id, Card((words,), _buttons(row)), **terms)


def _buttons(row: Any) -> tuple[Any, ...]:
    return (choice("buttons.accept", f"nt:{row.id}"),) if row.wants_answer else ()


def waiting_for(tx: Tx, viewer: Actor) -> list[int]:
    """The notices that wait for the viewer's answer, oldest first."""
    wanted = (
        select(NP.c.notice_id)
        .join(N, N.c.id == NP.c.notice_id)
        .where(NP.c.person_id == viewer.person_id, NP.c.answered_at.is_(None), N.c.state == "sent", N.c.wants_answer)
    )
    return [row.notice_id for row in tx.all(wanted.order_by(NP.c.notice_id))]


def kept(tx: Tx, viewer: Actor) -> int:
    """The notice that the viewer wrote last and that waits for its hour. Raises NotFound where there is none."""
    wanted = select(N.c.id).where(
        N.c.branch_id == viewer.branch_id, N.c.created_by == viewer.person_id, N.c.state == "waiting"
    )
    found: int | None = tx.value(wanted.order_by(N.c.id.desc()).limit(1))
    if found is None:
        raise NotFound("notice")
    return found


def latest(tx: Tx, viewer: Actor) -> int | None:
    """The newest notice of the viewer's branch that asked for answers."""
    wanted = select(N.c.id).where(N.c.branch_id == viewer.branch_id, N.c.state == "sent", N.c.wants_answer)
    found: int | None = tx.value(wanted.order_by(N.c.send_at.desc()).limit(1))
    return found


def is_newer(tx: Tx, viewer: Actor, notice_id: int, than: int) -> bool:
    """Whether a notice went out after a meeting was called."""
    del viewer
    sent = tx.value(select(N.c.send_at).where(N.c.id == notice_id))
    called = tx.value(select(tables.meetings.c.created_at).where(tables.meetings.c.id == than))
    return bool(sent >= called)


def answers(tx: Tx, viewer: Actor, notice_id: int) -> tuple[list[str], list[str]]:
    """Names of those who have answered a notice, and of those who have not."""
    if tx.value(select(N.c.branch_id).where(N.c.id == notice_id)) != viewer.branch_id:
        raise NotFound("notice")
    rows = tx.all(select(NP.c.person_id, NP.c.answered_at).where(NP.c.notice_id == notice_id))
    done = people.names(tx, [row.person_id for row in rows if row.answered_at])
    return done, people.names(tx, [row.person_id for row in rows if not row.answered_at])
