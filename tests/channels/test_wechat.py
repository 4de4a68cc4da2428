"""The WeChat door in its three modes, against a platform that keeps its windows."""

import asyncio
import contextlib
import json
import logging
import os
import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import ClientSession
from fake_wechat import FakeWeChat, event_xml, message_xml
from fake_wecom import envelope
from serving import fake_served, routes_served

from bot.channels.tencent.seal import NotOurs, Query, Seal
from bot.channels.wechat.door import WeChatDoor
from vocabulary.clock import SetClock
from vocabulary.delivery import Undelivered
from vocabulary.messages import Chat, Shown

KEY = json.loads((Path(__file__).parent / "wecom_vectors.json").read_text())["key"]
NOW = datetime.fromtimestamp(1772677200, UTC)
OPENID = "oLihui"
LIHUI = Chat("wechat", OPENID, "private")
MODES = ("plain", "compatible", "safe")


class Ear:
    def __init__(self, *answers):
        self.heard = []
        self.answers = tuple(map(Shown, answers))

    async def __call__(self, incoming):
        self.heard.append(incoming)
        return self.answers


@contextlib.asynccontextmanager
async def wechat(ear, mode="safe", platform=None, **changes):
    clock = SetClock(NOW)
    platform = platform or FakeWeChat("wx1a2b3c", "Lantern7Quill", KEY, clock, mode)
    async with fake_served(platform.add_routes) as api:
        settings = {"app_id": "wx1a2b3c", "secret": platform.secret, "token": platform.token, "aes_key": KEY,
                    "mode": mode, "api_base": api, "clock": clock, "seconds": 2.0}  # fmt: skip
        door = WeChatDoor(**(settings | changes))
        await door.start(ear)
        async with routes_served(door.routes) as app:
            try:
                yield door, platform, app
            finally:
                await door.stop()


def said(text, message_id="1"):
    return message_xml(OPENID, "text", f"<Content><![CDATA[{text}]]></Content>", message_id)


def hear(*messages):
    """Deliver messages in safe mode; return what the house heard, and the statuses."""

    async def scene():
        ear = Ear()
        async with wechat(ear) as (_, platform, app):
            statuses = [(await platform.call(app, xml))[0] for xml in messages]
        return ear.heard, statuses

    return asyncio.run(scene())


@pytest.mark.parametrize("mode", MODES)
def test_words_arrive_and_are_answered_in_every_mode(mode):
    async def scene():
        ear = Ear("好的]]>🎉", "第二条")
        async with wechat(ear, mode) as (_, platform, app):
            first = await platform.call(app, said("签到"))
            again = await platform.call(app, said("签到"))
            return ear.heard, first, again, platform.sent

    heard, (status, answer), again, sent = asyncio.run(scene())
    fields = ET.fromstring(answer)  # noqa: S314  we wrote it
    assert (status, fields.findtext("Content"), fields.findtext("ToUserName")) == (200, "好的]]>🎉\n\n第二条", OPENID)
    assert fields.findtext("FromUserName") == "gh_1"
    assert again == (status, answer)
    assert {(one.text, one.message_id, one.account, one.chat) for one in heard} == {("签到", "1", OPENID, LIHUI)}
    assert sent == []


def test_pictures_voices_and_places_arrive():
    inside = "<MediaId><![CDATA[M1]]></MediaId><Format><![CDATA[amr]]></Format><Recognition>签到</Recognition>"
    place = "<Location_X>31.2304</Location_X><Location_Y>121.4737</Location_Y><Label><![CDATA[活动室]]></Label>"
    heard, statuses = hear(
        message_xml(OPENID, "image", "<MediaId><![CDATA[M0]]></MediaId>", "1"),
        message_xml(OPENID, "voice", inside, "2"),
        message_xml(OPENID, "location", place, "3"),
        message_xml(OPENID, "shortvideo", "<MediaId><![CDATA[M2]]></MediaId>", "4"),
        message_xml(OPENID, "location", "<Label>x</Label>", "5"),
    )
    assert statuses == [200] * 5
    assert [(one.text, one.attachments[0].kind, one.attachments[0].url) for one in heard] == [
        ("", "image", "wechat-media:M0"),
        ("签到", "voice", "wechat-media:M1"),
        ("", "location", ""),
        ("", "other", "wechat-media:M2"),
    ]


