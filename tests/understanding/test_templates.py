"""The sentences as data: every template can be read, and what it says is read back as what it means."""

import json
import random

import pytest

from understanding.contract import answer_line
from understanding.intents.table import command, table
from understanding.intents.templates import FREE, Malformed, compile_template, parse, sample

NOW = "2026-03-05T10:20:00"
FILLERS = {
    "when": ["明天下午三点", "下周三"], "duration": ["半小时"], "rrule": ["每周一上午九点"],
    "person": ["王晓明", "冯媛和杨帆"],
    "place": ["302会议室"], "group": ["第一党小组"], "branch": ["研发党支部"], "number": ["3"], "letters": ["A"],
    "type": ["支委会", "党员大会"], "type:theme_day": ["主题党日"], "type:party_lecture": ["党课"],
    "type:democratic_review": ["民主评议"], "type:committee_meeting": ["支委会"],
    **{slot: ["党费收缴"] for slot in FREE},
}  # fmt: skip
OPEN = {"evaluation.cast": "evaluation", "quiz.answer": "quiz", "vote.cast": "vote"}


def test_what_a_template_may_not_be():
    for faulty in ("开[会", "开(会|)", "{nobody}", "<nothing>", "会]", "开}"):
        with pytest.raises(Malformed):
            parse(faulty, {})
    with pytest.raises(Malformed):
        compile_template("x", "[开]{text}", {})


def test_a_template_captures_its_slots():
    template = compile_template("x", "补签{person}[，]{reason}", {})
    found = template.pattern.search("补签\ue003，出差")
    assert found
    assert found["reason_2"] == "出差"
    assert template.needs == {"补签"}


def test_every_intent_of_the_table_has_templates_and_known_slots():
    for intent in table().intents.values():
        assert intent.templates
        assert not intent.rest or intent.rest in intent.slots


def test_command_words_are_read_in_a_group_without_a_mention():
    for word, (intent, slots) in table().commands.items():
        got = answer_line(json.dumps({"text": word, "now": NOW, "context": {"chat": "group"}}))
        assert (got["intent"], got["slots"]) == (intent, slots), word
        assert command(word + "。") == (intent, slots)


@pytest.mark.parametrize("name", sorted(table.__wrapped__().intents))
def test_sampled_sentences_are_read_back(name):
    chance = random.Random(7)  # noqa: S311  samples, no secrets
    intent = table().intents[name]
    context = {"open": [OPEN[name]]} if name in OPEN else {}
    wrong, total = [], 0
    for template in intent.templates:
        for _ in range(3):
            said = sample(template.node, chance, FILLERS)
            got = answer_line(json.dumps({"text": said, "now": NOW, "context": context}))
            total += 1
            if got["intent"] != name and name not in [other["intent"] for other in got.get("then", [])]:
                wrong.append(f"{said}: {got['intent']}")
    assert len(wrong) <= total * 0.34, wrong
