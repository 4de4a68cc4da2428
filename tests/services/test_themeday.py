"""The party day's rule and the meetings that come of it."""

from __future__ import annotations

import shutil
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import chinese_calendar.constants as table
import pytest
from sqlalchemy import select

from bot.house import House
from rules import days
from services import convening, deeds, meetings, people, themeday
from storage import tables
from storage.database import Database
from vocabulary.clock import SetClock
from vocabulary.permissions import clock as hand_of_clock
from vocabulary.refusals import NotAllowed, NotFound, Refusal

ZONE = ZoneInfo("Asia/Shanghai")
FIRST_FRIDAY = "FREQ=MONTHLY;BYDAY=1FR"
M = tables.meetings


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


class Branch:
    """A small branch whose clock is set by hand; its verbs are done as a person or as the clock."""

    def __init__(self, path):
        self.clock = SetClock(at("2026-04-10T10:00"))
        self.house = House(Database(f"sqlite:///{path}", "test"), self.clock, ZONE)
        self.house.open()

    def run(self, job):
        return self.house.writer.run(job)

    def do(self, name, verb, **kwargs):
        def job(tx):
            person = people.of_account(tx, "rehearsal", name)
            return deeds.do(tx, people.actor(tx, person), self.house.fresh(), verb, **kwargs)

        return self.run(job)

    def ring(self, verb, subject):
        def job(tx):
            branch_id = people.of_account(tx, "rehearsal", "魏国强").branch_id
            actor = hand_of_clock(branch_id)
            return deeds.do(tx, actor, self.house.fresh(), verb, subject=subject, due_at=self.clock.now())

        return self.run(job)

    def fix(self, rrule=FIRST_FRIDAY, hour="14:30", place="党员活动室", topic=""):
        rule = {"rrule": rrule, "at": time.fromisoformat(hour), "place": place, "topic": topic}
        return self.do("魏国强", themeday.set_, **rule)

    def rows(self):
        """Month → (start, place, state) of every party day."""
        found = self.run(lambda tx: tx.all(select(M).where(M.c.theme_month.is_not(None)).order_by(M.c.theme_month)))
        return {
            row.theme_month: (f"{row.starts_at.astimezone(ZONE):%m-%d %H:%M}", row.place, row.state) for row in found
        }

    def meeting(self, month):
        key = self.run(lambda tx: tx.value(select(M.c.id).where(M.c.theme_month == month)))
        return self.run(lambda tx: meetings.one(tx, key))

    def letters(self, key):
        """The private messages that hold a text, as (person, args)."""
        found = self.run(lambda tx: tx.all(select(tables.outbox).order_by(tables.outbox.c.id)))
        return [row for row in found if key in str(row.parts)]


@pytest.fixture
def branch(tmp_path, furnished):
    made = Branch(shutil.copy(furnished, tmp_path / "zhibu.db"))
    yield made
    made.house.close()


def test_the_next_three_months_stand_at_once_and_nobody_is_invited_yet(branch):
    branch.fix()
    assert branch.rows() == {
        "2026-05": ("05-06 14:30", "党员活动室", "planned"),
        "2026-06": ("06-05 14:30", "党员活动室", "planned"),
        "2026-07": ("07-03 14:30", "党员活动室", "planned"),
    }
    may = branch.meeting("2026-05")
    assert may.due_all == 5
    assert branch.run(lambda tx: meetings.invited(tx, may.id)) == set()
    assert may.note["holiday"] == "labour_day"


def test_it_is_announced_once_to_who_is_on_the_roster_and_says_why_it_was_moved(branch):
    branch.fix()
    may = branch.meeting("2026-05")
    branch.ring(themeday.announce_due, may.id)
    assert branch.meeting("2026-05").told_at is None, "it is not its day yet"
    branch.clock.set(at("2026-04-30T09:00"))
    branch.ring(themeday.announce_due, may.id)
    branch.ring(themeday.announce_due, may.id)
    assert len(branch.letters("themeday.moved_holiday")) == 5
    assert len(branch.run(lambda tx: meetings.invited(tx, may.id))) == 5


def test_a_new_rule_moves_what_nobody_was_told_of_and_nothing_else(branch):
    branch.fix()
    branch.clock.set(at("2026-04-30T09:00"))
    branch.ring(themeday.announce_due, branch.meeting("2026-05").id)
    june = branch.meeting("2026-06").id
    branch.do("魏国强", convening.change, meeting_id=june, new={"starts_at": at("2026-06-09T10:00")})
    branch.fix("FREQ=MONTHLY;BYDAY=3WE", place="301会议室")
    assert branch.rows() == {
        "2026-05": ("05-06 14:30", "党员活动室", "planned"),
        "2026-06": ("06-09 10:00", "党员活动室", "planned"),
        "2026-07": ("07-15 14:30", "301会议室", "planned"),
    }


