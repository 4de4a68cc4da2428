"""The WeChat door in its three modes, against a platform that keeps its windows."""

import asyncio
import contextlib
import json
import logging
import os
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from aiohttp import ClientSession
from fake_wechat import FakeWeChat, event_xml, message_xml
from fake_wecom import envelope
from serving import fake_served, routes_served, until

from bot.channels.tencent.seal import NotOurs, Query, Seal
from bot.channels.wechat.door import WeChatDoor
from bot.channels.wechat.notices import Notice
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
        event_xml("o8", "SCAN", "ce_12"),
        event_xml("o9", "subscribe", "qrscene_ce_12"),
    )
    assert [(one.account, one.pressed, one.event, one.text) for one in heard] == [
        ("o1", "in:12", None, ""),
        ("o2", "in:12", None, ""),
        ("o3", None, "joined", ""),
        ("o4", None, "left", ""),
        ("o5", None, None, "签到"),
        ("o9", None, "joined", ""),
    ]
    assert len({one.message_id for one in heard}) == 6


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


HOME = "https://zhibu.example.org"
TEMPLATE = Notice("template", "TM1", ("thing1",))
SUBSCRIPTION = Notice("subscription", "SB1", ("thing1", "time2", "thing3", "thing4"))
WORDS = "各位同志：3月11日 周三 15:00\n在301会议室召开支部党员大会"


def outside(shut="silent", consents=0, text=WORDS, faults=(), file_name=None, file_data=None, **changes):
    """Send something outside the window; return how it went, and what notices WeChat took."""

    async def scene():
        async with wechat(Ear(), public_url=HOME, **changes) as (door, platform, _):
            getattr(platform, shut).add(OPENID)
            platform.consents[OPENID] = consents
            platform.faults.extend(faults)
            try:
                sent = await door.send(LIHUI, Shown(text, file_name=file_name, file_data=file_data))
            except Undelivered as failure:
                sent = failure.why
            return sent, [(one["template_id"], one) for one in platform.subscriptions + platform.notices]

    return asyncio.run(scene())


@pytest.mark.parametrize("why", ["silent", "used_up"])
def test_outside_the_window_it_says_why_or_sends_a_notice(why):
    assert outside(why) == (why, [])
    sent, ((_, notice),) = outside(why, notices=(TEMPLATE,))
    assert (sent, notice["template_id"], notice["url"]) == ("200163836", "TM1", HOME)
    assert notice["data"] == {"thing1": {"value": "各位同志：3月11日 周三 15:00…"}}


def test_a_subscription_notice_goes_first_where_it_was_asked_for():
    zone = timezone(timedelta(hours=8))
    _, ((_, notice),) = outside(consents=1, notices=(SUBSCRIPTION, TEMPLATE), zone=zone)
    assert (notice["template_id"], notice["touser"], notice["page"]) == ("SB1", OPENID, HOME)
    assert {name: field["value"] for name, field in notice["data"].items()} == {
        "thing1": "各位同志：3月11日 周三 15:00",
        "time2": "2026-03-05 10:20",
        "thing3": "在301会议室召开支部党员大会",
        "thing4": "-",
    }
    assert [name for name, _ in outside(notices=(SUBSCRIPTION, TEMPLATE))[1]] == ["TM1"]
    assert outside(notices=(SUBSCRIPTION,)) == ("silent", [])


def test_a_notice_that_fails_for_the_moment_is_tried_again_and_one_to_nobody_is_not():
    none = {"errcode": 45015, "errmsg": "response out of time limit"}
    for answer, why in ((500, "down"), ({"errcode": 43004, "errmsg": "require subscribe"}, "blocked")):
        assert outside(consents=1, faults=[none, answer], notices=(SUBSCRIPTION, TEMPLATE)) == (why, [])


def test_what_was_said_within_the_window_is_not_repeated_by_the_notice():
    async def scene():
        async with wechat(Ear(), notices=(TEMPLATE,)) as (door, platform, _):
            platform.left = 1
            await door.send(LIHUI, Shown("前" * 680 + "。后面这一句。"))
            return platform.sent, platform.notices

    (first,), (notice,) = asyncio.run(scene())
    assert first["text"]["content"] == "前" * 680 + "。"
    assert notice["data"]["thing1"]["value"] == "后面这一句。"


def test_a_picture_follows_its_words_and_is_left_with_wechat_first():
    async def scene():
        async with wechat(Ear()) as (door, platform, _):
            await door.send(LIHUI, Shown("扫一扫", file_name="in-12.png", file_data=b"PNG"))
            platform.faults.append({"errcode": 48001, "errmsg": "api unauthorized"})
            with pytest.raises(Undelivered) as failure:
                await door.send(LIHUI, Shown("扫一扫", file_name="in-12.png", file_data=b"PNG"))
            return platform, failure.value.why

    platform, why = asyncio.run(scene())
    words, picture = platform.sent
    assert words["text"]["content"] == "扫一扫"
    assert (picture["msgtype"], platform.media[picture["image"]["media_id"]]) == ("image", b"PNG")
    assert list(platform.names.values()) == ["in-12.png"]
    assert why == "not_allowed"


