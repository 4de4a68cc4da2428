"""The composition root: the one module that knows every room and puts them together."""

from __future__ import annotations

import asyncio
import logging
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import handlers.all_topics as topics
from bot.desk import Desk
from bot.post.postman import Postman
from bot.post.windows import Windows
from scheduler.sweep import sweep
from services import alarms, letters
from services.deeds import Means
from storage.migrate import migrate
from storage.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from bot.channels.door import Door
    from storage.database import Database, Tx
    from vocabulary.clock import Clock, SetClock, ShiftedClock

log = logging.getLogger("zhibu")
PATIENCE = 3
"""Seconds that the post has to finish what it is sending when the house is shut."""
PAGE = "web"
"""The door without which there is no house: what keeps it shut keeps the program from running."""


@dataclass
class House:
    """A whole zhibu over one database: its writer, its desk, its postman, its doors, its clock."""

    database: Database
    clock: Clock
    zone: ZoneInfo
    salt: Callable[[], str] = lambda: secrets.token_hex(8)
    doors: dict[str, Door] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Put the rooms together; nothing is opened yet."""
        topics.load()
        self.writer = Writer(self.database)
        self.desk = Desk(self.writer, self.clock, self.zone, self.doors, self.wake, self.salt)
        self.windows = Windows({door.name: door.limits for door in self.doors.values()})
        self.postman = Postman(self.database, self.writer, self.clock, self.doors, self.windows, self.fresh)
        self._tasks: list[asyncio.Task[None]] = []

    def add(self, door: Door) -> None:
        """Take a door in, with the limits of its platform; `start` opens it."""
        self.doors[door.name] = door
        self.windows.limits[door.name] = door.limits

    def fresh(self) -> Means:
        """What a deed is done with at this instant."""
        return Means(self.clock.now(), self.zone, self.salt())

    def wake(self) -> None:
        """Something was committed that may have to be sent."""
        self.postman.wake()

    def open(self) -> None:
        """Bring the database to its newest form and start the writer."""
        migrate(self.database)
        self.writer.start()

    def close(self) -> None:
        """Finish what is queued and let everything go."""
        self.writer.stop()
        self.database.close()

    async def sweep(self) -> int:
        """Do what is due by the clock; returns how many alarms rang."""
        rang = 0
        while found := await self.writer.do(lambda tx: sweep(tx, self.fresh)):
            rang += found
            self.wake()
        return rang

    async def settle(self) -> None:
        """Send everything that is due, and do what that causes, without moving the clock."""
        while await self.postman.drain():
            continue

    def next_due(self) -> datetime | None:
        """When the next thing falls due: an alarm, or a message that waits for its time."""

        def look(tx: Tx) -> list[datetime]:
            return [found for found in (alarms.next_due(tx), letters.next_due(tx)) if found is not None]

        with self.database.read() as tx:
            return min(look(tx), default=None)

    async def advance(self, to: datetime, clock: SetClock | ShiftedClock) -> None:
        """Move a movable clock to an instant; what falls due on the way happens in order, each at its own instant."""
        while (due := await asyncio.to_thread(self.next_due)) is not None and due <= to:
            clock.set(due)
            await self.sweep()
            await self.settle()
        clock.set(to)
        await self.sweep()
        await self.settle()

    async def start(self) -> None:
        """Open every door that is there and let the post and the sweep run; a platform's door that fails stays shut."""
        for door in self.doors.values():
            try:
                await door.start(self.desk.receive)
            except Exception as fault:
                if door.name == PAGE:
                    raise
                log.error("the door %s stays shut: %s", door.name, fault)  # noqa: TRY400  its words say all
        self._tasks = [asyncio.create_task(self.postman.work())]

    async def stop(self) -> None:
        """Let the post finish what it is sending, so that it is not sent again; then shut the doors."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.postman.stop(), PATIENCE)
        for task in self._tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        for door in self.doors.values():
            await door.stop()
