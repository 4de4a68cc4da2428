"""The AI bot where it is pushed to an address: sealed JSON in, the answer in the same request."""

import asyncio
import base64
import contextlib
import json
import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession
from fake_wecom_pusher import FakeWeComPusher, said_in
from npm_peers import installed_peers
from serving import fake_served, routes_served, until

from bot.channels.wecom_bot.door import WeComBotDoor
from vocabulary.clock import SetClock
from vocabulary.delivery import Undelivered
from vocabulary.messages import Button, Chat, Shown

KEY = json.loads((Path(__file__).parent / "wecom_vectors.json").read_text())["key"]
NOW = datetime.fromtimestamp(1772677200, UTC)
GROUP = Chat("wecom_bot", "G1", "group")
LIHUI = Chat("wecom_bot", "lihui", "private")
CHECK_IN = (Button("签到", "in:12"), Button("请假", "lv:12"))


class Ear:
    def __init__(self, *answers):
        self.heard, self.answers = [], answers

    async def __call__(self, incoming):
        self.heard.append(incoming)
        return self.answers


@contextlib.asynccontextmanager
async def bot(ear, **changes):
    clock = SetClock(NOW)
    platform = FakeWeComPusher(KEY, clock)
    door = WeComBotDoor(mode="url", bot_id="b", token=platform.token, aes_key=KEY, clock=clock, **changes)
    await door.start(ear)
    async with fake_served(platform.add_routes) as platform.address, routes_served(door.routes) as app:
        try:
            yield door, platform, app
        finally:
            await door.stop()


# ---- answers in the same request


def test_words_are_answered_by_a_finished_stream():
    async def scene():
        ear = Ear(Shown("这周有两个会"), Shown("还有一个"))
        async with bot(ear) as (_, platform, app):
            return await platform.say(app, "lihui", "这周有什么会", "G1", "m1"), ear.heard

    (status, answer), (incoming,) = asyncio.run(scene())
    stream = {"id": "m1", "finish": True, "content": "这周有两个会\n\n还有一个"}
    assert (status, answer) == (200, {"msgtype": "stream", "stream": stream})
    assert (incoming.text, incoming.chat, incoming.message_id) == ("这周有什么会", GROUP, "m1")


def test_a_card_goes_with_the_words_before_it_and_what_is_behind_it_follows():
    async def scene():
        ear = Ear(Shown("好的"), Shown("已签到0/17", CHECK_IN), Shown("再说一句"))
        async with bot(ear) as (door, platform, app):
            first = await platform.say(app, "lihui", "开始签到", "G1", "m1")
            again = await platform.say(app, "lihui", "开始签到", "G1", "m1")
            await until(lambda: platform.late)
            with pytest.raises(Undelivered) as used_up:
                await door.send(GROUP, Shown("提醒"))
            return first, again, platform.late, used_up.value.why

    (_, answer), (_, again), late, used_up = asyncio.run(scene())
    assert answer["msgtype"] == "stream_with_template_card"
    assert (answer["stream"]["content"], answer["template_card"]["sub_title_text"]) == ("好的", "已签到0/17")
    assert again == answer
    assert late == [("1", {"msgtype": "markdown", "markdown": {"content": "再说一句"}})]
    assert used_up == "silent"


def test_words_that_one_answer_cannot_hold_follow_whole():
    pieces = ["一" * 6000, "二" * 6000]

    async def scene():
        async with bot(Ear(*map(Shown, pieces))) as (_, platform, app):
            _, answer = await platform.say(app, "lihui", "帮助")
            await until(lambda: platform.late)
            return [answer, *(body for _, body in platform.late)]

    assert [said_in(body) for body in asyncio.run(scene())] == pieces


def test_who_comes_in_is_answered_by_a_text():
    async def scene():
        async with bot(Ear(Shown("你好"), Shown("从这里开始", CHECK_IN))) as (_, platform, app):
            event = {"msgtype": "event", "event": {"eventtype": "enter_chat"}}
            _, answer = await platform.push(app, "lihui", event)
            await until(lambda: platform.late)
            return answer, platform.late[0][1]

    answer, card = asyncio.run(scene())
    assert answer == {"msgtype": "text", "text": {"content": "你好"}}
    assert (card["msgtype"], said_in(card)) == ("template_card", "从这里开始")