def test_a_scanned_code_checks_in_whoever_follows_and_whoever_begins_to():
    heard, _ = hear(
        event_xml("o1", "SCAN", "in_12"),
        event_xml("o2", "subscribe", "qrscene_in_12"),
        event_xml("o3", "subscribe"),
        event_xml("o4", "unsubscribe"),
        event_xml("o5", "CLICK", "签到"),
        event_xml("o6", "LOCATION"),
        event_xml("o7", "SCAN", "anything else"),
    )
    assert [(one.account, one.pressed, one.event, one.text) for one in heard] == [
        ("o1", "in:12", None, ""),
        ("o2", "in:12", None, ""),
        ("o3", None, "joined", ""),
        ("o4", None, "left", ""),
        ("o5", None, None, "签到"),
    ]
    assert len({one.message_id for one in heard}) == 5


def test_the_address_is_checked_with_the_plain_signature():
    async def scene():
        async with wechat(Ear()) as (_, platform, app), ClientSession() as session:
            found = []
            for change in ({}, {"signature": "0" * 40}, {"echostr": "<script>"}, {"nonce": ""}):
                query = platform.plainly() | {"echostr": "5927843350134587123"} | change
                async with session.get(f"{app}/wechat", params=query) as answer:
                    found.append((answer.status, await answer.text() if answer.status == 200 else ""))
            return found

    assert asyncio.run(scene()) == [(200, "5927843350134587123"), (403, ""), (400, ""), (400, "")]


def test_in_a_sealed_mode_nothing_plain_is_heard():
    async def scene():
        ear = Ear()
        async with wechat(ear, "safe") as (_, platform, app):
            platform.mode = "plain"
            plain = await platform.call(app, said("签到"))
            platform.mode = "safe"
            query = platform.plainly() | {"msg_signature": platform.plainly()["signature"]}
            mistaken = await platform._push(app, envelope(platform.seal(said("签到"))), query)
            return ear.heard, plain[0], mistaken[0]

    assert asyncio.run(scene()) == ([], 400, 403)


def test_an_old_or_forged_request_is_not_heard_in_plain_mode_either():
    async def scene():
        ear = Ear()
        async with wechat(ear, "plain") as (door, platform, app):
            query = platform.plainly()
            forged = await platform._push(app, said("签到").encode(), query | {"signature": "0" * 40})
            bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + said("签到").encode()
            dropped = await platform._push(app, bomb, query)
            door.clock.set(datetime.fromtimestamp(NOW.timestamp() + 301, UTC))
            late = await platform._push(app, said("签到").encode(), query)
            return ear.heard, forged[0], dropped[0], late[0]

    assert asyncio.run(scene()) == ([], 403, 200, 403)


def test_outside_the_window_it_says_so_or_sends_a_notice():
    async def scene(**changes):
        async with wechat(Ear(), **changes) as (door, platform, _):
            platform.silent.add(OPENID)
            try:
                sent = await door.send(LIHUI, Shown("各位同志：3月11日 周三 15:00 在301会议室召开支部党员大会"))
            except Undelivered as failure:
                sent = failure.why
            return sent, platform.notices

    assert asyncio.run(scene()) == ("silent", [])
    home = "https://zhibu.example.org"
    sent, (notice,) = asyncio.run(scene(template="TM1", template_field="thing1", public_url=home))
    assert (sent, notice["template_id"], notice["url"]) == ("200163836", "TM1", home)
    assert notice["data"] == {"thing1": {"value": "各位同志：3月11日 周三 15:00…"}}


