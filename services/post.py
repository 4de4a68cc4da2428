"""The post: rows in the outbox and alarms, written in the transaction of the deed that causes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, update
from sqlalchemy.dialects import postgresql, sqlite

from services import chats
from storage import tables
from storage.prepared import Prepared, adding
from vocabulary.messages import Card, Live
from vocabulary.packing import pack

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from storage.database import Tx
    from vocabulary.messages import Reply

TOUCH = Prepared(
    update(tables.outbox)
    .where(
        tables.outbox.c.slot.in_((bindparam("which"), bindparam("other"))),
        tables.outbox.c.state.in_(("pending", "sent")),
    )
    .values(state="pending", revision=tables.outbox.c.revision + 1, due_at=bindparam("when"))
)


@dataclass(frozen=True)
class Post:
    """Says things to people and chats after the commit, and sets alarms."""

    tx: Tx
    now: datetime
    branch_id: int
    held_until: datetime | None = None
    """When what is said unasked in the quiet hours goes out; None outside of them."""

    @property
    def speaks_at(self) -> datetime:
        """When a message written now goes out."""
        return self.held_until or self.now

    def to_person(self, person_id: int, *reply: Any, **terms: Any) -> None:
        """Send to a person, wherever they can be reached. `terms`: batch, due_at, expires_at, reply_to."""
        self._add(reply, person_id=person_id, **terms)

    def to_people(self, people: Iterable[int], *reply: Any, **terms: Any) -> None:
        """Send the same to several people, each privately."""
        for person_id in people:
            self._add(reply, person_id=person_id, **terms)

    def to_branch(self, *reply: Any, **terms: Any) -> int:
        """Send to every chat that is tied to the branch as a whole; returns how many there are."""
        return self._to_chats(None, reply, terms)

    def to_group(self, group_id: int, *reply: Any, **terms: Any) -> int:
        """Send to the chats of one 党小组; returns how many there are (none: its members are told privately)."""
        return self._to_chats(group_id, reply, terms)

    def to_chat(self, channel: str, chat: str, *reply: Any, **terms: Any) -> None:
        """Send to one chat by its door's name for it."""
        self._add(reply, channel=channel, chat=chat, **terms)

    def touch(self, slot: str, other: str = "") -> None:
        """Have a live card (and its other form) shown anew wherever it stands.

        Several touches before it is sent are one edit.
        """
        with self.tx.guard.key():
            self.tx.run(TOUCH, which=slot, other=other or slot, when=self.now)

    def batch(self, key: str, owner_id: int, forward: Any) -> str:
        """Open a batch: when all its messages are settled, its owner hears who was not reached."""
        with self.tx.guard.key():
            self.tx.conn.execute(
                tables.batches.insert().values(
                    branch_id=self.branch_id, key=key, owner_id=owner_id, forward=pack((forward,))
                )
            )
        return key

    def alarm(self, kind: str, subject: int, due_at: datetime, key: str = "") -> None:
        """Set an alarm, or move the one of the same key; when it rings the facts are looked at again."""
        key = key or f"{kind}:{subject}"
        row = {"branch_id": self.branch_id, "kind": kind, "subject": subject, "key": key, "due_at": due_at, "state": 0}
        dialect = postgresql if self.tx.conn.dialect.name == "postgresql" else sqlite
        new = dialect.insert(tables.alarms).values(**row)
        with self.tx.guard.key():
            self.tx.conn.execute(new.on_conflict_do_update(index_elements=["key"], set_={"due_at": due_at, "state": 0}))

    def silence(self, kind: str, subject: int) -> None:
        """Put out the alarms of a kind for a subject."""
        table = tables.alarms
        with self.tx.guard.key():
            self.tx.conn.execute(
                update(table)
                .where(table.c.kind == kind, table.c.subject == subject, table.c.state == 0)
                .values(state=1)
            )

    def _to_chats(self, group_id: int | None, reply: Any, terms: dict[str, Any]) -> int:
        rows = chats.spoken_to(self.tx, self.branch_id, group_id)
        for row in rows:
            self._add(reply, channel=row.channel, chat=row.chat, **terms)
        return len(rows)

    def _add(self, reply: Reply, **where: Any) -> None:
        slot = next((part.slot for part in reply if isinstance(part, Card | Live) and part.slot), None)
        row = {
            "branch_id": self.branch_id,
            "parts": pack(reply),
            "slot": slot,
            "due_at": self.speaks_at,
            "created_at": self.now,
        } | where
        with self.tx.guard.key():
            self.tx.run(adding(tables.outbox, tuple(row)), **row)
