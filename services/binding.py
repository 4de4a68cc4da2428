"""Binding: an account to a person by a one-time code, a group chat to a branch by its secretary's word."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from services import chats, deeds, people
from services.deeds import Deed, verb
from storage import tables
from vocabulary.messages import Text
from vocabulary.permissions import Permission, Role, clock
from vocabulary.refusals import NotAllowed, NotFound, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from services.deeds import Means
    from storage.database import Tx
    from vocabulary.messages import Incoming
    from vocabulary.permissions import Actor
    from vocabulary.views.people import Person

WEBHOOK = "wecom_webhook"
"""The door of a group's webhook, and its name for that group."""
CODE = re.compile(r"[A-Z0-9]{8}", re.ASCII)
LASTS = timedelta(hours=48)
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""What codes are made of: nothing that looks like something else."""


@dataclass(frozen=True, slots=True)
class Bound:
    """Who an account was bound to."""

    name: str
    branch: str
    branch_id: int
    group: str | None


def digest(code: str) -> str:
    """Only a digest of a code is kept."""
    return hashlib.sha256(code.encode()).hexdigest()


def code_from(salt: str) -> str:
    """Make a code of eight letters out of fresh randomness (hexadecimal)."""
    raw = hashlib.sha256(f"code {salt}".encode()).digest()
    return "".join(LETTERS[byte % len(LETTERS)] for byte in raw[:8])


def by_code(tx: Tx, incoming: Incoming, means: Means) -> Bound | None:
    """Bind the speaking account where the words hold a code that is valid; None where they hold none.

    Raises Refusal `code_wrong` for a code that is unknown, used or too old.
    """
    said = CODE.findall(incoming.text.upper())
    if not said:
        return None
    table = tables.codes
    found = tx.first(select(table).where(table.c.digest == digest(said[-1]), table.c.purpose == "bind"))
    if found is None or found.used_at is not None or found.expires_at < means.now:
        raise Refusal("code_wrong")
    person = people.person(tx, found.person_id)
    actor = people.actor(tx, person, incoming.channel, incoming.message_id)
    deeds.do(tx, actor, means, use_code, code_id=found.id, account=incoming.account, chat=incoming.chat.id)
    return Bound(person.name, people.organization(tx, person.branch_id).name, person.branch_id, person.group)


@verb(needs=Permission.OWN_SETTINGS)
def use_code(deed: Deed, *, code_id: int, account: str, chat: str) -> None:
    """Tie the account that spoke to the person whose code it said; the code is spent."""
    deed.update(tables.codes, code_id, used_at=deed.now)
    bind_account(deed, deed.actor.person_id or 0, deed.actor.channel, account, chat)


def bind_account(deed: Deed, person_id: int, channel: str, account: str, chat: str) -> None:
    """Tie an account to a person; one that was another's goes over, and the audit shows from whom."""
    table = tables.accounts
    branch_id = people.person(deed.tx, person_id).branch_id
    old = deed.tx.first(select(table.c.id).where(table.c.channel == channel, table.c.account == account))
    values = {"branch_id": branch_id, "person_id": person_id, "chat": chat, "reachable": True, "used_at": deed.now}
    if old is not None:
        deed.update(table, old.id, **values)
    else:
        deed.insert(table, channel=channel, account=account, **values)


@verb(needs=Permission.MEMBER_BIND)
def make_code(deed: Deed, *, person_id: int, code: str, purpose: str = "bind") -> Person:
    """Write a one-time code for a person of the branch; older ones of theirs are void."""
    person = people.person(deed.tx, person_id)
    if person.branch_id != deed.branch_id:
        raise NotFound("person")
    _write_code(deed, person, code, purpose)
    return person


@verb(needs=Permission.OWN_SETTINGS)
def open_page(deed: Deed, *, code: str) -> None:
    """Write a one-time code for the page for oneself, whom a platform's login has proved to be there."""
    _write_code(deed, people.person(deed.tx, deed.actor.person_id or 0), code, "web")


