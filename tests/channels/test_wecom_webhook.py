"""The spare way into a WeCom group: it speaks where the bot cannot, and never says its key."""

import asyncio
import contextlib
import logging

import pytest
from fake_webhook import KEY, Robot
from serving import fake_served

from bot.channels.wecom_webhook.door import WeComWebhookDoor
from vocabulary.delivery import Undelivered
from vocabulary.messages import Chat, Shown

GROUP = Chat("wecom_webhook", "wecom_webhook", "group")


@contextlib.asynccontextmanager
async def webhook(key=KEY):
    robot = Robot()
    async with fake_served(robot.add_routes) as address:
        door = WeComWebhookDoor(url=f"{address}/cgi-bin/webhook/send?key={key}")
        await door.start(None)
        try:
            yield door, robot
        finally:
            await door.stop()


def test_words_and_files_reach_the_group():
    async def scene():
        async with webhook() as (door, robot):
            await door.send(GROUP, Shown("30分钟后开会", file_name="议程.docx", file_data=b"x" * 9))
            return robot.said, robot.files

    said, files = asyncio.run(scene())
    assert said == [
        {"msgtype": "text", "text": {"content": "30分钟后开会"}},
        {"msgtype": "file", "file": {"media_id": "m1"}},
    ]
    assert files == {"m1": ("议程.docx", b"x" * 9)}


def test_a_file_that_is_taken_at_the_second_try_repeats_no_words():
    shown = Shown("30分钟后开会", file_name="议程.docx", file_data=b"x" * 9)

    async def scene():
        async with webhook() as (door, robot):
            robot.upload_faults.append({"errcode": -1, "errmsg": "system busy"})
            with pytest.raises(Undelivered) as failure:
                await door.send(GROUP, shown)
            await door.send(GROUP, shown)
            return failure.value.why, [message["msgtype"] for message in robot.said]

    assert asyncio.run(scene()) == ("down", ["text", "file"])


def test_a_file_that_fails_behind_its_words_leaves_open_whether_it_arrived():
    async def scene():
        async with webhook() as (door, robot):
            robot.faults.extend([None, {"errcode": -1, "errmsg": "system busy"}])
            with pytest.raises(Undelivered) as failure:
                await door.send(GROUP, Shown("议程", file_name="议程.docx", file_data=b"x" * 9))
            return failure.value.surely

    assert not asyncio.run(scene())


def test_a_robot_that_is_gone_and_one_that_is_busy_are_told_apart(caplog):
    async def scene():
        found = []
        async with webhook(key="another") as (door, _):
            with pytest.raises(Undelivered) as gone:
                await door.send(GROUP, Shown("x"))
            found.append((gone.value.why, str(gone.value), repr(door)))
        async with webhook() as (door, robot):
            robot.faults.append({"errcode": 45009, "errmsg": "api freq out of limit"})
            with pytest.raises(Undelivered) as busy:
                await door.send(GROUP, Shown("x"))
            with pytest.raises(Undelivered) as empty:
                await door.send(GROUP, Shown(" "))
            return found, busy.value, empty.value.why

    with caplog.at_level(logging.DEBUG):
        ((why, words, shown),), busy, empty = asyncio.run(scene())
    assert (why, busy.why, busy.retry_after, empty) == ("gone", "limited", 60.0, "refused")
    assert "another" not in words + shown + caplog.text


def test_an_address_without_a_key_is_refused_at_start():
    with pytest.raises(ValueError, match="wecom_webhook: url holds no key"):
        asyncio.run(WeComWebhookDoor(url="https://qyapi.weixin.qq.com/cgi-bin/webhook/send").start(None))


def test_a_closed_door_says_so():
    async def scene():
        async with webhook() as (door, _):
            await door.stop()
            with pytest.raises(Undelivered) as closed:
                await door.send(GROUP, Shown("x"))
            return closed.value.why

    assert asyncio.run(scene()) == "down"
