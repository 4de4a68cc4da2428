"""A whole house behind the WeChat door: a check-in by its code, and who cannot be reached, as its people see it."""

import asyncio
import contextlib
import itertools
import xml.etree.ElementTree as ET
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from fake_wechat import FakeWeChat, event_xml, message_xml
from sample_house import known_by_name
from serving import fake_served, routes_served, until
from sqlalchemy import delete, select

from bot import doors
from bot.settings import Config
from bot.settings_platforms import WeChat
from documents.codes import code
from storage import tables

KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
A = tables.attendances
ZONE = ZoneInfo("Asia/Shanghai")
MORNING = datetime(2026, 3, 5, 10, 20, tzinfo=ZONE)
MEETING = datetime(2026, 3, 6, 15, 0, tzinfo=ZONE)
CALL = "明天下午三点在301会议室开支部党员大会，讨论评优"
NO_RIGHT = {"errcode": 48001, "errmsg": "api unauthorized"}
USED_UP = {"errcode": 45009, "errmsg": "reach max api daily quota limit"}


class Account:
    """The 公众号 of a running house: its followers speak and scan."""

    def __init__(self, house, platform, app):
        self.house, self.platform, self.app = house, platform, app
        self.numbers = itertools.count(1)

    async def say(self, name, text):
        return await self._call(
            message_xml(name, "text", f"<Content>{text}</Content>", next(self.numbers), self._now())
        )

    async def send(self, name, kind, inside):
        return await self._call(message_xml(name, kind, inside, next(self.numbers), self._now()))

    async def scan(self, name, scene="", event="SCAN", created=None):
        scene = scene or self.platform.codes[-1]["action_info"]["scene"]["scene_str"]
        key = scene if event == "SCAN" else f"qrscene_{scene}"
        return await self._call(event_xml(name, event, key, created or self._now()))

    async def _call(self, xml):
        status, answer = await self.platform.call(self.app, xml)
        assert status == 200
        return ET.fromstring(answer).findtext("Content") if answer else ""  # noqa: S314  we wrote it

    def _now(self):
        return int(self.house.clock.now().timestamp()) + next(self.numbers)

    def told(self, name):
        """What was sent to a follower: words, and pictures as their bytes."""
        mine = [one for one in self.platform.sent if one["touser"] == name]
        return [
            one["text"]["content"] if one["msgtype"] == "text" else self.platform.media[one["image"]["media_id"]]
            for one in mine
        ]

    async def call_meeting(self):
        """Let the secretary call a meeting and confirm it."""
        await self.say("李慧", CALL)
        assert "已建立" in await self.say("李慧", "确认")

    def present(self):
        with self.house.database.read() as tx:
            return len(tx.all(select(A.c.id).where(A.c.checked_at.is_not(None))))


@pytest.fixture
def house(tmp_path):
    """A house with the sample branch, all of whom follow the 公众号 and are bound to it by their names."""
    made = known_by_name(tmp_path, MORNING, "wechat")
    yield made
    made.close()


@contextlib.asynccontextmanager
async def opened(house, **settings):
    platform = FakeWeChat("wx1a2b3c", "Lantern7Quill", KEY, house.clock)
    async with fake_served(platform.add_routes) as api:
        keys = {"app_id": "wx1a2b3c", "secret": platform.secret, "token": platform.token, "aes_key": KEY}
        config = Config(wechat=WeChat(api_base=api, **keys, **settings))
        for door in doors.configured(config, house):
            house.add(door)
        await house.start()
        async with routes_served(house.doors["wechat"].routes) as app:
            try:
                yield Account(house, platform, app)
            finally:
                await house.stop()


def unbind(house, name):
    def forget(tx):
        with tx.guard.key():
            tx.conn.execute(delete(tables.accounts).where(tables.accounts.c.account == name))

    house.writer.run(forget)


def pictures(told):
    return [one for one in told if isinstance(one, bytes)]


