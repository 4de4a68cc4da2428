"""A chat that got another id from its platform is the same chat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update

from services import chats
from storage import tables

if TYPE_CHECKING:
    from storage.database import Tx

C, D, O = tables.chats, tables.conversations, tables.outbox  # noqa: E741


def moved(tx: Tx, channel: str, old: str, new: str) -> None:
    """Re-key a chat everywhere in one transaction: its platform gave it another id.

    What began at the new id before this was known stays as it is there. Ids of messages do not hold at the new place:
    a card that lives is shown anew there when it changes. Once more, it changes nothing.
    """
    if old == new:
        return
    speakers = select(D.c.person_id).where(D.c.channel == channel, D.c.chat == new)
    with tx.guard.key():
        if chats.tied(tx, channel, new) is not None:
            tx.conn.execute(delete(C).where(C.c.channel == channel, C.c.chat == old))
        tx.conn.execute(delete(D).where(D.c.channel == channel, D.c.chat == old, D.c.person_id.in_(speakers)))
        for table, more in ((C, {}), (D, {}), (O, {"sent_id": None})):
            here = (table.c.channel == channel, table.c.chat == old)
            tx.conn.execute(update(table).where(*here).values(chat=new, **more))