def test_outside_the_window_a_picture_s_words_go_alone():
    picture = {"file_name": "in-12.png", "file_data": b"PNG"}
    assert outside(text="没看到图就说“重出签到码”", **picture) == ("silent", [])
    _, ((_, notice),) = outside(text="没看到图就说“重出签到码”", notices=(TEMPLATE,), **picture)
    assert notice["data"] == {"thing1": {"value": "没看到图就说“重出签到码”"}}


@pytest.mark.parametrize(("minutes", "seconds"), [(90, 5400), (-5, 60), (60 * 24 * 60, 2_592_000)])
def test_a_code_lasts_as_long_as_its_check_in(minutes, seconds):
    async def scene():
        async with wechat(Ear()) as (door, platform, _):
            return await door.code("in:12", NOW + timedelta(minutes=minutes)), platform.codes

    address, (asked,) = asyncio.run(scene())
    assert address == "http://weixin.qq.com/q/code-1"
    assert asked == {
        "expire_seconds": seconds,
        "action_name": "QR_STR_SCENE",
        "action_info": {"scene": {"scene_str": "in_12"}},
    }


class SlowEar(Ear):
    """Answers when it is let; `stored` says when it knows the message."""

    def __init__(self, *answers):
        super().__init__(*answers)
        self.let = asyncio.Event()
        self.fault = None

    async def __call__(self, incoming):
        await self.let.wait()
        if self.fault is not None:
            fault, self.fault = self.fault, None
            raise fault
        return await super().__call__(incoming)


def test_a_slow_answer_is_not_acknowledged_before_it_is_stored_and_then_sent_once():
    async def scene():
        ear = SlowEar("已签到", "第二条")
        async with wechat(ear, answer_seconds=0.05) as (_, platform, app):
            tries = [await platform.call(app, said("签到")) for _ in range(2)]
            ear.let.set()
            tries.append(await platform.call(app, said("签到")))
            await until(lambda: platform.sent)
            tries.append(await platform.call(app, said("签到")))
            return tries, len(ear.heard), [one["text"]["content"] for one in platform.sent]

    tries, heard, sent = asyncio.run(scene())
    assert tries == [(503, ""), (503, ""), (200, ""), (200, "")]
    assert (heard, sent) == (1, ["已签到\n\n第二条"])


def test_a_late_answer_goes_out_before_the_door_shuts():
    async def scene():
        ear = SlowEar("已签到", "第二条")
        async with wechat(ear, answer_seconds=0.05) as (door, platform, app):
            status, _ = await platform.call(app, said("签到"))
            ear.let.set()
            await door.stop()
            return status, [one["text"]["content"] for one in platform.sent]

    assert asyncio.run(scene()) == (503, ["已签到\n\n第二条"])


def test_a_slow_message_that_is_not_stored_after_all_is_taken_anew():
    async def scene():
        ear = SlowEar("已签到")
        async with wechat(ear, answer_seconds=0.05) as (_, platform, app):
            tries = [(await platform.call(app, said("签到")))[0]]
            ear.fault = OSError("disk full")
            ear.let.set()
            await until(lambda: ear.fault is None)
            status, answer = await platform.call(app, said("签到"))
            return [*tries, status], answer, platform.sent

    tries, answer, sent = asyncio.run(scene())
    assert tries == [503, 200]
    assert "已签到" in answer
    assert sent == []


def test_what_cannot_be_read_is_put_aside():
    kept = []

    async def keep(raw):
        if not kept:
            kept.append(None)
            raise OSError("disk full")
        kept.append(raw)

    broken = message_xml(OPENID, "location", "<Label>活动室</Label>", "5")

    async def scene():
        async with wechat(Ear(), quarantine=keep) as (_, platform, app):
            return [(await platform.call(app, broken))[0] for _ in range(2)]

    assert asyncio.run(scene()) == [503, 200]
    assert kept[1:] == [broken]


@pytest.mark.parametrize(
    ("fault", "why", "retry_after"),
    [
        ({"errcode": 45015, "errmsg": "response out of time limit"}, "silent", None),
        ({"errcode": 45047, "errmsg": "out of response count limit"}, "used_up", None),
        ({"errcode": 45009, "errmsg": "reach max api daily quota limit"}, "limited", 3600.0),
        ({"errcode": 43004, "errmsg": "require subscribe"}, "blocked", None),
        ({"errcode": 40164, "errmsg": "invalid ip, not in whitelist"}, "refused", None),
        ({"errcode": 48001, "errmsg": "api unauthorized"}, "not_allowed", None),
        ({"errcode": 40001, "errmsg": "invalid credential"}, "down", None),
        (500, "down", None),
    ],
)
def test_each_failure_has_its_word(fault, why, retry_after):
    async def scene():
        async with wechat(Ear()) as (door, platform, _):
            platform.faults.extend([fault, fault])  # a token that is refused is renewed once
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
