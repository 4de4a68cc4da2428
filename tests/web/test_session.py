"""A window's talk with the door: what it is greeted with, what it sees, what it may ask."""

from __future__ import annotations

import json
import time

import pytest
from websockets.exceptions import ConnectionClosed

from vocabulary.delivery import Undelivered
from vocabulary.messages import Chat, Shown

LI, ZHOU, WANG, HE = "李慧", "周建国", "王晓明", "何平"


def say(window, text, chat="g:dev", key="k1"):
    window.tell(type="say", chat=chat, text=text, id=key)


def test_a_window_learns_the_people_its_chats_and_what_is_unread(web):
    web.say_as(ZHOU, "收到", "g:dev")
    with web.window(LI) as window:
        assert [person["name"] for person in window.hello["people"]] == [LI, ZHOU, WANG, HE]
        assert window.hello["clock"]["now"] == round(web.clock.now().timestamp() * 1000)
        assert window.state["me"] == {"account": LI, "name": LI, "branch": "研发党支部", "post": "书记"}
        chats = {chat["id"]: chat for chat in window.state["chats"]}
        assert set(chats) == {f"p:{LI}", "g:dev"}
        assert (chats["g:dev"]["members"], chats["g:dev"]["unread"], chats["g:dev"]["last"]["text"]) == (3, 1, "收到")
        assert "last" not in chats[f"p:{LI}"]


def test_what_one_says_is_in_every_window_that_sees_the_chat_within_a_second(web):
    with web.window(LI) as mine, web.window(LI) as second, web.window(WANG) as other, web.window(HE) as stranger:
        began = time.monotonic()
        say(mine, "大家好")
        for window in (mine, second, other):
            message = window.until("message", chat="g:dev")["message"]
            assert (message["account"], message["name"], message["text"]) == (LI, LI, "大家好")
        assert time.monotonic() - began < 1
        assert mine.until("ack")["id"] == "k1"
        stranger.hears_nothing()


def test_a_private_chat_is_seen_by_its_person_alone(web):
    with web.window(LI) as mine, web.window(ZHOU) as other:
        say(mine, "请假 孩子发烧", f"p:{LI}")
        assert mine.until("message", chat=f"p:{LI}")["message"]["text"] == "请假 孩子发烧"
        assert mine.until("message")["message"]["account"] is None
        other.hears_nothing()
        other.tell(type="history", chat=f"p:{LI}", before=None)
        assert other.until("error")["error"] == "not_in_chat"


def test_a_message_changes_in_place_everywhere(web):
    with web.window(LI) as mine, web.window(WANG) as other:
        say(mine, "卡片")
        other.until("message", chat="g:dev")
        card = other.until("message", chat="g:dev")
        [choice] = card["message"]["buttons"]
        assert choice == {"label": "签到", "press": "count"}
        other.tell(type="press", chat="g:dev", message=card["message"]["id"], press="count", label="签到", id="p1")
        for window in (mine, other):
            changed = window.until("replace")["message"]
            assert (changed["id"], changed["edited"]) == (card["message"]["id"], True)
            assert "已签到1/17" in changed["text"]
        assert other.until("pressed")["press"] == "count"
        assert other.until("ack")["id"] == "p1"


def test_an_acknowledged_message_is_kept(web):
    with web.window(LI) as window:
        say(window, "收到", f"p:{LI}")
        window.until("ack")
        assert [m.text for m in web.store.messages] == ["收到", "听到：收到"]


def test_history_goes_back_in_pages(web):
    for n in range(120):
        web.run(web.store.append("g:dev", ZHOU, Shown(f"第{n}条"), web.clock.now()))
    with web.window(LI) as window:
        seen, before = [], None
        for _ in range(3):
            window.tell(type="history", chat="g:dev", before=before)
            page = window.until("history")
            seen = [m["text"] for m in page["messages"]] + seen
            before = page["messages"][0]["id"]
        assert seen == [f"第{n}条" for n in range(120)]
        assert page["more"] is False


def test_reading_in_one_window_is_known_in_the_other(web):
    web.say_as(ZHOU, "收到", "g:dev")
    with web.window(LI) as mine, web.window(LI) as second:
        mine.tell(type="read", chat="g:dev", message=1)
        assert second.until("read")["chat"] == "g:dev"
    with web.window(LI) as later:
        assert {chat["id"]: chat["unread"] for chat in later.state["chats"]}["g:dev"] == 0


