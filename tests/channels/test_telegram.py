"""What the Telegram door hears, and that nothing of it is lost."""

import asyncio
import json
import signal
import sys
import time
from datetime import UTC, datetime

import pytest
from fake_telegram import BOT, DATE, GROUP, FakeTelegram, became, message, person, private
from serving import fake_served, until
from telegram_scene import GROUP_CHAT, LIHUI, NOW, Ear, said, telegram

from bot.channels.telegram.polling import MemoryOffsets
from vocabulary.delivery import Moved
from vocabulary.messages import Button, Chat, Shown

WHO = {"entities": [{"type": "mention", "offset": 0, "length": 15}]}


def hear(*updates, **changes):
    """Deliver updates, each the keywords of `give`; return what the house heard once all were confirmed."""

    async def scene():
        ear = Ear()
        async with telegram(ear, **changes) as (_, server):
            last = [server.give(**update) for update in updates][-1]
            await until(lambda: server.confirmed > last)
        return ear.heard

    return asyncio.run(scene())


# ---- what is heard


def test_private_words_arrive():
    (incoming,) = hear(said("/start AbC_1"))
    assert (incoming.channel, incoming.account, incoming.chat) == ("telegram", "1001", LIHUI)
    assert (incoming.text, incoming.message_id, incoming.name) == ("/start AbC_1", "7000001:1001:1", "李慧 测")
    assert (incoming.at, incoming.addressed, incoming.pressed) == (datetime.fromtimestamp(DATE, UTC), True, None)


@pytest.mark.parametrize(
    ("text", "more", "heard", "addressed"),
    [
        ("签到", {}, "签到", False),
        ("@zhibu_test_bot 签到", WHO, "签到", True),
        ("🎉 @Zhibu_test_bot 签到", {"entities": [{"type": "mention", "offset": 3, "length": 15}]}, "🎉 签到", True),
        ("@someone_else_x 签到", WHO, "@someone_else_x 签到", False),
        ("@支部助手 签到", {}, "签到", True),
        (
            "/start@zhibu_test_bot k",
            {"entities": [{"type": "bot_command", "offset": 0, "length": 21}]},
            "/start k",
            True,
        ),
        ("收到", {"reply_to_message": message(1, "x", GROUP) | {"from": BOT}}, "收到", True),
        ("收到", {"reply_to_message": message(1, "x", GROUP)}, "收到", False),
        (
            "收到",
            {
                "reply_to_message": message(1, None, GROUP, forum_topic_created={"name": "t", "icon_color": 1})
                | {"from": BOT}
            },
            "收到",
            False,
        ),
    ],
)
def test_a_group_knows_who_is_meant(text, more, heard, addressed):
    (incoming,) = hear(said(text, GROUP, **more))
    assert incoming.chat == Chat("telegram", "-1001", "group", "研发群")
    assert (incoming.text, incoming.addressed, incoming.message_id) == (heard, addressed, "7000001:-1001:1")


@pytest.mark.parametrize(
    ("text", "heard", "pressed"),
    [
        ("/checkin", "签到", None),
        ("/leave 孩子发烧", "请假 孩子发烧", None),
        ("/start in_12", "", "in:12"),
        ("/start ABCD2345", "/start ABCD2345", None),
        ("/unknown", "/unknown", None),
    ],
)
def test_a_command_is_the_words_that_it_stands_for(text, heard, pressed):
    menu = {"checkin": "签到", "leave": "请假"}
    entity = {"entities": [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}]}
    (incoming,) = hear(said(text, **entity), commands=menu)
    assert (incoming.text, incoming.pressed, incoming.addressed) == (heard, pressed, True)


def test_the_menu_is_put_up_with_latin_names():
    async def scene():
        async with telegram(Ear(), commands={"checkin": "签到"}) as (_, server):
            await until(lambda: server.called("setMyCommands"))
            return json.loads(server.called("setMyCommands")[0]["commands"])

    assert asyncio.run(scene()) == [{"command": "checkin", "description": "签到"}]


