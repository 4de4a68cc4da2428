"""The AI bot's door over a real WebSocket; the server is one that WeCom's own client runs through unchanged."""

import asyncio
import base64
import contextlib
import json
import logging
import os
import shutil
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from fake_wecom import FakeWeCom
from fake_wecom_bot import BOT, SECRET, FakeWeComBot, words_of
from npm_peers import installed_peers
from serving import fake_served, until

from bot.channels.wecom.door import WeComDoor
from bot.channels.wecom_bot.door import WeComBotDoor
from bot.channels.wecom_bot.socket import Socket
from vocabulary.clock import SetClock
from vocabulary.delivery import Undelivered, Unfetched
from vocabulary.messages import Button, Chat, Shown

NOW = datetime.fromtimestamp(1772677200, UTC)
GROUP = Chat("wecom_bot", "G1", "group")
LIHUI = Chat("wecom_bot", "lihui", "private")
CHECK_IN = (Button("签到", "in:12"), Button("请假", "lv:12"))


class Ear:
    def __init__(self, *answers):
        self.heard, self.answers = [], tuple(map(Shown, answers))

    async def __call__(self, incoming):
        self.heard.append(incoming)
        return self.answers

    def answer(self, text, buttons=(), to=-1):
        """What the house says to something that it heard."""
        return Shown(text, buttons, answers=self.heard[to].message_id)


@contextlib.asynccontextmanager
async def bot(ear, platform=None, **changes):
    platform = platform or FakeWeComBot()
    async with platform.served() as address:
        settings = {"bot_id": BOT, "secret": SECRET, "ws_url": address, "clock": SetClock(NOW), "first_pause": 0.01}
        door = WeComBotDoor(**(settings | changes))
        await door.start(ear)
        try:
            yield door, platform
        finally:
            await door.stop()


def hear(*pushes):
    """Push bodies (who, what, which group); return what the house heard."""

    async def scene():
        ear = Ear()
        async with bot(ear) as (door, platform):
            for who, what, group in pushes:
                await platform.push(who, what, group)
            await door.send(LIHUI, Shown("after them"))
            await asyncio.sleep(0.05)
        return ear.heard

    return asyncio.run(scene())


# ---- the server is a fair one


def test_wecoms_own_client_runs_through_our_server():
    folder = installed_peers()
    if folder is None:
        pytest.skip("no node, or its packages cannot be installed")

    async def scene():
        platform = FakeWeComBot()
        async with platform.served() as address:
            node = await asyncio.create_subprocess_exec(
                shutil.which("node"), "aibot_client.cjs", address, BOT, SECRET, cwd=folder,
                stdout=asyncio.subprocess.PIPE)  # fmt: skip
            await platform.until_subscribed()
            await platform.say("lihui", "签到", group="G1")
            await until(lambda: platform.of("aibot_respond_msg"))
            await platform.press("lihui", {"button_list": [{"text": "签到", "key": "k"}], "task_id": "t1",
                                           "card_type": "button_interaction"}, "签到", group="G1")  # fmt: skip
            out, _ = await asyncio.wait_for(node.communicate(), 20)
        return [json.loads(line) for line in out.decode().splitlines()], platform

    told, platform = asyncio.run(scene())
    assert told == [
        ["authenticated"],
        ["text", "@支部助手 签到", "G1"],
        ["answered", 0],
        ["click", "lihui", "t1"],
        ["updated", 0],
        ["uploaded", "media-1"],
        ["sent", 0],
    ]
    assert platform.files["media-1"] == ("台账.xlsx", bytes([7]) * 1_200_000)


# ---- what is heard


def test_a_mention_in_a_group_and_private_words_arrive():
    heard = hear(
        ("lihui", {"msgtype": "text", "text": {"content": "@支部助手 签到"}}, "G1"),
        ("lihui", {"msgtype": "text", "text": {"content": "签到 @支部助手"}}, "G1"),
        ("wang", {"msgtype": "text", "text": {"content": "请假 孩子发烧"}}, None),
        ("wang", {"msgtype": "voice", "voice": {"content": "这周有什么会"}}, None),
    )
    assert [(one.text, one.chat, one.account, one.addressed) for one in heard] == [
        ("签到", GROUP, "lihui", True),
        ("签到", GROUP, "lihui", True),
        ("请假 孩子发烧", Chat("wecom_bot", "wang", "private"), "wang", True),
        ("这周有什么会", Chat("wecom_bot", "wang", "private"), "wang", True),
    ]
    assert {one.at for one in heard} == {NOW}


