"""What every door does alike, with a house that echoes, over real HTTP."""

import asyncio
import base64
import contextlib
import hashlib
import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from echo_house import EchoHouse
from fake_telegram import FakeTelegram
from fake_wechat import FakeWeChat, message_xml
from fake_wecom import FakeWeCom, click_xml, text_xml, words_of
from fake_wecom_bot import BOT, FakeWeComBot
from fake_wecom_bot import SECRET as BOT_SECRET
from fake_wecom_bot import words_of as bot_words_of
from fake_wecom_pusher import FakeWeComPusher, said_in
from serving import fake_served, routes_served, until

from bot.channels.telegram.door import TelegramDoor
from bot.channels.wechat.door import WeChatDoor
from bot.channels.wecom.door import WeComDoor
from bot.channels.wecom_bot.door import WeComBotDoor
from vocabulary.clock import SetClock
from vocabulary.delivery import Undelivered, Unfetched
from vocabulary.messages import Attachment, Chat, Shown

NOW = datetime.fromtimestamp(1772677200, UTC)
PEER = json.loads((Path(__file__).parent / "wecom_vectors.json").read_text())


class TelegramRig:
    """One person with the bot, at our own server."""

    def __init__(self, door, house, server):
        self.door, self.house, self.server = door, house, server
        self.chat = Chat("telegram", "1001", "private")

    async def say(self, text, number):
        """Say something and return the texts of the answer, as they stand in the chat."""
        before = set(self.server.shown)
        self.server.say(1001, text, message_id=number)
        return await self._answer(before)

    async def choose(self, _number, label):
        """Choose what the newest message offers."""
        before = set(self.server.shown)
        card = max(before, key=int)
        (row,) = self.server.shown[card]["reply_markup"]["inline_keyboard"]
        data = next(button["callback_data"] for button in row if button["text"] == label)
        self.server.press(1001, data, card)
        return await self._answer(before)

    async def _answer(self, before):
        end = self.server.updates[-1]["update_id"]
        await until(lambda: self.server.confirmed > end)
        return [shown["text"] for number, shown in self.server.shown.items() if number not in before]

    def shown(self):
        return [shown["text"] for shown in self.server.shown.values()]

    def break_once(self):
        self.server.fail("sendMessage", 500, "Internal Server Error")

    def keep(self, name, data):
        """Let the platform hold a file, and return it as it comes with a message."""
        self.server.files[name] = data
        return Attachment("file", name, f"telegram-file:{name}")

    @classmethod
    @contextlib.asynccontextmanager
    async def open(cls):
        server = FakeTelegram()
        async with fake_served(server.add_routes) as api:
            door = TelegramDoor(token=server.token, api_base=api, clock=SetClock(NOW), poll_seconds=1)
            house = EchoHouse(door)
            await door.start(house)
            try:
                yield cls(door, house, server)
            finally:
                await door.stop()


class WeComRig:
    """One person with the app, at our own platform."""

    def __init__(self, door, house, platform, app):
        self.door, self.house, self.platform, self.app = door, house, platform, app
        self.chat = Chat("wecom", "lihui", "private")
        self.passive = []

    async def say(self, text, number):
        """Say something and return the texts of the answer: the passive one and what follows it."""
        before = len(self.platform.sent)
        status, answer = await self.platform.call(self.app, text_xml("lihui", text, number))
        assert status == 200
        if answer:
            self.passive.append(ET.fromstring(answer).findtext("Content"))  # noqa: S314  we wrote it
        return [*self.passive[-1:], *map(words_of, self.platform.sent[before:])]

    async def choose(self, _number, label):
        """Choose what the newest card offers; the words of the answer follow, for the click greys the card."""
        before = len(self.platform.sent)
        card = self.platform.sent[-1]["template_card"]
        status, answer = await self.platform.call(self.app, click_xml("lihui", card, label))
        assert (status, ET.fromstring(answer).findtext("Button/ReplaceName")) == (200, label)  # noqa: S314  likewise
        return [words_of(sent) for sent in self.platform.sent[before:]]

    def shown(self):
        return [*self.passive, *map(words_of, self.platform.sent)]

    def break_once(self):
        self.platform.faults.append(500)

    def keep(self, name, data):
        """Let the platform hold a file, and return it as it comes with a message."""
        self.platform.media[name] = data
        return Attachment("file", name, f"wecom-media:{name}")

    @classmethod
    @contextlib.asynccontextmanager
    async def open(cls):
        clock = SetClock(NOW)
        platform = FakeWeCom(PEER["corp"], PEER["token"], PEER["key"], clock)
        async with fake_served(platform.add_routes) as api:
            door = WeComDoor(corp_id=PEER["corp"], agent_id="1000007", secret=platform.secret, token=PEER["token"],
                             aes_key=PEER["key"], api_base=api, clock=clock)  # fmt: skip
            house = EchoHouse(door)
            await door.start(house)
            try:
                async with routes_served(door.routes) as app:
                    yield cls(door, house, platform, app)
            finally:
                await door.stop()


