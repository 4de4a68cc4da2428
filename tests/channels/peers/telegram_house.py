"""A whole house with the sample branch behind the Telegram door, and its people at a fake of Telegram."""

import contextlib
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from fake_telegram import FakeTelegram
from serving import fake_served, until
from sqlalchemy import select, update

from bot import doors, sample
from bot.config import Config
from bot.house import House
from storage import tables
from storage.database import Database
from vocabulary.clock import SetClock

ZONE = ZoneInfo("Asia/Shanghai")
MORNING = datetime(2026, 3, 5, 10, 20, tzinfo=ZONE)
MEETING = datetime(2026, 3, 6, 15, 0, tzinfo=ZONE)
CALL = "明天下午三点在301会议室开支部党员大会，讨论评优"
MOMENT = timedelta(seconds=4)
"""Longer than Telegram's limit for a chat, and than a card stands still."""


def telegram_house(folder, group="-1001"):
    """Open a house whose people are known to Telegram by 1000 and their number, with 研发群 tied as `group`."""
    house = House(Database(f"sqlite:///{folder / 'house.db'}", "house"), SetClock(MORNING), ZONE)
    house.open()
    sample.build(house.database, house.writer, house.clock, "telegram", groups=True)
    accounts, chats = tables.accounts, tables.chats

    def number(tx):
        with tx.guard.key():
            for row in tx.all(select(accounts.c.id, accounts.c.person_id)):
                name = str(1000 + row.person_id)
                tx.conn.execute(update(accounts).where(accounts.c.id == row.id).values(account=name, chat=name))
            tx.conn.execute(update(chats).where(chats.c.chat == "g:研发群").values(chat=group))

    house.writer.run(number)
    return house


class Scene:
    """What people do, each step until the house has taken it in; `told` is what it said since."""

    def __init__(self, house, server):
        self.house, self.server = house, server
        with house.database.read() as tx:
            people = tx.all(select(tables.people.c.id, tables.people.c.name))
        self.number = {row.name: 1000 + row.id for row in people}

    async def say(self, who, text, chat=None, **more):
        return await self.give(self.server.say, self.number.get(who, who), text, chat, **more)

    async def press(self, who, label, chat=None, **more):
        """Press the newest such button that stands in a chat."""
        card, data = next(
            (number, button["callback_data"])
            for number, shown in sorted(self.server.shown.items(), key=lambda item: -int(item[0]))
            if shown["chat"] == str((chat or {"id": self.number[who]})["id"])
            for row in shown.get("reply_markup", {}).get("inline_keyboard", [])
            for button in row
            if button["text"] == label
        )
        return await self.give(self.server.press, self.number[who], data, card, chat, **more)

    async def give(self, do, *args, **more):
        """Do something and return what the house then said, as (method, chat, text)."""
        before = len(self.server.calls)
        do(*args, **more)
        end = self.server.updates[-1]["update_id"]
        await until(lambda: self.server.confirmed > end)
        await self.rest()
        return self.told(before)

    def told(self, before=0):
        words = {"sendMessage": "text", "editMessageText": "text", "sendPoll": "question", "stopPoll": "message_id"}
        return [
            (method, fields["chat_id"], fields[words[method]])
            for method, fields in self.server.calls[before:]
            if method in words
        ]

    async def rest(self, moments=3):
        """Let the post send what waits for its turn."""
        for _ in range(moments):
            self.house.clock.set(self.house.clock.now() + MOMENT)
            await self.house.settle()


@contextlib.asynccontextmanager
async def telegram_open(house, server=None):
    """Open the door at our own server."""
    server = server or FakeTelegram()
    async with fake_served(server.add_routes) as api, door_open(house, server.token, api):
        yield Scene(house, server)


@contextlib.asynccontextmanager
async def door_open(house, token, api):
    """Open the door as the program does."""
    (door,) = doors.configured(Config.model_validate({"telegram": {"token": token, "api_base": api}}), house)
    door.poll_seconds, door.first_pause = 1, 0.01
    house.add(door)
    await house.start()
    try:
        yield
    finally:
        await house.stop()
