import re
import tomllib
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from rules import obligations, quorum, regulations

ROWS = tomllib.loads(Path(regulations.__file__).with_name("regulations.toml").read_text("utf-8"))


def test_no_two_facts_have_one_id():
    counted = Counter(row["id"] for table in ROWS.values() for row in table["facts"])
    assert [key for key, count in counted.items() if count > 1] == []
    assert len(regulations.facts()) == counted.total()


@pytest.mark.parametrize("fact", regulations.facts(), ids=lambda fact: fact.id)
def test_a_fact_is_whole(fact):
    assert fact.mark in {"V", "V2"}
    assert fact.sentence.endswith("。")
    assert not re.search(r"[{}]", fact.sentence)
    assert fact.about
    assert re.fullmatch(r"\d*", fact.basis.article)
    assert fact.mark == "V2" or fact.basis.article, "what was read in an article has its number"
    assert fact in regulations.ask(fact.about[0])


@pytest.mark.parametrize("found", regulations.documents(), ids=lambda found: found.key)
def test_a_document_is_in_force_and_named_without_marks(found):
    assert found.since <= date(2026, 11, 1)
    assert str(found.since.year) == found.version
    assert not set("《》") & set(found.name + found.short)


def test_every_basis_in_the_rooms_is_a_document_of_that_version():
    cited = [o.basis for o in obligations.obligations() if o.basis]
    for rule in quorum.RULES.values():
        cited.extend(basis for basis in (rule.present_basis, rule.yes_basis) if basis)
    assert len(cited) == 13
    assert all(regulations.document(basis.doc).version == basis.version for basis in cited)


def test_the_table_of_obligations_agrees_with_the_facts():
    said = {
        "member_meeting": "member_meeting_frequency",
        "committee_meeting": "committee_frequency",
        "group_meeting": "group_frequency",
        "theme_day": "theme_day",
        "org_life_meeting": "org_life_frequency",
        "democratic_review": "review_frequency",
    }
    for owed in obligations.obligations():
        if owed.basis:
            assert regulations.fact(said[owed.id]).basis == owed.basis


def test_the_arithmetic_agrees_with_the_facts():
    for kind, present, passed in [
        ("general", "member_meeting_quorum", "member_meeting_pass"),
        ("admission", "admission_quorum", "admission_pass"),
        ("election", "election_quorum", "election_pass"),
    ]:
        rule = quorum.RULES[kind]
        assert regulations.fact(present).basis == rule.present_basis
        assert regulations.fact(passed).basis == rule.yes_basis
        assert regulations.fact(present).args == {
            "numerator": rule.present.numerator,
            "denominator": rule.present.denominator,
        }


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("党员大会多久开一次", "member_meeting_frequency"),
        ("支委会多久开一次", "committee_frequency"),
        ("小组会每月几次", "group_frequency"),
        ("党员大会表决要几票同意才通过", "member_meeting_pass"),
        ("预备党员有没有表决权", "who_votes"),
        ("一年要学多少学时", "study_hours"),
        ("预备期多久", "probation"),
        ("发展对象公示几天", "candidate_notice"),
        ("离退休的同志一定要参加吗", "exempt"),
        ("支部能开民主生活会吗", "democratic_life_whose"),
        ("组织生活会什么时候开", "org_life_frequency"),
        ("几名正式党员要设立支委会", "committee_from_seven"),
        ("党龄从哪天算起", "standing"),
        ("选举要多少人到会", "election_quorum"),
        ("入党介绍人要几名", "introducers"),
        ("书面意见算不算票", "written_opinion"),
        ("党费比例是多少", "dues_up_to_3000"),
    ],
)
def test_a_question_finds_its_fact_first(question, first):
    assert regulations.ask(question)[0].id == first


@pytest.mark.parametrize("question", ["今天天气怎么样", "", "多久一次"])
def test_what_names_no_matter_finds_nothing(question):
    assert regulations.ask(question) == []


def test_a_recalled_number_is_never_cited():
    recalled = [row for table in ROWS.values() for row in table["facts"] if "recalled" in row]
    assert recalled
    assert all(row["article"] == "" for row in recalled)


def test_what_is_unknown_is_a_key_error():
    with pytest.raises(KeyError):
        regulations.document("nothing")
    with pytest.raises(KeyError):
        regulations.fact("nothing")