def test_a_stream_that_is_refreshed_is_no_new_command():
    async def scene():
        ear = Ear(Shown("x"))
        async with bot(ear) as (_, platform, app):
            return await platform.push(app, "lihui", {"msgtype": "stream", "stream": {"id": "m1"}}), ear.heard

    assert asyncio.run(scene()) == ((200, None), [])


def test_a_house_that_cannot_store_it_lets_the_platform_repeat_it():
    async def broken(_incoming):
        raise OSError

    async def scene():
        async with bot(broken) as (door, platform, app):
            statuses = [(await platform.say(app, "lihui", "签到"))[0]]
            await door.stop()
            return [*statuses, (await platform.say(app, "lihui", "签到"))[0]]

    assert asyncio.run(scene()) == [503, 503]


# ---- clicks


@pytest.mark.parametrize("number", ["m1", "CAIQz7/MjQYY_NGag+8jK/gI="])
def test_a_click_shows_a_living_card_as_it_stands_to_all(number):
    async def now(chat, message):
        return Shown("已签到1/17", CHECK_IN) if (chat, message) == (GROUP, number) else None

    async def scene():
        ear = Ear(Shown("已签到0/17", CHECK_IN))
        async with bot(ear, card_now=now) as (_, platform, app):
            _, answer = await platform.say(app, "lihui", "开始签到", "G1", number)
            ear.answers = ()
            card = answer["template_card"]
            _, update = await platform.press(app, "wang", card, "签到", "G1")
            return card, update, ear.heard[-1]

    card, update, click = asyncio.run(scene())
    assert (click.pressed, click.text, click.account) == ("in:12", "签到", "wang")
    assert set(card["task_id"]) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-@")
    assert (update["response_type"], "userids" in update) == ("update_template_card", False)
    assert (update["template_card"]["task_id"], update["template_card"]["sub_title_text"]) == (
        card["task_id"], "已签到1/17")  # fmt: skip


def test_a_card_that_does_not_live_greys_for_who_clicked_and_the_words_follow():
    async def scene():
        ear = Ear(Shown("要召开这个会议吗？", CHECK_IN))
        async with bot(ear) as (door, platform, app):
            _, answer = await platform.say(app, "lihui", "周三开会")
            ear.answers = ()
            update = (await platform.press(app, "lihui", answer["template_card"], "签到", number="m9"))[1]
            await door.send(LIHUI, Shown("已建立，正在通知", answers="m9"))
            return update, platform.late

    update, late = asyncio.run(scene())
    assert (update["userids"], update["template_card"]["replace_text"]) == (["lihui"], "签到")
    assert late == [("2", {"msgtype": "markdown", "markdown": {"content": "已建立，正在通知"}})]


def test_five_people_click_within_a_second_and_each_is_answered():
    async def scene():
        ear = Ear(Shown("已签到0/17", CHECK_IN))

        async def now(_chat, _message):
            return Shown(f"已签到{len(ear.heard) - 1}/17", CHECK_IN)

        async with bot(ear, card_now=now) as (_, platform, app):
            card = (await platform.say(app, "lihui", "开始签到", "G1"))[1]["template_card"]
            ear.answers = ()
            people = [platform.press(app, f"p{number}", card, "签到", "G1") for number in range(5)]
            return ear.heard, await asyncio.gather(*people)

    heard, answers = asyncio.run(scene())
    assert sorted(one.account for one in heard[1:]) == [f"p{number}" for number in range(5)]
    shown = [answer["template_card"]["sub_title_text"] for _, answer in answers]
    assert all(answer["response_type"] == "update_template_card" for _, answer in answers)
    assert "已签到5/17" in shown


# ---- what is said late


