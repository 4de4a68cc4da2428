"""Alarms: in order, not too many at a time, moved and put out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services import alarms
from services.post import Post

NOW = datetime(2026, 3, 5, 2, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def post(writer):
    """Call a method of the post in a transaction of its own."""
    return lambda name, *args: writer.run(lambda tx: getattr(Post(tx, NOW, 3), name)(*args))


@pytest.fixture
def due(database):
    def look(at=NOW, most=100):
        with database.read() as tx:
            return alarms.due(tx, at, most)

    return look


def test_what_is_due_comes_in_order_and_no_more_than_asked_for(post, due):
    for subject, at in ((1, NOW), (2, NOW - HOUR), (3, NOW + HOUR), (4, NOW - HOUR)):
        post("alarm", "remind", subject, at)
    assert [alarm.subject for alarm in due()] == [2, 4, 1]
    assert [alarm.subject for alarm in due(most=2)] == [2, 4]
    first = due()[0]
    assert (first.branch_id, first.kind, first.due_at) == (3, "remind", NOW - HOUR)


def test_the_next_one_is_known(post, database, due, writer):
    def upcoming():
        with database.read() as tx:
            return alarms.next_due(tx)

    assert upcoming() is None
    post("alarm", "remind", 1, NOW + HOUR)
    post("alarm", "remind", 2, NOW)
    assert upcoming() == NOW
    writer.run(lambda tx: alarms.done(tx, due()[0]))
    assert upcoming() == NOW + HOUR


def test_one_of_the_same_key_moves_and_rings_again(post, due, writer):
    post("alarm", "remind", 1, NOW)
    (rang,) = due()
    writer.run(lambda tx: alarms.done(tx, rang))
    assert due() == []
    post("alarm", "remind", 1, NOW)
    assert [alarm.id for alarm in due()] == [rang.id]
    post("alarm", "remind", 1, NOW, "another key")
    assert len(due()) == 2


def test_one_that_was_moved_while_it_rang_stays(post, due, writer):
    post("alarm", "remind", 1, NOW)
    (rang,) = due()
    post("alarm", "remind", 1, NOW + HOUR)
    writer.run(lambda tx: alarms.done(tx, rang))
    assert [alarm.due_at for alarm in due(NOW + HOUR)] == [NOW + HOUR]


def test_what_is_silenced_does_not_ring(post, due):
    post("alarm", "remind", 1, NOW, "a")
    post("alarm", "remind", 1, NOW, "b")
    post("alarm", "close", 1, NOW)
    post("alarm", "remind", 2, NOW)
    post("silence", "remind", 1)
    assert [(alarm.kind, alarm.subject) for alarm in due()] == [("close", 1), ("remind", 2)]
