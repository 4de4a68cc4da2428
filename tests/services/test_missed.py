"""Words that were not understood are counted, listed most frequent first, and not kept where that is switched off."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services import missed
from storage.database import Database

NOW = datetime(2026, 3, 5, 2, 20, tzinfo=UTC)


def keep(writer, *said, branch=1):
    return [
        writer.run(lambda tx, at=at, words=words: missed.keep(tx, NOW + timedelta(minutes=at), branch, words))
        for at, words in enumerate(said)
    ]


def listed(database, most=10):
    with database.read() as tx:
        return [(one.words, one.times) for one in missed.most_frequent(tx, most)]


def test_the_most_frequent_come_first_then_the_latest(database, writer):
    keep(writer, "看看我的那个", "把那谁叫来", "看看我的那个", "再来一个")
    assert listed(database) == [("看看我的那个", 2), ("再来一个", 1), ("把那谁叫来", 1)]
    assert listed(database, 1) == [("看看我的那个", 2)]


def test_branches_count_together(database, writer):
    keep(writer, "再来一个")
    keep(writer, "再来一个", branch=2)
    assert listed(database) == [("再来一个", 2)]


def test_long_words_are_cut_and_empty_ones_not_kept(database, writer):
    assert keep(writer, "啊" * 999, "") == [True, False]
    assert listed(database) == [("啊" * 200, 1)]


def test_a_branch_keeps_no_more_than_the_most(database, writer, monkeypatch):
    monkeypatch.setattr(missed, "MOST_KEPT", 2)
    keep(writer, "一次", "两次", "两次", "三次")
    assert listed(database) == [("两次", 2), ("三次", 1)]


@pytest.fixture
def silent(url):
    """A database of a house whose administrator keeps nothing of the kind."""
    database = Database(url, "key", customs={"keep_missed": False})
    yield database
    database.close()


def test_nothing_is_kept_where_it_is_switched_off(silent):
    from storage.writer import Writer

    writer = Writer(silent)
    writer.start()
    assert keep(writer, "再来一个") == [False]
    writer.stop()
    assert listed(silent) == []
