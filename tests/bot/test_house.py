"""A house opens what it can: a platform's door that fails says why, the page must open."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.channels.rehearsal import RehearsalDoor
from bot.house import House
from bot.post.windows import Limit
from storage.database import Database
from vocabulary.clock import SetClock

CLOCK = SetClock(datetime(2026, 3, 5, 2, 20, tzinfo=UTC))


class Shut(RehearsalDoor):
    async def start(self, receive):  # noqa: ARG002  the door's own
        raise ValueError("the server does not accept token")


class Open(RehearsalDoor):
    opened = False

    async def start(self, receive):  # noqa: ARG002  the door's own
        self.opened = True


@pytest.fixture
def house(tmp_path):
    house = House(Database(f"sqlite:///{tmp_path / 'house.db'}", "test"), CLOCK, ZoneInfo("Asia/Shanghai"))
    house.open()
    yield house
    house.close()


async def there_and_back(house):
    await house.start()
    await house.stop()


def test_a_door_that_fails_says_why_and_the_others_run(house, caplog):
    other = Open(CLOCK, "wecom")
    house.add(Shut(CLOCK, "telegram"))
    house.add(other)
    asyncio.run(there_and_back(house))
    assert other.opened
    assert "the door telegram stays shut: the server does not accept token" in caplog.text


def test_without_its_page_it_does_not_run(house):
    house.add(Shut(CLOCK, "web"))
    with pytest.raises(ValueError, match="does not accept"):
        asyncio.run(there_and_back(house))


def test_the_limits_of_a_door_are_kept(house):
    door = Open(CLOCK, "telegram", limits=(Limit("chat", 1, 60),))
    house.add(door)
    house.windows.count("telegram", "1", CLOCK.now())
    assert house.windows.wait("telegram", "1", CLOCK.now()).seconds == 60