def test_pictures_files_and_mixed_messages_are_attachments():
    heard = hear(
        ("wang", {"msgtype": "image", "image": {"url": "https://f/1", "aeskey": "K"}}, None),
        ("wang", {"msgtype": "file", "file": {"url": "https://f/2", "aeskey": "K"}}, None),
        ("wang", {"msgtype": "video", "video": {"url": "https://f/3", "aeskey": "K"}}, None),
        (
            "wang",
            {"msgtype": "mixed", "mixed": {"msg_item": [
                {"msgtype": "text", "text": {"content": "@支部助手 现场照片"}},
                {"msgtype": "image", "image": {"url": "https://f/4", "aeskey": "K"}},
            ]}},
            "G1",
        ),
        ("wang", {"msgtype": "mixed", "mixed": {"msg_item": None}}, None),
    )  # fmt: skip
    assert [(one.text, [attached.kind for attached in one.attachments]) for one in heard] == [
        ("", ["image"]),
        ("", ["file"]),
        ("", ["other"]),
        ("现场照片", ["image"]),
        ("", []),
    ]
    assert heard[3].attachments[0].url == "wecom-bot-file:K:https://f/4"


def test_what_somebody_quotes_is_not_what_they_say():
    quote = {"msgtype": "text", "text": {"content": "我请假"}}
    (one,) = hear(("wang", {"msgtype": "text", "text": {"content": "@支部助手 同意"}, "quote": quote}, "G1"))
    assert (one.text, one.attachments) == ("同意", ())


def test_the_same_userid_in_another_corporation_is_another_account():
    said = {"msgtype": "text", "text": {"content": "签到"}}
    one, other = hear(("lihui", said, "G1"), ("", said | {"from": {"userid": "lihui", "corpid": "wwother"}}, "G1"))
    assert (one.account, other.account) == ("lihui", "lihui@wwother")


def test_what_needs_no_answer_is_not_heard_and_entering_is_noticed():
    heard = hear(
        ("wang", {"msgtype": "event", "event": {"eventtype": "feedback_event"}}, None),
        ("wang", {"msgtype": "stream", "stream": {"id": "s"}}, None),
        ("", {"msgtype": "text", "text": {"content": "x"}}, None),
        ("wang", {"msgtype": "text", "text": "no object"}, None),
        ("wang", {"msgtype": "event", "event": {"eventtype": "enter_chat"}}, None),
    )
    assert [(one.text, one.event) for one in heard] == [("", None), ("", "joined")]


# ---- what is said


def test_the_first_words_answer_and_what_follows_are_messages_of_their_own():
    async def scene():
        ear = Ear()
        async with bot(ear) as (door, platform):
            asked = await platform.say("lihui", "这周有什么会", group="G1")
            await until(lambda: ear.heard)
            for text in ("这周有两个会", "第二条"):
                await door.send(GROUP, ear.answer(text))
            await door.send(GROUP, Shown("各位同志"))
            return asked, platform.frames[1:]

    asked, (first, *others) = asyncio.run(scene())
    assert first[:2] == ("aibot_respond_msg", asked)
    assert (first[2]["stream"]["finish"], words_of(first[2])) == (True, "这周有两个会")
    assert [(one[0], one[2]["chatid"], one[2]["chat_type"], one[2]["msgtype"], words_of(one[2])) for one in others] == [
        ("aibot_send_msg", "G1", 2, "markdown", "第二条"),
        ("aibot_send_msg", "G1", 2, "markdown", "各位同志"),
    ]


def test_each_of_those_who_speak_at_once_is_answered_on_their_own_message():
    async def scene():
        ear = Ear()
        async with bot(ear) as (door, platform):
            asked = [await platform.say(f"p{number}", "签到", group="G1") for number in range(3)]
            await until(lambda: len(ear.heard) == 3)
            for number in (1, 0, 2):
                await door.send(GROUP, ear.answer(f"p{number} 已签到", to=number))
            return asked, {req_id: words_of(body) for _, req_id, body in platform.frames[1:]}

    asked, answered = asyncio.run(scene())
    assert answered == {req_id: f"p{number} 已签到" for number, req_id in enumerate(asked)}