@pytest.mark.parametrize(
    ("before", "after", "hears_all", "event", "deaf"),
    [
        ("left", "member", True, "joined", False),
        ("left", "member", False, "joined", True),
        ("left", "administrator", False, "joined", False),
        ("member", "administrator", False, "joined", False),
        ("member", "kicked", True, "left", False),
        ("administrator", "left", False, "left", False),
    ],
)
def test_it_notices_where_it_is_let_in_and_put_out(before, after, hears_all, event, deaf, monkeypatch):
    monkeypatch.setitem(BOT, "can_read_all_group_messages", hears_all)
    (incoming,) = hear(became(before, after))
    assert (incoming.event, incoming.chat.id, incoming.account, incoming.text) == (event, "-1001", "1001", "")
    assert incoming.deaf == deaf


def test_being_blocked_and_let_in_again_is_noticed_too():
    private = {"id": 1001, "type": "private", "first_name": "李慧"}
    heard = hear(became("member", "kicked", private), became("kicked", "member", private))
    assert [(incoming.event, incoming.chat.kind) for incoming in heard] == [("left", "private"), ("joined", "private")]


def test_a_topic_is_a_chat_of_its_own_but_an_answer_in_general_is_not():
    topic, general = hear(
        said("a", GROUP, message_thread_id=45, is_topic_message=True),
        said("b", GROUP, message_thread_id=9, message_id=2),
    )
    assert (topic.chat.id, general.chat.id) == ("-1001/45", "-1001")


def test_a_choice_in_a_quiz_that_is_taken_back_is_no_poison():
    async def scene():
        aside = []

        async def quarantine(*update):
            aside.append(update)

        ear = Ear()
        async with telegram(ear, quarantine=quarantine) as (_, server):
            answer = {"poll_id": "p1", "user": person(1001), "option_ids": [], "option_persistent_ids": []}
            number = server.give(poll_answer=answer)
            await until(lambda: server.confirmed > number)
        return ear.heard, aside

    assert asyncio.run(scene()) == ([], [])


def test_nobody_knows_who_speaks_as_a_chat():
    channel = {"id": -5, "type": "channel", "title": "c"}
    heard = hear(
        said("匿名", GROUP, sender_chat=GROUP),
        {"message": message(1, "频道", GROUP) | {"from": person(1) | {"is_bot": True}}},
        said("转来", GROUP, sender_chat=channel),
        said("/x@other_bot", GROUP, entities=[{"type": "bot_command", "offset": 0, "length": 12}]),
        {"channel_post": message(1, "公告", channel)},
        {"edited_message": message(1, "改过")},
        said(None, GROUP, new_chat_members=[person(5)]),
        said("签到", GROUP),
    )
    assert [incoming.text for incoming in heard] == ["签到"]


def test_attachments_carry_no_address():
    file = {"file_id": "F1", "file_unique_id": "U"}
    heard = hear(
        said(
            None,
            photo=[file | {"width": 1, "height": 1, "file_id": "small"}, file | {"width": 9, "height": 9}],
            caption="现场",
        ),
        said(None, document=file | {"file_name": "发言.docx"}, message_id=2),
        said(None, voice=file | {"duration": 3}, message_id=3),
        said(None, location={"latitude": 31.2304, "longitude": 121.4737}, message_id=4),
        said(None, contact={"phone_number": "1", "first_name": "x"}, message_id=5),
    )
    kinds = [(incoming.attachments[0].kind, incoming.attachments[0].url) for incoming in heard]
    assert kinds == [("image", "telegram-file:F1"), ("file", "telegram-file:F1"), ("voice", "telegram-file:F1"),
                     ("location", ""), ("other", "")]  # fmt: skip
    assert (heard[0].text, heard[1].attachments[0].name, heard[3].attachments[0].latitude) == (
        "现场",
        "发言.docx",
        31.2304,
    )