def test_the_secretary_gets_the_code_of_a_check_in_and_whoever_scans_it_is_in_once(house):
    async def scene():
        async with opened(house) as account:
            await account.call_meeting()
            await house.advance(MEETING - timedelta(minutes=5), house.clock)
            await until(lambda: pictures(account.told("李慧")))
            scanned = [await account.scan("王晓明", created=1772779800) for _ in range(2)]
            again = await account.scan("王晓明")
            return account, scanned, again

    account, scanned, again = asyncio.run(scene())
    (picture,) = pictures(account.told("李慧"))
    (asked,) = account.platform.codes
    assert picture == code("http://weixin.qq.com/q/code-1")
    assert picture.startswith(b"\x89PNG")
    (words,) = [words for words in account.told("李慧") if words != picture and "二维码" in words]
    assert words.startswith("支部党员大会的签到二维码")
    assert words.endswith("16:30前有效。")
    assert asked["expire_seconds"] == (15 + 90) * 60
    assert not any(pictures(account.told(name)) for name in ("王晓明", "吴丽娜"))
    assert scanned[0] == scanned[1] == "已签到 14:55。"
    assert again == "14:55已经签过了。"
    assert account.present() == 1


def test_whoever_asks_again_gets_the_code_again(house):
    async def scene():
        async with opened(house) as account:
            await account.call_meeting()
            await house.advance(MEETING - timedelta(minutes=5), house.clock)
            await account.say("李慧", "签到码过期了，重出一个")
            await until(lambda: len(pictures(account.told("李慧"))) == 2)
            return account.platform.codes

    first, second = asyncio.run(scene())
    assert first["action_info"] == second["action_info"]


def test_a_secretary_outside_the_window_is_told_how_to_get_the_code(house):
    async def scene():
        async with opened(house, template="TM1", template_fields=("thing1", "thing2")) as account:
            await account.call_meeting()
            account.platform.silent.add("李慧")
            await house.advance(MEETING - timedelta(minutes=5), house.clock)
            await until(lambda: any("二维码" in one["data"]["thing1"]["value"] for one in account.platform.notices))
            account.platform.silent.clear()
            await account.say("李慧", "重出签到码")
            await until(lambda: pictures(account.told("李慧")))
            return [one["data"] for one in account.platform.notices if "二维码" in one["data"]["thing1"]["value"]]

    (data,) = asyncio.run(scene())
    assert "没看到图就说“重出签到码”" in "".join(field["value"] for field in data.values())


def test_a_stranger_who_scans_is_told_how_to_bind_and_then_counts(house):
    unbind(house, "王晓明")

    async def scene():
        async with opened(house) as account:
            await account.call_meeting()
            await house.advance(MEETING - timedelta(minutes=5), house.clock)
            await until(lambda: account.platform.codes)
            told = await account.scan("oNew", event="subscribe")
            binding = await account.say("李慧", "绑定王晓明")
            number = binding.partition("的绑定码：")[2][:8]
            bound = await account.say("oNew", f"绑定 {number}")
            return told, bound, await account.scan("oNew"), account.present()

    told, bound, again, present = asyncio.run(scene())
    assert "签到结束前在这里发“绑定”和绑定码" in told
    assert bound.startswith("已绑定：王晓明")
    assert "已签到 14:55。" in bound
    assert (again, present) == ("14:55已经签过了。", 1)


def test_a_stranger_who_begins_to_follow_is_told_how_to_bind(house):
    async def scene():
        async with opened(house) as account:
            return [
                await account._call(event_xml(name, "subscribe", "", account._now())) for name in ("oNew", "王晓明")
            ]

    new, known = asyncio.run(scene())
    assert new.startswith("还没有绑定")
    assert known == ""


def test_after_the_end_a_code_is_plainly_refused(house):
    unbind(house, "吴丽娜")

    async def scene():
        async with opened(house) as account:
            await account.call_meeting()
            await house.advance(MEETING - timedelta(minutes=5), house.clock)
            await until(lambda: account.platform.codes)
            await account.scan("oNew", event="subscribe")
            binding = await account.say("李慧", "绑定吴丽娜")
            await house.advance(MEETING + timedelta(minutes=91), house.clock)
            number = binding.partition("的绑定码：")[2][:8]
            return await account.scan("王晓明"), await account.say("oNew", f"绑定 {number}"), account.present()

    late, bound, present = asyncio.run(scene())
    assert late.startswith("签到已经结束")
    assert bound.startswith("已绑定：吴丽娜")
    assert "签到已经结束" in bound
    assert present == 0