def _write_code(deed: Deed, person: Person, code: str, purpose: str) -> None:
    table = tables.codes
    mine = (table.c.person_id == person.id, table.c.purpose == purpose, table.c.used_at.is_(None))
    for row in deed.tx.all(select(table.c.id).where(*mine)):
        deed.update(table, row.id, used_at=deed.now)
    new = {"branch_id": person.branch_id, "person_id": person.id, "purpose": purpose, "digest": digest(code)}
    deed.insert(table, **new, expires_at=deed.now + LASTS)


def own_way_in(tx: Tx, channel: str, account: str, means: Means) -> str | None:
    """Return a one-time code for the page for whoever a platform says is there; None where nobody has the account."""
    person = people.of_account(tx, channel, account)
    if person is None:
        return None
    code = code_from(means.salt)
    deeds.do(tx, people.actor(tx, person, channel), means, open_page, code=code)
    return code


@verb(needs=Permission.GROUP_BIND)
def bind_group(deed: Deed, *, channel: str, chat: str, title: str, group_id: int | None = None) -> bool:
    """Tie a chat to the actor's branch, or to one of its 党小组; False where it is tied so already.

    A group's leader ties an untied chat to that group alone. Raises NotAllowed, Refusal `chat_taken`.
    """
    row = chats.tied(deed.tx, channel, chat)
    leads_own = group_id is not None and group_id == deed.actor.group_id and (row is None or row.group_id == group_id)
    if not leads_own and not deed.actor.roles & {Role.SECRETARY, Role.DEPUTY}:
        raise NotAllowed(str(Permission.GROUP_BIND))
    values = {"branch_id": deed.branch_id, "group_id": group_id, "title": title}
    if row is None:
        deed.insert(tables.chats, channel=channel, chat=chat, **values)
        return True
    if row.branch_id == deed.branch_id and row.group_id == group_id:
        return False
    if row.branch_id != deed.branch_id:
        raise Refusal("chat_taken")
    deed.update(tables.chats, row.id, **values)
    return True


def tie_spare(tx: Tx, means: Means, administrator: Callable[[int], Actor]) -> None:
    """Tie the spare way into a WeCom group to the only branch there is; with several, nobody can tell whose it is."""
    branches = [one for one in people.organizations(tx) if one.kind == "branch"]
    if len(branches) != 1 or chats.tied(tx, WEBHOOK, WEBHOOK) is not None:
        return
    (only,) = branches
    actor = administrator(only.id)
    deeds.do(tx, actor, means, bind_group, channel=WEBHOOK, chat=WEBHOOK, title=only.name)


def bot_taken(tx: Tx, means: Means) -> None:
    """Tell every branch that another program has taken the connection of the bot that hears its group."""
    for one in people.organizations(tx):
        if one.kind == "branch":
            deeds.do(tx, clock(one.id), means, deafened)


@verb(needs=Permission.CLOCKWORK)
def deafened(deed: Deed) -> None:
    """Tell the secretary, by whatever way is left, that nothing that is said to the bot is heard any more."""
    deed.asked = True
    for person in people.secretaries(deed.tx, deed.branch_id):
        deed.post.to_person(person.id, Text("undelivered.deafened"))


@verb(needs=Permission.CLOCKWORK)
def left_group(deed: Deed, *, title: str) -> None:
    """Tell the secretary, who else would not notice, that the program was put out of a group of the branch."""
    deed.asked = True
    for person in people.secretaries(deed.tx, deed.branch_id):
        deed.post.to_person(person.id, Text("undelivered.left", {"chat": title}))


@verb(needs=Permission.OWN_SETTINGS)
def private_notices(deed: Deed, *, wanted: bool) -> None:
    """Stop or resume the private doubles of what is said in the group."""
    deed.update(tables.people, deed.actor.person_id or 0, private_off=not wanted)


def enter(tx: Tx, code: str, means: Means) -> str | None:
    """Use up a one-time link to the page and return the account of its person there; None where it is not valid."""
    table = tables.codes
    found = tx.first(select(table).where(table.c.digest == digest(code), table.c.purpose == "web"))
    if found is None or found.used_at is not None or found.expires_at < means.now:
        return None
    person = people.person(tx, found.person_id)
    if person.left_on is not None:
        return None
    account = f"m{person.id}"
    actor = people.actor(tx, person, "web", "")
    deeds.do(tx, actor, means, use_code, code_id=found.id, account=account, chat=f"p:{account}")
    return account
