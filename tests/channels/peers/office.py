"""A postman between an outbox and two doors in memory, which do what they are told to."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select

from bot.post.postman import Postman
from bot.post.windows import Windows
from services.deeds import Means
from services.post import Post
from storage import tables
from vocabulary.clock import SetClock
from vocabulary.messages import Can, Text

NOW = datetime(2026, 3, 5, 2, 20, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
ZONE = ZoneInfo("Asia/Shanghai")
O, A = tables.outbox, tables.accounts  # noqa: E741  outbox and accounts
WANG, OWNER = 7, 8


class Inlet:
    """A door in memory: it keeps what arrives, and for each chat first does what it was told to."""

    def __init__(self, name, clock, can=None):
        self.name, self.clock, self.can = name, clock, can or Can()
        self.answers_at_once = False
        self.arrived = []
        self.answered = {}
        self.troubles = {}

    async def send(self, chat, message):
        await asyncio.sleep(0)
        if self.troubles.get(chat.id):
            trouble = self.troubles[chat.id].pop(0)
            if trouble is not None:
                raise trouble
        self.arrived.append((chat.id, message.text, message.replaces, self.clock.now()))
        self.answered[message.text] = message.answers
        return message.replaces or f"{self.name}-{len(self.arrived)}"

    def words(self, chat=None):
        return [words for to, words, *_ in self.arrived if chat in {None, to}]


class Office:
    """A postman between an outbox and two doors."""

    def __init__(self, database, writer, limits=None):
        self.database, self.writer, self.clock = database, writer, SetClock(NOW)
        self.web, self.telegram = Inlet("web", self.clock), Inlet("telegram", self.clock)
        self.limits = limits or {}
        self.postman = self.another()

    def another(self):
        """A postman who remembers nothing: the program was started again."""
        doors = {"web": self.web, "telegram": self.telegram}
        return Postman(
            self.database, self.writer, self.clock, doors, Windows(self.limits), self.fresh, pause=self.pause
        )

    def fresh(self):
        return Means(self.clock.now(), ZONE, "salt")

    async def pause(self, seconds):
        self.clock.set(self.clock.now() + timedelta(seconds=seconds))

    def write(self, *parts, to=("web", "c-1"), **terms):
        self.run(lambda post: post.to_chat(*to, *parts, **terms))

    def run(self, job):
        self.writer.run(lambda tx: job(Post(tx, self.clock.now(), 1)))

    def account(self, channel, *, used, person=WANG, reachable=True):
        row = {"branch_id": 1, "person_id": person, "channel": channel, "account": f"{channel}-{person}"}
        row |= {"chat": f"p:{person}", "reachable": reachable, "used_at": NOW - used * MINUTE}

        def add(tx):
            with tx.guard.key():
                tx.conn.execute(insert(A), row)

        self.writer.run(add)

    def drain(self):
        return asyncio.run(self.postman.drain())

    def look(self, still):
        """Go round once, as the program does that runs."""

        async def once():
            await self.postman._round(still)
            await self.postman._lanes.landed()

        asyncio.run(once())

    def later(self, wait):
        self.clock.set(self.clock.now() + wait)
        return self.drain()

    def rows(self):
        with self.database.read() as tx:
            return [(row.state, row.why) for row in tx.all(select(O.c.state, O.c.why).order_by(O.c.id))]

    def reachable(self):
        with self.database.read() as tx:
            return {row.channel for row in tx.all(select(A.c.channel).where(A.c.reachable))}


def line(text):
    """A sentence of the program with words of ours in it."""
    return Text("notices.plain", {"text": text})