@pytest.mark.parametrize(
    ("faults", "why"),
    [
        ([NO_RIGHT], "公众号没有这项权限"),
        ([USED_UP], "调用次数用完了"),
        ([500, 500, 500], "微信没有回应"),
        ([{"errcode": 40013, "errmsg": "invalid appid"}], "微信没有接受"),
    ],
)
def test_a_code_that_cannot_be_made_is_told_in_words(house, faults, why):
    async def scene():
        async with opened(house) as account:
            account.platform.code_faults.extend(faults)
            await account.call_meeting()
            await house.advance(MEETING - timedelta(minutes=4), house.clock)
            await until(lambda: any("签到二维码没有生成" in words for words in account.told("李慧")))
            return account.told("李慧"), await account.say("王晓明", "签到")

    told, answer = asyncio.run(scene())
    (words,) = [one for one in told if "二维码" in one]
    assert why in words
    assert answer.startswith("已签到")


def test_a_code_comes_once_wechat_answers_again(house):
    async def scene():
        async with opened(house) as account:
            account.platform.code_faults.extend([500, {"errcode": -1, "errmsg": "system error"}])
            await account.call_meeting()
            await house.advance(MEETING - timedelta(minutes=4), house.clock)
            await until(lambda: pictures(account.told("李慧")))
            return [one for one in account.told("李慧") if isinstance(one, bytes) or "二维码" in one]

    words, picture = asyncio.run(scene())
    assert words.startswith("支部党员大会的签到二维码")
    assert isinstance(picture, bytes)


def test_who_is_not_reached_and_why_is_listed_for_the_secretary(house):
    unbind(house, "褚文博")

    async def scene():
        async with opened(house, subscription="SB1", subscription_fields=("thing1", "time2")) as account:
            account.platform.silent |= {"王晓明", "吴丽娜"}
            account.platform.consents["吴丽娜"] = 1
            account.platform.used_up.add("郑凯")
            account.platform.gone.add("冯媛")
            await account.call_meeting()
            await until(lambda: any("没有收到" in words for words in account.told("李慧")))
            return account.told("李慧"), account.platform.subscriptions

    told, subscriptions = asyncio.run(scene())
    (report,) = [words for words in told if "没有收到" in words]
    for line in (
        "王晓明（两天没和公众号说过话）",
        "郑凯（公众号连发了5条，要等他说句话）",
        "冯媛（对方停用了会话）",
        "褚文博（还没绑定）",
    ):
        assert line in report
    assert "吴丽娜" not in report
    assert [one["touser"] for one in subscriptions] == ["吴丽娜"]


def test_a_change_and_a_reminder_that_do_not_arrive_are_listed_too(house):
    unbind(house, "褚文博")

    def reports(account):
        return [words for words in account.told("李慧") if "没有收到" in words]

    async def scene():
        async with opened(house) as account:
            await account.call_meeting()
            await until(lambda: reports(account))
            account.platform.silent.add("王晓明")
            assert "改" in await account.say("李慧", "明天的会改到205会议室")
            await account.say("李慧", "确认")
            await until(lambda: len(reports(account)) == 2)
            account.platform.silent.add("吴丽娜")
            await house.advance(MEETING - timedelta(minutes=30), house.clock)
            await until(lambda: len(reports(account)) == 4)
            return reports(account), account.told("李慧")

    (notice, change, unanswered, reminder), told = asyncio.run(scene())
    assert "褚文博（还没绑定）" in notice
    assert change == "1人没有收到：王晓明（两天没和公众号说过话）。请转告。"
    assert (
        unanswered == reminder == change.replace("1人", "2人").replace("。请", "、吴丽娜（两天没和公众号说过话）。请")
    )
    assert any("205会议室" in words for words in told[told.index(change) :])


