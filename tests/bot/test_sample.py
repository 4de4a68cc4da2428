"""The sample organization: everyone is there, nobody real can be mixed in."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from bot import sample
from services import people, roster, situation
from services.deeds import Means
from storage import tables
from storage.database import Database
from storage.migrate import migrate
from storage.writer import Writer
from vocabulary.clock import SetClock
from vocabulary.views.roster import Row

NOW = datetime(2026, 3, 5, 2, 20, tzinfo=UTC)


@pytest.fixture
def writer(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'sample.db'}", "key")
    migrate(database)
    writer = Writer(database)
    writer.start()
    yield writer
    writer.stop()
    database.close()


def build(writer, at=NOW, **more):
    sample.build(writer._database, writer, SetClock(at), "rehearsal", **more)


def count(writer, name):
    return writer.run(lambda tx: tx.value(select(func.count()).select_from(tables.metadata.tables[name])))


def test_everyone_but_who_has_no_account_is_bound(writer):
    build(writer)
    assert count(writer, "people") == 35
    assert count(writer, "accounts") == 34
    assert writer.run(lambda tx: people.of_account(tx, "rehearsal", "李慧")).post == "secretary"
    assert writer.run(lambda tx: people.of_account(tx, "rehearsal", "邱本善")) is None


def test_rooms_are_each_branchs_and_may_be_left_out(writer):
    build(writer)
    for organization in writer.run(people.organizations)[1:]:
        known = writer.run(lambda tx, found=organization: situation.of_branch(tx, found.id))
        assert known.places == ("301会议室", "302会议室", "党员活动室")


def test_without_rooms_and_with_groups(writer):
    build(writer, rooms=False, groups=True)
    assert count(writer, "rooms") == 0
    rows = writer.run(lambda tx: tx.all(select(tables.chats)))
    assert [(row.channel, row.chat, row.title) for row in rows] == [
        ("rehearsal", f"g:{title}", title) for title in sample.group_titles().values()
    ]


def test_groups_are_tied_only_when_asked(writer):
    build(writer)
    assert count(writer, "chats") == 0


def test_it_is_built_once(writer):
    assert sample.standing(writer._database) == "empty"
    build(writer)
    audited = count(writer, "audit")
    build(writer)
    assert sample.standing(writer._database) == "sample"
    assert count(writer, "audit") == audited


def test_a_real_house_is_left_alone(writer):
    means = Means(NOW, ZoneInfo("Asia/Shanghai"), "salt")
    rows = [Row(2, "一支部", "甲", {"status": "full"})]
    writer.run(lambda tx: roster.bring_in(tx, means, rows, today=NOW.date()))
    assert sample.standing(writer._database) == "other"
    with pytest.raises(ValueError, match="not made by the sample"):
        build(writer)
    assert count(writer, "people") == 1


def test_a_machine_whose_clock_is_behind_shows_it_too(writer):
    build(writer, at=datetime(2024, 1, 1, tzinfo=UTC))
    assert count(writer, "people") == 35