def test_each_message_that_came_pays_for_one_that_goes_within_the_hour():
    async def scene():
        async with bot(Ear()) as (door, platform, app):
            with pytest.raises(Undelivered) as before:
                await door.send(GROUP, Shown("提醒"))
            for number in ("m1", "m2", "m3", "m4"):
                await platform.say(app, "lihui", "签到", "G1", number)
            await platform.say(app, "lihui", "签到")
            await door.send(GROUP, Shown("答第二句", answers="m2"))
            await door.send(GROUP, Shown("30分钟后开会"))
            await door.send(GROUP, Shown("又一条"))
            door.clock.set(NOW + timedelta(hours=1))
            with pytest.raises(Undelivered) as after:
                await door.send(GROUP, Shown("太晚了"))
            return before.value.why, after.value.why, platform.late

    before, after, late = asyncio.run(scene())
    assert (before, after) == ("silent", "silent")
    assert [(number, said_in(body)) for number, body in late] == [
        ("2", "答第二句"), ("4", "30分钟后开会"), ("3", "又一条")]  # fmt: skip


def test_a_card_is_pushed_privately_and_never_loses_its_buttons_in_a_group():
    async def scene():
        async with bot(Ear()) as (door, platform, app):
            await platform.say(app, "lihui", "x", "G1")
            await platform.say(app, "lihui", "x")
            with pytest.raises(Undelivered) as failure:
                await door.send(GROUP, Shown("投票", CHECK_IN))
            sent = await door.send(LIHUI, Shown("投票", CHECK_IN))
            return failure.value.why, sent, platform.late

    why, sent, ((number, body),) = asyncio.run(scene())
    assert (why, number, body["template_card"]["task_id"]) == ("silent", "2", sent)


@pytest.mark.parametrize(
    ("fault", "why"),
    [(502, "down"), ({"errcode": -1}, "down"), ({"errcode": 45009}, "limited"), ({"errcode": 60140}, "refused")],
)
def test_an_address_that_was_not_used_up_stays_good(fault, why):
    async def scene():
        async with bot(Ear()) as (door, platform, app):
            await platform.say(app, "lihui", "x")
            platform.faults.append(fault)
            with pytest.raises(Undelivered) as failure:
                await door.send(LIHUI, Shown("提醒"))
            with contextlib.suppress(Undelivered):
                await door.send(LIHUI, Shown("提醒"))
            return failure.value, len(platform.late), platform.address

    failure, arrived, address = asyncio.run(scene())
    assert (failure.why, arrived) == (why, 0 if why == "refused" else 1)
    assert address not in str(failure)


def test_what_is_no_address_of_a_platform_is_never_asked():
    async def scene():
        async with bot(Ear()) as (door, platform, app):
            strange = {"response_url": "http://192.0.2.1/late", "msgtype": "text", "text": {"content": "x"}}
            await platform.push(app, "lihui", strange)
            with pytest.raises(Undelivered) as failure:
                await door.send(LIHUI, Shown("提醒"))
            return failure.value.why

    assert asyncio.run(scene()) == "silent"


def test_a_file_opens_with_the_key_of_the_callback():
    data = os.urandom(5000)

    async def scene():
        ear = Ear()
        async with bot(ear) as (door, platform, app):
            await platform.push(app, "lihui", {"msgtype": "file", "file": {"url": platform.keep("f", data)}})
            return await door.fetch(ear.heard[0].attachments[0])

    assert asyncio.run(scene()) == data


# ---- who may call


def test_the_address_is_checked():
    async def scene():
        async with bot(Ear()) as (_, platform, app), ClientSession() as session:
            found = []
            for change in ({}, {"msg_signature": "0" * 40}):
                sealed = platform.seal("5927843350134587123")
                query = platform.signed(sealed) | {"echostr": sealed} | change
                async with session.get(f"{app}/wecom-bot", params=query) as answer:
                    found.append((answer.status, await answer.text() if answer.status == 200 else ""))
            return found

    assert asyncio.run(scene()) == [(200, "5927843350134587123"), (403, "")]


MESSAGE = json.dumps({"msgid": "m", "from": {"userid": "a"}, "msgtype": "text", "text": {"content": "x"}})


