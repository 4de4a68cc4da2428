from datetime import date

import pytest

from rules import periods, plan
from rules.meetings import Settings
from rules.obligations import obligations
from rules.plan import Branch, Gathering
from vocabulary.meetings import MeetingType as Type

ONE, TWO = "first", "second"
RESEARCH = Branch(has_committee=True, groups=(ONE, TWO))
OFFICE = Branch(has_committee=False)
Q1 = periods.quarter(2026, 1)

HELD = [
    Gathering(Type.MEMBER, date(2026, 3, 11)),
    Gathering(Type.COMMITTEE, date(2026, 1, 6)),
    Gathering(Type.COMMITTEE, date(2026, 2, 3)),
    Gathering(Type.GROUP, date(2026, 1, 16), ONE),
    Gathering(Type.GROUP, date(2026, 2, 6), ONE),
    *(Gathering(Type.GROUP, date(2026, month, 20), TWO) for month in (1, 2, 3)),
    *(Gathering(Type.THEME_DAY, date(2026, month, 6)) for month in (1, 2, 3)),
]


def by_key(statuses):
    return {(s.obligation.id, s.group): s for s in statuses}


def months(spans):
    return [(span.year, span.number) for span in spans]


def test_the_first_quarter_as_far_as_it_is_known():
    seen = by_key(plan.status(RESEARCH, HELD, [], Q1, date(2026, 3, 27)))
    assert {key: (s.done, s.wanted) for key, s in seen.items()} == {
        ("member_meeting", None): (1, 1),
        ("committee_meeting", None): (2, 3),
        ("group_meeting", ONE): (2, 3),
        ("group_meeting", TWO): (3, 3),
        ("party_lecture", None): (0, 1),
        ("theme_day", None): (3, 3),
    }
    assert months(seen["committee_meeting", None].in_state("open")) == [(2026, 3)]
    assert not any(s.missing for s in seen.values())


def test_what_is_over_is_missing():
    seen = by_key(plan.status(RESEARCH, HELD, [], Q1, date(2026, 4, 1)))
    assert months(seen["committee_meeting", None].missing) == [(2026, 3)]
    assert months(seen["group_meeting", ONE].missing) == [(2026, 3)]
    assert seen["party_lecture", None].missing == (Q1,)


def test_the_last_day_is_not_over():
    seen = by_key(plan.status(RESEARCH, HELD, [], Q1, date(2026, 3, 31)))
    assert seen["party_lecture", None].missing == ()
    assert seen["party_lecture", None].in_state("open") == (Q1,)


def test_months_to_come_are_ahead():
    seen = by_key(plan.status(RESEARCH, [], [], Q1, date(2026, 1, 10)))
    assert months(seen["committee_meeting", None].in_state("open")) == [(2026, 1)]
    assert months(seen["committee_meeting", None].in_state("ahead")) == [(2026, 2), (2026, 3)]
    assert seen["committee_meeting", None].wanted == 3


def test_two_in_one_month_do_not_make_up_for_the_next():
    held = [Gathering(Type.COMMITTEE, date(2026, 1, day)) for day in (6, 7, 8)]
    seen = by_key(plan.status(RESEARCH, held, [], Q1, date(2026, 4, 1)))["committee_meeting", None]
    assert (seen.done, seen.held, months(seen.missing)) == (1, 3, [(2026, 2), (2026, 3)])


def test_before_the_branch_began_nothing_is_missing():
    seen = by_key(plan.status(RESEARCH, [], [], Q1, date(2026, 3, 27), began_on=date(2026, 3, 5)))
    committee = seen["committee_meeting", None]
    assert months(committee.not_recorded) == [(2026, 1), (2026, 2)]
    assert months(committee.in_state("open")) == [(2026, 3)]
    assert (committee.done, committee.wanted) == (0, 1)
    assert seen["member_meeting", None].in_state("open") == (Q1,)