class WeChatRig:
    """One follower of the 公众号, at our own platform."""

    def __init__(self, door, house, platform, app):
        self.door, self.house, self.platform, self.app = door, house, platform, app
        self.chat = Chat("wechat", "oLihui", "private")
        self.passive = []

    async def say(self, text, number):
        """Say something and return the texts of the answer: the passive one and what follows it."""
        before = len(self.platform.sent)
        xml = message_xml("oLihui", "text", f"<Content><![CDATA[{text}]]></Content>", number)
        status, answer = await self.platform.call(self.app, xml)
        assert status == 200
        self.passive.append(ET.fromstring(answer).findtext("Content"))  # noqa: S314  we wrote it
        return [self.passive[-1], *map(words_of, self.platform.sent[before:])]

    async def choose(self, number, label):
        """Choose what the newest message offers: by its number."""
        (choice,) = re.findall(rf"^(\d+)\) {label}$", self.passive[-1], re.MULTILINE)
        return await self.say(choice, number)

    def shown(self):
        return [*self.passive, *map(words_of, self.platform.sent)]

    def break_once(self):
        self.platform.faults.append(500)

    def keep(self, name, data):
        """Let the platform hold a file, and return it as it comes with a message."""
        self.platform.media[name] = data
        return Attachment("file", name, f"wechat-media:{name}")

    @classmethod
    @contextlib.asynccontextmanager
    async def open(cls):
        clock = SetClock(NOW)
        platform = FakeWeChat("wx1a2b3c", PEER["token"], PEER["key"], clock)
        async with fake_served(platform.add_routes) as api:
            door = WeChatDoor(app_id="wx1a2b3c", secret=platform.secret, token=PEER["token"], aes_key=PEER["key"],
                              api_base=api, clock=clock)  # fmt: skip
            house = EchoHouse(door)
            await door.start(house)
            try:
                async with routes_served(door.routes) as app:
                    yield cls(door, house, platform, app)
            finally:
                await door.stop()


