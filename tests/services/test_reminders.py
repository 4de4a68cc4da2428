"""Free reminders: when they ring, for whom, and how late is too late."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bot.house import House
from scheduler.sweep import sweep
from services import deeds, people, reminders
from services.reminders import following_after
from storage import tables
from storage.database import Database
from vocabulary.clock import SetClock
from vocabulary.refusals import NotAllowed, NotFound, Refusal

ZONE = ZoneInfo("Asia/Shanghai")
R = tables.reminders


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


class Branch:
    """The sample branches with a clock set by hand."""

    def __init__(self, path):
        self.clock = SetClock(at("2026-03-05T10:20"))
        self.house = House(Database(f"sqlite:///{path}", "test"), self.clock, ZONE)
        self.house.open()

    def run(self, job):
        return self.house.writer.run(job)

    def who(self, name):
        return self.run(lambda tx: people.of_account(tx, "rehearsal", name)).id

    def do(self, name, verb, **kwargs):
        def job(tx):
            person = people.of_account(tx, "rehearsal", name)
            return deeds.do(tx, people.actor(tx, person), self.house.fresh(), verb, **kwargs)

        return self.run(job)

    def sweep(self, text):
        self.clock.set(at(text))
        rang = 0
        while found := self.run(lambda tx: sweep(tx, self.house.fresh)):
            rang += found
        return rang

    def said(self):
        """Key, person and instant of every reminder in the outbox."""
        rows = self.run(lambda tx: tx.all(select(tables.outbox).order_by(tables.outbox.c.id)))
        return [
            (row.parts[0]["text"][0], row.person_id, row.due_at.astimezone(ZONE).strftime("%m-%d %H:%M"))
            for row in rows
            if "reminders.fired" in str(row.parts)
        ]

    def states(self):
        return self.run(lambda tx: [row.state for row in tx.all(select(R.c.state).order_by(R.c.id))])


@pytest.fixture
def branch(tmp_path, furnished):
    made = Branch(shutil.copy(furnished, tmp_path / "zhibu.db"))
    yield made
    made.house.close()


def test_one_for_oneself_rings_at_the_hour_that_was_asked_for_even_at_night(branch):
    branch.do("姜楠", reminders.create, text="写总结", due_at=at("2026-03-05T22:00"))
    branch.sweep("2026-03-05T22:00")
    assert branch.said() == [("reminders.fired", branch.who("姜楠"), "03-05 22:00")]
    assert branch.states() == ["done"]


def test_one_for_others_waits_for_the_morning(branch):
    others = [branch.who("姜楠"), branch.who("陶然")]
    branch.do("魏国强", reminders.create, text="关窗", due_at=at("2026-03-05T22:00"), people_ids=others)
    branch.sweep("2026-03-05T22:00")
    assert sorted(branch.said()) == sorted(("reminders.fired_from", one, "03-06 08:00") for one in others)


def test_a_repeating_one_moves_its_alarm_on_and_is_never_doubled(branch):
    rule = {"rrule": "FREQ=WEEKLY;BYDAY=MO", "at": time(9)}
    branch.do("姜楠", reminders.create, text="催", due_at=at("2026-03-09T09:00"), **rule)
    assert branch.sweep("2026-03-09T09:00") == 1
    assert branch.sweep("2026-03-09T09:30") == 0
    assert branch.sweep("2026-03-16T09:00") == 1
    assert len(branch.said()) == 2
    assert branch.run(lambda tx: tx.value(select(R.c.due_at))) == at("2026-03-23T09:00")


@pytest.mark.parametrize(
    ("woken", "said"),
    [
        ("2026-03-06T09:04", ["reminders.fired"]),
        ("2026-03-06T17:00", ["reminders.fired_late"]),
        ("2026-03-06T21:00", []),
    ],
)
def test_after_downtime_it_says_that_it_is_late_or_is_dropped(branch, woken, said):
    branch.do("姜楠", reminders.create, text="交表", due_at=at("2026-03-06T09:00"))
    branch.sweep(woken)
    assert [key for key, _, _ in branch.said()] == said
    assert branch.states() == ["done"]


def test_a_repeating_one_that_slept_for_days_goes_on_from_today(branch):
    branch.do("姜楠", reminders.create, text="喝水", due_at=at("2026-03-06T09:00"), rrule="FREQ=DAILY", at=time(9))
    branch.sweep("2026-03-10T23:00")
    assert branch.said() == []
    assert branch.run(lambda tx: tx.value(select(R.c.due_at))) == at("2026-03-11T09:00")


def test_a_member_may_address_nobody_else_and_stop_only_their_own(branch):
    with pytest.raises(NotAllowed):
        branch.do("姜楠", reminders.create, text="交", due_at=at("2026-03-06T09:00"), people_ids=[branch.who("陶然")])
    mine = branch.do("姜楠", reminders.create, text="交表", due_at=at("2026-03-06T09:00"))
    with pytest.raises(NotFound):
        branch.do("魏国强", reminders.cancel, reminder_id=mine.id)
    branch.do("姜楠", reminders.cancel, reminder_id=mine.id)
    with pytest.raises(NotFound):
        branch.do("姜楠", reminders.cancel, reminder_id=mine.id)
    assert branch.sweep("2026-03-06T09:00") == 0


def test_a_groups_leader_reminds_that_group_and_nobody_of_another_branch_is_reached(branch):
    of_group, other = branch.who("朱立"), branch.who("卫东")
    when = at("2026-03-06T09:00")
    branch.do("王晓明", reminders.create, text="交", due_at=when, people_ids=[of_group])
    with pytest.raises(NotAllowed):
        branch.do("王晓明", reminders.create, text="交", due_at=when, people_ids=[other])
    with pytest.raises(NotFound):
        branch.do("魏国强", reminders.create, text="交", due_at=when, people_ids=[other])


def test_the_past_is_refused(branch):
    with pytest.raises(Refusal, match="reminder_past"):
        branch.do("姜楠", reminders.create, text="交", due_at=at("2026-03-05T10:20"))


def test_of_a_thousand_due_at_once_none_is_lost(branch):
    key = branch.who("姜楠")
    branch_id = branch.run(lambda tx: people.person(tx, key)).branch_id
    due = at("2026-03-06T09:00").astimezone(UTC)

    def fill(tx):
        with tx.guard.key():
            for n in range(1, 1001):
                row = {"id": n, "branch_id": branch_id, "owner_id": key, "audience": {}, "text": str(n), "due_at": due}
                tx.conn.execute(R.insert(), row)
                alarm = {"branch_id": branch_id, "kind": "reminder.fire", "subject": n, "key": f"r{n}", "due_at": due}
                tx.conn.execute(tables.alarms.insert(), alarm)

    branch.run(fill)
    assert branch.sweep("2026-03-06T09:00") == 1000
    assert len(branch.said()) == 1000
    assert set(branch.states()) == {"done"}


def test_the_local_hour_stays_where_clocks_change():
    berlin = ZoneInfo("Europe/Berlin")
    before = datetime(2026, 3, 28, 9, tzinfo=berlin)
    after = following_after("FREQ=DAILY", "09:00", before, before, berlin)
    assert after == datetime(2026, 3, 29, 9, tzinfo=berlin)
    assert after.astimezone(UTC) - before.astimezone(UTC) == timedelta(hours=23)


@pytest.mark.parametrize(
    ("rrule", "expected"),
    [
        ("FREQ=DAILY;INTERVAL=2", "2026-03-07T09:00"),
        ("FREQ=MONTHLY;BYMONTHDAY=31", "2026-03-31T09:00"),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "2026-03-31T09:00"),
        ("FREQ=YEARLY;BYMONTH=7;BYMONTHDAY=1", "2026-07-01T09:00"),
    ],
)
def test_the_next_time_of_a_rule(rrule, expected):
    since = at("2026-03-05T09:00")
    assert following_after(rrule, "09:00", since, since, ZONE) == at(expected)


@pytest.mark.parametrize("rrule", ["FREQ=NEVER", "nonsense", "FREQ=DAILY;BYDAY=XX"])
def test_what_is_no_rule_is_a_value_error(rrule):
    with pytest.raises(ValueError, match=r"rule|rrule|invalid|unknown|not enough|NEVER|XX|nonsense"):
        following_after(rrule, "09:00", at("2026-03-05T09:00"), at("2026-03-05T09:00"), ZONE)
