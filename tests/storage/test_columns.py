"""Instants, JSON and sealed words come back as they went in, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import StatementError

from storage import tables
from storage.columns import Instant
from storage.sealing import Seal, is_sealed

A, O = tables.alarms, tables.organizations  # noqa: E741  alarms, organizations
NOON = datetime(2026, 3, 5, 12, 0, 0, 123457, tzinfo=timezone(timedelta(hours=8)))


def alarm(at):
    def job(tx):
        with tx.guard.key():
            tx.conn.execute(insert(A), {"branch_id": 1, "kind": "k", "subject": 1, "key": str(at), "due_at": at})

    return job


def test_an_instant_comes_back_to_the_microsecond_in_utc(database, writer):
    early = datetime(1921, 7, 23, tzinfo=UTC)
    writer.run(alarm(NOON))
    writer.run(alarm(early))
    with database.read() as tx:
        found = [row.due_at for row in tx.all(select(A.c.due_at).order_by(A.c.due_at))]
        assert tx.value(select(A.c.id).where(A.c.due_at < early + timedelta(microseconds=1))) is not None
    assert found == [early, NOON]
    assert found[1].utcoffset() == timedelta(0)


def test_an_instant_without_a_zone_is_refused(writer):
    with pytest.raises(StatementError, match="zone"):
        writer.run(alarm(NOON.replace(tzinfo=None)))


def test_nothing_stays_nothing():
    assert Instant().process_bind_param(None, None) is None
    assert Instant().process_result_value(None, None) is None


def test_json_comes_back(database, writer):
    settings = {"quiet": ["21:00", "8:00"], "n": 3, "half": 0.5, "名": "支部", "none": None, "odd": "a\0b"}
    row = {"name": "n", "kind": "branch", "began_at": NOON, "settings": settings}

    def job(tx):
        with tx.guard.key():
            tx.conn.execute(insert(O), row)

    writer.run(job)
    with database.read() as tx:
        assert tx.value(select(O.c.settings)) == settings


def test_sealed_words_open_with_their_own_key_alone():
    seal = Seal("one")
    sealed = seal.close("13800000000")
    assert is_sealed(sealed)
    assert "138" not in sealed
    assert seal.open(sealed) == "13800000000"
    assert Seal("another").open(sealed) is None
    assert seal.close(None) is None
    assert seal.open(None) is None
    assert not is_sealed("13800000000")