def test_an_account_without_the_right_to_speak_says_so_of_everyone(house):
    async def scene():
        async with opened(house) as account:
            await account.say("李慧", CALL)
            account.platform.faults.extend([NO_RIGHT] * 16)
            await account.say("李慧", "确认")
            await until(lambda: any("没有收到" in words for words in account.told("李慧")))
            return account.told("李慧")

    told = asyncio.run(scene())
    assert any("账号没有主动发消息的权限" in words for words in told)


def test_what_is_no_text_gets_a_short_answer_and_recognized_speech_counts_as_words(house):
    place = "<Location_X>31.2304</Location_X><Location_Y>121.4737</Location_Y><Label>活动室</Label>"
    media = "<MediaId>M1</MediaId>"

    async def scene():
        async with opened(house) as account:
            short = [
                await account.send("王晓明", kind, inside)
                for kind, inside in (
                    ("image", media),
                    ("voice", media),
                    ("video", media),
                    ("shortvideo", media),
                    ("link", "<Title>学习</Title><Url>https://example.org</Url>"),
                    ("location", place),
                )
            ]
            spoken = "<Recognition>这周有什么会。</Recognition><Format>amr</Format>"
            return short, await account.send("王晓明", "voice", media + spoken)

    short, spoken = asyncio.run(scene())
    assert all("现在只看得懂文字" in answer for answer in short)
    assert "会" in spoken
    assert "只看得懂文字" not in spoken


def finished(name, number, status, created):
    return event_xml(name, "TEMPLATESENDJOBFINISH", created=created).replace(
        "</xml>", f"<MsgID>{number}</MsgID><Status><![CDATA[{status}]]></Status></xml>"
    )


def sent_event(name, number, code, status, created):
    inside = f"<MsgID>{number}</MsgID><ErrorCode>{code}</ErrorCode><ErrorStatus><![CDATA[{status}]]></ErrorStatus>"
    return event_xml(name, "subscribe_msg_sent_event", created=created).replace(
        "</xml>", f"<SubscribeMsgSentEvent><List>{inside}</List></SubscribeMsgSentEvent></xml>"
    )


@pytest.mark.parametrize(
    ("kind", "status", "why"),
    [
        ("template", "failed:user block", "对方停用了会话"),
        ("template", "failed: system failed", "平台没有接受"),
        ("subscription", "failed:user refuse", "对方停用了会话"),
    ],
)
def test_a_notice_that_wechat_took_and_did_not_bring_is_listed_too(house, kind, status, why):
    def reports(account):
        return [words for words in account.told("李慧") if "没有收到" in words]

    async def scene():
        async with opened(house, **{kind: "N1", f"{kind}_fields": ("thing1", "time2")}) as account:
            account.platform.silent.add("王晓明")
            account.platform.consents["王晓明"] = 1
            await account.call_meeting()
            await until(lambda: account.platform.notices or account.platform.subscriptions)
            await house.settle()
            number = 200163836 if kind == "template" else 1700827132819554305
            made = finished if kind == "template" else lambda *a: sent_event(a[0], a[1], 43101, *a[2:])
            for one in (number + 7, number, number):
                assert await account._call(made("王晓明", one, status, account._now())) == ""
            await until(lambda: reports(account))
            return reports(account)

    (told,) = asyncio.run(scene())
    assert told == f"1人没有收到：王晓明（{why}）。请转告。"


def test_a_notice_that_arrived_is_not_listed(house):
    async def scene():
        async with opened(house, template="N1", template_fields=("thing1", "time2")) as account:
            account.platform.silent.add("王晓明")
            await account.call_meeting()
            await until(lambda: account.platform.notices)
            await house.settle()
            await account._call(finished("王晓明", 200163836, "success", account._now()))
            await account._call(sent_event("王晓明", 200163836, 0, "success", account._now()))
            await house.settle()
            return account.told("李慧")

    assert not any("没有收到" in words for words in asyncio.run(scene()))