class WeComBotRig:
    """One member with the AI bot, at our own platform."""

    def __init__(self, door, house, platform):
        self.door, self.house, self.platform = door, house, platform
        self.chat = Chat("wecom_bot", "lihui", "private")
        self.files = {}

    def _said(self):
        told = {"aibot_respond_msg", "aibot_send_msg"}
        return [bot_words_of(body) for name, _, body in self.platform.frames if name in told]

    async def say(self, text, number):
        """Say something and return the texts of the answer."""
        before, handled = len(self._said()), len(self.house.heard)
        await self.platform.say("lihui", text, number=str(number))
        return await self._answer(before, handled, is_new=str(number) not in self.house.stored)

    async def choose(self, _number, label):
        """Choose what the newest card offers."""
        before, handled = len(self._said()), len(self.house.heard)
        card = [body["template_card"] for _, _, body in self.platform.frames if "template_card" in body][-1]
        await self.platform.press("lihui", card, label)
        return await self._answer(before, handled, is_new=True)

    async def _answer(self, before, handled, *, is_new):
        if is_new:
            await until(lambda: len(self.house.heard) > handled)
            wanted = before + len(list(self.house.stored.values())[-1])
            await until(lambda: len(self._said()) >= wanted)
        await asyncio.sleep(0.02)
        return self._said()[before:]

    def shown(self):
        return self._said()

    def break_once(self):
        self.platform.fail("aibot_send_msg", -1, "busy")

    def keep(self, name, data):
        """Let the platform hold a file, sealed with a key of its own, and return it as it comes with a message."""
        key = hashlib.sha256(name.encode()).digest()
        padded = data + bytes([32 - len(data) % 32]) * (32 - len(data) % 32)
        cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
        self.files[name] = cipher.update(padded) + cipher.finalize()
        return Attachment("file", name, f"wecom-bot-file:{base64.b64encode(key).decode()}:{self.address}/{name}")

    async def _file(self, request):
        return web.Response(body=self.files[request.match_info["name"]])

    @classmethod
    @contextlib.asynccontextmanager
    async def open(cls):
        platform = FakeWeComBot()
        async with platform.served() as address:
            door = WeComBotDoor(bot_id=BOT, secret=BOT_SECRET, ws_url=address, clock=SetClock(NOW), first_pause=0.01)
            house = EchoHouse(door)
            rig = cls(door, house, platform)
            async with fake_served(lambda router: router.add_get("/{name}", rig._file)) as rig.address:
                await door.start(house)
                try:
                    yield rig
                finally:
                    await door.stop()


class WeComPushedRig:
    """One member with the AI bot where it is pushed to an address; they have spoken before, so it may speak."""

    def __init__(self, door, house, platform, app):
        self.door, self.house, self.platform, self.app = door, house, platform, app
        self.chat = Chat("wecom_bot", "lihui", "private")
        platform.answers.clear()

    async def say(self, text, number):
        """Say something and return the texts of the answer: that in the same request, and what follows it."""
        before = len(self.platform.late)
        status, answer = await self.platform.say(self.app, "lihui", text, number=str(number))
        assert status == 200
        return [said_in(body) for body in (answer, *(body for _, body in self.platform.late[before:]))]

    async def choose(self, _number, label):
        """Choose what the newest card offers; the words of the answer come at the address of the click."""
        before = len(self.platform.late)
        card = self.platform.answers[-1]["template_card"]
        _, update = await self.platform.press(self.app, "lihui", card, label)
        assert update["template_card"]["replace_text"] == label
        return [said_in(body) for _, body in self.platform.late[before:]]

    def shown(self):
        return [said_in(body) for body in (*self.platform.answers, *(body for _, body in self.platform.late))]

    def break_once(self):
        self.platform.faults.append(502)

    def keep(self, name, data):
        """Let the platform hold a file and return it as it comes with a message."""
        return Attachment("file", name, f"wecom-bot-file::{self.platform.keep(name, data)}")

    @classmethod
    @contextlib.asynccontextmanager
    async def open(cls):
        clock = SetClock(NOW)
        platform = FakeWeComPusher(PEER["key"], clock)
        async with fake_served(platform.add_routes) as platform.address:
            door = WeComBotDoor(mode="url", bot_id="b", token=platform.token, aes_key=PEER["key"], clock=clock)
            house = EchoHouse(door)
            async with routes_served(door.routes) as app:
                await door.start(EchoHouse(door))
                for number in range(4):
                    await platform.say(app, "lihui", "在吗", number=f"before-{number}")
                await door.stop()
                await door.start(house)
                try:
                    yield cls(door, house, platform, app)
                finally:
                    await door.stop()


@pytest.fixture(
    params=[TelegramRig, WeComRig, WeComBotRig, WeComPushedRig, WeChatRig],
    ids=["telegram", "wecom", "wecom_bot", "wecom_bot_pushed", "wechat"],
)
def play(request):
    """Return a function that runs a scene at the door under test."""

    def run(scene):
        async def whole():
            async with request.param.open() as rig:
                return await scene(rig)

        return asyncio.run(whole())

    return run