@pytest.mark.parametrize(
    ("fault", "why", "retry_after"),
    [
        ({"errcode": 45047, "errmsg": "out of response count limit"}, "silent", None),
        ({"errcode": 45009, "errmsg": "reach max api daily quota limit"}, "limited", 3600.0),
        ({"errcode": 43004, "errmsg": "require subscribe"}, "blocked", None),
        ({"errcode": 40164, "errmsg": "invalid ip, not in whitelist"}, "refused", None),
        ({"errcode": 48001, "errmsg": "api unauthorized"}, "refused", None),
        (500, "down", None),
    ],
)
def test_each_failure_has_its_word(fault, why, retry_after):
    async def scene():
        async with wechat(Ear()) as (door, platform, _):
            platform.faults.append(fault)
            with pytest.raises(Undelivered) as failure:
                await door.send(LIHUI, Shown("x"))
            return failure.value

    failure = asyncio.run(scene())
    assert (failure.why, failure.retry_after) == (why, retry_after)


def test_however_many_send_at_once_the_token_is_fetched_once_and_renewed_once():
    async def scene():
        async with wechat(Ear()) as (door, platform, _):
            await asyncio.gather(*(door.send(LIHUI, Shown(str(n))) for n in range(8)))
            first = platform.tokens_given
            platform.expired.add("T1")
            await asyncio.gather(*(door.send(LIHUI, Shown(str(n))) for n in range(8)))
            return first, platform.tokens_given, len(platform.sent)

    assert asyncio.run(scene()) == (1, 2, 16)


def test_a_menu_is_put_up_where_there_is_none_and_never_over_another():
    menu = {"签到": "签到", "每日一题": "每日一题"}

    async def scene(platform):
        async with wechat(Ear(), platform=platform, menu=menu) as (_, there, _):
            return there.menus

    clock = SetClock(NOW)
    (made,) = asyncio.run(scene(FakeWeChat("wx1a2b3c", "Lantern7Quill", KEY, clock)))
    assert [(button["type"], button["key"]) for button in made["button"]] == [("click", "签到"), ("click", "每日一题")]
    other = FakeWeChat("wx1a2b3c", "Lantern7Quill", KEY, clock)
    other.menus.append({"button": []})
    assert asyncio.run(scene(other)) == [{"button": []}]
    poor = FakeWeChat("wx1a2b3c", "Lantern7Quill", KEY, clock)
    poor.menu_faults.append({"errcode": 48001, "errmsg": "api unauthorized"})
    assert asyncio.run(scene(poor)) == []


@pytest.mark.parametrize("name", ["app_id", "secret", "token", "aes_key"])
def test_settings_that_cannot_work_are_told_at_start(name):
    async def scene():
        async with wechat(Ear(), **{name: ""}):
            pass

    with pytest.raises(ValueError, match=f"wechat: {name} "):
        asyncio.run(scene())


def test_secrets_stay_out_of_errors_logs_and_representations(caplog):
    secret = "a-wrong-secret"  # noqa: S105  an invented one

    async def scene():
        async with wechat(Ear(), secret=secret) as (door, _, _):
            with pytest.raises(Undelivered) as failure:
                await door.send(LIHUI, Shown("x"))
            return repr(door), str(failure.value)

    with caplog.at_level(logging.DEBUG):
        shown, told = asyncio.run(scene())
    assert "40125" in told
    assert all(secret not in words and KEY not in words for words in (shown, told, caplog.text))


@pytest.mark.parametrize("receiver", ["", "wx1a2b3c"])
def test_no_random_ciphertext_opens_though_its_signature_is_right(receiver):
    import base64

    seal = Seal("Lantern7Quill", KEY, receiver)
    timestamp = str(int(NOW.timestamp()))
    for number in range(3000):
        encrypted = base64.b64encode(os.urandom(32 * (number % 6 + 1))).decode()
        query = Query(seal.sign(timestamp, "n", encrypted).decode(), timestamp, "n")
        with pytest.raises(NotOurs):
            seal.open(query, encrypted, NOW)
