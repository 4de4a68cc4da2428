"""The groups that the self-built app has made: it speaks there with its own token, and says that it hears nothing."""

import asyncio
import contextlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fake_wecom import FakeWeCom
from serving import fake_served

from bot.channels.degrade import Words
from bot.channels.wecom.door import WeComDoor
from bot.channels.wecom.group import CAN, WeComGroupDoor
from bot.fitting import fitted
from vocabulary.clock import SetClock
from vocabulary.delivery import Undelivered
from vocabulary.messages import Button, Chat, Shown

PEER = json.loads((Path(__file__).parent / "wecom_vectors.json").read_text())
NOW = datetime.fromtimestamp(1772677200, UTC)
GROUP = Chat("wecom_group", "wr1", "group")


@contextlib.asynccontextmanager
async def group():
    """An app's door, that of its groups, and the platform, where a group stands already."""
    platform = FakeWeCom(PEER["corp"], PEER["token"], PEER["key"], SetClock(NOW))
    platform.groups["wr1"] = {"chatid": "wr1", "userlist": ["lihui", "wxm"]}
    async with fake_served(platform.add_routes) as api:
        app = WeComDoor(corp_id=PEER["corp"], agent_id="1000007", secret=platform.secret, token=PEER["token"],
                        aes_key=PEER["key"], api_base=api, clock=platform.clock)  # fmt: skip
        door = WeComGroupDoor(app)
        await app.start(None)
        try:
            yield door, app, platform
        finally:
            await app.stop()


def failing(*faults, chat=GROUP):
    """Send after faults and return how it failed."""

    async def scene():
        async with group() as (door, _, platform):
            platform.faults.extend(faults)
            with pytest.raises(Undelivered) as told:
                await door.send(chat, Shown("通知"))
            return told.value

    return asyncio.run(scene())


def test_words_and_files_reach_the_group():
    async def scene():
        async with group() as (door, _, platform):
            number = await door.send(GROUP, Shown("30分钟后开会", file_name="议程.docx", file_data=b"x" * 9))
            return number, platform

    number, platform = asyncio.run(scene())
    assert number
    assert platform.told == [
        {"chatid": "wr1", "msgtype": "text", "text": {"content": "30分钟后开会"}},
        {"chatid": "wr1", "msgtype": "file", "file": {"media_id": "media-1"}},
    ]
    assert (platform.names, platform.media) == ({"media-1": "议程.docx"}, {"media-1": b"x" * 9})


def test_a_file_that_is_not_taken_leaves_no_words_without_it():
    async def scene():
        async with group() as (door, _, platform):
            platform.faults.append({"errcode": 40006, "errmsg": "invalid file size"})
            with pytest.raises(Undelivered) as told:
                await door.send(GROUP, Shown("议程", file_name="议程.docx", file_data=b"x" * 9))
            return told.value, platform.told

    failure, told = asyncio.run(scene())
    assert (failure.why, failure.surely, told) == ("refused", True, [])


def test_a_file_that_fails_behind_its_words_leaves_open_whether_it_arrived():
    async def scene():
        async with group() as (door, app, platform):
            told = []
            for way, chat in ((door, GROUP), (app, Chat("wecom", "lihui", "private"))):
                platform.faults.extend([None, None, {"errcode": 45009, "errmsg": "api freq out of limit"}])
                with pytest.raises(Undelivered) as failure:
                    await way.send(chat, Shown("议程", file_name="议程.docx", file_data=b"x" * 9))
                told.append((failure.value.why, failure.value.surely))
            return told

    assert asyncio.run(scene()) == [("limited", False)] * 2, "what has begun to arrive goes no other way"


@pytest.mark.parametrize(
    ("fault", "why", "retry_after", "surely"),
    [
        ({"errcode": 45009, "errmsg": "api freq out of limit"}, "limited", 60.0, True),
        ({"errcode": 60020, "errmsg": "not allow to access from your ip"}, "refused", None, True),
        ({"errcode": -1, "errmsg": "system busy"}, "down", None, True),
        (502, "down", None, False),
    ],
)
def test_each_failure_says_whether_something_may_have_arrived(fault, why, retry_after, surely):
    failure = failing(fault)
    assert (failure.why, failure.retry_after, failure.surely) == (why, retry_after, surely)


def test_a_group_that_was_dissolved_is_gone():
    assert failing(chat=Chat("wecom_group", "wr9", "group")).why == "gone"


def test_the_app_and_its_groups_ask_for_one_token_however_much_is_sent_at_once():
    async def scene():
        async with group() as (door, app, platform):
            lihui = Chat("wecom", "lihui", "private")
            await asyncio.gather(*(door.send(GROUP, Shown(f"g{n}")) for n in range(20)),
                                 *(app.send(lihui, Shown(f"p{n}")) for n in range(20)))  # fmt: skip
            platform.expired.add("T1")
            await asyncio.gather(*(door.send(GROUP, Shown(f"h{n}")) for n in range(20)),
                                 *(app.send(lihui, Shown(f"q{n}")) for n in range(20)))  # fmt: skip
            return platform

    platform = asyncio.run(scene())
    assert platform.tokens_given == 2
    assert len({sent["text"]["content"] for sent in platform.told}) == len(platform.told) == 40
    assert len({sent["text"]["content"] for sent in platform.sent}) == len(platform.sent) == 40


def test_what_can_be_chosen_is_answered_privately_and_no_number_stands_for_it():
    words = Words("3月6日 15:00 支部党员大会", (Button("收到", "rsvp:1"), Button("请假", "leave:1")))
    (shown,) = fitted(words, CAN)
    assert shown.text == "3月6日 15:00 支部党员大会\n这里听不到回复，收到、请假请私聊支部助手。"
    assert shown.buttons == ()


def test_a_closed_app_sends_nothing_for_certain():
    async def scene():
        async with group() as (door, app, _):
            await app.stop()
            with pytest.raises(Undelivered) as told:
                await door.send(GROUP, Shown("通知"))
            return told.value

    failure = asyncio.run(scene())
    assert (failure.why, failure.surely) == ("down", True)