def test_who_comes_in_is_welcomed_in_the_form_for_that():
    async def scene():
        ear = Ear()
        async with bot(ear) as (door, platform):
            for _ in range(2):
                await platform.push("wang", {"msgtype": "event", "event": {"eventtype": "enter_chat"}})
            await until(lambda: len(ear.heard) == 2)
            await door.send(Chat("wecom_bot", "wang", "private"), ear.answer("你好", to=0))
            await door.send(Chat("wecom_bot", "wang", "private"), ear.answer("从这里开始", (Button("帮助", "h"),)))
            return platform.of("aibot_respond_welcome_msg")

    words, card = asyncio.run(scene())
    assert words == {"msgtype": "text", "text": {"content": "你好"}}
    assert card["template_card"]["sub_title_text"] == "从这里开始"


def test_a_meeting_notice_is_pushed_to_whoever_has_spoken_and_only_to_them():
    async def scene():
        async with bot(Ear()) as (door, platform):
            platform.unspoken.add("wang")
            await door.send(
                LIHUI, Shown("3月11日 15:00 支部党员大会", (Button("收到", "ok:1"), Button("请假", "lv:1")))
            )
            with pytest.raises(Undelivered) as failure:
                await door.send(Chat("wecom_bot", "wang", "private"), Shown("3月11日 15:00 支部党员大会"))
            return platform.of("aibot_send_msg")[0], failure.value.why

    body, why = asyncio.run(scene())
    assert (body["chatid"], body["chat_type"], body["msgtype"]) == ("lihui", 1, "template_card")
    assert why == "silent"


def test_a_groups_card_answers_what_was_said_there_while_that_can_be_answered():
    clock = SetClock(NOW)

    async def scene():
        ear = Ear()
        async with bot(ear, clock=clock) as (door, platform):
            asked = await platform.say("lihui", "开始签到", group="G1")
            await until(lambda: ear.heard)
            await door.send(GROUP, ear.answer("好的"))
            await door.send(GROUP, ear.answer("签到：党员大会\n已签到0/17", CHECK_IN))
            await door.send(GROUP, Shown("今日一题", CHECK_IN))
            clock.set(NOW + timedelta(hours=24))
            await door.send(GROUP, Shown("今日一题", CHECK_IN))
            return asked, platform.frames[2:]

    asked, (card, unasked, too_late) = asyncio.run(scene())
    shown = card[2]["template_card"]
    assert card[:2] == unasked[:2] == ("aibot_respond_msg", asked)
    assert (shown["main_title"], shown["sub_title_text"]) == ({"title": "签到：党员大会"}, "已签到0/17")
    assert [button["text"] for button in shown["button_list"]] == ["签到", "请假"]
    assert (too_late[0], too_late[2]["chatid"]) == ("aibot_send_msg", "G1")


@pytest.mark.parametrize("code", [846605, 846608, 600039])
def test_what_cannot_be_answered_any_more_is_said_anew(code):
    async def scene():
        ear = Ear()
        async with bot(ear) as (door, platform):
            await platform.say("lihui", "导出台账")
            await until(lambda: ear.heard)
            platform.fail("aibot_respond_msg", code, "expired")
            await door.send(LIHUI, ear.answer("好了"))
            return platform.faults["aibot_respond_msg"], platform.of("aibot_send_msg")

    faults, (sent,) = asyncio.run(scene())
    assert (list(faults), words_of(sent), sent["chat_type"]) == ([], "好了", 1)


def test_an_answer_that_comes_too_fast_is_given_later_on_the_same_message():
    async def scene():
        ear = Ear()
        async with bot(ear) as (door, platform):
            asked = await platform.say("lihui", "导出台账")
            await until(lambda: ear.heard)
            platform.fail("aibot_respond_msg", 45009, "too fast")
            with pytest.raises(Undelivered) as failure:
                await door.send(LIHUI, ear.answer("好了"))
            await door.send(LIHUI, ear.answer("好了"))
            return asked, platform.frames[1:], failure.value

    asked, ((command, req_id, _),), failure = asyncio.run(scene())
    assert (command, req_id, failure.retry_after) == ("aibot_respond_msg", asked, 60.0)


def test_a_connection_that_breaks_in_the_middle_of_a_reply_loses_nothing():
    async def scene():
        ear = Ear()
        async with bot(ear) as (door, platform):
            await platform.say("lihui", "签到", group="G1")
            await until(lambda: ear.heard)
            platform.fail("aibot_respond_msg", None)
            with pytest.raises(Undelivered) as failure:
                await door.send(GROUP, ear.answer("已签到1/17"))
            await platform.until_subscribed(2)
            await until(lambda: not door.last_fault)
            await door.send(GROUP, ear.answer("已签到1/17"))
            return failure.value, platform.of("aibot_send_msg")

    failure, (sent,) = asyncio.run(scene())
    assert (failure.why, failure.is_final, words_of(sent)) == ("down", False, "已签到1/17")


