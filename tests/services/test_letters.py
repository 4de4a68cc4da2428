"""The inbox knows a message again; the outbox keeps its order; a conversation's state is one row."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from services import drafts, letters, moves, people
from services.post import Post
from storage import tables
from vocabulary.messages import Chat, Incoming, Live, Text

NOW = datetime(2026, 3, 5, 2, 20, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HERE = Chat("web", "c-1", "private")
O, I = tables.outbox, tables.inbox  # noqa: E741  outbox and inbox


def said(message_id="m-1", text="hello", pressed=None, channel="web"):
    return Incoming(
        channel=channel, chat=HERE, account="a-1", message_id=message_id, at=NOW, text=text, pressed=pressed
    )


@pytest.fixture
def tell(writer):
    """Call a function of the room in a transaction of its own."""
    return lambda what, *args: writer.run(lambda tx: what(tx, *args))


@pytest.fixture
def waiting(database):
    def look(at=NOW):
        with database.read() as tx:
            return letters.waiting(tx, at)

    return look


def test_a_message_is_taken_in_once_in_its_channel(database, tell):
    first = tell(letters.take_in, said(), NOW)
    assert isinstance(first, int)
    assert tell(letters.take_in, said(text="again"), NOW) is None
    assert tell(letters.take_in, said(channel="telegram"), NOW) not in {None, first}
    tell(letters.note_reading, first, 1, 7, "x" * 99)
    with database.read() as tx:
        row = tx.first(select(I).where(I.c.id == first))
    assert (row.text, row.branch_id, row.person_id, row.at) == ("hello", 1, 7, NOW)


def test_a_repeat_does_not_spoil_the_message_it_comes_with(writer):
    def both(tx):
        return [letters.take_in(tx, said(key), NOW) for key in ("m-1", "m-1", "m-2")]

    first, again, second = writer.run(both)
    assert again is None
    assert first < second


@pytest.mark.parametrize("text", ["nul\0nul", "half \ud83d of a pair", "x" * 1_000_000, "'; DROP TABLE inbox; --", ""])
def test_whatever_is_said_can_be_kept(database, tell, text):
    assert tell(letters.take_in, said(text=text, pressed=text), NOW) is not None
    tell(letters.put_aside, "web", text, NOW)
    with database.read() as tx:
        row = tx.first(select(I.c.text, I.c.pressed))
    assert len(row.text) <= 4000
    assert len(row.pressed) <= 64


def test_the_reply_to_a_repeat_is_the_stored_one(database, tell):
    inbox = tell(letters.take_in, said(), NOW)
    where = {"channel": "web", "chat": "c-1", "reply_to": inbox, "branch_id": 1, "slot": None, "state": "sent"}
    for key in ("one", "two"):
        tell(letters.answer, NOW, (Text(key, {"n": 1}),), where)
    with database.read() as tx:
        found = letters.answered_before(tx, said())
        assert letters.answered_before(tx, said("m-2")) == []
    assert [letter.reply for letter in found] == [(Text("one", {"n": 1}),), (Text("two", {"n": 1}),)]


def test_answers_go_before_notices_and_each_in_order(tell, waiting):
    def say(tx):
        post = Post(tx, NOW, 1)
        post.to_chat("web", "group", Text("notice"))
        post.to_chat("web", "group", Text("later"), due_at=NOW + MINUTE)
        letters.answer(tx, NOW, (Text("answer"),), {"channel": "web", "chat": "c-1", "reply_to": 1})

    tell(say)
    assert [letter.reply[0].key for letter in waiting()] == ["answer", "notice"]
    assert [letter.reply[0].key for letter in waiting(NOW + MINUTE)] == ["answer", "notice", "later"]


def test_a_person_is_reached_where_they_were_last_and_can_be(tell, waiting):
    def accounts(tx):
        with tx.guard.key():
            for channel, reachable, ago in (("web", True, 9), ("telegram", True, 5), ("wecom", False, 1)):
                row = {"branch_id": 1, "person_id": 7, "channel": channel, "account": channel, "chat": f"to-{channel}"}
                tx.conn.execute(insert(tables.accounts), row | {"reachable": reachable, "used_at": NOW - ago * MINUTE})
        Post(tx, NOW, 1).to_people((7, 8), Text("notice"))

    tell(accounts)
    assert [(letter.person_id, letter.channel, letter.chat) for letter in waiting()] == [
        (7, "telegram", "to-telegram"),
        (8, None, ""),
    ]


def test_a_card_that_was_touched_while_it_was_sent_is_sent_again(database, tell, waiting):
    tell(lambda tx: Post(tx, NOW, 1).to_chat("web", "group", Live("checkin.card", 1)))
    with database.writing().begin() as connection:
        connection.execute(O.update().values(slot="s"))
    (letter,) = waiting()
    tell(lambda tx: Post(tx, NOW, 1).touch("s"))
    tell(lambda tx: letters.settle(tx, letter, state="sent", sent_id="p-1"))
    (again,) = waiting()
    assert (again.id, again.sent_id, again.revision) == (letter.id, "p-1", letter.revision + 1)
    tell(lambda tx: letters.settle(tx, again, state="sent", sent_id="p-1"))
    assert waiting() == []


def test_a_batch_is_settled_when_nothing_of_it_waits(database, tell, waiting):
    tell(lambda tx: Post(tx, NOW, 1).to_people((7, 8), Text("notice"), batch="b"))
    for left in (True, False):
        tell(lambda tx: letters.settle(tx, waiting()[0], state="sent"))
        with database.read() as tx:
            assert letters.unsettled(tx, "b") is left


def test_the_next_one_due_is_known(database, tell):
    def upcoming():
        with database.read() as tx:
            return letters.next_due(tx)

    assert upcoming() is None
    tell(lambda tx: Post(tx, NOW, 1).to_chat("web", "c", Text("a"), due_at=NOW + MINUTE))
    assert upcoming() == NOW + MINUTE


def test_a_chat_that_moved_is_moved_everywhere(database, tell, waiting):
    key = {"branch_id": 1, "channel": "web", "chat": "old", "person_id": 7}

    def furnish(tx):
        Post(tx, NOW, 1).to_chat("web", "old", Text("a"))
        Post(tx, NOW, 1).to_chat("telegram", "old", Text("b"))
        drafts.keep(tx, NOW, key, {"intent": "x", "slots": {}, "revision": 1}, None)

    tell(furnish)
    tell(moves.moved, "web", "old", "new")
    assert {letter.channel: letter.chat for letter in waiting()} == {"web": "new", "telegram": "old"}
    with database.read() as tx:
        assert drafts.standing(tx, "web", "new", 7) is not None
        assert drafts.standing(tx, "web", "old", 7) is None


def test_a_chat_that_moves_to_where_something_began_already_keeps_that(database, tell):
    key = {"branch_id": 1, "channel": "web", "person_id": 7}

    def furnish(tx):
        for chat in ("old", "new"):
            with tx.guard.key():
                tx.conn.execute(insert(tables.chats).values(branch_id=1, channel="web", chat=chat, title=chat))
            drafts.keep(tx, NOW, key | {"chat": chat}, {"intent": chat, "slots": {}, "revision": 1}, None)
            Post(tx, NOW, 1).to_chat("web", chat, Live("x", 1), sent_id=f"m-{chat}", state="sent")

    tell(furnish)
    for _ in range(2):
        tell(moves.moved, "web", "old", "new")
        tell(moves.moved, "web", "new", "new")
    with database.read() as tx:
        assert [row.chat for row in tx.all(select(tables.chats.c.chat))] == ["new"]
        assert drafts.standing(tx, "web", "new", 7).intent == "new"
        assert {row.sent_id for row in tx.all(select(O.c.sent_id))} == {None, "m-new"}


def test_a_draft_is_written_changed_and_cleared_but_its_revision_stays(database, tell):
    key = {"branch_id": 1, "channel": "web", "chat": "c", "person_id": 7}

    def stands():
        with database.read() as tx:
            return drafts.standing(tx, "web", "c", 7)

    assert stands() is None
    state = {"intent": "call", "slots": {"place": "301"}, "asking": "start", "offered": None, "revision": 1}
    tell(drafts.keep, NOW, key, state, None)
    assert (stands().intent, stands().slots, stands().expires_at) == ("call", {"place": "301"}, NOW + 30 * MINUTE)
    tell(drafts.keep, NOW + MINUTE, key, state | {"asking": None, "revision": 2}, stands())
    assert (stands().asking, stands().expires_at) == (None, NOW + 31 * MINUTE)
    tell(drafts.keep, NOW, key, None, stands())
    assert (stands().intent, stands().slots, stands().revision) == ("", {}, 2)


def test_what_is_sent_follows_who_speaks(database, tell, waiting):
    def furnish(tx):
        with tx.guard.key():
            tx.conn.execute(insert(tables.people), {"id": 7, "branch_id": 1, "name": "n", "status": "full"})
            for channel, ago in (("web", 9), ("telegram", 5)):
                row = {"branch_id": 1, "person_id": 7, "channel": channel, "account": "a", "chat": f"to-{channel}"}
                tx.conn.execute(insert(tables.accounts), row | {"used_at": NOW - ago * MINUTE})
        Post(tx, NOW, 1).to_people((7,), Text("notice"))

    def elsewhere(channel):
        with database.read() as tx:
            return people.speaker(tx, channel, "a")[1]

    tell(furnish)
    (letter,) = waiting()
    assert (letter.channel, elsewhere("web"), elsewhere("telegram")) == ("telegram", True, False)
    tell(letters.spoke, "web", "a", NOW)
    (letter,) = waiting()
    assert (letter.channel, elsewhere("web"), elsewhere("telegram")) == ("web", False, True)
    assert tell(letters.lost, letter) is True
    assert (waiting()[0].channel, elsewhere("web")) == ("telegram", True)
    with database.read() as tx:
        assert people.speaker(tx, "web", "nobody") is None
