"""What the chat page keeps: its lines, who has read how far, and its sessions."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from services import people
from storage import tables
from storage.prepared import Prepared

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Tx

W = tables.web_messages
R = tables.web_reads
S = tables.web_sessions
CHANNEL = "web"
SESSION_LASTS = timedelta(days=30)
C, P = tables.chats, tables.people
GROUPS = Prepared(
    select(
        C.c.chat,
        C.c.title,
        select(func.count())
        .select_from(P)
        .where(
            P.c.branch_id == C.c.branch_id,
            P.c.left_on.is_(None),
            P.c.no_account.is_(False),
            C.c.group_id.is_(None) | (P.c.group_id == C.c.group_id),
        )
        .scalar_subquery()
        .label("members"),
    )
    .where(
        C.c.channel == CHANNEL,
        C.c.branch_id == bindparam("branch"),
        C.c.group_id.is_(None) | (C.c.group_id == bindparam("party_group")),
    )
    .order_by(C.c.id)
)
"""The group chats of a branch that someone of a 党小组 sees, with how many people sit in each."""
LINE = (
    W.c.id,
    W.c.chat,
    W.c.account,
    W.c.name,
    W.c.text,
    W.c.buttons,
    W.c.file_name,
    func.length(W.c.file_data).label("file_bytes"),
    W.c.key,
    W.c.at,
    W.c.changed_at,
)
APPEND = Prepared(
    {
        dialect.__name__.rpartition(".")[2]: dialect.insert(W).on_conflict_do_nothing().returning(*LINE)
        for dialect in (sqlite, postgresql)
    },
    ("chat", "account", "name", "key", "at", "text", "buttons", "file_name", "file_data"),
)
ONE = Prepared(select(*LINE).where(W.c.id == bindparam("line")))
REPEATED = Prepared(select(*LINE).where(W.c.account == bindparam("account"), W.c.key == bindparam("key")))


def append(tx: Tx, **line: Any) -> Any:
    """Keep a line of a chat and return its row; the same key of the same account again returns the one that is there.

    Raises LookupError where the program has no such chat; a person's was looked up before the person could speak in it.
    """
    if line["account"] is None and not _is_chat(tx, line["chat"]):
        raise LookupError(line["chat"])
    with tx.guard.key():
        kept = tx.first(APPEND, **line)
    return kept or tx.first(REPEATED, account=line["account"], key=line["key"])


def replace(tx: Tx, message_id: int, **new: Any) -> Any | None:
    """Change a line in place; None where it is gone."""
    with tx.guard.key():
        tx.conn.execute(update(W).where(W.c.id == message_id).values(**new))
    return one(tx, message_id)


def one(tx: Tx, message_id: int) -> Any | None:
    """Read one line, or None."""
    return tx.first(ONE, line=message_id)


def file(tx: Tx, message_id: int) -> tuple[str, bytes] | None:
    """Read the file that a line carries, or None."""
    row = tx.first(select(W.c.file_name, W.c.file_data).where(W.c.id == message_id, W.c.file_name.is_not(None)))
    return (row.file_name, row.file_data or b"") if row else None


def history(tx: Tx, chat: str, before: int | None, limit: int) -> list[Any]:
    """Read the newest lines of a chat (older than `before`), oldest first."""
    wanted = select(*LINE).where(W.c.chat == chat)
    if before is not None:
        wanted = wanted.where(W.c.id < before)
    return list(reversed(tx.all(wanted.order_by(W.c.id.desc()).limit(limit))))


def chats_of(tx: Tx, account: str) -> list[tuple[str, str, str, int]]:
    """The chats that an account sees, as (id, kind, title, members): its own with the program, and its groups'."""
    person = people.of_account(tx, CHANNEL, account)
    if person is None:
        return []
    seen = tx.all(GROUPS, branch=person.branch_id, party_group=person.group_id)
    groups = [(row.chat, "group", row.title, 1 + row.members) for row in seen]
    return [*groups, (f"p:{account}", "private", "", 2)]


def mark_read(tx: Tx, account: str, chat: str, message_id: int) -> None:
    """Note how far an account has read a chat; it never goes back."""
    with tx.guard.key():
        mine = (R.c.account == account, R.c.chat == chat)
        seen = tx.value(select(R.c.message_id).where(*mine))
        if seen is None:
            tx.conn.execute(R.insert().values(account=account, chat=chat, message_id=message_id))
        elif seen < message_id:
            tx.conn.execute(update(R).where(*mine).values(message_id=message_id))


def unread(tx: Tx, account: str) -> dict[str, int]:
    """Count the lines of others that an account has not seen, for each of its chats that has such."""
    found = {}
    for chat, *_ in chats_of(tx, account):
        seen = tx.value(select(R.c.message_id).where(R.c.account == account, R.c.chat == chat)) or 0
        others = W.c.account.is_(None) | (W.c.account != account)
        count = tx.value(select(func.count()).select_from(W).where(W.c.chat == chat, W.c.id > seen, others))
        if count:
            found[chat] = count
    return found


def open_session(tx: Tx, account: str, token: str, now: datetime) -> None:
    """Begin a session; only a digest of its token is kept."""
    with tx.guard.key():
        tx.conn.execute(S.insert().values(account=account, digest=_digest(token), expires_at=now + SESSION_LASTS))


def account_of_session(tx: Tx, token: str, now: datetime) -> str | None:
    """Whose session a token is, while it lasts."""
    found: str | None = tx.value(select(S.c.account).where(S.c.digest == _digest(token), S.c.expires_at > now))
    return found


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _is_chat(tx: Tx, chat: str) -> bool:
    if chat.startswith("p:"):
        table = tables.accounts
        return tx.value(select(table.c.id).where(table.c.channel == CHANNEL, table.c.chat == chat).limit(1)) is not None
    chats = tables.chats
    return tx.value(select(chats.c.id).where(chats.c.channel == CHANNEL, chats.c.chat == chat).limit(1)) is not None
