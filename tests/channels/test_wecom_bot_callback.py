"""The AI bot where it is pushed to an address: sealed JSON in, the answer in the same request."""

import asyncio
import base64
import contextlib
import io
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import ClientSession, web
from fake_wecom import FakeWeCom
from serving import fake_served, routes_served

from bot.channels.wecom_bot.door import WeComBotDoor
from vocabulary.clock import SetClock
from vocabulary.delivery import Undelivered
from vocabulary.messages import Button, Chat, Shown

KEY = json.loads((Path(__file__).parent / "wecom_vectors.json").read_text())["key"]
NOW = datetime.fromtimestamp(1772677200, UTC)
GROUP = Chat("wecom_bot", "G1", "group")
CHECK_IN = (Button("签到", "in:12"),)


class Platform(FakeWeCom):
    """Seals JSON for nobody in particular, as WeCom does for a corporation's own bot, and takes late answers."""

    def __init__(self, clock):
        super().__init__("", "Lantern7Quill", KEY, clock)
        self.late = []

    def add_routes(self, router):
        router.add_post("/late", self._late)

    async def _late(self, request):
        self.late.append(await request.json())
        return web.json_response({"errcode": 0 if len(self.late) == 1 else 60140, "errmsg": "used"})

    async def push(self, app, body, **changes):
        encrypted = self.seal(json.dumps(body, ensure_ascii=False))
        query = self.signed(encrypted) | changes
        async with ClientSession() as session, session.post(
            f"{app}/wecom-bot", params=query, json={"encrypt": encrypted}
        ) as answer:  # fmt: skip
            text = await answer.text()
            if answer.status != 200 or not text:
                return answer.status, None
            said = json.loads(text)
            assert said["nonce"] == query["nonce"]
            assert said["msgsignature"] == self.sign(str(said["timestamp"]), said["nonce"], said["encrypt"])
            return 200, json.loads(self.unseal(said["encrypt"]))


class Ear:
    def __init__(self, *answers):
        self.heard, self.answers = [], answers

    async def __call__(self, incoming):
        self.heard.append(incoming)
        return self.answers


@contextlib.asynccontextmanager
async def bot(ear, **changes):
    clock = SetClock(NOW)
    platform = Platform(clock)
    door = WeComBotDoor(mode="url", bot_id="b", token=platform.token, aes_key=KEY, clock=clock, **changes)
    await door.start(ear)
    async with fake_served(platform.add_routes) as platform.address, routes_served(door.routes) as app:
        try:
            yield door, platform, app
        finally:
            await door.stop()


def said(text, number="m1", **more):
    return {"msgid": number, "from": {"userid": "lihui"}, "chattype": "group", "chatid": "G1", "msgtype": "text",
            "text": {"content": f"@支部助手 {text}"}, **more}  # fmt: skip


def test_words_are_answered_by_a_finished_stream():
    async def scene():
        ear = Ear(Shown("这周有两个会"), Shown("还有一个"))
        async with bot(ear) as (_, platform, app):
            return await platform.push(app, said("这周有什么会")), ear.heard

    (status, answer), (incoming,) = asyncio.run(scene())
    stream = {"id": "m1", "finish": True, "content": "这周有两个会\n\n还有一个"}
    assert (status, answer) == (200, {"msgtype": "stream", "stream": stream})
    assert (incoming.text, incoming.chat, incoming.message_id) == ("这周有什么会", GROUP, "m1")


def test_a_card_is_an_answer_too_and_a_click_shows_it_as_it_stands():
    async def now(chat, task):
        assert (chat, task) == (GROUP, "m1")
        return Shown("已签到1/17", CHECK_IN)

    async def scene():
        ear = Ear(Shown("已签到0/17", CHECK_IN))
        async with bot(ear, card_now=now) as (door, platform, app):
            _, answer = await platform.push(app, said("开始签到"))
            shown = answer["template_card"]
            event = {"eventtype": "template_card_event", "event_key": shown["button_list"][0]["key"], "task_id": "m1"}
            click = said("", "m2") | {"msgtype": "event", "event": event}
            return door.can, shown, await platform.push(app, click), ear.heard[-1]

    can, shown, (_, update), click = asyncio.run(scene())
    assert can.card_at_once
    assert (shown["task_id"], shown["sub_title_text"]) == ("m1", "已签到0/17")
    assert (click.pressed, click.text) == ("in:12", "签到")
    assert (update["response_type"], update["template_card"]["sub_title_text"]) == (
        "update_template_card", "已签到1/17")  # fmt: skip