def test_a_quarter_in_whose_middle_it_began_is_never_missing():
    seen = by_key(plan.status(RESEARCH, [], [], Q1, date(2026, 4, 1), began_on=date(2026, 3, 5)))
    assert seen["member_meeting", None].not_recorded == (Q1,)
    assert not any(s.missing for s in seen.values())


def test_a_branch_that_began_on_the_first_day_is_asked_for_all_of_it():
    seen = by_key(plan.status(RESEARCH, [], [], Q1, date(2026, 4, 1), began_on=date(2026, 1, 1)))
    assert months(seen["theme_day", None].missing) == [(2026, 1), (2026, 2), (2026, 3)]


def test_what_was_recorded_afterwards_counts():
    late = [Gathering(Type.COMMITTEE, date(2026, 1, 6))]
    seen = by_key(plan.status(RESEARCH, late, [], Q1, date(2026, 3, 27), began_on=date(2026, 3, 5)))
    committee = seen["committee_meeting", None]
    assert (committee.done, committee.wanted, months(committee.not_recorded)) == (1, 2, [(2026, 2)])


def test_without_committee_and_groups_their_meetings_are_not_owed():
    seen = {s.obligation.id for s in plan.status(OFFICE, [], [], Q1, date(2026, 3, 27))}
    assert seen == {"member_meeting", "party_lecture", "theme_day"}
    assert plan.not_owed(OFFICE) == (Type.COMMITTEE, Type.GROUP)
    assert plan.not_owed(RESEARCH) == ()


def test_the_party_lecture_is_a_setting_without_an_article():
    lecture = by_key(plan.status(OFFICE, [], [], Q1, date(2026, 3, 27)))["party_lecture", None]
    assert lecture.basis is None
    none = plan.status(OFFICE, [], [], Q1, date(2026, 3, 27), settings=Settings(lectures_per_quarter=0))
    assert "party_lecture" not in {s.obligation.id for s in none}
    two = plan.status(OFFICE, [], [], Q1, date(2026, 3, 27), settings=Settings(lectures_per_quarter=2))
    assert by_key(two)["party_lecture", None].wanted == 2


def test_everything_else_cites_an_article():
    assert {o.id: o.basis.article for o in obligations() if o.basis} == {
        "member_meeting": "11",
        "committee_meeting": "12",
        "group_meeting": "13",
        "theme_day": "16",
        "org_life_meeting": "17",
        "democratic_review": "18",
    }


@pytest.mark.parametrize(
    ("held", "today", "state"),
    [
        ([], date(2026, 12, 31), "open"),
        ([], date(2027, 3, 31), "open"),
        ([], date(2027, 4, 1), "missing"),
        ([Gathering(Type.ORG_LIFE, date(2026, 12, 10))], date(2027, 4, 1), "met"),
        ([Gathering(Type.ORG_LIFE, date(2027, 2, 10))], date(2027, 4, 1), "met"),
        ([Gathering(Type.ORG_LIFE, date(2027, 2, 10), for_year=2027)], date(2027, 4, 1), "missing"),
        ([Gathering(Type.ORG_LIFE, date(2026, 2, 10))], date(2027, 4, 1), "missing"),
        ([Gathering(Type.ORG_LIFE, date(2026, 2, 10), for_year=2026)], date(2027, 4, 1), "met"),
    ],
)
def test_an_organizational_life_meeting_carries_its_year(held, today, state):
    seen = by_key(plan.status(OFFICE, held, [], periods.year(2026), today))["org_life_meeting", None]
    assert [s.state for s in seen.spans] == [state]


@pytest.mark.parametrize(
    ("began_on", "state"),
    [(date(2026, 3, 5), "missing"), (date(2026, 11, 20), "not_recorded"), (date(2027, 2, 1), "not_recorded")],
)
def test_a_yearly_meeting_is_asked_of_who_was_there_when_it_is_held(began_on, state):
    seen = plan.status(OFFICE, [], [], periods.year(2026), date(2027, 4, 1), began_on)
    assert by_key(seen)["org_life_meeting", None].spans[0].state == state


