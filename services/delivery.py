"""Who was not reached: once a batch of notices is settled its owner hears it; the secretary hears it of a group."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from services import chats, letters, meetings, people
from services.deeds import Deed, verb
from storage import tables
from vocabulary.messages import Text
from vocabulary.packing import unpack
from vocabulary.permissions import Permission

if TYPE_CHECKING:
    from typing import Any

    from vocabulary.views.letters import Letter
    from vocabulary.views.meetings import Meeting

O = tables.outbox  # noqa: E741
B = tables.batches
FAILED = (
    select(O.c.person_id, O.c.chat, O.c.why, tables.people.c.name, tables.people.c.no_account, tables.chats.c.title)
    .outerjoin(tables.people, tables.people.c.id == O.c.person_id)
    .outerjoin(tables.chats, (tables.chats.c.chat == O.c.chat) & (tables.chats.c.channel == O.c.channel))
)


@verb(needs=Permission.CLOCKWORK)
def report(deed: Deed, *, batch: str, late: tuple[int, ...] = ()) -> None:
    """Tell a batch's owner who was not reached and why, with the plain text to pass on by hand.

    Once it was told, only of the letters that failed `late`.
    """
    found = deed.tx.first(select(B).where(B.c.key == batch))
    if found is None or (found.reported_at is not None and not late):
        return
    deed.asked = True
    failed = FAILED.where(O.c.batch == batch, O.c.state == "failed").order_by(O.c.id)
    if found.reported_at is not None:
        failed = failed.where(O.c.id.in_(late))
    else:
        with deed.tx.guard.key():
            deed.tx.conn.execute(update(B).where(B.c.id == found.id).values(reported_at=deed.now))
    _tell(deed, found, deed.tx.all(failed))


@verb(needs=Permission.CLOCKWORK)
def bounced(deed: Deed, *, letter: Letter, why: str) -> None:
    """Note that a letter did not arrive although its platform had taken it: it goes to another account, or has failed.

    Where it has failed, and who was not reached was told already, the owner of its batch hears of this one too.
    """
    going = letters.lost(deed.tx, replace(letter, sent_id=None))
    new: dict[str, Any] = {"why": why, "sent_id": None, "sent_at": None, "shown": None}
    if going:
        new |= {"state": "pending", "due_at": deed.now, "channel": None, "chat": None, "attempts": 0}
    else:
        new |= {"state": "failed"}
    letters.settle(deed.tx, letter, **new)
    if not going and letter.batch is not None and not letters.unsettled(deed.tx, letter.batch):
        report(deed, batch=letter.batch, late=(letter.id,))


def _tell(deed: Deed, found: Any, failed: list[Any]) -> None:
    missing = [row for row in failed if row.person_id is not None]
    if missing:
        unbound = [row.name for row in missing if row.why == "unbound" and not row.no_account]
        words = {
            "count": len(missing),
            "people": [_person(row) for row in missing],
            "first": unbound[0] if unbound else "",
        }
        key = "undelivered.report" if unbound else "undelivered.report_no_account"
        deed.post.to_person(found.owner_id, Text(key, words))
        deed.post.to_person(found.owner_id, *unpack(found.forward))
    for row in failed:
        if row.person_id is None:
            why = Text(f"undelivered.{row.why}")
            deed.post.to_person(
                found.owner_id, Text("undelivered.report_chat", {"chat": row.title or row.chat, "why": why})
            )


def followed(deed: Deed, meeting: Meeting, kind: str, line: Text, told: list[int]) -> dict[int, str]:
    """Open a batch for what is said of a meeting after its notice; returns its key for each who is bound to an account.

    Its owner hears who was not reached this time. Who has no account was on the list of the notice already.
    """
    bound = people.with_account(deed.tx, told)
    owner = deed.actor.person_id or meetings.responsible(deed.tx, meeting)
    if not bound or owner is None:
        return {}
    key = deed.post.batch(f"{kind}:{meeting.id}:{deed.salt}", owner, line)
    return dict.fromkeys(bound, key)


@verb(needs=Permission.CLOCKWORK)
def unheard(deed: Deed, *, letter_id: int, channel: str, chat: str, why: str) -> None:
    """Tell the secretary that a group of the branch did not get what was sent to it, once until something arrives."""
    deed.asked = True
    here = (O.c.channel == channel, O.c.chat == chat, O.c.id < letter_id, O.c.state.in_(("sent", "failed")))
    before = deed.tx.value(select(O.c.state).where(*here).order_by(O.c.id.desc()).limit(1))
    tied = chats.tied(deed.tx, channel, chat)
    if before == "failed" or tied is None or tied.branch_id != deed.branch_id:
        return
    words = {"chat": tied.title or chat, "why": Text(f"undelivered.{why}")}
    for person in people.secretaries(deed.tx, deed.branch_id):
        deed.post.to_person(person.id, Text("undelivered.report_chat", words))


def _person(row: Any) -> Text:
    why = "no_account" if row.no_account else row.why
    return Text("undelivered.person", {"name": row.name, "why": Text(f"undelivered.{why}")})
