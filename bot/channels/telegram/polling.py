"""Telegram's updates, fetched so that none is lost: committed first, confirmed after."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

log = logging.getLogger(__name__)

GROWTH = 1.5
LONGEST_PAUSE = 30.0
CONFLICT = "Conflict"  # the library's word (it is not imported here) for another program that fetches or is pushed to
YIELDING = 30  # first pauses; each poll of ours would cut off the other's
EMPTY_PAUSE = 0.1  # seconds; a server that does not wait for updates is not asked without end


class Offsets(Protocol):
    """Keeps how far the updates of a bot have been taken."""

    async def load(self) -> int | None:
        """Return the number of the next update, or None where none was taken yet."""
        ...

    async def save(self, offset: int) -> None:
        """Keep the number of the next update."""
        ...


class MemoryOffsets:
    """Offsets of one run. Enough where repeats are known by their message id: Telegram keeps its own count too."""

    def __init__(self) -> None:
        self._offset: int | None = None

    async def load(self) -> int | None:
        """Return the number of the next update, or None where none was taken yet."""
        return self._offset

    async def save(self, offset: int) -> None:
        """Keep the number of the next update."""
        self._offset = offset


@dataclass(slots=True, kw_only=True)
class Polling:
    """Asks for updates until it is cancelled, and survives whatever the server or the database does meanwhile.

    `prepare` is awaited until it succeeds once; `fetch` returns raw updates from an offset; `take` returns when an
    update is committed, and raises where it is not: then nothing of its batch is confirmed and all of it comes again.
    Pauses are in seconds and grow from `first_pause` to half a minute. `last_good` is when a poll last succeeded, by
    time.monotonic(); `last_fault` says in a few words what went wrong since, "" where nothing did.
    """

    prepare: Callable[[], Awaitable[None]]
    fetch: Callable[[int | None], Awaitable[Any]]
    take: Callable[[Any], Awaitable[None]]
    offsets: Offsets
    first_pause: float = 1.0
    last_good: float | None = field(default=None, init=False)
    last_fault: str = field(default="", init=False)
    _offset: int | None = field(default=None, init=False)

    async def reach(self) -> None:
        """Prepare, until it succeeds."""
        await self._until_done(self.prepare)
        self.last_good, self.last_fault = time.monotonic(), ""

    async def run(self) -> None:
        """Prepare, then poll for ever."""
        await self.reach()
        self._offset = await self._until_done(self.offsets.load)
        while True:
            await self._until_done(self._round)

    async def _round(self) -> None:
        """Fetch one batch, take it, and only then move on."""
        batch = await self.fetch(self._offset)
        numbers = [raw["update_id"] for raw in batch if isinstance(raw, dict) and isinstance(raw.get("update_id"), int)]
        if batch and not numbers:
            raise ValueError("updates without numbers")
        self.last_good = time.monotonic()
        if numbers:
            await self._take_all(batch)
            self._offset = max(numbers) + 1
            await self.offsets.save(self._offset)
        self.last_fault = ""
        if not numbers:
            await asyncio.sleep(EMPTY_PAUSE)

    async def _take_all(self, batch: list[Any]) -> None:
        """Take a batch: in order within a chat, side by side across chats; raise where one was not committed."""
        lanes: dict[Any, list[Any]] = {}
        for raw in batch:
            lanes.setdefault(_chat_of(raw), []).append(raw)

        async def run(lane: list[Any]) -> None:
            for raw in lane:
                await self.take(raw)

        results = await asyncio.gather(*(run(lane) for lane in lanes.values()), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result

    async def _until_done(self, step: Callable[[], Awaitable[Any]]) -> Any:
        """Repeat a step until it succeeds, with growing pauses, or as long as the server asks for."""
        pause = self.first_pause
        while True:
            try:
                return await step()
            except Exception as error:  # noqa: BLE001  it must never die silently; the fault is told
                # Telegram's words about a call, never another library's: those may quote what people said.
                words = getattr(error, "message", "")
                self.last_fault = f"{type(error).__name__} {words}"[:200].strip()
                log.warning("telegram: %s; again in a moment", self.last_fault)
                yields = type(error).__name__ == CONFLICT
                await asyncio.sleep(_wait_of(error) or (self.first_pause * YIELDING if yields else pause))
                pause = min(pause * GROWTH, LONGEST_PAUSE)


def _wait_of(error: Exception) -> float | None:
    """Return how long the server asks to wait, in seconds; None where it does not say."""
    wait: timedelta | float | None = getattr(error, "retry_after", None)
    return wait.total_seconds() if isinstance(wait, timedelta) else wait


def _chat_of(raw: Any) -> Any:
    """Return the chat that a raw update belongs to, as far as it can be told; a quiz is answered privately."""
    try:
        if "poll_answer" in raw:
            return str(raw["poll_answer"]["user"]["id"])
        about = raw.get("message") or raw.get("my_chat_member") or raw["callback_query"]["message"]
        return str(about["chat"]["id"])
    except (AttributeError, LookupError, TypeError):
        return None