def test_a_message_counts_once_and_its_repeat_gets_the_same_answer(play):
    async def scene(rig):
        first, again = await rig.say("签到", 1), await rig.say("签到", 1)
        return first, again, rig.shown(), rig.house.heard, rig.door

    first, again, shown, heard, door = play(scene)
    (incoming,) = heard
    assert (incoming.channel, incoming.text, incoming.at) == (door.name, "签到", NOW)
    assert first == ["echo 签到"]
    assert again == (first if door.answers_at_once else [])
    assert set(shown) == {"echo 签到"}


def test_a_choice_comes_back_as_its_payload(play):
    async def scene(rig):
        await rig.say("choose", 1)
        return await rig.choose(2, "B"), rig.house.heard[-1], rig.door

    answer, incoming, door = play(scene)
    assert answer == ["pressed pick:b"]
    assert (incoming.pressed, incoming.text) == (("pick:b", "B") if door.can.buttons else (None, "2"))


def test_a_long_answer_arrives_whole_in_pieces_that_fit(play):
    async def scene(rig):
        return await rig.say("long", 1), rig.door.can.text_bytes

    pieces, most = play(scene)
    assert len(pieces) > 1
    assert max(len(piece.encode()) for piece in pieces) <= most
    assert "".join(pieces) == "这是一句话，说得不短不长。" * 900
    assert all(piece.endswith("。") for piece in pieces)


def test_a_message_changes_in_place_only_where_the_door_can(play):
    async def scene(rig):
        first = await rig.door.send(rig.chat, Shown("1/17"))
        second = await rig.door.send(rig.chat, Shown("2/17", replaces=first))
        return first == second, rig.shown(), rig.door.can.edits

    same, shown, edits = play(scene)
    assert same == edits
    assert shown == (["2/17"] if edits else ["1/17", "2/17"])


def test_what_cannot_be_delivered_is_told_and_the_next_goes_through(play):
    async def scene(rig):
        rig.break_once()
        with pytest.raises(Undelivered) as failure:
            await rig.door.send(rig.chat, Shown("x"))
        await rig.door.send(rig.chat, Shown("y"))
        return failure.value, rig.shown()

    failure, shown = play(scene)
    assert (failure.why, failure.is_final, shown) == ("down", False, ["y"])


def test_a_message_without_words_is_refused(play):
    async def scene(rig):
        with pytest.raises(Undelivered) as failure:
            await rig.door.send(rig.chat, Shown(" \n\x00"))
        return failure.value, rig.shown()

    failure, shown = play(scene)
    assert (failure.why, shown) == ("refused", [])


def test_strange_words_go_through(play):
    strange = "]]> <b>&amp; '; DROP TABLE 🎉👨‍👩‍👧"

    async def scene(rig):
        sent = Shown(strange + "\x00\x1b")
        await rig.door.send(rig.chat, sent)
        return rig.shown()

    assert play(scene) == [strange]


def test_what_came_with_a_message_is_fetched_whole_or_refused(play):
    data = bytes(range(256)) * 5000

    async def scene(rig):
        there = await rig.door.fetch(rig.keep("photo", data))
        refusals = []
        for lost in (rig.keep("long", b"x" * ((20 << 20) + 1)), replace(rig.keep("short", b""), url="nowhere")):
            with pytest.raises(Unfetched) as refusal:
                await rig.door.fetch(lost)
            refusals.append(refusal.value.why)
        await rig.door.stop()
        with pytest.raises(Unfetched) as refusal:
            await rig.door.fetch(rig.keep("photo", data))
        return there, refusals, refusal.value.why

    assert play(scene) == (data, ["too_large", "gone"], "down")


def test_a_door_closes_twice_and_opens_again(play):
    async def scene(rig):
        await rig.door.stop()
        await rig.door.stop()
        with pytest.raises(Undelivered):
            await rig.door.send(rig.chat, Shown("x"))
        await rig.door.start(rig.house)
        return await rig.say("签到", 1)

    assert play(scene) == ["echo 签到"]
