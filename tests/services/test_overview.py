"""What the Clock says by itself about what is owed: when, to whom, and when it keeps silent."""

from __future__ import annotations

import shutil
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bot.house import House
from rules import periods
from scheduler.sweep import sweep
from services import convening, deeds, overview, people
from storage import tables
from storage.database import Database
from texts.rendering import Renderer
from vocabulary.clock import SetClock
from vocabulary.meetings import MeetingType
from vocabulary.messages import Card
from vocabulary.packing import unpack
from vocabulary.permissions import clock as hand_of_clock
from vocabulary.refusals import NotFound

ZONE = ZoneInfo("Asia/Shanghai")
A, OUT = tables.alarms, tables.outbox


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


class Branches:
    """The sample organization under a clock that is set by hand."""

    def __init__(self, path):
        self.clock = SetClock(at("2026-03-05T10:20"))
        self.house = House(Database(f"sqlite:///{path}", "test"), self.clock, ZONE)
        self.house.open()

    def run(self, job):
        return self.house.writer.run(job)

    def begin(self):
        self.run(lambda tx: overview.begin(tx, self.house.fresh()))

    def id_of(self, name):
        return next(one.id for one in self.run(people.organizations) if one.name == name)

    def hold(self, name, kind, start, group_id=None, state=None):
        """A meeting of a secretary's: one in the past is on record as held, one ahead as planned."""

        def job(tx):
            actor = people.actor(tx, people.of_account(tx, "rehearsal", name))
            words = {"type": kind, "starts_at": at(start), "place": "301会议室", "group_id": group_id}
            deeds.do(tx, actor, self.house.fresh(), convening.create, **words)

        self.run(job)
        if state:
            self.run(state)

    def hold_all(self):
        """Everything that March asks for, in every branch."""
        groups = self.run(lambda tx: [row.id for row in tx.all(select(tables.party_groups.c.id))])
        for name in ("李慧", "何建平", "魏国强"):
            for kind in (MeetingType.MEMBER, MeetingType.LECTURE, MeetingType.THEME_DAY):
                self.hold(name, kind, "2026-03-06T09:00")
        for name in ("李慧", "何建平"):
            self.hold(name, MeetingType.COMMITTEE, "2026-03-06T11:00")
        for key in groups:
            self.hold("李慧", MeetingType.GROUP, "2026-03-06T12:00", key)

    def alarms(self):
        """Key → local instant of the alarms that are set for these warnings."""
        wanted = select(A).where(A.c.kind.startswith("overview"), A.c.state == 0).order_by(A.c.key)
        return {row.key: f"{row.due_at.astimezone(ZONE):%m-%d %H:%M}" for row in self.run(lambda tx: tx.all(wanted))}

    def advance(self, moment):
        """Set the clock, ring what is due, and return what was said since: (name, words, button labels)."""
        self.clock.set(at(moment))
        before = self.run(lambda tx: tx.value(select(OUT.c.id).order_by(OUT.c.id.desc()).limit(1))) or 0
        self.run(lambda tx: sweep(tx, self.house.fresh))
        rows = self.run(lambda tx: tx.all(select(OUT).where(OUT.c.id > before).order_by(OUT.c.id)))
        return [self._said(row) for row in rows if "overview" in str(row.parts)]

    def _said(self, row):
        render = Renderer(self.clock.now(), ZONE).words
        (part,) = unpack(row.parts)
        labels = [render(choice.label) for choice in part.choices] if isinstance(part, Card) else []
        return people_name(self, row.person_id), [render(line) for line in part.lines], labels


def people_name(branches, person_id):
    return branches.run(lambda tx: people.person(tx, person_id)).name


@pytest.fixture
def branches(tmp_path, furnished):
    made = Branches(shutil.copy(furnished, tmp_path / "zhibu.db"))
    yield made
    made.house.close()


def test_warnings_are_set_once_and_stay_where_they_are(branches):
    branches.begin()
    first = branches.alarms()
    assert sorted(first.values()) == ["03-20 09:00", "03-20 09:00", "03-20 09:00", "03-23 09:00"]
    branches.clock.set(at("2026-03-25T10:00"))
    branches.begin()
    assert branches.alarms() == first, "one that has not rung yet is not moved away"


