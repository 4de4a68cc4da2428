"""A deed: permitted, whole, told in one audit row of an unbroken chain; what is secret stays so."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from services import audit
from services.deeds import MASKED, Means, Verb, do
from storage import tables
from storage.database import Database
from storage.faults import describe
from storage.writer import Writer
from vocabulary.messages import Text
from vocabulary.permissions import Actor, Permission, Role
from vocabulary.refusals import NotAllowed, Refusal

NOW = datetime(2026, 3, 5, 2, 20, tzinfo=UTC)
MEANS = Means(NOW, ZoneInfo("Asia/Shanghai"), "salt")
WHO = Actor(person_id=7, name="n", branch_id=1, roles=frozenset({Role.MEMBER}), channel="web", message_id="m-1")
A, R, P, M = tables.audit, tables.rooms, tables.people, tables.meetings
PHONE = "13812345678"


def verb(run):
    """A verb of this test alone: it does not enter the register that the table of permissions is compared with."""
    run.verb = Verb(f"test.{run.__name__}", Permission.OWN_SETTINGS, run)
    return run


@verb
def add_room(deed, *, name):
    return deed.insert(R, branch_id=deed.branch_id, name=name)


@verb
def rename(deed, *, key, old, name):
    return deed.update_from(R, key, {"name": old}, name=name)


@verb
def look(deed):
    return deed.tx.value(select(func.count()).select_from(R))


def doing(what, actor=WHO, **args):
    return lambda tx: do(tx, actor, MEANS, what, **args)


def rows(database, table):
    with database.read() as tx:
        return tx.all(select(table).order_by(table.c.id))


def broken(database, branch_id=1):
    with database.read() as tx:
        return audit.verify(tx, branch_id)


def test_a_deed_is_told_in_one_row_that_says_who_how_and_what(database, writer):
    key = writer.run(doing(add_room, name="301"))
    (row,) = rows(database, A)
    assert (row.branch_id, row.at, row.actor_id, row.channel, row.message_id) == (1, NOW, 7, "web", "m-1")
    assert row.verb == "test.add_room"
    assert row.diff == [{"table": "rooms", "id": key, "columns": {"branch_id": [None, 1], "name": [None, "301"]}}]
    assert broken(database) is None


def test_what_changes_nothing_is_not_told(database, writer):
    key = writer.run(doing(add_room, name="301"))
    writer.run(doing(look))

    @verb
    def same(deed):
        deed.update(R, key, name="301", branch_id=1)

    writer.run(doing(same))
    assert len(rows(database, A)) == 1


def test_only_what_changed_is_told(database, writer):
    key = writer.run(doing(add_room, name="301"))

    @verb
    def change(deed):
        deed.update(R, key, name="302", branch_id=1)

    writer.run(doing(change))
    assert rows(database, A)[-1].diff == [{"table": "rooms", "id": key, "columns": {"name": ["301", "302"]}}]


def test_who_may_not_is_refused_before_anything_happens(database, writer):
    nobody = replace(WHO, roles=frozenset())
    with pytest.raises(NotAllowed):
        writer.run(doing(add_room, actor=nobody, name="301"))
    assert rows(database, R) == rows(database, A) == []


@pytest.mark.parametrize("error", [Refusal("too_late"), ValueError("a fault of ours")])
def test_a_refusal_leaves_nothing_of_the_deed_and_the_message_goes_on(database, writer, error):
    @verb
    def give_up(deed):
        deed.insert(R, branch_id=1, name="301")
        deed.post.to_person(7, Text("x"))
        raise error

    def message(tx):
        do(tx, WHO, MEANS, add_room, name="before")
        with pytest.raises(type(error)):
            do(tx, WHO, MEANS, give_up)
        with pytest.raises(DBAPIError) as refused, tx.guard.whole():
            tx.conn.execute(insert(R), {"branch_id": 1, "name": "unsigned"})
        assert describe(refused.value) == "unsigned"
        do(tx, WHO, MEANS, add_room, name="after")

    writer.run(message)
    assert [row.name for row in rows(database, R)] == ["before", "after"]
    assert rows(database, tables.outbox) == []
    assert [row.verb for row in rows(database, A)] == ["test.add_room"] * 2
    assert broken(database) is None


def test_an_error_of_the_database_within_a_deed_is_undone_with_it(database, writer):
    @verb
    def twice(deed):
        for _ in range(2):
            deed.insert(R, branch_id=1, name="301")

    def message(tx):
        with pytest.raises(Exception, match=r"(?i)unique"):
            do(tx, WHO, MEANS, twice)
        do(tx, WHO, MEANS, add_room, name="302")

    writer.run(message)
    assert [row.name for row in rows(database, R)] == ["302"]
    assert broken(database) is None


def test_what_breaks_after_a_deed_takes_the_deed_along(database, writer):
    def message(tx):
        do(tx, WHO, MEANS, add_room, name="301")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        writer.run(message)
    assert rows(database, R) == rows(database, A) == []


def test_what_is_secret_is_masked_in_the_diff_and_unreadable_in_the_database(database, writer):
    @verb
    def enlist(deed, *, phone):
        key = deed.insert(P, branch_id=1, name="n", status="full", phone=phone, born_on=NOW.date())
        deed.update(P, key, phone=None)
        deed.update(P, key, phone=phone)

    with pytest.raises(ValueError, match="not sealed"):
        writer.run(doing(enlist, phone=PHONE))
    writer.run(doing(enlist, phone=database.seal.close(PHONE)))
    (row,) = rows(database, A)
    assert [change["columns"]["phone"] for change in row.diff] == [[None, MASKED], [MASKED, None], [None, MASKED]]
    assert row.diff[0]["columns"]["born_on"] == [None, MASKED]
    assert database.seal.open(rows(database, P)[0].phone) == PHONE
    assert PHONE not in raw(database)
    assert "test.enlist" in raw(database)


def raw(database):
    """Everything that lies in the database, as whoever copies it would read it."""
    if database.is_sqlite:
        return "".join(path.read_bytes().decode("latin-1") for path in database.path.parent.glob("house.db*"))
    with database.read() as tx:
        names = [table.name for table in tables.metadata.tables.values()]
        return "".join(str(tx.all(text(f"SELECT t::text FROM {name} t"))) for name in names)  # noqa: S608  our names


@pytest.mark.parametrize(
    "column", ["verb", "digest", "previous", "hash", "channel", "message_id", "actor_id", "at", "diff", "salt"]
)
def test_whoever_changes_a_row_of_the_audit_breaks_the_chain_there(database, writer, column):
    for name in ("301", "302", "303"):
        writer.run(doing(add_room, name=name))
    second = rows(database, A)[1].id
    other = {"actor_id": 8, "at": NOW.replace(year=2025), "diff": []}.get(column, "other")
    with database.writing().begin() as connection:
        connection.execute(update(A).where(A.c.id == second).values({column: other}))
    assert broken(database) == second


def test_a_row_that_was_taken_out_is_missed_and_a_content_that_was_erased_is_not(database, writer):
    for name in ("301", "302", "303"):
        writer.run(doing(add_room, name=name))
    first, second, third = (row.id for row in rows(database, A))
    with database.writing().begin() as connection:
        connection.execute(update(A).where(A.c.id == first).values(diff=None, salt=None))
    assert broken(database) is None
    with database.writing().begin() as connection:
        connection.execute(delete(A).where(A.c.id == second))
    assert broken(database) == third


def test_of_two_who_change_what_they_both_read_one_is_told_that_it_was_quicker(database, writer, url):
    key = writer.run(doing(add_room, name="301"))
    other = Database(url, "key")
    second = Writer(other)
    second.start()
    for turn in range(5):
        old = rows(database, R)[0].name
        futures = [
            each.submit(doing(rename, key=key, old=old, name=f"{turn} {n}")) for n, each in enumerate((writer, second))
        ]
        assert sorted(future.result(20) for future in futures) == [False, True]
    second.stop()
    other.close()
    assert len(rows(database, A)) == 6
    assert broken(database) is None


def test_the_chain_holds_where_several_write_at_once(database, url):
    databases = [Database(url, "key") for _ in range(3)]
    writers = [Writer(each) for each in databases]
    for each in writers:
        each.start()

    def write(number):
        for turn in range(8):
            branch = replace(WHO, branch_id=1 + turn % 2)
            writers[number].run(doing(add_room, actor=branch, name=f"{number} {turn}"))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for each in (*writers, *databases):
        (each.stop if isinstance(each, Writer) else each.close)()
    assert len(rows(database, A)) == 24
    assert [broken(database, branch) for branch in (1, 2)] == [None, None]


def test_what_only_its_person_may_see_is_masked_and_stands_in_its_row(database, writer):
    @verb
    def choose(deed):
        new = {"branch_id": 1, "round_id": 3, "person_id": 7, "at": NOW}
        return deed.insert(tables.quiz_answers, choice="AC", is_right=True, **new)

    writer.run(doing(choose))
    (row,) = rows(database, A)
    assert {name: row.diff[0]["columns"][name] for name in ("choice", "is_right")} == {
        "choice": [None, MASKED],
        "is_right": [None, MASKED],
    }
    (answer,) = rows(database, tables.quiz_answers)
    assert (answer.choice, answer.is_right) == ("AC", True)


def test_an_error_that_is_logged_tells_no_names(writer):
    with pytest.raises(DBAPIError) as found:
        writer.run(lambda tx: tx.value(text("SELECT nothing FROM rooms WHERE name = :name"), name="a secret name"))
    assert "a secret name" not in str(found.value)