@pytest.mark.parametrize(
    ("code", "why", "retry_after"),
    [
        (45009, "limited", 60.0),
        (846607, "silent", None),
        (93006, "gone", None),
        (40058, "refused", None),
        (-1, "down", None),
    ],
)
def test_each_failure_has_its_word(code, why, retry_after):
    async def scene():
        async with bot(Ear()) as (door, platform):
            platform.fail("aibot_send_msg", code, "no")
            with pytest.raises(Undelivered) as failure:
                await door.send(GROUP, Shown("x"))
            return failure.value

    failure = asyncio.run(scene())
    assert (failure.why, failure.retry_after) == (why, retry_after)


def test_a_file_goes_in_pieces_behind_its_words():
    data = os.urandom(1_300_000)

    async def scene():
        async with bot(Ear()) as (door, platform):
            await door.send(GROUP, Shown("第一季度台账", file_name="台账.xlsx", file_data=data))
            return platform.files, platform.of("aibot_send_msg")

    files, (words, file) = asyncio.run(scene())
    assert files == {file["file"]["media_id"]: ("台账.xlsx", data)}
    assert words_of(words) == "第一季度台账"


def test_a_file_that_came_opens_with_its_own_key_and_no_other():
    key, data = os.urandom(32), os.urandom(5000)
    padded = data + bytes([32 - len(data) % 32]) * (32 - len(data) % 32)
    cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    sealed = cipher.update(padded) + cipher.finalize()

    async def file(_request):
        return web.Response(body=sealed)

    async def scene():
        async with fake_served(lambda router: router.add_get("/f", file)) as address, bot(Ear()) as (door, _):
            right, wrong = (base64.b64encode(one).decode() for one in (key, os.urandom(32)))
            attached = lambda secret: Shown and type("A", (), {"url": f"wecom-bot-file:{secret}:{address}/f"})()  # noqa: E731
            found = await door.fetch(attached(right))
            with pytest.raises(Unfetched):
                await door.fetch(attached(wrong))
            with pytest.raises(Unfetched):
                await door.fetch(type("A", (), {"url": f"wecom-bot-file:{right}:file:///etc/passwd"})())
            return found

    assert asyncio.run(scene()) == data


# ---- clicks


def test_five_people_click_within_a_second_and_each_sees_the_card_as_it_stands():
    people = [f"p{number}" for number in range(5)]

    async def scene():
        ear = Ear()

        async def now(chat, task):
            assert (chat, task) == (GROUP, card["task_id"])
            return Shown(f"已签到{len(ear.heard)}/17", CHECK_IN)

        async with bot(ear, card_now=now) as (door, platform):
            await door.send(GROUP, Shown("已签到0/17", CHECK_IN))
            card = platform.of("aibot_send_msg")[0]["template_card"]
            asked = [await platform.press(one, card, "签到", "G1", nested=n % 2 == 1) for n, one in enumerate(people)]
            await until(lambda: len(platform.of("aibot_respond_update_msg")) == 5)
            return ear.heard, asked, [frame for frame in platform.frames if frame[0] == "aibot_respond_update_msg"]

    heard, asked, updates = asyncio.run(scene())
    assert [(one.account, one.pressed, one.text) for one in heard] == [(one, "in:12", "签到") for one in people]
    assert {req_id for _, req_id, _ in updates} == set(asked)
    assert all("userids" not in body for _, _, body in updates)
    assert updates[-1][2]["template_card"]["sub_title_text"] == "已签到5/17"


def test_a_state_that_was_read_later_is_shown_later():
    """The first click's state is slow to read: it must not be what stands there in the end."""

    async def scene():
        reads = []

        async def now(_chat, _task):
            reads.append(len(reads) + 1)
            state = reads[-1]
            await asyncio.sleep(0.05 if state == 1 else 0)
            return Shown(f"已签到{state}/17", CHECK_IN)

        async with bot(Ear(), card_now=now) as (door, platform):
            await door.send(GROUP, Shown("已签到0/17", CHECK_IN))
            card = platform.of("aibot_send_msg")[0]["template_card"]
            for one in ("p1", "p2", "p3"):
                await platform.press(one, card, "签到", "G1")
            await until(lambda: len(platform.of("aibot_respond_update_msg")) == 3)
            return [body["template_card"]["sub_title_text"] for body in platform.of("aibot_respond_update_msg")]

    assert asyncio.run(scene()) == ["已签到1/17", "已签到2/17", "已签到3/17"]