@pytest.mark.parametrize(
    ("inside", "receiver", "query", "status"),
    [
        (MESSAGE, None, {"msg_signature": "0" * 40}, 403),
        (MESSAGE, None, {"msg_signature": ""}, 400),
        (MESSAGE, None, {"timestamp": "1772677201"}, 403),
        (MESSAGE, "ww5d1e0c7a94b2f386", {}, 403),
        ('{"msgid": "m"}', None, {}, 200),
        ('["a list"]', None, {}, 200),
        ("[" * 200_000, None, {}, 200),
        ("no JSON", None, {}, 200),
    ],
)
def test_what_is_forged_or_shapeless_is_not_heard(inside, receiver, query, status):
    async def scene():
        ear = Ear(Shown("x"))
        async with bot(ear) as (_, platform, app):
            sealed = platform.seal(inside, receiver)
            body = json.dumps({"encrypt": sealed}).encode()
            return await platform.post_json(app, body, platform.signed(sealed) | query), ear.heard

    assert asyncio.run(scene()) == ((status, None), [])


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"[]", 400),
        (b'{"encrypt": 7}', 400),
        (b"<xml/>", 400),
        (b"[" * 900_000, 400),
        (b'{"encrypt": ' * 80_000, 400),
        (b"x" * ((1 << 20) + 1), 413),
        (b'{"encrypt": "e"}', 400),
    ],
)
def test_a_body_that_is_no_envelope_is_refused(body, status):
    async def scene():
        async with bot(Ear()) as (_, platform, app):
            return await platform.post_json(app, body, platform.signed("e"))

    assert asyncio.run(scene()) == (status, None)


def test_a_replay_is_too_old_and_slashes_may_be_escaped():
    async def scene():
        ear = Ear()
        async with bot(ear) as (door, platform, app):
            sealed = platform.seal(MESSAGE)
            query, body = platform.signed(sealed), json.dumps({"encrypt": sealed}).replace("/", "\\/").encode()
            first = await platform.post_json(app, body, query)
            door.clock.set(NOW + timedelta(seconds=301))
            return first, await platform.post_json(app, body, query), len(ear.heard)

    assert asyncio.run(scene()) == ((200, None), (403, None), 1)


def test_of_3000_random_ciphertexts_with_valid_signatures_none_is_heard():
    async def scene():
        ear, found = Ear(Shown("x")), set()
        async with bot(ear) as (_, platform, app), ClientSession() as session:
            for number in range(3000):
                sealed = base64.b64encode(os.urandom(16 * (1 + number % 9))).decode()
                query = platform.signed(sealed)
                async with session.post(f"{app}/wecom-bot", params=query, json={"encrypt": sealed}) as answer:
                    found.add(answer.status)
        return ear.heard, found

    heard, statuses = asyncio.run(scene())
    assert heard == []
    assert statuses <= {400, 403}


def test_wecoms_own_cryptography_pushes_and_opens_our_answers():
    folder = installed_peers()
    if folder is None:
        pytest.skip("no node, or its packages cannot be installed")
    texts = ["签到 🎉" + "到" * length for length in range(40)]
    messages = [
        {"msgid": f"m{number}", "from": {"userid": "lihui"}, "msgtype": "text", "text": {"content": text}}
        for number, text in enumerate(texts)
    ]

    async def echo(incoming):
        return (Shown(f"听到：{incoming.text}"),)

    async def scene():
        async with bot(echo) as (door, _, app):
            node = await asyncio.create_subprocess_exec(
                shutil.which("node"), "aibot_pusher.cjs", f"{app}/wecom-bot", door.token, KEY,
                str(int(NOW.timestamp())), cwd=folder, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            )  # fmt: skip
            out, _ = await asyncio.wait_for(node.communicate(json.dumps(messages).encode()), 20)
        return json.loads(out)

    told = asyncio.run(scene())
    assert [(status, signed, said_in(body)) for status, signed, body in told] == [
        (200, True, f"听到：{text}") for text in texts
    ]


@pytest.mark.parametrize("change", [{"token": ""}, {"aes_key": "short"}])
def test_settings_that_cannot_work_are_told_at_start(change):
    door = WeComBotDoor(
        **({"mode": "url", "bot_id": "b", "token": "t", "aes_key": KEY, "clock": SetClock(NOW)} | change)
    )
    with pytest.raises(ValueError, match=f"wecom_bot: {next(iter(change))} "):
        asyncio.run(door.start(Ear()))