def test_what_every_group_held_by_itself_the_branch_has_held():
    first = Gathering(Type.ORG_LIFE, date(2026, 12, 10), ONE)
    both = [first, Gathering(Type.ORG_LIFE, date(2026, 12, 11), TWO)]
    year, today = periods.year(2026), date(2027, 4, 1)
    assert by_key(plan.status(RESEARCH, [first], [], year, today))["org_life_meeting", None].missing
    assert not by_key(plan.status(RESEARCH, both, [], year, today))["org_life_meeting", None].missing


def test_a_year_lists_everything_and_a_month_only_months():
    year = by_key(plan.status(OFFICE, [], [], periods.year(2026), date(2026, 6, 1)))
    assert {key[0]: s.wanted for key, s in year.items()} == {
        "member_meeting": 4,
        "party_lecture": 4,
        "theme_day": 12,
        "org_life_meeting": 1,
        "democratic_review": 1,
    }
    assert [s.obligation.id for s in plan.status(OFFICE, [], [], periods.month(2026, 3), date(2026, 3, 1))] == [
        "theme_day"
    ]


def owed(found):
    return [(o.obligation.id, o.group, o.span.per, o.span.number) for o in found.owed]


LEFT = [
    ("committee_meeting", None, "month", 3),
    ("group_meeting", ONE, "month", 3),
    ("party_lecture", None, "quarter", 1),
]
LAST_YEAR = [
    Gathering(Type.ORG_LIFE, date(2026, 1, 20)),
    Gathering(Type.REVIEW, date(2026, 1, 20)),
]


@pytest.mark.parametrize(("today", "left"), [(date(2026, 3, 20), 11), (date(2026, 3, 27), 4), (date(2026, 3, 31), 0)])
def test_a_shortfall_is_told_on_working_days_before_the_quarter_ends(today, left):
    found = plan.warnings(RESEARCH, [*HELD, *LAST_YEAR], [], today)
    assert (found.ends, found.days_left, found.due_by) == ("quarter", left, date(2026, 3, 31))
    assert owed(found) == LEFT


@pytest.mark.parametrize("today", [date(2026, 3, 19), date(2026, 3, 21), date(2026, 3, 28), date(2026, 3, 30)])
def test_no_other_day_warns(today):
    assert plan.warnings(RESEARCH, [], [], today) is None


def test_what_is_planned_needs_no_warning():
    planned = [Gathering(Type.COMMITTEE, date(2026, 3, 30)), Gathering(Type.LECTURE, date(2026, 3, 30))]
    found = plan.warnings(RESEARCH, [*HELD, *LAST_YEAR], planned, date(2026, 3, 20))
    assert owed(found) == LEFT[1:2]


def test_a_plan_whose_day_has_passed_does_not_count():
    planned = [Gathering(Type.COMMITTEE, date(2026, 3, 10))]
    assert owed(plan.shortfall(RESEARCH, [*HELD, *LAST_YEAR], planned, date(2026, 3, 20))) == LEFT


def test_a_month_that_ends_no_quarter_asks_for_its_months_only():
    found = plan.warnings(OFFICE, [], [], date(2026, 4, 30))
    assert (found.ends, owed(found)) == ("month", [("theme_day", None, "month", 4)])


def test_nothing_left_is_no_shortfall():
    held = [Gathering(Type.THEME_DAY, date(2026, 4, 3))]
    assert plan.shortfall(OFFICE, held, [], date(2026, 4, 30)) is None


def test_last_years_organizational_life_is_due_by_the_end_of_march():
    found = plan.shortfall(OFFICE, [], [], date(2027, 3, 22))
    assert ("org_life_meeting", None, "year", 1) in owed(found)
    assert {o.span.year for o in found.owed if o.span.per == "year"} == {2026}
    began = plan.shortfall(OFFICE, [], [], date(2027, 3, 22), began_on=date(2027, 1, 4))
    assert not any(o.span.per == "year" for o in began.owed)


def test_warning_days_before_a_holiday_come_once():
    assert plan.warning_days(periods.month(2025, 1)) == (date(2025, 1, 21), date(2025, 1, 27))
