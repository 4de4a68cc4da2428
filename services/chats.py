"""Looks at chats: which are tied to a branch or one of its groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from storage import tables
from storage.prepared import Prepared

if TYPE_CHECKING:
    from storage.database import Tx
    from vocabulary.permissions import Actor
    from vocabulary.views.letters import Letter

C = tables.chats
Way = tuple[str, str]
"""A door's name, and a chat by that door's name for it."""
REACHABLE = Prepared(
    select(tables.accounts.c.channel, tables.accounts.c.chat)
    .where(tables.accounts.c.person_id == bindparam("person"), tables.accounts.c.reachable)
    .order_by(tables.accounts.c.used_at.desc())
)
TIED = Prepared(select(C).where(C.c.channel == bindparam("channel"), C.c.chat == bindparam("chat")))


SPARES = ("wecom_group", "wecom_webhook")
"""The doors that are further ways into a group, the better first: for when one before fails, or where there is none."""
SPARED = "wecom_bot"
"""The door of the group into which they lead, where a branch has chats at others too."""


def of_group(tx: Tx, viewer: Actor, group_id: int | None = None) -> list[str]:
    """Titles of the chats tied to the viewer's branch (None) or to one of its 党小组."""
    return [row.title for row in spoken_to(tx, viewer.branch_id, group_id)]


def spoken_to(tx: Tx, branch_id: int, group_id: int | None = None) -> list[Any]:
    """Read the chats in which a branch (None) or one of its 党小组 is spoken to; a spare way only where it is alone."""
    rows = tx.all(
        select(C).where(C.c.branch_id == branch_id, C.c.group_id.is_not_distinct_from(group_id)).order_by(C.c.id)
    )
    spare = sorted((row for row in rows if row.channel in SPARES), key=lambda row: SPARES.index(row.channel))
    return [row for row in rows if row.channel not in SPARES] or spare[:1]


def are_heard(tx: Tx, branch_id: int, group_id: int | None = None) -> bool:
    """Say whether what is said in the chats of a branch (None) or one of its 党小组 comes back to us."""
    return any(row.channel not in SPARES for row in spoken_to(tx, branch_id, group_id))


def spare_ways(tx: Tx, channel: str, chat: str) -> list[Way]:
    """Read the spare ways into a group that cannot be spoken to by this one, the best first.

    They lead into one group: a second chat of the same branch has none, or the first would hear all of it twice.
    """
    here = tied(tx, channel, chat)
    if here is None:
        return []
    same = (C.c.branch_id == here.branch_id, C.c.group_id.is_not_distinct_from(here.group_id))
    rows = tx.all(select(C).where(*same).order_by(C.c.channel != SPARED, C.c.id))
    spared = next((row.id for row in rows if row.channel not in SPARES), here.id)
    if channel not in SPARES and here.id != spared:
        return []
    further = SPARES[SPARES.index(channel) + 1 :] if channel in SPARES else SPARES
    return [(row.channel, row.chat) for spare in further for row in rows if row.channel == spare]


def other_ways(tx: Tx, letter: Letter) -> list[Way]:
    """Read by which other ways a message can go, the best first; what answers or is to be changed has none."""
    if letter.sent_id or letter.channel is None or (letter.person_id is None and letter.reply_to is not None):
        return []
    own = (letter.channel, letter.chat)
    if letter.person_id is None:
        return spare_ways(tx, *own)
    found = [(row.channel, row.chat) for row in tx.all(REACHABLE, person=letter.person_id)]
    return [way for way in found if way != own]


def tied_within(tx: Tx, channel: str, chat: str) -> list[Any]:
    """Read how a chat is tied, and how its parts are (topics, `chat/part`)."""
    here = (C.c.chat == chat) | C.c.chat.startswith(f"{chat}/", autoescape=True)
    return list(tx.all(select(C).where(C.c.channel == channel, here).order_by(C.c.id)))


def tied(tx: Tx, channel: str, chat: str) -> Any | None:
    """Read to which branch and group a chat is tied; None where it is not."""
    return tx.first(TIED, channel=channel, chat=chat)
