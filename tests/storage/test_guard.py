"""Without a key the database itself refuses to be written; what fails is undone as a whole; the rest stays."""

from __future__ import annotations

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import DBAPIError

from storage import tables
from storage.faults import describe

H = tables.house


def put(tx, key):
    tx.conn.execute(insert(H), {"key": key, "value": "x"})


def kept(database):
    with database.read() as tx:
        return sorted(row.key for row in tx.all(select(H.c.key)))


def break_statement(tx):
    tx.conn.execute(text("SELECT no_such_column FROM house"))


def break_code(tx):
    raise ZeroDivisionError


def test_an_unsigned_write_is_refused_by_the_database(database, writer):
    with pytest.raises(DBAPIError) as refused:
        writer.run(lambda tx: put(tx, "unsigned"))
    assert describe(refused.value) == "unsigned"

    def signed(tx):
        with tx.guard.key():
            put(tx, "signed")

    writer.run(signed)
    for statement in ("UPDATE house SET value = 'x'", "DELETE FROM house", "DROP TABLE house"):
        with pytest.raises(DBAPIError):
            writer.run(lambda tx, statement=statement: tx.conn.execute(text(statement)))
    assert kept(database) == ["signed"]


def test_a_key_opens_and_shuts_again(database, writer):
    def job(tx):
        with tx.guard.key():
            put(tx, "signed")
            with tx.guard.key():
                put(tx, "a key within a key")
            put(tx, "still open")
        put(tx, "after")

    with pytest.raises(DBAPIError) as refused:
        writer.run(job)
    assert describe(refused.value) == "unsigned"
    assert kept(database) == []

    def signed(tx):
        for key in "ab":
            with tx.guard.key():
                put(tx, key)
            assert tx.value(select(func.count()).select_from(H)) > 0

    writer.run(signed)
    assert kept(database) == ["a", "b"]


def test_a_look_has_no_key(database):
    with database.read() as tx, pytest.raises(PermissionError), tx.guard.key():
        pass
    with database.read() as tx, pytest.raises(DBAPIError) as refused:
        put(tx, "looked")
    assert describe(refused.value) == "unsigned"
    assert kept(database) == []


def test_a_look_sees_one_state(database, writer):
    with database.read() as tx:
        assert tx.value(select(func.count()).select_from(H)) == 0
        writer.run(signed("later"))
        assert tx.value(select(func.count()).select_from(H)) == 0
    assert kept(database) == ["later"]


def signed(key):
    def job(tx):
        with tx.guard.key():
            put(tx, key)

    return job


@pytest.mark.parametrize("breaks", [break_statement, lambda tx: put(tx, "first"), break_code])
@pytest.mark.parametrize("where", ["looking", "within the key", "after the key"])
def test_what_breaks_within_a_whole_is_undone_and_the_rest_goes_on(database, writer, breaks, where):
    def broken(tx):
        if where == "looking":
            breaks(tx)
        with tx.guard.key():
            put(tx, "undone")
            if where == "within the key":
                breaks(tx)
        breaks(tx)

    def job(tx):
        signed("first")(tx)
        with pytest.raises((DBAPIError, ZeroDivisionError)), tx.guard.whole():
            broken(tx)
        with pytest.raises(DBAPIError), tx.guard.whole():
            put(tx, "without a key")
        signed("last")(tx)
        return tx.value(select(func.count()).select_from(H))

    assert writer.run(job) == 2
    assert kept(database) == ["first", "last"]


def test_a_whole_within_a_key_within_a_whole(database, writer):
    def job(tx):
        with tx.guard.whole():
            signed("turn")(tx)
            with tx.guard.key():
                with pytest.raises(DBAPIError), tx.guard.whole():  # noqa: PT012  what was written before it breaks
                    put(tx, "undone")
                    break_statement(tx)
                with tx.guard.whole():
                    put(tx, "deed")
            tx.all(select(H))
            signed("reply")(tx)

    writer.run(job)
    assert kept(database) == ["deed", "reply", "turn"]


def test_a_whole_that_is_undone_leaves_what_was_kept_within_it_undone_too(database, writer):
    def job(tx):
        with pytest.raises(ZeroDivisionError), tx.guard.whole():  # noqa: PT012  what was kept before it breaks
            with tx.guard.whole():
                signed("inner")(tx)
            raise ZeroDivisionError
        signed("outer")(tx)

    writer.run(job)
    assert kept(database) == ["outer"]


def test_an_error_that_was_swallowed_keeps_nothing_or_all_but_never_half(database, writer):
    def job(tx):
        signed("before")(tx)
        with pytest.raises(DBAPIError), tx.guard.key():
            put(tx, "before")
        signed("after")(tx)

    if database.is_sqlite:
        writer.run(job)
        assert kept(database) == ["after", "before"]
    else:
        with pytest.raises(Exception, match=r"savepoint|aborted"):
            writer.run(job)
        assert kept(database) == []
    writer.run(signed("next"))
    assert "next" in kept(database)