def test_the_secretary_alone_is_told_what_is_neither_held_nor_planned(branches):
    branches.begin()
    branches.hold("李慧", MeetingType.MEMBER, "2026-03-06T09:00")
    branches.hold("李慧", MeetingType.THEME_DAY, "2026-03-27T09:00")
    told = {name: (lines, labels) for name, lines, labels in branches.advance("2026-03-20T09:00")}
    assert set(told) == {"李慧", "何建平", "魏国强"}
    assert told["魏国强"][0] == ["离季度末还有11天，还差：第一季度支部党员大会、第一季度党课、3月主题党日。"]
    assert told["李慧"] == (
        ["离季度末还有11天，还差：3月支委会、第一党小组3月的会、第二党小组3月的会、第一季度党课。"],
        ["安排支委会", "安排党小组会", "安排党课"],
    )


def test_on_the_last_day_it_says_so_and_the_next_month_is_waited_for(branches):
    branches.begin()
    branches.advance("2026-03-20T09:00")
    branches.advance("2026-03-27T09:00")
    told = dict(said[:2] for said in branches.advance("2026-03-31T09:00"))
    assert told["何建平"] == ["今天是季度末，还差：第一季度支部党员大会、3月支委会、第一季度党课、3月主题党日。"]
    assert branches.alarms()[f"overview.warn:{branches.id_of('研发党支部')}"] == "04-20 09:00"


def test_where_all_is_held_nobody_hears_anything(branches):
    branches.begin()
    branches.clock.set(at("2026-03-09T09:00"))
    branches.hold_all()
    for moment in ("2026-03-20T09:00", "2026-03-23T09:00", "2026-03-31T09:00"):
        assert branches.advance(moment) == []


def test_a_warning_that_comes_when_the_month_is_over_is_dropped(branches):
    branches.begin()
    said = branches.advance("2026-04-02T09:00")
    assert [name for name, lines, _ in said if "离季度末" in lines[0]] == []
    assert branches.alarms()[f"overview.warn:{branches.id_of('市场党支部')}"] == "04-20 09:00"


def test_a_committee_hears_on_monday_what_needs_help_and_how_the_others_stand(branches):
    branches.begin()
    branches.clock.set(at("2026-03-09T09:00"))
    branches.hold("何建平", MeetingType.COMMITTEE, "2026-03-06T11:00")
    said = {name: lines for name, lines, _ in branches.advance("2026-03-23T09:00") if name == "陶然"}
    assert said["陶然"][1] == "3月支委会：研发党支部还没登记，市场党支部已开，职能党支部不设支委会。"
    assert "3月党小组会：研发党支部第一党小组还没登记，研发党支部第二党小组还没登记" in said["陶然"][2]


def test_the_first_monday_of_a_month_looks_back(branches):
    branches.begin()
    branches.advance("2026-03-30T09:00")
    monday_is_a_holiday = branches.alarms()[f"overview.week:{branches.id_of('园区党委')}"]
    assert monday_is_a_holiday == "04-07 09:00"
    branches.advance("2026-04-30T09:00")
    branches.hold("何建平", MeetingType.COMMITTEE, "2026-04-06T11:00")
    said = {name: lines for name, lines, _ in branches.advance("2026-05-06T09:00")}
    assert "4月支委会：研发党支部还没登记，市场党支部已开，职能党支部不设支委会。" in said["陶然"]


def test_a_branch_sees_itself_and_a_supervisor_those_below(branches):
    def look(name, branch):
        def job(tx):
            viewer = people.actor(tx, people.of_account(tx, "rehearsal", name))
            found = overview.reach(tx, viewer, branch)
            for one in found:
                overview.standing(tx, viewer, one.id, periods.quarter(2026, 1), branches.clock.now(), ZONE)
            return [one.name for one in found]

        return branches.run(job)

    assert look("李慧", None) == ["研发党支部"]
    assert look("陶然", None) == ["研发党支部", "市场党支部", "职能党支部"]
    assert look("陶然", "市场") == ["市场党支部"]
    for name, branch in (("李慧", "市场党支部"), ("陶然", "财务党支部"), ("陶然", "园区党委")):
        with pytest.raises(NotFound):
            look(name, branch)
    market = branches.id_of("市场党支部")
    with pytest.raises(NotFound):
        branches.run(
            lambda tx: overview.standing(
                tx,
                people.actor(tx, people.of_account(tx, "rehearsal", "李慧")),
                market,
                periods.quarter(2026, 1),
                branches.clock.now(),
                ZONE,
            )
        )


def test_only_the_clock_sets_warnings(branches):
    own = branches.id_of("研发党支部")
    branches.run(lambda tx: deeds.do(tx, hand_of_clock(own), branches.house.fresh(), overview.ensure))
    assert branches.alarms() == {f"overview.warn:{own}": "03-20 09:00"}
