"""A whole house behind the app's and the official account's doors: a notice through a platform that refuses."""

import asyncio
import contextlib
import json
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from fake_wechat import FakeWeChat, message_xml
from fake_wecom import FakeWeCom, click_xml, text_xml, words_of
from sample_house import known_by_name
from serving import fake_served, routes_served, until

from bot.channels.wechat.door import WeChatDoor
from bot.channels.wecom.door import WeComDoor

KEY = json.loads((Path(__file__).parents[1] / "channels" / "wecom_vectors.json").read_text())["key"]
ZONE = ZoneInfo("Asia/Shanghai")
MORNING = datetime(2026, 3, 5, 10, 20, tzinfo=ZONE)
CALL = "明天下午三点在301会议室开支部党员大会，讨论评优"
INVITED = 16


@pytest.fixture(params=["wecom", "wechat"])
def house(request, tmp_path):
    """A house with the sample branch, whose people the platform knows by their names."""
    made = known_by_name(tmp_path, MORNING, request.param)
    made.platform_name = request.param
    yield made
    made.close()


@contextlib.asynccontextmanager
async def opened(house):
    """Serve the platform and the house's door at it; give the platform and the door's address."""
    is_app = house.platform_name == "wecom"
    platform = (FakeWeCom if is_app else FakeWeChat)("id1", "t", KEY, house.clock)
    async with fake_served(platform.add_routes) as api:
        keys = {"secret": platform.secret, "token": "t", "aes_key": KEY, "api_base": api, "clock": house.clock}
        house.add(WeComDoor(corp_id="id1", agent_id="7", **keys) if is_app else WeChatDoor(app_id="id1", **keys))
        await house.start()
        try:
            async with routes_served(house.doors[house.platform_name].routes) as app:
                yield platform, app
        finally:
            await house.stop()


async def say(house, platform, app, text, number):
    words = f"<Content><![CDATA[{text}]]></Content>"
    is_app = house.platform_name == "wecom"
    xml = text_xml("李慧", text, number) if is_app else message_xml("李慧", "text", words, number)
    return await platform.call(app, xml)


async def call_meeting(house, platform, app, *faults):
    """Let 李慧 call a meeting, and confirm it while the platform refuses so often."""
    await say(house, platform, app, CALL, 1)
    if house.platform_name == "wechat":
        platform.faults.extend(faults)
        await say(house, platform, app, "1", 2)
        return
    await until(lambda: platform.sent and platform.sent[-1]["msgtype"] == "template_card")
    platform.faults.extend(faults)
    await platform.call(app, click_xml("李慧", platform.sent[-1]["template_card"], "确认"))


def notices(platform):
    return Counter(sent["touser"] for sent in platform.sent if "同志：" in words_of(sent))


@pytest.mark.parametrize(
    "fault", [{"errcode": -1, "errmsg": "system busy"}, {"errcode": 45009, "errmsg": "api freq out of limit"}, 502]
)
def test_however_often_a_platform_is_busy_each_notice_arrives_once(house, fault):
    async def scene():
        async with opened(house) as (platform, app):
            await call_meeting(house, platform, app, *[fault] * 3 * (INVITED + 1))
            await house.settle()
            early = notices(platform)
            await house.advance(MORNING + timedelta(hours=4), house.clock)
            return early, notices(platform), len(platform.faults)

    early, arrived, left = asyncio.run(scene())
    assert early == {}
    assert (set(arrived.values()), len(arrived), left) == ({1}, INVITED, 0)


def test_when_the_platform_refuses_everybody_they_are_reached_again_once_it_does_not(house):
    """As with 60020 and 40164: this machine's address is not allowed, and nobody's account is at fault."""

    async def scene():
        async with opened(house) as (platform, app):
            await call_meeting(house, platform, app, *[{"errcode": 60020, "errmsg": "not allow"}] * 50)
            await house.settle()
            platform.faults.clear()
            await house.advance(MORNING + timedelta(hours=29), house.clock)
            return Counter(sent["touser"] for sent in platform.sent if "30分钟后" in words_of(sent))

    assert len(asyncio.run(scene())) == INVITED
