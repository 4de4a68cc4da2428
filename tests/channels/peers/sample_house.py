"""A whole house with the sample branch, for doors whose platform names people as we do."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from bot import sample
from bot.house import House
from storage import tables
from storage.database import Database
from vocabulary.clock import SetClock

ZONE = ZoneInfo("Asia/Shanghai")


def known_by_name(folder, now, channel, **how):
    """Build a house at an instant, whose people are known at a door by their names, and their private chats too."""
    made = House(Database(f"sqlite:///{folder / 'house.db'}", "house"), SetClock(now), ZONE)
    made.open()
    sample.build(made.database, made.writer, made.clock, channel, **how)

    def name_chats(tx):
        with tx.guard.key():
            tx.conn.execute(tables.accounts.update().values(chat=tables.accounts.c.account))

    made.writer.run(name_chats)
    return made