def test_a_press_is_acknowledged_before_the_house_has_answered():
    async def scene():
        pressed = []

        async def slow(incoming):
            pressed.append(incoming)
            await until(lambda: server.called("answerCallbackQuery"))
            return ()

        async with telegram(slow) as (door, server):
            card = await door.send(GROUP_CHAT, Shown("签到", (Button("签到", "in:1"), Button("请假", "off:1"))))
            query = server.press(1001, "off:1", card, GROUP)
            await until(lambda: pressed)
            await until(lambda: server.confirmed > 101)
            return pressed[0], server.called("answerCallbackQuery"), query

    incoming, acknowledged, query = asyncio.run(scene())
    assert (incoming.pressed, incoming.text, incoming.message_id) == ("off:1", "请假", f"cb:{query}")
    assert (incoming.at, incoming.account, incoming.chat.id) == (NOW, "1001", "-1001")
    assert acknowledged == [{"callback_query_id": query}]


# ---- nothing is lost


def test_what_the_house_could_not_store_comes_again():
    async def scene():
        attempts = []

        async def weak(incoming):
            attempts.append(incoming.text)
            if len(attempts) < 3:
                raise OSError(f"disk full at {incoming.text}")
            return ()

        offsets = MemoryOffsets()
        async with telegram(weak, offsets=offsets) as (door, server):
            server.say(1001, "签到")
            await until(lambda: len(attempts) == 1)
            assert await offsets.load() is None
            await until(lambda: door.last_fault)
            assert door.last_fault == "OSError"
            await until(lambda: server.confirmed == 102)
            await until(lambda: door.last_fault == "")
            return attempts, await offsets.load()

    attempts, offset = asyncio.run(scene())
    assert (attempts, offset) == (["签到"] * 3, 102)


def test_what_the_house_answers_at_once_is_sent():
    async def broken(incoming):
        return (Shown("number 4F2A"),)

    async def scene():
        async with telegram(broken) as (_, server):
            server.say(1001, "签到")
            await until(lambda: server.shown)
            return server.called("sendMessage")

    (sent,) = asyncio.run(scene())
    assert (sent["chat_id"], sent["text"]) == ("1001", "number 4F2A")


KILLED = """
import asyncio, sys
from bot.channels.telegram.door import TelegramDoor
from vocabulary.clock import SystemClock

async def take(incoming):
    print("fetched", incoming.text, flush=True)
    await asyncio.sleep(60)  # killed here: fetched, not committed

async def main():
    await TelegramDoor(token=sys.argv[1], api_base=sys.argv[2], clock=SystemClock(), poll_seconds=1).start(take)
    await asyncio.sleep(60)

asyncio.run(main())
"""


def test_a_kill_between_fetch_and_commit_loses_nothing():
    async def scene():
        server, ear = FakeTelegram(), Ear()
        server.say(1001, "checkin")
        async with fake_served(server.add_routes) as api:
            child = await asyncio.create_subprocess_exec(
                sys.executable, "-c", KILLED, server.token, api, stdout=asyncio.subprocess.PIPE
            )
            line = await asyncio.wait_for(child.stdout.readline(), 20)
            child.send_signal(signal.SIGKILL)
            await child.wait()
        async with telegram(ear, server):
            await until(lambda: ear.heard)
        return line, ear.texts

    assert asyncio.run(scene()) == (b"fetched checkin\n", ["checkin"])


def test_a_poison_update_is_put_aside_and_the_next_come_through():
    async def scene():
        ear, aside = Ear(), []

        async def quarantine(number, raw, why):
            aside.append((number, json.loads(raw), why))

        async with telegram(ear, quarantine=quarantine) as (_, server):
            server.say(1001, "前")
            number = server.give(callback_query={"id": "1", "data": "x"})
            server.updates.append({"no": "number"})
            server.updates.append("no update")
            server.say(1002, "后")
            await until(lambda: len(ear.heard) == 2 and server.confirmed == 104)
            server.updates.clear()
        return ear.texts, aside, number

    texts, aside, number = asyncio.run(scene())
    assert sorted(texts) == ["前", "后"]
    assert [entry[0] for entry in aside] == [number, None, None]
    assert aside[0][1]["callback_query"] == {"id": "1", "data": "x"}


