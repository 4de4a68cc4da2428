"""What holds for any text in any context, and the line form."""

import json
import time
from datetime import datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from understanding.contract import answer_line, organization, sample
from understanding.explain import explain
from understanding.reader import read
from vocabulary.readings import Context

NOW = datetime(2026, 3, 5, 10, 20)  # noqa: DTZ001  words are local time
INTENT_SHAPE = {"confirm", "deny", "answer", "none"}
WORDS = (
    "签到请假开支委会党员大会改到取消明天下午三点半在301会议室王晓明李书记"
    "补签除了都到了提醒每周一推送ABCD对错同意，。！\n 12:30第一小组绑定题投票"
)
OPEN = st.lists(st.sampled_from(["notice", "checkin", "vote", "quiz", "exam", "recording", "evaluation"]), max_size=3)
ASKED = st.sampled_from(
    [None, "confirm", "start", "type", "place", "agenda", "reason", "time", "which", "person", "text", "choice"]
)


def line(text, **context):
    return answer_line(json.dumps({"text": text, "now": "2026-03-05T10:20:00", "context": context}))


@settings(max_examples=150, deadline=None)
@given(
    text=st.one_of(st.text(max_size=300), st.text(WORDS, max_size=60)),
    chat=st.sampled_from(["group", "private"]),
    opened=OPEN,
    asked=ASKED,
)
def test_any_text_in_any_context_gives_a_reading(text, chat, opened, asked):
    got = line(text, chat=chat, open=opened, **({"asked": asked} if asked else {}))
    assert "error" not in got
    assert isinstance(got["intent"], str)
    assert 0 <= got["confidence"] <= 1
    json.dumps(got)
    if got["intent"] == "none":
        assert got["slots"] == {}


def test_twenty_thousand_characters_take_bounded_time():
    for piece in ("明天下午三点开支委会，", "请假", "除了王晓明和", "一", "改到改到", "（" * 3, "a ", "每周一"):
        text = (piece * 20_000)[:20_000]
        start = time.perf_counter()
        read(text, NOW, sample())
        assert time.perf_counter() - start < 3, piece


def test_empty_and_invisible_text_is_nothing():
    for text in ("", "   ", "\u200b\u200b", "\x00", "👍👍", "@支部助手"):
        assert line(text)["intent"] == "none", text


def test_the_line_form_names_what_is_faulty():
    for faulty in ("", "[]", "{", '"x"', '{"text": 1}', '{"text": "x"}', '{"text": "x", "now": "soon"}'):
        assert set(answer_line(faulty)) == {"error"}, faulty
    assert "chat" in line("x", chat="park")["error"]
    assert "colour" in line("x", colour="red")["error"]
    assert "people" in line("x", people="王晓明")["error"]


def test_people_and_titles_come_from_the_roster_that_is_given():
    roster = "姓名,党内职务,党小组\n赵括,书记,\n赵云,,第三党小组\n"
    asked = {"text": "帮赵书记签到", "now": "2026-03-05T10:20:00"}
    assert answer_line(json.dumps(asked), roster)["slots"] == {"person": "赵括"}
    assert organization(roster).groups == ("第三党小组",)


def test_a_name_that_fits_two_is_listed_and_not_guessed():
    got = line("帮小李签到")
    assert "person" not in got["slots"]
    assert set(got["unsure"]["person"]) == {"李慧", "李雪梅"}


def test_several_commands_stand_in_order():
    got = line("签到结束，把没来的名单发我")
    assert got["intent"] == "checkin.close"
    assert [command["intent"] for command in got["then"]] == ["checkin.status"]


def test_a_mention_in_a_group_counts_as_addressed():
    assert line("@支部助手 谁还没到", chat="group")["intent"] == "checkin.status"
    assert line("谁还没到", chat="group")["intent"] == "none"
    assert line("谁还没到", chat="group", addressed=True)["intent"] == "checkin.status"


def test_an_explanation_names_the_rivals_and_the_things():
    told = explain("明天下午三点开支委会", NOW, sample())
    assert told.rivals[0].intent == told.reading.intent == "meeting.create"
    assert [found.words for found in told.found] == ["明天下午三点", "支委会"]
    assert explain("随便聊聊", NOW, Context(chat="group")).why == ("unaddressed",)
