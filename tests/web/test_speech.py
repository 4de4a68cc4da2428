"""What is said, pressed and handed over reaches the house once, and the chat."""

from __future__ import annotations

import json
import sqlite3

import pytest

LI, ZHOU, WANG, HE = "李慧", "周建国", "王晓明", "何平"


def test_words_are_answered_after_the_house_has_taken_them(web):
    status, answer = web.say_as(LI, "  这周有什么会\r\n")
    assert (status, answer) == (200, {"ok": True})
    [incoming] = web.house.heard
    assert (incoming.channel, incoming.account, incoming.message_id) == ("web", LI, "李慧:k1")
    assert (incoming.text, incoming.addressed, incoming.chat.kind) == ("这周有什么会", True, "private")
    assert incoming.at == web.clock.now()
    assert [(m.account, m.text) for m in web.store.messages] == [(LI, "这周有什么会"), (None, "听到：这周有什么会")]


def test_the_same_id_again_is_one_line_and_one_answer(web):
    for _ in range(3):
        assert web.say_as(LI, "收到", key="same")[0] == 200
    assert [m.text for m in web.store.messages] == ["收到", "听到：收到"]
    assert {incoming.message_id for incoming in web.house.heard} == {"李慧:same"}


def test_ids_of_two_people_do_not_meet(web):
    web.say_as(LI, "一", key="k")
    web.say_as(ZHOU, "二", key="k")
    assert [incoming.message_id for incoming in web.house.heard] == ["李慧:k", "周建国:k"]


@pytest.mark.parametrize(
    ("text", "addressed"), [("签到", False), ("@支部助手 开始签到", True), ("请＠支部助手 看看", True)]
)
def test_in_a_group_only_a_mention_addresses_the_bot(web, text, addressed):
    web.say_as(LI, text, "g:dev")
    [incoming] = web.house.heard
    assert (incoming.addressed, incoming.chat.title, incoming.text) == (addressed, "研发群", text)


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\x00\x07"])
def test_empty_words_change_nothing(web, text):
    assert web.say_as(LI, text) == (200, {"ok": True})
    assert not web.house.heard
    assert not web.store.messages


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\x00b\x1b[31mc", "ab[31mc"),
        ("半个\ud83d字", "半个\ufffd字"),
        ("👍🏽 ]]> <script>alert(1)</script> '; DROP TABLE x; --", None),
        ("一行\r\n两行\r三行", "一行\n两行\n三行"),
    ],
)
def test_strange_signs_arrive_as_text_that_can_be_kept(web, text, kept):
    assert web.say_as(LI, text)[0] == 200
    assert web.house.heard[0].text == (kept or text)


def test_a_megabyte_is_taken_and_more_is_refused(web):
    assert web.say_as(LI, "字" * ((1 << 20) // 3), key="most")[0] == 200
    status, answer = web.say_as(LI, "x" * ((1 << 20) + 1), key="more")
    assert (status, answer["error"]) == (413, "too_long")
    assert "1 MB" in answer["message"]
    assert web.ask("POST", "/api/say", b"x" * 3_000_000)[0] == 413
    assert len(web.house.heard) == 1


@pytest.mark.parametrize("chat", ["g:market", "g:nowhere", "p:何平", "p:"])
def test_a_chat_that_is_not_ones_own_is_refused(web, chat):
    status, answer = web.say_as(LI, "在吗", chat)
    assert (status, answer["ok"], answer["error"]) == (403, False, "not_in_chat")
    assert not web.store.messages


@pytest.mark.parametrize(
    "change",
    [{"chat": None}, {"text": 5}, {"id": ""}, {"id": "x" * 65}, {"id": ["k"]}, {"chat": "g:\x00dev"}],
)
def test_a_frame_that_lacks_something_is_refused(web, change):
    frame = {"type": "say", "account": LI, "chat": f"p:{LI}", "text": "好", "id": "k", **change}
    status, _, data = web.ask("POST", "/api/say", frame)
    assert (status, json.loads(data)["error"]) == (400, "malformed")
    assert not web.house.heard


@pytest.mark.parametrize("raw", [b"", b"[]", b"{", b"\xff\xfe", b"[" * 100_000, b"1" * 5000])
def test_what_is_no_json_object_is_refused(web, raw):
    status, _, data = web.ask("POST", "/api/say", raw)
    assert (status, json.loads(data)["error"]) == (400, "malformed")


@pytest.mark.parametrize("account", ["没有这个人", "", None, 7])
def test_an_unknown_person_is_refused(web, account):
    frame = {"type": "say", "account": account, "chat": "g:dev", "text": "好", "id": "k"}
    status, _, data = web.ask("POST", "/api/say", frame)
    assert (status, json.loads(data)["error"]) == (403, "unknown_person")


def test_a_press_is_no_line_but_reaches_the_house(web):
    web.say_as(LI, "卡片", "g:dev")
    card = web.store.messages[-1].id
    frame = {"type": "press", "account": WANG, "chat": "g:dev", "message": card, "press": "count", "label": "签到"}
    status, _, _ = web.ask("POST", "/api/say", {**frame, "id": "p1"})
    assert status == 200
    pressed = web.house.heard[-1]
    assert (pressed.account, pressed.pressed, pressed.text, pressed.message_id) == (WANG, "count", "签到", "王晓明:p1")
    assert [m.account for m in web.store.messages] == [LI, None]
    assert "已签到1/17" in web.store.messages[-1].text


@pytest.mark.parametrize("change", [{"press": "x" * 65}, {"press": ""}, {"message": "1"}, {"message": True}])
def test_a_press_that_lacks_something_is_refused(web, change):
    frame = {"type": "press", "account": LI, "chat": "g:dev", "message": 1, "press": "a", "label": "签到", "id": "p"}
    assert web.ask("POST", "/api/say", {**frame, **change})[0] == 400
    assert not web.house.heard


def test_a_failure_is_a_sentence_with_a_number_that_the_log_has_too(web, caplog):
    web.store.broken = sqlite3.OperationalError("database or disk is full")
    status, answer = web.say_as(LI, "收到")
    assert (status, answer["ok"], answer["error"]) == (500, False, "failed")
    assert "A001" in answer["message"]
    assert "full" not in json.dumps(answer)
    assert "A001" in caplog.text
    assert "disk is full" in caplog.text
    web.store.broken = None
    assert web.say_as(LI, "收到")[0] == 200


def test_a_door_that_is_not_listening_says_so(web):
    web.run(web.door.stop())
    status, answer = web.say_as(LI, "收到")
    assert (status, answer["error"]) == (503, "not_ready")
    assert not web.store.messages
