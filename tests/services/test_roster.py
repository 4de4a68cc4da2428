"""The roster: what bringing in a list would change, what it changes, and what it cannot mean."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from services import people, roster
from services.deeds import Means, do
from storage import tables
from storage.database import Database
from storage.migrate import migrate
from storage.writer import Writer
from vocabulary.people import MemberStatus, Post
from vocabulary.permissions import clock
from vocabulary.refusals import NotAllowed, Refusal
from vocabulary.views.roster import Account, Row

NOW = datetime(2026, 3, 5, 2, 20, tzinfo=UTC)
TODAY = date(2026, 3, 5)
MEANS = Means(NOW, ZoneInfo("Asia/Shanghai"), "salt")
FACTS = {
    "status": MemberStatus.FULL.value,
    "post": "",
    "upper_post": "",
    "group": "",
    "born_on": date(1980, 1, 1),
    "joined_on": date(2001, 6, 28),
    "full_on": date(2002, 6, 28),
    "phone": "19900000001",
}


def row(number, name, organization="一支部", committee="", accounts=(), **facts):
    return Row(number, organization, name, FACTS | facts, accounts, committee)


ROWS = [
    row(2, "甲", post="secretary", upper_post="园区党委书记", committee="园区党委"),
    row(3, "乙", post="group_leader", group="第一党小组"),
    row(4, "丙", group="第一党小组", phone=None),
    row(5, "丁", "二支部", accounts=(Account("wecom", "ding", "ding"),)),
]


@pytest.fixture
def writer(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'roster.db'}", "key")
    migrate(database)
    writer = Writer(database)
    writer.start()
    yield writer
    writer.stop()
    database.close()


def bring(writer, rows, **more):
    return writer.run(lambda tx: roster.bring_in(tx, MEANS, rows, today=TODAY, **more))


def look(writer, rows, **more):
    return writer.run(lambda tx: roster.plan(tx, rows, today=TODAY, **more))


def codes(plan):
    return [(fault.row, fault.column, fault.code) for fault in plan.faults]


def without(name, *rows):
    return [row for row in rows or ROWS if row.name != name]


def everything(writer):
    """The contents of every table that a roster fills, audit included."""
    names = ("organizations", "people", "party_groups", "accounts", "audit")
    return writer.run(lambda tx: {name: tx.all(select(tables.metadata.tables[name])) for name in names})


def test_a_plan_names_what_is_new_and_writes_nothing(writer):
    plan = look(writer, ROWS)
    assert plan.organizations == ("园区党委", "一支部", "二支部")
    assert [row.name for row in plan.new] == ["甲", "乙", "丙", "丁"]
    assert not plan.is_empty
    assert not any(everything(writer).values())


def test_organizations_groups_people_and_accounts_are_written(writer):
    bring(writer, ROWS)
    stored = everything(writer)
    committee, first, second = stored["organizations"]
    assert (committee.name, committee.kind, committee.parent_id) == ("园区党委", "committee", None)
    assert [(branch.kind, branch.parent_id) for branch in (first, second)] == [("branch", committee.id)] * 2
    assert first.began_at == NOW
    assert [(group.name, group.branch_id) for group in stored["party_groups"]] == [("第一党小组", first.id)]
    leader = writer.run(lambda tx: people.of_branch(tx, first.id))[1]
    assert (leader.name, leader.post, leader.group) == ("乙", Post.GROUP_LEADER, "第一党小组")
    assert [(held.channel, held.account, held.branch_id) for held in stored["accounts"]] == [
        ("wecom", "ding", second.id)
    ]


def test_a_phone_is_sealed_and_masked_in_the_audit(writer):
    bring(writer, ROWS)
    stored = everything(writer)
    phone = stored["people"][0].phone
    assert "19900000001" not in phone
    assert writer.run(lambda tx: tx.seal.open(phone)) == "19900000001"
    assert "19900000001" not in str(stored["audit"])


def test_each_branch_has_its_part_in_its_own_audit(writer):
    bring(writer, ROWS)
    stored = everything(writer)
    ids = [found.id for found in stored["organizations"]]
    assert [(audit.branch_id, audit.verb) for audit in stored["audit"]] == [
        (roster.HOUSE, "roster.found_organizations"),
        (ids[1], "roster.apply"),
        (ids[2], "roster.apply"),
    ]


def test_the_same_rows_again_change_nothing(writer):
    bring(writer, ROWS)
    before = everything(writer)
    plan = bring(writer, ROWS)
    assert plan.is_empty
    assert len(plan.unchanged) == 4
    assert everything(writer) == before


def test_only_what_differs_is_changed(writer):
    bring(writer, ROWS)
    moved = replace(ROWS[2], facts=ROWS[2].facts | {"group": "第二党小组", "phone": "19900000003"})
    plan = bring(writer, [ROWS[0], ROWS[1], moved, ROWS[3]])
    [change] = plan.changed
    assert change.old == {"group": "第一党小组", "phone": None}
    assert change.new == {"group": "第二党小组", "phone": "19900000003"}
    assert look(writer, [ROWS[0], ROWS[1], moved, ROWS[3]]).is_empty


def test_a_file_without_a_column_wipes_nothing(writer):
    bring(writer, ROWS)
    assert look(writer, [replace(row, facts={"status": "full"}) for row in ROWS]).is_empty
    emptied = replace(ROWS[0], facts=ROWS[0].facts | {"phone": None})
    assert look(writer, [emptied, *ROWS[1:]]).changed[0].new == {"phone": None}


def test_an_account_that_is_someone_elses_goes_over(writer):
    bring(writer, ROWS)
    given = [without("丁")[0], replace(ROWS[1], accounts=ROWS[3].accounts), ROWS[2], replace(ROWS[3], accounts=())]
    plan = bring(writer, given)
    assert [(change.row.name, change.accounts) for change in plan.changed] == [("乙", ROWS[3].accounts)]
    assert writer.run(lambda tx: people.of_account(tx, "wecom", "ding")).name == "乙"


def test_who_is_missing_stays_until_said_to_have_left(writer):
    bring(writer, ROWS)
    plan = bring(writer, without("丙"))
    assert [found.name for found in plan.missing] == ["丙"]
    assert plan.is_empty
    assert [found.name for found in bring(writer, without("丙"), left=["丙"]).leaving] == ["丙"]
    gone = next(found for found in everything(writer)["people"] if found.name == "丙")
    assert gone.left_on == TODAY
    again = look(writer, without("丙"), left=["丙"])
    assert (again.is_empty, again.faults, again.missing) == (True, (), ())


def test_who_left_and_is_listed_again_is_back(writer):
    bring(writer, ROWS)
    bring(writer, without("丙"), left=["丙"])
    [change] = bring(writer, ROWS).changed
    assert change.new == {"left_on": None}
    assert len(everything(writer)["people"]) == 4


def test_branches_that_the_file_does_not_name_are_not_missing(writer):
    bring(writer, ROWS)
    assert look(writer, without("丁")).missing == ()


def test_names_that_have_left_must_be_plain(writer):
    bring(writer, [*ROWS, row(6, "丙", "二支部")])
    assert codes(look(writer, ROWS, left=["戊"])) == [(None, None, "left_unknown")]
    assert codes(look(writer, ROWS, left=["甲"])) == [(None, None, "left_in_file")]
    [several] = look(writer, ROWS, left=["丙"]).faults
    assert (several.code, several.words["choices"]) == ("left_several", ["一支部/丙", "二支部/丙"])
    assert [found.organization for found in look(writer, ROWS, left=["二支部/丙"]).leaving] == ["二支部"]


def test_a_branch_goes_under_the_committee_that_its_own_people_name(writer):
    bring(writer, [ROWS[0], row(3, "戊", "二支部", "城区党委"), row(4, "己", "三支部")])
    found = {one.name: one for one in writer.run(people.organizations)}
    assert found["一支部"].parent_id == found["园区党委"].id
    assert found["二支部"].parent_id == found["城区党委"].id
    assert found["三支部"].parent_id is None


PROBATIONARY = {"status": "probationary", "joined_on": date(2025, 6, 18), "full_on": None}
ACTIVIST = {"status": "activist", "joined_on": None, "full_on": None}


@pytest.mark.parametrize(
    ("rows", "faults"),
    [
        ([row(2, "甲"), row(3, "甲")], [(3, "name", "twice")]),
        ([row(2, "甲"), row(3, "甲", "二支部")], []),
        ([row(2, "甲", post="secretary"), row(3, "乙", post="secretary")], [(3, "post", "two_secretaries")]),
        ([row(2, "甲", post="secretary"), row(3, "乙", "二支部", post="secretary")], []),
        (
            [row(2, "甲", post="group_leader", group="一组"), row(3, "乙", post="group_leader", group="一组")],
            [(3, "post", "two_leaders")],
        ),
        ([row(2, "甲", post="group_leader")], [(2, "group", "leader_without_group")]),
        ([row(2, "甲", post="secretary", **PROBATIONARY)], [(2, "post", "post_without_membership")]),
        ([row(2, "甲", post="group_leader", group="一组", **ACTIVIST)], [(2, "post", "post_without_membership")]),
        ([row(2, "甲", **PROBATIONARY)], []),
        ([row(2, "甲", **PROBATIONARY | {"full_on": date(2026, 3, 4)})], [(2, "full_on", "probationary_past")]),
        ([row(2, "甲", **PROBATIONARY | {"full_on": date(2026, 6, 18)})], []),
        ([row(2, "甲", full_on=date(2026, 3, 6))], [(2, "full_on", "full_in_future")]),
        ([row(2, "甲", full_on=date(2001, 1, 1))], [(2, "full_on", "before_joining")]),
        ([row(2, "甲", **PROBATIONARY | {"joined_on": date(2026, 3, 6)})], [(2, "joined_on", "in_future")]),
        ([row(2, "甲", born_on=date(1983, 6, 29))], [(2, "joined_on", "under_age")]),
        ([row(2, "甲", born_on=date(1983, 6, 28))], []),
        ([row(2, "甲", **ACTIVIST, born_on=date(2008, 3, 6))], [(2, "born_on", "under_age_today")]),
        ([row(2, "甲", **ACTIVIST, born_on=date(2008, 3, 5))], []),
        ([row(2, "甲", **ACTIVIST | {"joined_on": date(2020, 1, 1)})], [(2, "joined_on", "not_yet_member")]),
        ([ROWS[0], row(3, "乙", "园区党委")], [(3, "organization", "organization_differs")]),
        (
            [ROWS[3], row(6, "戊", accounts=ROWS[3].accounts)],
            [(6, "wecom", "account_twice")],
        ),
        (
            [row(2, "甲", no_account=True, accounts=ROWS[3].accounts)],
            [(2, "remark", "no_account_but_one")],
        ),
    ],
)
def test_contradictions(writer, rows, faults):
    assert codes(look(writer, rows)) == faults


def test_a_secretary_who_stays_is_beside_the_new_one(writer):
    bring(writer, ROWS)
    successor = [row(2, "戊", post="secretary"), *ROWS[1:3]]
    [fault] = look(writer, successor).faults
    assert (fault.row, fault.code, fault.words["other"]) == (2, "secretary_stays", "甲")
    assert look(writer, successor, left=["甲"]).faults == ()


def test_a_plan_with_faults_writes_nothing(writer):
    with pytest.raises(Refusal) as refused:
        bring(writer, [*ROWS, replace(ROWS[0], number=6)])
    assert refused.value.code == "roster_faulty"
    assert not any(everything(writer).values())


def test_a_secretary_may_not_bring_in_a_list(writer):
    bring(writer, ROWS)

    def as_secretary(tx):
        secretary = people.of_branch(tx, 2)[0]
        do(tx, people.actor(tx, secretary), MEANS, roster.apply, new=[row(9, "庚")], changed=[], leaving=[])

    with pytest.raises(NotAllowed):
        writer.run(as_secretary)
    writer.run(lambda tx: do(tx, clock(2), MEANS, roster.apply, new=[row(9, "庚")], changed=[], leaving=[]))
    assert everything(writer)["people"][-1].name == "庚"


def test_people_are_counted_and_found_by_name(writer):
    bring(writer, [*ROWS, row(6, "丙", "二支部", **PROBATIONARY, no_account=True)])
    first, second = writer.run(lambda tx: roster.counts(tx, {"一支部", "二支部"}))
    assert (first.members, first.votes, first.unbound) == (3, 3, 3)
    assert (second.members, second.votes, second.unbound) == (2, 1, 0)
    assert [found.organization for found in writer.run(lambda tx: roster.named(tx, "丙"))] == ["一支部", "二支部"]
    assert [found.organization for found in writer.run(lambda tx: roster.named(tx, "丙", "二支部"))] == ["二支部"]
