"""What the clock says by itself, and what it keeps for the morning."""

from __future__ import annotations

import shutil
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bot.house import House
from bot.stage import furnish
from scheduler.sweep import sweep
from services import binding, convening, deeds, people
from storage import tables
from storage.database import Database
from vocabulary.clock import SetClock
from vocabulary.meetings import MeetingType

ZONE = ZoneInfo("Asia/Shanghai")
O = tables.outbox  # noqa: E741  the outbox is spelled often here


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


class Branch:
    """A branch with a chat of its own and a clock set by hand."""

    def __init__(self, path):
        self.clock = SetClock(at("2026-03-05T10:20"))
        self.house = House(Database(f"sqlite:///{path}", "test"), self.clock, ZONE)
        self.house.open()
        self.do(binding.bind_group, channel="rehearsal", chat="g:1", title="职能群", group_id=None)

    def do(self, verb, **kwargs):
        def job(tx):
            person = people.of_account(tx, "rehearsal", "魏国强")
            return deeds.do(tx, people.actor(tx, person), self.house.fresh(), verb, **kwargs)

        return self.house.writer.run(job)

    def call(self, start, **more):
        return self.do(convening.create, type=MeetingType.MEMBER, starts_at=at(start), place="301会议室", **more)

    def sweep(self, text):
        self.clock.set(at(text))
        self.house.writer.run(lambda tx: sweep(tx, self.house.fresh))

    def due(self, words):
        """When each message that holds these words goes out."""
        rows = self.house.writer.run(lambda tx: tx.all(select(O.c.parts, O.c.due_at).order_by(O.c.id)))
        return [f"{row.due_at.astimezone(ZONE):%d %H:%M}" for row in rows if words in str(row.parts)]


@pytest.fixture
def branch(tmp_path):
    furnish(tmp_path / "furnished.db")
    made = Branch(shutil.copy(tmp_path / "furnished.db", tmp_path / "zhibu.db"))
    yield made
    made.house.close()


def test_the_day_before_a_night_meeting_is_asked_in_the_morning(branch):
    branch.call("2026-03-07T21:30")
    branch.sweep("2026-03-06T21:30")
    assert set(branch.due("meetings.remind_unanswered")) == {"07 08:00"}


def test_a_line_that_would_come_after_the_start_is_not_said(branch):
    branch.call("2026-03-07T21:30")
    branch.sweep("2026-03-07T21:00")
    assert branch.due("meetings.remind_group") + branch.due("meetings.remind_late") == []


def test_a_line_held_until_morning_counts_the_minutes_from_then(branch):
    branch.call("2026-03-07T08:20")
    branch.sweep("2026-03-07T07:50")
    assert branch.due("meetings.remind_group") == ["07 08:00"]
    assert branch.due("{'n': 20}") == ["07 08:00"]


def test_the_check_in_of_a_night_meeting_speaks_at_night(branch):
    branch.call("2026-03-07T20:30")
    branch.sweep("2026-03-07T20:15")
    branch.sweep("2026-03-07T22:00")
    assert branch.due("checkin.closed_group") == ["07 22:00"]


def test_the_check_in_of_a_morning_meeting_waits_for_the_morning(branch):
    branch.call("2026-03-07T08:00")
    branch.sweep("2026-03-07T07:45")
    assert branch.due("checkin.card") == ["07 08:00"]


def test_what_a_person_does_at_night_is_told_at_night(branch):
    branch.clock.set(at("2026-03-05T22:00"))
    branch.call("2026-03-07T15:00")
    assert branch.due("meetings.notice_group") == ["05 22:00"]


def test_no_minutes_before_the_start_is_never(branch):
    branch.call("2026-03-10T15:00", remind_minutes=0)
    branch.sweep("2026-03-10T15:00")
    assert branch.due("meetings.remind_group") == []
    assert branch.due("meetings.remind_late") == []


def test_where_nothing_is_heard_in_the_chat_the_check_in_is_told_privately_too(branch):
    def deafen(tx):
        with tx.guard.key():
            tx.conn.execute(tables.chats.update().values(channel="wecom_group"))

    branch.call("2026-03-10T15:00")
    branch.house.writer.run(deafen)
    branch.sweep("2026-03-10T14:50")
    assert len(branch.due("checkin.card")) == 1
    assert len(branch.due("checkin.opened_private")) > 1
