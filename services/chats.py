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


SPARE = "wecom_webhook"
"""The door that is a second way into a group: for when the first one fails, or where there is none."""


def of_group(tx: Tx, viewer: Actor, group_id: int | None = None) -> list[str]:
    """Titles of the chats tied to the viewer's branch (None) or to one of its 党小组."""
    return [row.title for row in spoken_to(tx, viewer.branch_id, group_id)]


def spoken_to(tx: Tx, branch_id: int, group_id: int | None = None) -> list[Any]:
    """Read the chats in which a branch (None) or one of its 党小组 is spoken to; a spare way only where it is alone."""
    rows = tx.all(
        select(C).where(C.c.branch_id == branch_id, C.c.group_id.is_not_distinct_from(group_id)).order_by(C.c.id)
    )
    return [row for row in rows if row.channel != SPARE] or rows


def other_way(tx: Tx, channel: str, chat: str) -> Any | None:
    """Read the spare way into a group that cannot be spoken to; None where there is none."""
    here = tied(tx, channel, chat)
    if here is None or channel == SPARE:
        return None
    same = (C.c.branch_id == here.branch_id, C.c.group_id.is_not_distinct_from(here.group_id))
    return tx.first(select(C).where(*same, C.c.channel == SPARE))


def tied_within(tx: Tx, channel: str, chat: str) -> list[Any]:
    """Read how a chat is tied, and how its parts are (topics, `chat/part`)."""
    here = (C.c.chat == chat) | C.c.chat.startswith(f"{chat}/", autoescape=True)
    return list(tx.all(select(C).where(C.c.channel == channel, here).order_by(C.c.id)))


def tied(tx: Tx, channel: str, chat: str) -> Any | None:
    """Read to which branch and group a chat is tied; None where it is not."""
    return tx.first(TIED, channel=channel, chat=chat)