def test_a_card_that_does_not_live_greys_for_who_clicked():
    async def scene():
        async with bot(Ear()) as (door, platform):
            await door.send(LIHUI, Shown("要召开这个会议吗？", (Button("确认", "ok:1"),)))
            card = platform.of("aibot_send_msg")[0]["template_card"]
            await platform.press("lihui", card, "确认")
            await until(lambda: platform.of("aibot_respond_update_msg"))
            return platform.of("aibot_respond_update_msg")[0]

    update = asyncio.run(scene())
    assert (update["userids"], update["template_card"]["replace_text"]) == (["lihui"], "确认")


# ---- the connection


def test_frames_on_one_request_go_one_after_the_other():
    async def scene():
        platform = FakeWeComBot()
        async with platform.served() as address:
            socket = Socket(url=address, bot_id=BOT, secret=SECRET, take=lambda _: None)
            there = asyncio.Event()
            running = asyncio.create_task(socket.run(there.set))
            await there.wait()
            platform.slow = 0.01
            body = {"chatid": "G1", "msgtype": "markdown", "markdown": {"content": "x"}}
            first, second = (asyncio.create_task(socket.call("aibot_send_msg", body, "r1")) for _ in range(2))
            await first
            await socket.call("aibot_send_msg", body, "r1")
            await second
            running.cancel()
            return platform.crossed, len(platform.of("aibot_send_msg"))

    assert asyncio.run(scene()) == (0, 3)


def test_a_message_that_comes_twice_reaches_the_house_with_one_id():
    one, other = hear(
        ("wang", {"msgtype": "text", "text": {"content": "签到"}, "msgid": "m-9"}, None),
        ("wang", {"msgtype": "text", "text": {"content": "签到"}, "msgid": "m-9"}, None),
    )
    assert one.message_id == other.message_id == "m-9"


def test_it_stays_alive_by_pings_and_connects_anew_where_none_is_answered():
    async def scene():
        async with bot(Ear(), ping_seconds=0.02) as (door, platform):
            await until(lambda: platform.pings >= 2)
            platform.silent = True
            await until(lambda: door.last_fault)
            platform.silent = False
            await platform.until_subscribed(2)
            await until(lambda: not door.last_fault)
            return platform.subscriptions

    assert asyncio.run(scene()) == 2


def test_a_connection_that_is_not_subscribed_any_more_is_made_anew_and_the_message_arrives_once():
    async def scene():
        async with bot(Ear()) as (door, platform):
            platform.fail("aibot_send_msg", 846609, "not subscribed")
            await door.send(GROUP, Shown("30分钟后开会"))
            return platform.subscriptions, [words_of(body) for body in platform.of("aibot_send_msg")]

    assert asyncio.run(scene()) == (2, ["30分钟后开会"])


def test_a_bot_that_may_not_subscribe_just_now_is_not_deaf_for_good():
    async def scene():
        platform = FakeWeComBot()
        platform.fail("aibot_subscribe", 45009, "subscribe too often")
        async with bot(Ear(), platform) as (door, _):
            await platform.until_subscribed()
            await until(lambda: not door.last_fault)
            platform.fail("aibot_subscribe", -1, "system busy")
            await platform.connection.close()
            await platform.until_subscribed(2)
            await until(lambda: not door.last_fault)
            await door.send(GROUP, Shown("30分钟后开会"))
            return [words_of(body) for body in platform.of("aibot_send_msg")]

    assert asyncio.run(scene()) == ["30分钟后开会"]


def test_what_is_sent_while_the_connection_breaks_for_a_moment_waits_for_it():
    async def scene():
        async with bot(Ear()) as (door, platform):
            await platform.connection.close()
            await until(lambda: door.last_fault)
            await door.send(GROUP, Shown("30分钟后开会"))
            return [words_of(body) for body in platform.of("aibot_send_msg")]

    assert asyncio.run(scene()) == ["30分钟后开会"]


