"""A whole house behind the AI bot's door, in both modes: a meeting called, its notice pushed, a group checking in."""

import asyncio
import contextlib
import json
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from fake_wecom_bot import BOT, SECRET, FakeWeComBot, words_of
from fake_wecom_pusher import FakeWeComPusher, said_in
from sample_house import known_by_name
from serving import fake_served, routes_served, until
from sqlalchemy import select

from bot.channels.wecom_bot.door import WeComBotDoor
from storage import tables

KEY = json.loads((Path(__file__).parents[1] / "channels" / "wecom_vectors.json").read_text())["key"]
A = tables.attendances
ZONE = ZoneInfo("Asia/Shanghai")
MORNING = datetime(2026, 3, 5, 10, 20, tzinfo=ZONE)
MEETING = datetime(2026, 3, 6, 15, 0, tzinfo=ZONE)
GROUP = "g:研发群"
CALL = "明天下午三点在301会议室开支部党员大会，讨论评优"
FIVE = ["王晓明", "吴丽娜", "郑凯", "冯媛", "褚文博"]


@pytest.fixture
def house(tmp_path):
    """A house with the sample branch, whose people are known to the bot by their names."""
    made = known_by_name(tmp_path, MORNING, "wecom_bot", groups=True)
    yield made
    made.close()


@contextlib.asynccontextmanager
async def socket_open(house):
    platform = FakeWeComBot()
    async with platform.served() as address:
        house.add(
            WeComBotDoor(
                bot_id=BOT, secret=SECRET, ws_url=address, clock=house.clock, first_pause=0.01,
                card_now=house.postman.card_now,
            )
        )  # fmt: skip
        await house.start()
        try:
            yield platform
        finally:
            await house.stop()


def cards(platform, label, chat=None):
    """The cards with such a button that were shown, in a chat where one is named, the newest last."""
    shown = [body for _, _, body in platform.frames if body.get("msgtype") == "template_card"]
    return [
        body["template_card"]
        for body in shown
        if chat in {None, body.get("chatid")}
        and label in [button["text"] for button in body["template_card"]["button_list"]]
    ]


def state(card):
    return f"{card.get('main_title', {}).get('title', '')}\n{card['sub_title_text']}".strip()


def checked_in(house):
    with house.database.read() as tx:
        return len(tx.all(select(A.c.id).where(A.c.checked_at.is_not(None))))


async def called(house, platform):
    """Let 李慧 call a meeting privately and confirm it; it is then 15:00, and the group has its card."""
    await platform.say("李慧", "帮助", GROUP)
    await platform.say("李慧", CALL)
    await until(lambda: cards(platform, "确认"))
    await platform.press("李慧", cards(platform, "确认")[-1], "确认")
    await until(lambda: cards(platform, "收到", "王晓明"))
    await house.advance(MEETING, house.clock)
    await until(lambda: cards(platform, "签到"))
    return cards(platform, "签到")[-1]


def test_a_meeting_is_called_its_notice_pushed_and_five_check_in_within_a_second(house):
    async def scene():
        async with socket_open(house) as platform:
            card = await called(house, platform)
            greyed = platform.of("aibot_respond_update_msg")[0]
            for name in FIVE:
                await platform.press(name, card, "签到", GROUP)
            await until(lambda: len(platform.of("aibot_respond_update_msg")) == 1 + len(FIVE))
            return platform, greyed, card, platform.of("aibot_respond_update_msg")[1:]

    platform, greyed, card, updates = asyncio.run(scene())
    assert "3月6日 周五 15:00，301会议室，支部党员大会" in "".join(
        words_of(body) for body in platform.of("aibot_send_msg") if body["chatid"] == "王晓明" and "file" not in body
    )
    assert (greyed["userids"], greyed["template_card"]["replace_text"]) == (["李慧"], "确认")
    assert {update["template_card"]["task_id"] for update in updates} == {card["task_id"]}
    assert "已签到0/17" in state(card)
    assert f"已签到{len(FIVE)}/17" in state(updates[-1]["template_card"])
    assert checked_in(house) == len(FIVE)


def test_a_group_checks_in_by_mention_once_however_often_it_is_delivered(house):
    async def scene():
        async with socket_open(house) as platform:
            await called(house, platform)
            for name, number in (("王晓明", "m-1"), ("王晓明", "m-1"), ("吴丽娜", "m-2")):
                await platform.say(name, "签到", GROUP, number=number)
            await until(lambda: checked_in(house) == 2)
            house.clock.set(MEETING + timedelta(seconds=31))
            await until(lambda: any("已签到2" in words for words in told(platform, GROUP)))
            return told(platform, GROUP)

    lines = [words for words in asyncio.run(scene()) if "已签到2" in words]
    assert len(lines) == 1


def test_a_reply_that_broke_the_connection_comes_once_it_stands_again(house):
    async def scene():
        async with socket_open(house) as platform:
            platform.fail("aibot_respond_msg", None)
            await platform.say("王晓明", "这周有什么会", GROUP)
            await platform.until_subscribed(2)
            house.clock.set(MORNING + timedelta(minutes=1))
            await until(lambda: told(platform, GROUP))
            return told(platform, GROUP), platform.of("aibot_respond_msg")

    (words,), answered = asyncio.run(scene())
    assert "会" in words
    assert answered == []


def told(platform, chat):
    return [words_of(body) for body in platform.of("aibot_send_msg") if body["chatid"] == chat and "file" not in body]


# ---- pushed to an address


@contextlib.asynccontextmanager
async def address_open(house):
    platform = FakeWeComPusher(KEY, house.clock)
    async with fake_served(platform.add_routes) as platform.address:
        door = WeComBotDoor(
            mode="url",
            bot_id=BOT,
            token=platform.token,
            aes_key=KEY,
            clock=house.clock,
            card_now=house.postman.card_now,
        )
        house.add(door)
        await house.start()
        async with routes_served(door.routes) as app:
            try:
                yield platform, app
            finally:
                await house.stop()


def test_pushed_to_an_address_a_meeting_is_called_and_its_words_come_where_the_click_came_from(house):
    async def scene():
        async with address_open(house) as (platform, app):
            _, answer = await platform.say(app, "李慧", CALL)
            _, update = await platform.press(app, "李慧", answer["template_card"], "确认")
            await until(lambda: any("已建立" in said_in(body) for _, body in platform.late))
            return answer, update

    answer, update = asyncio.run(scene())
    assert "要召开这个会议吗" in said_in(answer)
    assert (update["userids"], update["template_card"]["replace_text"]) == (["李慧"], "确认")


def test_pushed_to_an_address_a_card_in_a_group_is_the_answer_and_lives(house):
    async def scene():
        async with address_open(house) as (platform, app):
            _, answer = await platform.say(app, "李慧", CALL)
            await platform.press(app, "李慧", answer["template_card"], "确认")
            await house.advance(MEETING, house.clock)
            card = (await platform.say(app, "李慧", "开始签到", GROUP))[1]["template_card"]
            updates = [(await platform.press(app, name, card, "签到", GROUP))[1]["template_card"] for name in FIVE]
            await platform.say(app, "沈括", "签到", GROUP)
            house.clock.set(MEETING + timedelta(seconds=31))
            await until(lambda: any("已签到6" in said_in(body) for _, body in platform.late))
            return card, updates

    card, updates = asyncio.run(scene())
    assert "已签到0/17" in state(card)
    assert [f"已签到{count}/17" in state(update) for count, update in enumerate(updates, 1)] == [True] * len(FIVE)
    assert checked_in(house) == len(FIVE) + 1
