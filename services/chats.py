"""Looks at chats: which are tied to a branch or one of its groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from storage import tables
from storage.prepared import Prepared

if TYPE_CHECKING:
    from storage.database import Tx
    from vocabulary.permissions import Actor

C = tables.chats
TIED = Prepared(select(C).where(C.c.channel == bindparam("channel"), C.c.chat == bindparam("chat")))


def of_group(tx: Tx, viewer: Actor, group_id: int | None = None) -> list[str]:
    """Titles of the chats tied to the viewer's branch (None) or to one of its 党小组."""
    rows = tx.all(
        select(C.c.title)
        .where(C.c.branch_id == viewer.branch_id, C.c.group_id.is_not_distinct_from(group_id))
        .order_by(C.c.id)
    )
    return [row.title for row in rows]


def tied(tx: Tx, channel: str, chat: str) -> Any | None:
    """Read to which branch and group a chat is tied; None where it is not."""
    return tx.first(TIED, channel=channel, chat=chat)
