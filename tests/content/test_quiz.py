"""The question bank: form, spread, doubles, and the sums in its worked cases."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from difflib import SequenceMatcher
from importlib.resources import files
from itertools import combinations

import pytest

from content.quiz import Question, bank, question

LETTERS = "ABCDEF"
PRINTABLE = re.compile(r"[\u4e00-\u9fff0-9，。、；：？（）“”%.]+")
UNWELCOME = ("以上都", "打卡", "考勤", "扣分", "违规")
FIELDS = {"id", "fact", "article", "mark", "kind", "text", "options", "answer", "why"}
DOCUMENTS = {
    "中国共产党支部工作条例（试行）": "2018",
    "中国共产党发展党员工作细则": "2026",
    "中国共产党党员教育管理工作条例": "2019",
    "中国共产党基层组织选举工作条例": "2020",
    "中国共产党章程": "2022",
    "关于中国共产党党费收缴、使用和管理的规定": "2008",
}

each_question = pytest.mark.parametrize("asked", bank(), ids=lambda asked: asked.id)


def _of_kind(kind: str) -> list[Question]:
    return [asked for asked in bank() if asked.kind == kind]


def _right_options(asked: Question) -> list[str]:
    return [asked.options[LETTERS.index(letter)] for letter in asked.answer]


def _as_read(asked: Question) -> str:
    return asked.text + "".join(sorted(asked.options))


def test_files_hold_exactly_the_known_fields():
    for file in files("content").joinpath("quiz").iterdir():
        held = tomllib.loads(file.read_text(encoding="utf-8"))
        assert set(held) == {"document", "short", "version", "question"}, file.name
        for entry in held["question"]:
            assert set(entry) == FIELDS, entry.get("id")


@each_question
def test_fields_have_their_form(asked):
    assert re.fullmatch(r"[a-z]+(-\d+){2,3}", asked.id)
    assert re.fullmatch(r"\d+([、–]\d+)?", asked.article)
    assert asked.id.split("-")[1:-1] == re.split("[、–]", asked.article)
    assert asked.mark in {"V", "V2"}
    assert DOCUMENTS[asked.document] == asked.version
    assert asked.short in asked.document or asked.short in {"党章", "党费规定"}
    assert asked.fact.strip()


@each_question
def test_words_are_short_and_plain(asked):
    assert 0 < len(asked.text) <= 120
    assert 0 < len(asked.why) <= 100
    assert all(0 < len(option) <= 40 for option in asked.options)
    for words in (asked.text, asked.why, *asked.options):
        assert PRINTABLE.fullmatch(words), words
        assert not any(each in words for each in UNWELCOME), words
    assert asked.why.endswith("。")
    assert asked.text.endswith("。" if asked.kind == "truth" else "？")


@each_question
def test_answer_fits_the_kind(asked):
    letters = LETTERS[: len(asked.options)]
    assert set(asked.answer) <= set(letters)
    assert list(asked.answer) == sorted(set(asked.answer))
    assert len(set(asked.options)) == len(asked.options)
    if asked.kind == "truth":
        assert asked.options == ("对", "错")
        assert len(asked.answer) == 1
    elif asked.kind == "single":
        assert len(asked.options) == 4
        assert len(asked.answer) == 1
    else:
        assert asked.kind == "several"
        assert 4 <= len(asked.options) <= 6
        assert 2 <= len(asked.answer) < len(asked.options)


def test_bank_is_large_sorted_and_read_once():
    ids = [asked.id for asked in bank()]
    assert len(ids) >= 120
    assert ids == sorted(set(ids))
    assert bank() is bank()


def test_question_is_found_by_its_id():
    first = bank()[0]
    assert question(first.id) is first
    with pytest.raises(KeyError):
        question("branch-0-0")


def test_every_document_is_asked_about():
    assert {asked.document for asked in bank()} == set(DOCUMENTS)


def test_each_fact_has_one_to_three_questions():
    counts = Counter((asked.document, asked.fact) for asked in bank())
    assert {fact: count for fact, count in counts.items() if count > 3} == {}
    places = {(asked.document, asked.fact, asked.article, asked.mark) for asked in bank()}
    assert len(places) == len(counts), "one fact stands in one article"


def test_kinds_are_mixed():
    shares = {kind: len(_of_kind(kind)) / len(bank()) for kind in ("single", "several", "truth")}
    assert 0.5 <= shares["single"] <= 0.7
    assert 0.1 <= shares["several"] <= 0.25
    assert 0.15 <= shares["truth"] <= 0.35


def test_right_letters_are_spread():
    single = Counter(asked.answer[0] for asked in _of_kind("single"))
    for letter in "ABCD":
        assert 0.15 <= single[letter] / single.total() <= 0.35, letter
    truth = Counter(asked.answer[0] for asked in _of_kind("truth"))
    assert 0.35 <= truth["A"] / truth.total() <= 0.65
    several = Counter(letter for asked in _of_kind("several") for letter in asked.answer)
    for letter in "ABCD":
        assert 0.15 <= several[letter] / several.total() <= 0.35, letter


def test_right_option_is_not_given_away_by_its_length():
    single = _of_kind("single")
    longest = [
        asked
        for asked in single
        if len(_right_options(asked)[0]) > max(len(each) for each in asked.options if each not in _right_options(asked))
    ]
    assert len(longest) / len(single) <= 0.4


def test_no_doubles():
    plain = [re.sub(r"\W", "", asked.text) for asked in bank()]
    assert len(set(plain)) == len(plain)
    near = [
        (one.id, other.id)
        for one, other in combinations(bank(), 2)
        if (matcher := SequenceMatcher(None, _as_read(one), _as_read(other), autojunk=False)).real_quick_ratio() > 0.9
        and matcher.quick_ratio() > 0.9
        and matcher.ratio() > 0.9
    ]
    assert near == []


def test_worked_majorities_are_right():
    """More than half of those due: for an odd number due, half of them present is the same number."""
    checked = 0
    for asked in _of_kind("single"):
        if due := re.search(r"应到会有表决权的党员(\d+)人", asked.text):
            least = str(int(due[1]) // 2 + 1)
            assert set(re.findall(r"\d+", _right_options(asked)[0])) == {least}, asked.id
            checked += 1
    assert checked >= 5


def test_worked_dues_are_right():
    """Tenths of a percent by income, up to and with each limit, on the whole base."""
    working = ((3000, 5), (5000, 10), (10000, 15), (10**9, 20))
    retired = ((5000, 5), (10**9, 10))
    checked = 0
    for asked in _of_kind("single"):
        if found := re.search(r"每月(税后固定工资|养老金)(\d+)元，每月交多少党费", asked.text):
            income = int(found[2])
            steps = retired if found[1] == "养老金" else working
            rate = next(rate for limit, rate in steps if income <= limit)
            assert _right_options(asked) == [f"{income * rate // 1000}元"], asked.id
            checked += 1
    assert checked >= 6
