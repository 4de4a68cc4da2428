"""What was said is forgotten in time; what came of it stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from services import drafts, letters, tidying
from storage import tables
from vocabulary.messages import Chat, Incoming, Text

NOW = datetime(2026, 3, 5, 2, 20, tzinfo=UTC)
DAY = timedelta(days=1)
KEY = {"branch_id": 1, "channel": "web", "person_id": 7}
I, O, C, Q = tables.inbox, tables.outbox, tables.conversations, tables.quarantine  # noqa: E741  inbox and outbox


def talk(tx, at, name):
    """A message, the reply to it, a form that waits, and an update that nobody could read."""
    chat = Chat("web", name, "private")
    said = Incoming(channel="web", chat=chat, account="a", message_id=name, at=at, text="a reason", pressed="yes:1:1")
    inbox = letters.take_in(tx, said, at)
    where = {"channel": "web", "chat": name, "reply_to": inbox, "branch_id": 1, "state": "sent"}
    letters.answer(tx, at, (Text("notices.plain", {"text": "a reason"}),), where)
    state = {"intent": "leave.request", "slots": {"reason": "a reason"}, "asking": None, "offered": None, "revision": 4}
    drafts.keep(tx, at, KEY | {"chat": name}, state, None)
    letters.put_aside(tx, "telegram", "a reason", at)


def test_words_are_forgotten_after_their_days_and_not_before(database, writer):
    writer.run(lambda tx: talk(tx, NOW - 31 * DAY, "old"))
    writer.run(lambda tx: talk(tx, NOW - 29 * DAY, "new"))
    assert [writer.run(lambda tx: tidying.forget(tx, NOW, 30)) for _ in range(2)] == [1, 0]
    with database.read() as tx:
        inbox = tx.all(select(I.c.text, I.c.pressed, I.c.message_id).order_by(I.c.id))
        parts = [row.parts for row in tx.all(select(O.c.parts).order_by(O.c.id))]
        forms = tx.all(select(C.c.intent, C.c.slots, C.c.revision).order_by(C.c.id))
        put_aside = tx.all(select(Q.c.at))
    assert [tuple(row) for row in inbox] == [(None, None, "old"), ("a reason", "yes:1:1", "new")]
    assert (parts[0], bool(parts[1])) == ([], True)
    assert [tuple(row) for row in forms] == [("", {}, 4), ("leave.request", {"reason": "a reason"}, 4)]
    assert [row.at for row in put_aside] == [NOW - 29 * DAY]