def test_a_month_called_off_stays_off_and_one_that_the_rule_leaves_falls_away(branch):
    branch.fix()
    branch.do("魏国强", convening.cancel, meeting_id=branch.meeting("2026-06").id)
    branch.fix("FREQ=MONTHLY;INTERVAL=2;BYDAY=1FR")
    rows = branch.rows()
    assert rows["2026-06"][2] == "cancelled"
    assert "2026-05" not in rows
    assert "2026-07" not in rows
    assert rows["2026-08"][0] == "08-07 14:30"


def test_ending_the_rule_keeps_what_was_announced(branch):
    branch.fix()
    branch.clock.set(at("2026-04-30T09:00"))
    branch.ring(themeday.announce_due, branch.meeting("2026-05").id)
    branch.do("魏国强", themeday.stop)
    assert list(branch.rows()) == ["2026-05"]
    with pytest.raises(NotFound):
        branch.do("魏国强", themeday.stop)
    pending = select(tables.alarms).where(tables.alarms.c.kind == "themeday.month", tables.alarms.c.state == 0)
    assert branch.run(lambda tx: tx.all(pending)) == []


def test_the_clock_keeps_three_months_ahead(branch):
    branch.fix()
    key = branch.run(lambda tx: tx.value(select(tables.theme_days.c.id)))
    branch.clock.set(at("2026-06-01T09:00"))
    branch.ring(themeday.month, key)
    assert list(branch.rows()) == ["2026-05", "2026-06", "2026-07", "2026-08"]
    due = select(tables.alarms.c.due_at).where(tables.alarms.c.kind == "themeday.month")
    assert branch.run(lambda tx: tx.value(due)) == at("2026-07-01T09:00")


def test_a_day_beyond_the_table_is_looked_at_again_when_the_table_comes(branch, monkeypatch):
    branch.clock.set(at("2026-11-10T10:00"))
    branch.fix()
    january = branch.meeting("2027-01")
    assert january.note["assumed"]
    assert january.starts_at == at("2027-01-04T14:30")
    branch.clock.set(at("2026-12-31T09:00"))
    branch.ring(themeday.announce_due, january.id)
    assert len(branch.letters("themeday.assumed_moved")) == 5
    for day, name in ((date(2027, 1, 1), "New Year's Day"), (date(2027, 1, 4), "New Year's Day")):
        monkeypatch.setitem(table.holidays, day, name)
    monkeypatch.setitem(table.holidays, date(2027, 10, 1), "National Day")
    days._table.cache_clear()
    key = branch.run(lambda tx: tx.value(select(tables.theme_days.c.id)))
    branch.clock.set(at("2027-01-01T09:00"))
    branch.ring(themeday.month, key)
    again = branch.meeting("2027-01")
    monkeypatch.undo()
    days._table.cache_clear()
    assert again.starts_at == at("2027-01-05T14:30")
    assert not again.note["assumed"]
    assert again.revision == 2, "an old button says that it is old"
    assert len(branch.letters("themeday.checked")) == 5


def test_one_that_was_changed_by_hand_is_not_moved_back(branch, monkeypatch):
    branch.clock.set(at("2026-11-10T10:00"))
    branch.fix()
    january = branch.meeting("2027-01").id
    branch.do("魏国强", convening.change, meeting_id=january, new={"starts_at": at("2027-01-20T14:30")})
    monkeypatch.setitem(table.holidays, date(2027, 10, 1), "National Day")
    days._table.cache_clear()
    key = branch.run(lambda tx: tx.value(select(tables.theme_days.c.id)))
    branch.clock.set(at("2026-12-01T09:00"))
    branch.ring(themeday.month, key)
    monkeypatch.undo()
    days._table.cache_clear()
    assert branch.meeting("2027-01").starts_at == at("2027-01-20T14:30")


def test_only_the_heads_fix_it_and_only_a_rule_that_has_days(branch):
    with pytest.raises(NotAllowed):
        branch.do("姜楠", themeday.set_, rrule=FIRST_FRIDAY, at=time(14), place="党员活动室")
    with pytest.raises(Refusal, match="themeday_never"):
        branch.fix("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30")
    assert branch.rows() == {}
