"""The Telegram door open at our server, and an ear behind it."""

import contextlib
from datetime import UTC, datetime

from fake_telegram import DATE, FakeTelegram, message
from serving import fake_served

from bot.channels.telegram.door import TelegramDoor
from vocabulary.clock import SetClock
from vocabulary.messages import Chat

NOW = datetime.fromtimestamp(DATE + 60, UTC)
LIHUI = Chat("telegram", "1001", "private")
GROUP_CHAT = Chat("telegram", "-1001", "group")


class Ear:
    def __init__(self):
        self.heard = []

    async def __call__(self, incoming):
        self.heard.append(incoming)
        return ()

    @property
    def texts(self):
        return [incoming.text for incoming in self.heard]


@contextlib.asynccontextmanager
async def telegram(ear, server=None, **changes):
    server = server or FakeTelegram()
    async with fake_served(server.add_routes) as api:
        settings = {"token": server.token, "api_base": api, "clock": SetClock(NOW), "poll_seconds": 1,
                    "first_pause": 0.01}  # fmt: skip
        door = TelegramDoor(**(settings | changes))
        try:
            await door.start(ear)
            yield door, server
        finally:
            await door.stop()


def said(text, chat=None, **more):
    """Return an update in which person 1001 says something."""
    return {"message": message(1001, text, chat, **more)}