def test_a_chat_keeps_its_order_and_does_not_wait_for_others():
    async def scene():
        done = []

        async def uneven(incoming):
            if incoming.text == "slow":
                await asyncio.sleep(0.1)
            done.append((incoming.account, incoming.text))
            return ()

        server = FakeTelegram()
        for text in ("slow", "second"):
            server.say(1001, text)
        server.give(**became("member", "kicked", private(1001)))
        server.say(1002, "other")
        async with telegram(uneven, server):
            await until(lambda: len(done) == 4)
        return done

    assert asyncio.run(scene()) == [("1002", "other"), ("1001", "slow"), ("1001", "second"), ("1001", "")]


@pytest.mark.parametrize(
    "fault",
    [
        (429, "Too Many Requests: retry after 1", {"retry_after": 1}),
        (404, "Not Found", {}),
        (401, "Unauthorized", {}),
        (409, "Conflict: terminated by other getUpdates request", {}),
        (500, "Internal Server Error", {}),
        (502, None, {}),
        (200, None, {}),
        (200, "no result", {}),
    ],
)
def test_polling_survives(fault):
    status, description, parameters = fault

    async def scene():
        ear = Ear()
        async with telegram(ear) as (door, server):
            await until(lambda: server.polls)
            began = time.monotonic()
            for _ in range(1 if parameters else 3):
                server.fail("getUpdates", status, description, **parameters)
            server.say(1001, "一")
            await until(lambda: ear.heard)
            server.say(1001, "二")
            await until(lambda: len(server.faults["getUpdates"]) == 0 and len(ear.heard) == 2)
            await until(lambda: door.last_fault == "")
            assert door.silent_seconds < 2
            assert time.monotonic() - began >= parameters.get("retry_after", 0)
        return ear.texts

    assert asyncio.run(scene()) == ["一", "二"]


def test_another_that_fetches_is_told_of_and_not_fought(caplog):
    async def scene():
        async with telegram(Ear(), first_pause=0.01) as (door, server):
            await until(lambda: server.polls)
            before, began = len(server.polls), time.monotonic()
            for _ in range(2):
                server.fail("getUpdates", 409, "Conflict: terminated by other getUpdates request")
            server.say(1001, "x")
            await until(lambda: door.last_fault.startswith("Conflict"))
            await until(lambda: not server.faults["getUpdates"] and not door.last_fault)
            return len(server.polls) - before, time.monotonic() - began

    polls, waited = asyncio.run(scene())
    assert polls <= 2
    assert waited >= 2 * 30 * 0.01
    assert "Conflict: terminated by other getUpdates request" in caplog.text


def test_it_says_at_start_what_it_hears_though_a_proxy_answered_first(caplog, monkeypatch):
    caplog.set_level("INFO")
    monkeypatch.setitem(BOT, "can_read_all_group_messages", 0)

    async def scene():
        server = FakeTelegram()
        server.fail("getMe", 404, None)
        async with telegram(Ear(), server) as (door, _):
            return door.can.hears_group

    assert asyncio.run(scene()) is False
    assert "@zhibu_test_bot is here; in a group whose administrator it is not it hears only" in caplog.text


def test_a_server_that_is_away_at_start_is_reached_later():
    async def scene():
        ear, server = Ear(), FakeTelegram()
        for _ in range(3):
            server.fail("getMe", 502, None)
        async with telegram(ear, server) as (door, _):
            assert door.silent_seconds is None
            server.say(1001, "签到")
            await until(lambda: ear.heard)
            assert door.can.hears_group
        return ear.texts

    assert asyncio.run(scene()) == ["签到"]


def test_a_group_that_moves_is_told_and_sent_elsewhere():
    async def scene():
        moves = []

        async def on_moved(old, new):
            moves.append((old, new))

        async with telegram(Ear(), on_moved=on_moved) as (door, server):
            server.give(
                message=message(1001, None, {"id": -5, "type": "group", "title": "g"}, migrate_to_chat_id=-1005)
            )
            server.give(message=message(1001, None, GROUP | {"id": -1005}, migrate_from_chat_id=-5))
            await until(lambda: len(moves) == 2)
            server.fail("sendMessage", 400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-1005)
            with pytest.raises(Moved) as moved:
                await door.send(Chat("telegram", "-5", "group"), Shown("x"))
        return moves, moved.value.new_chat

    assert asyncio.run(scene()) == ([("-5", "-1005")] * 2, "-1005")
