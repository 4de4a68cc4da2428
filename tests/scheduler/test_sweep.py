"""What is due rings once, in order; a fault of one stops none behind it, and trouble of the database loses none."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduler.rings import RINGS
from scheduler.sweep import MOST, sweep
from services import alarms
from services.deeds import Means, Verb
from services.post import Post
from storage import tables
from vocabulary.permissions import Permission
from vocabulary.refusals import Refusal

NOW = datetime(2026, 3, 5, 2, 20, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def fresh():
    return Means(NOW, ZoneInfo("Asia/Shanghai"), "salt")


def full():
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL
    return error


@pytest.fixture
def bell(writer):
    """A kind of alarm whose verb notes what rang, and first raises what was laid in for its subject."""
    rang, troubles = [], {}

    def ring(deed, *, subject, due_at):
        deed.insert(tables.rooms, branch_id=deed.branch_id, name=f"room {subject}")
        if trouble := troubles.pop(subject, None):
            raise trouble
        rang.append((subject, due_at))

    ring.verb = Verb("test.ring", Permission.CLOCKWORK, ring)
    RINGS["test.bell"] = ring
    yield rang, troubles
    del RINGS["test.bell"]


@pytest.fixture
def pending(database):
    def look():
        with database.read() as tx:
            return [alarm.subject for alarm in alarms.due(tx, NOW, 10_000)]

    return look


def set_alarms(writer, moments):
    def job(tx):
        for subject, moment in moments.items():
            Post(tx, NOW, 1).alarm("test.bell", subject, moment)

    writer.run(job)


def rooms(database):
    with database.read() as tx:
        return [row.name for row in tx.all(tables.rooms.select().order_by(tables.rooms.c.id))]


def test_what_is_due_rings_once_and_in_order(writer, bell, pending):
    rang, _ = bell
    set_alarms(writer, {1: NOW, 2: NOW - MINUTE, 3: NOW + MINUTE})
    assert [writer.run(lambda tx: sweep(tx, fresh)) for _ in range(2)] == [2, 0]
    assert rang == [(2, NOW - MINUTE), (1, NOW)]
    assert pending() == []


@pytest.mark.parametrize("trouble", [ValueError("a fault of ours"), Refusal("meeting_over")])
def test_one_that_cannot_be_done_leaves_nothing_and_stops_nobody(database, writer, bell, pending, trouble):
    rang, troubles = bell
    set_alarms(writer, {1: NOW - MINUTE, 2: NOW})
    troubles[1] = trouble
    writer.run(lambda tx: sweep(tx, fresh))
    assert [subject for subject, _ in rang] == [2]
    assert pending() == []
    assert rooms(database) == ["room 2"]


def test_trouble_of_the_database_loses_no_alarm(database, writer, bell, pending):
    rang, troubles = bell
    set_alarms(writer, {1: NOW - MINUTE, 2: NOW})
    troubles[2] = full()
    with pytest.raises(sqlite3.OperationalError):
        writer.run(lambda tx: sweep(tx, fresh))
    assert pending() == [1, 2]
    assert rooms(database) == []
    rang.clear()
    writer.run(lambda tx: sweep(tx, fresh))
    assert [subject for subject, _ in rang] == [1, 2]
    assert rooms(database) == ["room 1", "room 2"]


def test_a_crowd_is_rung_in_several_sweeps(writer, bell):
    rang, _ = bell
    set_alarms(writer, dict.fromkeys(range(MOST + 5), NOW))
    assert [writer.run(lambda tx: sweep(tx, fresh)) for _ in range(3)] == [MOST, 5, 0]
    assert len(rang) == MOST + 5


def test_an_alarm_of_an_unknown_kind_is_put_out(writer, pending):
    writer.run(lambda tx: Post(tx, NOW, 1).alarm("no.such.kind", 1, NOW))
    assert writer.run(lambda tx: sweep(tx, fresh)) == 1
    assert pending() == []