def test_what_was_missed_is_there_after_coming_back(web):
    with web.window(LI) as window:
        say(window, "卡片")
        window.until("ack")
    web.house.count = 4
    web.run(web.door.send(Chat("web", "g:dev", "group"), web.house.counted(replaces=web.house.card)))
    web.run(web.say("会后交党费"))
    with web.window(LI) as window:
        chats = {chat["id"]: chat for chat in window.state["chats"]}
        assert (chats["g:dev"]["last"]["text"], chats["g:dev"]["unread"]) == ("会后交党费", 2)
        window.tell(type="history", chat="g:dev", before=None)
        texts = [m["text"] for m in window.until("history")["messages"]]
        assert "已签到4/17" in texts[1]
        assert texts[2] == "会后交党费"


def test_one_window_can_become_another_person(web):
    with web.window(LI) as window:
        window.tell(type="be", account=HE)
        assert [chat["id"] for chat in window.until("state")["chats"]] == [f"p:{HE}", "g:market"]
        web.run(web.say("给研发群的话"))
        window.hears_nothing()
        window.tell(type="be", account="没有这个人")
        assert window.until("error")["error"] == "unknown_person"


def test_someone_taken_out_of_a_group_hears_no_more_of_it(web):
    with web.window(WANG) as window:
        title, who = web.store.groups["g:dev"]
        web.store.groups["g:dev"] = (title, who - {WANG})
        web.door.chats_changed()
        web.run(web.say("只给留下的人"))
        say(window, "还在吗")
        assert window.until("error", id="k1")["error"] == "not_in_chat"


@pytest.mark.parametrize(
    "raw",
    ["", "[]", "null", '{"type":["say"]}', '{"type":"fly"}', "{}", '{"type":"say"}', '{"type":"history","chat":1}'],
)
def test_an_unreadable_frame_gets_a_sentence_and_the_window_lives_on(web, raw):
    with web.window(LI) as window:
        window.line.send(raw)
        assert window.until("error")["error"] == "malformed"
        window.tell(type="ping")
        window.until("pong")


def test_bytes_are_read_like_text(web):
    with web.window(LI) as window:
        window.line.send(json.dumps({"type": "ping"}).encode())
        window.until("pong")


def test_nobody_speaks_before_sitting_down(web):
    with web.window() as window:
        say(window, "在吗")
        assert window.until("error")["error"] == "unknown_person"


def test_a_failure_in_a_window_has_a_number_and_the_window_lives_on(web):
    with web.window(LI) as window:
        web.store.broken = OSError("disk full")
        say(window, "收到")
        told = window.until("error")
        assert (told["id"], told["error"]) == ("k1", "failed")
        assert "A001" in told["message"]
        web.store.broken = None
        say(window, "收到")
        window.until("ack")


def test_a_window_that_does_not_read_holds_up_nobody_and_is_closed(web):
    with web.window(LI, compression=None, close_timeout=0.1) as slow, web.window(WANG) as other:
        for _ in range(1500):
            web.run(web.say("很长的话" * 1500))
            other.until("message")
        with pytest.raises(ConnectionClosed) as closed:
            slow.until("nothing")
        assert closed.value.rcvd.code == 1013


def test_stopping_closes_the_windows_and_they_may_come_back(web):
    with web.window(LI) as window:
        web.stop()
        with pytest.raises(ConnectionClosed) as closed:
            window.until("message")
        assert closed.value.rcvd.code == 1001
    web.start()
    with web.window(LI) as window:
        say(window, "收到")
        window.until("ack")


def test_a_chat_that_does_not_exist_is_undelivered_for_good(web):
    with pytest.raises(Undelivered) as caught:
        web.run(web.door.send(Chat("web", "p:没有这个人", "private"), Shown("在吗")))
    assert (caught.value.why, caught.value.is_final) == ("gone", True)


def test_a_replaced_message_that_is_gone_is_sent_anew(web):
    sent = web.run(web.door.send(Chat("web", "g:dev", "group"), Shown("新的", replaces="99")))
    assert sent == "1"
    assert web.run(web.door.send(Chat("web", "g:dev", "group"), Shown("改了", replaces="1"))) == "1"
    assert [(m.text, m.edited) for m in web.store.messages] == [("改了", True)]