def test_unasked_it_speaks_once_within_the_hour():
    async def scene():
        async with bot(Ear()) as (door, platform, app):
            with pytest.raises(Undelivered) as before:
                await door.send(GROUP, Shown("提醒"))
            await platform.push(app, said("签到", response_url=f"{platform.address}/late"))
            await door.send(GROUP, Shown("30分钟后开会"))
            with pytest.raises(Undelivered) as after:
                await door.send(GROUP, Shown("又一条"))
            return before.value.why, after.value.why, platform.late

    before, after, late = asyncio.run(scene())
    assert (before, after) == ("silent", "silent")
    assert late == [{"msgtype": "markdown", "markdown": {"content": "30分钟后开会"}}]


def test_a_stream_that_is_refreshed_is_no_new_command():
    async def scene():
        ear = Ear(Shown("x"))
        async with bot(ear) as (_, platform, app):
            refresh = said("", "m9") | {"msgtype": "stream", "stream": {"id": "m1"}}
            return await platform.push(app, refresh), ear.heard

    assert asyncio.run(scene()) == ((200, None), [])


def test_the_address_is_checked():
    async def scene():
        async with bot(Ear()) as (_, platform, app), ClientSession() as session:
            found = []
            for change in ({}, {"msg_signature": "0" * 40}):
                query = platform.signed(platform.seal("5927843350134587123"))
                sealed = platform.seal("5927843350134587123")
                query = platform.signed(sealed) | {"echostr": sealed} | change
                async with session.get(f"{app}/wecom-bot", params=query) as answer:
                    found.append((answer.status, await answer.text() if answer.status == 200 else ""))
            return found

    assert asyncio.run(scene()) == [(200, "5927843350134587123"), (403, "")]


def test_forged_and_shapeless_requests_are_not_heard():
    async def scene():
        ear = Ear(Shown("x"))
        async with bot(ear) as (door, platform, app), ClientSession() as session:
            statuses = [(await platform.push(app, said("签到"), msg_signature="0" * 40))[0]]
            statuses.append((await platform.push(app, {"msgid": "m"}))[0])
            statuses.append((await platform.push(app, ["a list"]))[0])
            bodies = (b"", b"[]", b'{"encrypt": 7}', b"<xml/>", b"x" * ((1 << 20) + 1))
            for body in bodies:
                async with session.post(
                    f"{app}/wecom-bot", params=platform.signed("e"), data=io.BytesIO(body)
                ) as answer:
                    statuses.append(answer.status)
            for _ in range(300):
                sealed = base64.b64encode(os.urandom(64)).decode()
                query = platform.signed(sealed)
                async with session.post(f"{app}/wecom-bot", params=query, json={"encrypt": sealed}) as answer:
                    statuses.append(answer.status)
            door.clock.set(datetime.fromtimestamp(NOW.timestamp() + 301, UTC))
            late = platform.seal("{}")
            clock, platform.clock = platform.clock, SetClock(NOW)
            async with session.post(
                f"{app}/wecom-bot", params=platform.signed(late), json={"encrypt": late}
            ) as answer:  # fmt: skip
                statuses.append(answer.status)
            platform.clock = clock
            return ear.heard, statuses

    heard, statuses = asyncio.run(scene())
    assert heard == []
    assert statuses[:8] == [403, 200, 200, 400, 400, 400, 400, 413]
    assert set(statuses[8:-1]) <= {400, 403}
    assert statuses[-1] == 403


@pytest.mark.parametrize("change", [{"token": ""}, {"aes_key": "short"}])
def test_settings_that_cannot_work_are_told_at_start(change):
    door = WeComBotDoor(
        **({"mode": "url", "bot_id": "b", "token": "t", "aes_key": KEY, "clock": SetClock(NOW)} | change)
    )
    with pytest.raises(ValueError, match=f"wecom_bot: {next(iter(change))} "):
        asyncio.run(door.start(Ear()))
