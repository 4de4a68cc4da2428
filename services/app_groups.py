"""Groups of a branch that WeCom's self-built app has made: who belongs into one, and how it is tied."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from services import people
from services.deeds import Deed, verb
from storage import tables
from vocabulary.messages import Text
from vocabulary.people import Post
from vocabulary.permissions import Permission, Role
from vocabulary.refusals import NotAllowed

if TYPE_CHECKING:
    from storage.database import Tx

CHANNEL, MEMBERS_AT = "wecom_group", "wecom"
"""The door of such groups, and the door whose accounts are put into them."""
A, C = tables.accounts, tables.chats


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom a branch's group is to have: accounts in the roster's order, its owner, and the names of who has none."""

    accounts: tuple[str, ...]
    owner: str
    without: tuple[str, ...]


def wanted(tx: Tx, branch_id: int) -> Wanted:
    """Read whom a branch's group is to have; its owner is the secretary, or else the first."""
    rows = tx.all(select(A.c.person_id, A.c.account).where(A.c.channel == MEMBERS_AT).order_by(A.c.used_at))
    account_of = {row.person_id: row.account for row in rows}  # of several, the one that was used last
    roster = people.of_branch(tx, branch_id)
    accounts = tuple(account_of[one.id] for one in roster if one.id in account_of)
    owners = [account_of[one.id] for one in roster if one.post is Post.SECRETARY and one.id in account_of]
    without = tuple(one.name for one in roster if one.id not in account_of and not one.no_account)
    return Wanted(accounts, (owners or [*accounts, ""])[0], without)


def made(tx: Tx, branch_id: int) -> str | None:
    """Read the group that was made for a branch; None where there is none."""
    here = (C.c.branch_id == branch_id, C.c.channel == CHANNEL, C.c.group_id.is_(None))
    found: str | None = tx.value(select(C.c.chat).where(*here).order_by(C.c.id.desc()).limit(1))
    return found


@verb(needs=Permission.GROUP_BIND)
def tie(deed: Deed, *, chat: str, title: str) -> None:
    """Tie a new group to the branch, in the place of one that is gone; it is greeted, or nobody would see it.

    Raises NotAllowed for anyone but the branch's heads, as for every chat of the whole branch.
    """
    if not deed.actor.roles & {Role.SECRETARY, Role.DEPUTY}:
        raise NotAllowed(str(Permission.GROUP_BIND))
    here = (C.c.branch_id == deed.branch_id, C.c.channel == CHANNEL, C.c.group_id.is_(None))
    gone = deed.tx.first(select(C.c.id).where(*here))
    if gone is not None:
        deed.update(C, gone.id, chat=chat, title=title)
    else:
        deed.insert(C, branch_id=deed.branch_id, group_id=None, channel=CHANNEL, chat=chat, title=title)
    deed.post.to_chat(CHANNEL, chat, Text("binding.app_group", {"branch": title}))