def test_what_may_have_arrived_is_told_apart_from_what_did_not():
    async def scene():
        async with bot(Ear(), return_seconds=0.0) as (door, platform):
            platform.fail("aibot_send_msg", None)
            with pytest.raises(Undelivered) as broke:
                await door.send(GROUP, Shown("x"))
            await platform.until_subscribed(2)
            await until(lambda: not door.last_fault)
            platform.silent = True
            await platform.connection.close()
            await until(lambda: door.last_fault)
            with pytest.raises(Undelivered) as gone:
                await door.send(GROUP, Shown("x"))
            return broke.value.surely, gone.value.surely

    assert asyncio.run(scene()) == (False, True)


def test_another_subscriber_is_reported_and_not_fought(caplog):
    async def scene():
        platform = FakeWeComBot()
        async with bot(Ear(), platform) as (door, _):
            other = WeComBotDoor(bot_id=BOT, secret=SECRET, ws_url=door.ws_url, clock=SetClock(NOW))
            await other.start(Ear())
            await until(lambda: door.last_fault)
            await asyncio.sleep(0.1)
            with pytest.raises(Undelivered):
                await door.send(GROUP, Shown("x"))
            await other.stop()
            return door.last_fault, platform.subscriptions

    fault, subscriptions = asyncio.run(scene())
    assert "another program" in fault
    assert subscriptions == 2
    assert "another program has subscribed" in caplog.text


def test_refused_keys_are_told_at_start_without_the_secret(caplog):
    wrong = "the-wrong-secret"

    async def scene():
        async with bot(Ear(), secret=wrong):
            pass

    with caplog.at_level(logging.DEBUG), pytest.raises(ValueError, match="does not accept bot_id or secret") as told:
        asyncio.run(scene())
    assert "853000" in str(told.value)
    assert wrong not in caplog.text + str(told.value)


def test_a_platform_that_is_away_at_start_is_reached_later(monkeypatch):
    monkeypatch.setattr("bot.channels.wecom_bot.door.FIRST_SECONDS", 0.05)

    async def scene():
        ear, platform = Ear(), FakeWeComBot()
        async with platform.served() as address:
            port = address
        door = WeComBotDoor(bot_id=BOT, secret=SECRET, ws_url=port, clock=SetClock(NOW), first_pause=0.01)
        await door.start(ear)
        fault = door.last_fault
        await door.stop()
        return fault

    assert asyncio.run(scene())


@pytest.mark.parametrize("name", ["bot_id", "secret"])
def test_settings_that_cannot_work_are_told_at_start(name):
    async def scene():
        async with bot(Ear(), **{name: ""}):
            pass

    with pytest.raises(ValueError, match=f"wecom_bot: {name} is empty"):
        asyncio.run(scene())


def test_the_secret_stays_out_of_representations():
    async def scene():
        async with bot(Ear()) as (door, _):
            return repr(door)

    assert SECRET not in asyncio.run(scene())


def test_an_encrypted_account_is_the_member_that_the_app_names():
    told = []
    encrypted, unknown = "woAJ2GCAAAXtWyujaWJHDDGi0mACas1w", "woAJ2GCAAAXtWyujaWJHDDGi0mACunkn"

    async def scene():
        clock, ear = SetClock(NOW), Ear()
        app = FakeWeCom("ww1", "t", "a" * 42 + "A", clock)
        app.members[encrypted] = "lihui"
        async with fake_served(app.add_routes) as api:
            asked = WeComDoor(corp_id="ww1", agent_id="7", secret=app.secret, token="t", aes_key="a" * 42 + "A",  # noqa: S106
                              api_base=api, clock=clock)  # fmt: skip
            await asked.start(Ear())
            async with bot(ear, behind=asked.account_behind) as (door, platform):
                for account in (encrypted, "wang", unknown, encrypted):
                    await platform.say(account, "签到")
                await until(lambda: len(ear.heard) == 4)
                await door.send(LIHUI, Shown("通知"))
                await door.send(Chat("wecom_bot", "wang", "private"), Shown("通知"))
                told.extend(body["chatid"] for body in platform.of("aibot_send_msg"))
                app.faults.append(500)
                await platform.say("woAJ2GCAAAXtWyujaWJHDDGi0mACdown", "签到")
                await until(lambda: len(ear.heard) == 5)
            await asked.stop()
        return sorted(one.account for one in ear.heard)

    assert asyncio.run(scene()) == sorted(["lihui", "lihui", "wang", unknown, "woAJ2GCAAAXtWyujaWJHDDGi0mACdown"])
    assert told == [encrypted, "wang"], "the bot is spoken to by the ids that it knows"
