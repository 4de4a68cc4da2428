"""Chats that are sent to side by side: a slow one, or a platform that does not answer, holds up no other."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable
    from datetime import datetime

    from vocabulary.views.letters import Letter

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

    It is written down of each letter as soon as it went out, and a chat stays busy until that is done of all: so
    nothing goes out twice, and a program that is killed says again only what it was sending just then.
    """

    most: int
    write: Callable[[Done], Awaitable[None]]
    held: dict[Lane, datetime] = field(default_factory=dict)
    """Until when what goes to a chat waits, so that nothing overtakes a letter of it that is late."""
    _busy: dict[Lane, frozenset[int]] = field(default_factory=dict)
    _running: set[asyncio.Task[None]] = field(default_factory=set)
    _gates: dict[str | None, asyncio.Semaphore] = field(default_factory=dict)
    _unwritten: list[tuple[Lane, Done, bool]] = field(default_factory=list)
    """What went out and is not written down yet, and whether that was the last of its chat."""
    _is_writing: bool = False
    _is_new: bool = True

    @property
    def is_empty(self) -> bool:
        """Whether nothing is being sent."""
        return not self._running

    def recall(self, late: Callable[[datetime], Iterable[tuple[str, str, datetime]]], now: datetime) -> None:
        """Let chats wait for what was late before the program was started, once; `late` gives door, chat and when."""
        if self._is_new:
            self.held |= {(door, chat.partition("/")[0]): due for door, chat, due in late(now)}
        self._is_new = False

    def busy(self) -> tuple[frozenset[Lane], frozenset[int]]:
        """Return the chats that are busy, and the letters that are on their way."""
        return frozenset(self._busy), frozenset().union(*self._busy.values())

    def crowd(self, door: str | None) -> int:
        """Return how many letters are on their way at a door."""
        return sum(len(letters) for (name, _), letters in self._busy.items() if name == door)

    def run(self, chat: Lane, letters: frozenset[int], work: Callable[[], AsyncIterator[Done]]) -> None:
        """Begin to send to a chat that is not busy; `work` sends, yields how letters went, and never raises."""
        self._busy[chat] = letters
        self._begin(self._lane(chat, work))

    async def landed(self) -> None:
        """Wait until nothing is being sent. Raises what kept it from being written down how it went."""
        while self._running:
            await asyncio.gather(*self._running)

    async def cancel(self) -> None:
        """Send nothing more, and write down what went out, as far as that can be done."""
        running = list(self._running)
        for lane in running:
            lane.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        try:
            await self.settle()
        except Exception:
            log.exception("it is not written down what went out")

    async def settle(self) -> None:
        """Write down what went out. Where that fails it is kept, so that a full disk does not send it twice.

        Whoever is at it already takes what comes meanwhile along.
        """
        if self._is_writing:
            return
        self._is_writing = True
        try:
            while landed := list(self._unwritten):
                if outcomes := [one for _, done, _ in landed for one in done]:
                    await self.write(outcomes)
                del self._unwritten[: len(landed)]
                for chat, done, is_last in landed:
                    self._busy[chat] -= {letter.id for letter, _ in done}
                    if is_last:
                        del self._busy[chat]
        finally:
            self._is_writing = False

    async def _lane(self, chat: Lane, work: Callable[[], AsyncIterator[Done]]) -> None:
        try:
            async with self._gates.setdefault(chat[0], asyncio.Semaphore(self.most)):
                async for done in work():
                    self._unwritten.append((chat, done, False))
                    if not self._is_writing:
                        self._begin(self.settle())
        finally:
            self._unwritten.append((chat, [], True))
        await self.settle()

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, lane: asyncio.Task[None]) -> None:
        self._running.discard(lane)
        if not lane.cancelled() and lane.exception() is not None:
            log.error("it is not written down yet what went out", exc_info=lane.exception())
