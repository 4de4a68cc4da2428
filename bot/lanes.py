"""Chats that are sent to side by side: a slow one, or a platform that does not answer, holds up no other."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from services.letters import Letter

log = logging.getLogger("zhibu.post")
Lane = tuple[str | None, str]
"""A door's name and a chat of it; the parts of a group (topics) are one with it, as the platforms' limits are."""
Outcome = dict[str, Any]
"""What is to be written down about a letter: columns of the outbox."""
Done = list[tuple["Letter", Outcome]]


def lane_of(letter: Letter) -> Lane:
    """Name the lane that a letter goes in."""
    return letter.channel, letter.chat.partition("/")[0]


@dataclass
class Lanes:
    """Runs one lane a chat, at most `most` of a door at once; `write` puts down how letters went, in one transaction.

    A chat stays busy until it is written down how its letters went: so nothing goes out twice.
    """

    most: int
    write: Callable[[Done], Awaitable[None]]
    held: dict[Lane, datetime] = field(default_factory=dict)
    """Until when what goes to a chat waits, so that nothing overtakes a letter of it that is late."""
    _busy: dict[Lane, frozenset[int]] = field(default_factory=dict)
    _running: set[asyncio.Task[None]] = field(default_factory=set)
    _gates: dict[str | None, asyncio.Semaphore] = field(default_factory=dict)
    _unwritten: list[tuple[Lane, Done]] = field(default_factory=list)
    """What went out and is not written down yet; nothing more is sent before it is."""
    _is_writing: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing is being sent."""
        return not self._running

    def busy(self) -> tuple[frozenset[Lane], frozenset[int]]:
        """Return the chats that are busy, and the letters that are on their way."""
        return frozenset(self._busy), frozenset().union(*self._busy.values())

    def crowd(self, door: str | None) -> int:
        """Return how many letters are on their way at a door."""
        return sum(len(letters) for (name, _), letters in self._busy.items() if name == door)

    def run(self, chat: Lane, letters: frozenset[int], work: Callable[[], Awaitable[Done]]) -> None:
        """Begin to send to a chat that is not busy; `work` sends and never raises."""
        self._busy[chat] = letters
        lane = asyncio.create_task(self._lane(chat, work))
        self._running.add(lane)
        lane.add_done_callback(self._ended)

    async def landed(self) -> None:
        """Wait until nothing is being sent. Raises what kept it from being written down how it went."""
        await asyncio.gather(*self._running)

    def cancel(self) -> None:
        """Send nothing more."""
        for lane in self._running:
            lane.cancel()

    async def settle(self) -> None:
        """Write down what went out. Where that fails it is kept, so that a full disk does not send it twice.

        Whoever is at it already takes what comes meanwhile along.
        """
        if self._is_writing:
            return
        self._is_writing = True
        try:
            while landed := list(self._unwritten):
                await self.write([one for _, done in landed for one in done])
                del self._unwritten[: len(landed)]
                for chat, _ in landed:
                    self._busy.pop(chat, None)
        finally:
            self._is_writing = False

    async def _lane(self, chat: Lane, work: Callable[[], Awaitable[Done]]) -> None:
        async with self._gates.setdefault(chat[0], asyncio.Semaphore(self.most)):
            done = await work()
        self._unwritten.append((chat, done))
        await self.settle()

    def _ended(self, lane: asyncio.Task[None]) -> None:
        self._running.discard(lane)
        if not lane.cancelled() and lane.exception() is not None:
            log.error("it is not written down yet what went out", exc_info=lane.exception())
