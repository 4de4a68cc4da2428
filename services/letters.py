"""The outbox and inbox as the doorkeeper uses them: what waits to be sent, how it went, what was said before."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from services import chats
from storage import tables
from storage.prepared import Prepared, adding
from vocabulary.packing import pack, unpack
from vocabulary.views.letters import Letter

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Tx
    from vocabulary.messages import Incoming, Reply

O = tables.outbox  # noqa: E741  the outbox is spelled often here
I = tables.inbox  # noqa: E741  likewise
TEXT_KEPT = 4000
PRESS_KEPT = 64
DUE = (
    select(O, I.c.message_id, I.c.channel.label("asked_at"), I.c.chat.label("asked_in"))
    .outerjoin(I, I.c.id == O.c.reply_to)
    .order_by(O.c.reply_to.is_(None), O.c.id)
)
WAITING = Prepared(DUE.where(O.c.state == "pending", O.c.due_at <= bindparam("now")).limit(bindparam("most")))
NEAREST = (tables.accounts.c.reachable.desc(), tables.accounts.c.used_at.desc())
ACCOUNT = Prepared(
    select(tables.accounts.c.channel, tables.accounts.c.chat, tables.accounts.c.reachable)
    .where(tables.accounts.c.person_id == bindparam("person"))
    .order_by(*NEAREST)
)
TAKE_IN = Prepared(
    {
        dialect.__name__.rpartition(".")[2]: dialect.insert(tables.inbox)
        .on_conflict_do_nothing()
        .returning(tables.inbox.c.id)
        for dialect in (sqlite, postgresql)
    },
    ("channel", "message_id", "chat", "account", "text", "pressed", "at"),
)
NOTE = Prepared(
    update(tables.inbox)
    .where(tables.inbox.c.id == bindparam("which"))
    .values(branch_id=bindparam("of_branch"), person_id=bindparam("of_person"), intent=bindparam("read_as"))
)
ARRIVED = frozenset({"state", "channel", "chat", "sent_id", "shown", "sent_at"})
"""What is written down about nearly every message that goes out."""
SETTLE = Prepared(
    update(O)
    .where(O.c.id == bindparam("which"), O.c.revision == bindparam("as_of"))
    .values({column: bindparam(f"new_{column}") for column in sorted(ARRIVED)})
)


def storable(words: str) -> str:
    """Return words without what a database refuses: PostgreSQL takes no NUL, neither takes half a surrogate pair."""
    return words.replace("\0", "").encode("utf-8", "replace").decode()


def take_in(tx: Tx, incoming: Incoming, now: datetime) -> int | None:
    """Write a message into the inbox and return its id; None where it is there already."""
    values = {
        "channel": incoming.channel,
        "message_id": incoming.message_id,
        "chat": incoming.chat.id,
        "account": incoming.account,
        "text": storable(incoming.text)[:TEXT_KEPT],
        "pressed": None if incoming.pressed is None else storable(incoming.pressed)[:PRESS_KEPT],
        "at": now,
    }
    with tx.guard.key():
        found: int | None = tx.value(TAKE_IN, **values)
    return found


def note_reading(tx: Tx, inbox_id: int, branch_id: int | None, person_id: int | None, intent: str) -> None:
    """Write down who spoke and how it was understood."""
    with tx.guard.key():
        tx.run(NOTE, which=inbox_id, of_branch=branch_id, of_person=person_id, read_as=intent[:32])


def answered_before(tx: Tx, incoming: Incoming) -> list[Letter]:
    """Read what went back at once to a message that was delivered again; what was sent has an id of its door.

    A card that went back has the message's own id.
    """
    found = select(tables.inbox.c.id).where(
        tables.inbox.c.channel == incoming.channel, tables.inbox.c.message_id == incoming.message_id
    )
    own = or_(O.c.sent_id.is_(None), O.c.sent_id == incoming.message_id)
    in_hand = (O.c.reply_to.in_(found), O.c.state == "sent", own)
    return [_letter(row, row.channel, row.chat) for row in tx.all(select(O).where(*in_hand).order_by(O.c.id))]


def answer(tx: Tx, now: datetime, reply: Reply, where: dict[str, Any]) -> None:
    """Put a reply into the outbox; `where` holds channel, chat, reply_to, branch_id, slot, state."""
    with tx.guard.key():
        if where.get("slot"):
            old = (O.c.slot == where["slot"], O.c.channel == where["channel"], O.c.chat == where["chat"])
            tx.conn.execute(update(O).where(*old).values(slot=None))
        row = {"parts": pack(reply), "due_at": now, "created_at": now} | where
        tx.run(adding(O, tuple(row)), **row)


def waiting(
    tx: Tx, now: datetime, most: int = 500, without: frozenset[int] = frozenset(), full: frozenset[str] = frozenset()
) -> list[Letter]:
    """Read what is due to be sent, each with the chat where its reader can be reached.

    Of at most so many, those without which it was asked are left out. What belongs to a door that is `full` is passed
    over, however much it is: what is behind it is found.
    """
    letters = []
    for row in tx.all(_beside(full, now, most)) if full else tx.all(WAITING, now=now, most=most):
        if row.id in without:
            continue
        channel, chat = row.channel, row.chat
        if channel is None:
            account = tx.first(ACCOUNT, person=row.person_id)
            channel, chat = (account.channel, account.chat) if account else (None, "")
        is_there = (channel, chat) == (row.asked_at, row.asked_in)  # what is whispered answers a message elsewhere
        letters.append(replace(_letter(row, channel, chat), answers=row.message_id if is_there else None))
    return letters


def _beside(full: frozenset[str], now: datetime, most: int) -> Any:
    table = tables.accounts
    account = select(table.c.channel).where(table.c.person_id == O.c.person_id).order_by(*NEAREST).limit(1)
    at = func.coalesce(O.c.channel, account.scalar_subquery(), "")
    return DUE.where(O.c.state == "pending", O.c.due_at <= now, at.not_in(full)).limit(most)


def next_due(tx: Tx) -> datetime | None:
    """When the next message falls due."""
    found: datetime | None = tx.value(select(func.min(O.c.due_at)).where(O.c.state == "pending"))
    return found


def settle(tx: Tx, letter: Letter, **outcome: Any) -> None:
    """Write down how sending went; a card touched meanwhile stays pending, to be shown anew where it stands."""
    with tx.guard.key():
        if outcome.keys() == ARRIVED:
            values = {f"new_{column}": value for column, value in outcome.items()}
            done = tx.run(SETTLE, which=letter.id, as_of=letter.revision, **values)
        else:
            here = (O.c.id == letter.id, O.c.revision == letter.revision)
            done = tx.conn.execute(update(O).where(*here).values(**outcome)).rowcount
        if not done and "sent_id" in outcome:
            stands = {name: value for name, value in outcome.items() if name != "state"}
            tx.conn.execute(update(O).where(O.c.id == letter.id).values(**stands))


def lost(tx: Tx, letter: Letter) -> bool:
    """Note that an account cannot be reached until it speaks again; whether its person has another that can be.

    A message that was to be changed stays where it is: nothing is noted, and there is no other place for it. A group's
    goes the spare way, where there is one.
    """
    if letter.sent_id or letter.channel is None:
        return False
    if letter.person_id is None and (spares := chats.spare_ways(tx, letter.channel, letter.chat)):
        with tx.guard.key():
            new = dict(zip(("channel", "chat"), spares[0], strict=True))
            tx.conn.execute(update(O).where(O.c.id == letter.id).values(**new))
        return True
    table = tables.accounts
    here = (table.c.channel == letter.channel, table.c.chat == letter.chat)
    with tx.guard.key():
        tx.conn.execute(update(table).where(*here).values(reachable=False))
    others = select(table.c.id).where(table.c.person_id == letter.person_id, table.c.reachable).limit(1)
    return letter.person_id is not None and tx.value(others) is not None


def spoke(tx: Tx, channel: str, account: str, now: datetime) -> None:
    """Note that a person spoke from here: what is sent to them comes here from now on."""
    table = tables.accounts
    with tx.guard.key():
        here = (table.c.channel == channel, table.c.account == account)
        tx.conn.execute(update(table).where(*here).values(used_at=now, reachable=True))


def reached(tx: Tx, channel: str, account: str, now: datetime, *, is_open: bool) -> None:
    """Note that an account let the program in, or shut it out: then its person is told elsewhere, where they can be."""
    if is_open:
        spoke(tx, channel, account, now)
        return
    table = tables.accounts
    with tx.guard.key():
        here = (table.c.channel == channel, table.c.account == account)
        tx.conn.execute(update(table).where(*here).values(reachable=False))


def hold(tx: Tx, letter: Letter, until: datetime) -> None:
    """Let what else waits for a chat wait until an instant too, so that nothing overtakes a message that is late."""
    table = tables.accounts
    channel, chat = letter.home or (letter.channel, letter.chat)
    owner = select(table.c.person_id).where(table.c.channel == channel, table.c.chat == chat)
    here = and_(O.c.channel == channel, O.c.chat == chat)
    follows = or_(here, and_(O.c.channel.is_(None), O.c.person_id.in_(owner)))
    with tx.guard.key():
        tx.conn.execute(update(O).where(O.c.state == "pending", O.c.due_at < until, follows).values(due_at=until))


def unsettled(tx: Tx, batch: str) -> bool:
    """Whether anything of a batch still waits."""
    return tx.value(select(O.c.id).where(O.c.batch == batch, O.c.state == "pending").limit(1)) is not None


def shown_before(tx: Tx, channel: str, chat: str, most: int = 5) -> list[Letter]:
    """Read the last messages shown in a chat, the newest first: what a bare number there may refer to."""
    last = select(O).where(O.c.channel == channel, O.c.chat == chat, O.c.state == "sent")
    rows = tx.all(last.order_by(O.c.sent_at.desc(), O.c.id.desc()).limit(most))
    return [_letter(row, channel, chat) for row in rows]


def sent_as(tx: Tx, channel: str, chat: str, begins: str) -> Letter | None:
    """Read the message that a door knows by an id that begins so; None where there is none in that chat."""
    here = (O.c.channel == channel, O.c.chat == chat, O.c.sent_id.startswith(begins, autoescape=True))
    row = tx.first(select(O).where(*here).order_by(O.c.id.desc()).limit(1))
    return _letter(row, channel, chat) if row else None


def private_chat(tx: Tx, person_id: int, channel: str) -> str | None:
    """Where a person can be spoken to privately at a door; None where they never were."""
    table = tables.accounts
    found: str | None = tx.value(
        select(table.c.chat).where(table.c.person_id == person_id, table.c.channel == channel).limit(1)
    )
    return found


def _letter(row: Any, channel: str | None, chat: str) -> Letter:
    return Letter(
        id=row.id,
        branch_id=row.branch_id,
        person_id=row.person_id,
        channel=channel,
        chat=chat,
        reply=unpack(row.parts),
        slot=row.slot,
        batch=row.batch,
        reply_to=row.reply_to,
        attempts=row.attempts,
        revision=row.revision,
        sent_id=row.sent_id,
        shown=row.shown,
        expires_at=row.expires_at,
        sent_at=row.sent_at,
    )


def put_aside(tx: Tx, channel: str, raw: str, now: datetime) -> None:
    """Keep a message that could not be read, so that nothing is lost."""
    with tx.guard.key():
        tx.conn.execute(tables.quarantine.insert().values(channel=channel, raw=storable(raw)[:100_000], at=now))
