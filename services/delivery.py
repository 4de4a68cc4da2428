"""The report of who was not reached: once a batch of notices is settled, its owner hears it, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update

from services.deeds import Deed, verb
from storage import tables
from vocabulary.messages import Text
from vocabulary.packing import unpack
from vocabulary.permissions import Permission

if TYPE_CHECKING:
    from typing import Any

O = tables.outbox  # noqa: E741
B = tables.batches
FAILED = (
    select(O.c.person_id, O.c.chat, O.c.why, tables.people.c.name, tables.people.c.no_account, tables.chats.c.title)
    .outerjoin(tables.people, tables.people.c.id == O.c.person_id)
    .outerjoin(tables.chats, (tables.chats.c.chat == O.c.chat) & (tables.chats.c.channel == O.c.channel))
)


@verb(needs=Permission.CLOCKWORK)
def report(deed: Deed, *, batch: str) -> None:
    """Tell a batch's owner who was not reached and why, with the plain text to pass on by hand."""
    found = deed.tx.first(select(B).where(B.c.key == batch))
    if found is None or found.reported_at is not None:
        return
    deed.asked = True
    with deed.tx.guard.key():
        deed.tx.conn.execute(update(B).where(B.c.id == found.id).values(reported_at=deed.now))
    failed = deed.tx.all(FAILED.where(O.c.batch == batch, O.c.state == "failed").order_by(O.c.id))
    people = [row for row in failed if row.person_id is not None]
    if people:
        unbound = [row.name for row in people if row.why == "unbound" and not row.no_account]
        words = {
            "count": len(people),
            "people": [_person(row) for row in people],
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


def _person(row: Any) -> Text:
    why = "no_account" if row.no_account else row.why
    return Text("undelivered.person", {"name": row.name, "why": Text(f"undelivered.{why}")})
