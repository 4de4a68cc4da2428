"""The writer: groups, what fails alone and what fails together, and what its errors are called."""

from __future__ import annotations

import sqlite3
import threading

import pytest
from sqlalchemy import insert, select, text, update

from storage import tables
from storage.database import Database
from storage.faults import describe
from storage.migrate import migrate
from storage.writer import Writer

H = tables.house
ONLY_SQLITE = pytest.mark.parametrize("url", ["sqlite"], indirect=True)
"""A full disk is played with SQLite's max_page_count; PostgreSQL locks rows, and waits."""
ONLY_POSTGRESQL = pytest.mark.parametrize("url", ["postgresql"], indirect=True)
"""SQLite has no server, and one writer at a time."""


def put(key, value="x"):
    def job(tx):
        with tx.guard.key():
            tx.conn.execute(insert(H), {"key": key, "value": value})
        return key

    return job


def fail(tx):
    put("failed")(tx)
    raise ZeroDivisionError


def kept(database):
    with database.read() as tx:
        return sorted(row.key for row in tx.all(select(H.c.key)))


@pytest.fixture
def together(writer):
    """Submit jobs so that they are one group."""

    def submit(*jobs):
        begun, go_on = threading.Event(), threading.Event()

        def gate(tx):
            begun.set()
            go_on.wait(10)

        writer.submit(gate)
        begun.wait(10)
        futures = [writer.submit(job) for job in jobs]
        go_on.set()
        return futures

    return submit


def settled(futures):
    """The results of those that were kept; the errors of the others."""
    return [future.exception(10) or future.result() for future in futures]


def test_one_that_fails_in_a_group_fails_alone(database, together):
    jobs = [put(f"{n:02}") for n in range(20)]
    jobs[7] = fail
    results = settled(together(*jobs))
    assert isinstance(results.pop(7), ZeroDivisionError)
    assert results == kept(database)
    assert len(results) == 19


def test_a_result_is_known_only_after_commit(database, together):
    running, go_on = threading.Event(), threading.Event()

    def slow(tx):
        running.set()
        go_on.wait(10)

    first, second = together(put("first"), slow)
    assert running.wait(10)
    assert not first.done()
    assert kept(database) == []
    go_on.set()
    assert first.result(10) == "first"
    assert kept(database) == ["first"]
    assert second.result(10) is None


def test_where_commit_fails_nothing_of_the_group_is_kept(database, writer, together):
    with database.writing().begin() as connection:
        connection.execute(text("CREATE TABLE above (id INTEGER PRIMARY KEY)"))
        connection.execute(text("CREATE TABLE below (id INTEGER REFERENCES above (id) DEFERRABLE INITIALLY DEFERRED)"))

    def orphan(tx):
        with tx.guard.key():
            tx.conn.execute(text("INSERT INTO below VALUES (1)"))

    results = settled(together(put("before"), orphan, put("after")))
    assert len({id(error) for error in results}) == 1
    assert "foreign key" in str(results[0]).lower()
    assert kept(database) == []
    assert writer.run(put("next")) == "next"


@ONLY_SQLITE
def test_a_full_disk_keeps_what_it_acknowledged_and_nothing_else(database, writer, together):
    with database.writing().connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    results = settled(together(put("small"), put("big", "x" * 1_000_000), put("tiny")))
    assert describe(results[1]) == "disk_full"
    assert kept(database) == sorted(result for result in results if isinstance(result, str))
    assert all(describe(result) == "disk_full" for result in results if not isinstance(result, str))
    with database.writing().connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    assert writer.run(put("later", "x" * 1_000_000)) == "later"


@ONLY_POSTGRESQL
def test_a_server_that_breaks_off_is_said_so_and_the_next_message_finds_it_again(database, writer, together):
    def broken_off(tx):
        put("lost")(tx)
        tx.conn.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    results = settled(together(put("before"), broken_off, put("after")))
    assert [describe(error) for error in results] == ["unreachable"] * 3
    assert writer.run(put("next")) == "next"
    assert kept(database) == ["next"]


@ONLY_SQLITE
def test_a_locked_database_is_said_so_and_is_written_when_it_is_free(database):
    other = sqlite3.connect(database.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    impatient = Database(str(database.url), "key", patience=0.05)
    writer = Writer(impatient)
    writer.start()
    with pytest.raises(Exception, match="locked") as told:
        writer.run(put("now"))
    assert describe(told.value) == "locked"
    other.execute("ROLLBACK")
    other.close()
    assert writer.run(put("later")) == "later"
    writer.stop()
    impatient.close()
    assert kept(database) == ["later"]


@ONLY_POSTGRESQL
def test_two_that_wait_for_each_other_are_both_done(database, url):
    """On PostgreSQL one of them is chosen to fail, and is done again."""
    other = Database(url, "key")
    writers = [Writer(database), Writer(other)]
    for writer in writers:
        writer.start()
    writers[0].run(lambda tx: [put(key)(tx) for key in "ab"])
    meet = threading.Barrier(2)

    def crossing(first, second):
        tries = []

        def job(tx):
            with tx.guard.key():
                tx.conn.execute(update(H).where(H.c.key == first).values(value=f"{first}{second}"))
                if not tries:
                    tries.append(1)
                    meet.wait(10)
                tx.conn.execute(update(H).where(H.c.key == second).values(value=f"{first}{second}"))
            return "done"

        return job

    futures = [writers[0].submit(crossing("a", "b")), writers[1].submit(crossing("b", "a"))]
    assert [future.result(20) for future in futures] == ["done", "done"]
    for writer in writers:
        writer.stop()
    other.close()


@pytest.mark.parametrize("damage", ["not a database", "damaged"])
def test_a_broken_file_is_said_so_at_the_start(tmp_path, sqlite_template, damage):
    path = tmp_path / "house.db"
    whole = sqlite_template.read_bytes()
    path.write_bytes(b"this is a letter, not a database\n" * 999 if damage == "not a database" else whole[:100] * 50)
    database = Database(f"sqlite:///{path}", "key")
    with pytest.raises(Exception, match=r"not a database|malformed") as told:
        migrate(database)
    assert describe(told.value) == "broken"
    database.close()


def test_what_cannot_be_reached_is_said_so(tmp_path):
    for url in (f"sqlite:///{tmp_path}", "postgresql://nobody@127.0.0.1:1/nothing"):
        database = Database(url, "key", patience=0.1)
        with pytest.raises(Exception, match=r"unable|refused|failed") as told:
            migrate(database)
        assert describe(told.value) == "unreachable"
        database.close()


def test_an_error_that_is_none_of_the_database_s_is_unknown():
    assert describe(ValueError("7")) == "unknown"
