from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import quorum
from vocabulary.meetings import MeetingType

KINDS = st.sampled_from(["general", "committee", "admission", "election"])


@pytest.mark.parametrize(
    ("kind", "due", "present", "yes"),
    [
        ("general", 15, 8, 8),
        ("general", 16, 8, 9),
        ("general", 1, 1, 1),
        ("admission", 16, 9, 9),
        ("admission", 17, 9, 9),
        ("admission", 18, 10, 10),
        ("admission", 19, 10, 10),
        ("committee", 5, 3, 3),
        ("committee", 4, 2, 3),
        ("general", 0, 1, 1),
    ],
)
def test_the_worked_integers(kind, due, present, yes):
    assert quorum.present_needed(kind, due) == present
    assert quorum.yes_needed(kind, due) == yes


@pytest.mark.parametrize(("due", "present"), [(15, 12), (16, 13), (17, 14), (20, 16), (1, 1)])
def test_an_election_needs_four_fifths_and_more_than_half_of_those_present(due, present):
    assert quorum.present_needed("election", due) == present
    assert quorum.yes_needed("election", due, 13) == 7
    assert quorum.yes_needed("election", due, 14) == 8


def test_an_election_without_those_present_has_no_answer():
    with pytest.raises(ValueError, match="election"):
        quorum.yes_needed("election", 15)


@pytest.mark.parametrize(
    ("kind", "present", "due", "met"),
    [
        ("general", 8, 16, True),
        ("general", 7, 16, False),
        ("admission", 8, 16, False),
        ("admission", 17, 19, True),
        ("committee", 2, 4, True),
        ("election", 12, 15, True),
        ("election", 11, 15, False),
        ("general", 0, 0, False),
    ],
)
def test_is_met(kind, present, due, met):
    assert quorum.is_met(kind, present, due) is met


def test_nine_of_seventeen_present_do_not_pass_what_nineteen_are_due_for():
    assert not quorum.is_passed("admission", 9, 17, 19)
    assert quorum.is_passed("admission", 10, 17, 19)


def test_no_vote_passes_without_its_quorum():
    assert not quorum.is_passed("admission", 10, 9, 19)


def test_less_than_nobody_is_refused():
    with pytest.raises(ValueError, match="-1"):
        quorum.present_needed("general", -1)


@given(kind=KINDS, due=st.integers(1, 500))
def test_what_is_needed_is_enough_and_one_less_is_not(kind, due):
    share = {
        "general": lambda n: Fraction(n, due) >= Fraction(1, 2),
        "committee": lambda n: Fraction(n, due) >= Fraction(1, 2),
        "admission": lambda n: Fraction(n, due) > Fraction(1, 2),
        "election": lambda n: Fraction(n, due) >= Fraction(4, 5),
    }[kind]
    needed = quorum.present_needed(kind, due)
    assert share(needed)
    assert not share(needed - 1)
    assert needed <= due


@given(kind=KINDS, due=st.integers(1, 500), present=st.integers(0, 500))
def test_more_people_never_undo_a_quorum_and_more_due_never_lower_it(kind, due, present):
    assert quorum.present_needed(kind, due) <= quorum.present_needed(kind, due + 1)
    if quorum.is_met(kind, present, due):
        assert quorum.is_met(kind, present + 1, due)


@pytest.mark.parametrize(
    ("meeting_type", "kind"),
    [(t, {"member_meeting": "general", "committee_meeting": "committee"}.get(t)) for t in MeetingType],
)
def test_only_two_kinds_of_meeting_vote(meeting_type, kind):
    assert quorum.votes_on(meeting_type) == kind


@pytest.mark.parametrize(
    ("present", "due", "expected"),
    [(15, 17, "88.2"), (20, 23, "87.0"), (8, 8, "100.0"), (0, 5, "0.0"), (1, 16, "6.3"), (3, 16, "18.8")],
)
def test_rate_has_one_decimal(present, due, expected):
    assert quorum.rate(present, due) == Decimal(expected)
    assert str(quorum.rate(present, due)) == expected


def test_rate_of_nobody_is_none():
    assert quorum.rate(0, 0) is None


def test_every_rule_cites_its_document_and_only_the_committees_majority_is_custom():
    assert [kind for kind, rule in quorum.RULES.items() if rule.yes_basis is None] == ["committee"]
    assert quorum.RULES["general"].present_basis.article == "11"
    assert quorum.RULES["admission"].yes_basis.version == "2026"
