"""A statement that is put into words once does what SQLAlchemy does with it, on either database."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import bindparam, func, insert, literal, select, update

from storage import tables
from storage.faults import describe
from storage.prepared import Prepared

O, P, W = tables.outbox, tables.people, tables.web_messages  # noqa: E741  the outbox
NOON = datetime(2026, 3, 6, 4, tzinfo=UTC)
ROW = {"branch_id": 1, "parts": [["签到", {"n": 1}]], "state": "pending", "due_at": NOON, "created_at": NOON}
ADD = Prepared(insert(O).returning(O.c.id), ROW)
DUE = select(O).where(O.c.state.in_(("pending", "failed")), O.c.due_at <= bindparam("now")).limit(bindparam("most"))


def keyed(writer, job):
    def signed(tx):
        with tx.guard.key():
            return job(tx)

    return writer.run(signed)


def test_rows_are_those_that_sqlalchemy_reads(database, writer):
    keyed(writer, lambda tx: [tx.value(ADD, **ROW), tx.value(ADD, **ROW | {"state": "sent"}), tx.value(ADD, **ROW)])
    with database.read() as tx:
        mine, theirs = tx.all(Prepared(DUE), now=NOON, most=2), tx.all(DUE, now=NOON, most=2)
        assert [row._asdict() for row in mine] == [row._asdict() for row in theirs]
        assert [row.parts for row in mine] == [ROW["parts"]] * 2
        assert tx.first(Prepared(DUE), now=NOON, most=2).due_at == NOON


def test_every_kind_of_value_is_written_and_read_back(database, writer):
    person = {
        "branch_id": 1,
        "name": "王晓明",
        "status": "full",
        "post": "",
        "joined_on": date(2020, 7, 1),
        "exempt": True,
    }
    line = {"chat": "g:1", "text": "", "buttons": [], "file_name": "a", "file_data": b"\0\xff", "at": NOON}
    keyed(writer, lambda tx: (tx.run(Prepared(insert(P), person), **person), tx.run(Prepared(insert(W), line), **line)))
    with database.read() as tx:
        found = tx.one(Prepared(select(P).where(P.c.exempt, P.c.left_on.is_(None))))
        assert (found.joined_on, found.exempt, found.left_on) == (date(2020, 7, 1), True, None)
        assert tx.value(Prepared(select(W.c.file_data))) == b"\0\xff"


def test_a_write_says_how_many_rows_it_changed(writer):
    later = Prepared(update(O).where(O.c.branch_id == bindparam("branch")).values(attempts=O.c.attempts + literal(1)))
    keyed(writer, lambda tx: [tx.value(ADD, **ROW) for _ in range(2)])
    assert keyed(writer, lambda tx: [tx.run(later, branch=1), tx.run(later, branch=2)]) == [2, 0]


def test_nothing_found_is_none_or_said(database):
    with database.read() as tx:
        nobody = Prepared(select(P.c.id).where(P.c.id == bindparam("person")))
        assert (tx.first(nobody, person=9), tx.value(nobody, person=9), tx.all(nobody, person=9)) == (None, None, [])
        with pytest.raises(LookupError):
            tx.one(nobody, person=9)
        with pytest.raises(KeyError):
            tx.first(nobody, who=9)


def test_without_a_key_it_writes_nothing(database, writer):
    with pytest.raises(Exception, match=r"key|read-only") as refused:
        writer.run(lambda tx: tx.value(ADD, **ROW))
    assert describe(refused.value) == "unsigned"
    with database.read() as tx:
        assert tx.value(Prepared(select(func.count()).select_from(O))) == 0
