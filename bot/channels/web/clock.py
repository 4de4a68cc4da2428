"""The sample's clock on the page."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.channels.web.frames import Frame, instant
from bot.channels.web.refusals import Refused

if TYPE_CHECKING:
    from bot.channels.web.shapes import Sample
    from bot.channels.web.windows import Windows

_FARTHEST = timedelta(days=400)


class SampleClock:
    """Moves the sample's time for the page, one move at a time, and tells every window."""

    def __init__(self, sample: Sample, windows: Windows, zone: str) -> None:
        self._sample = sample
        self._windows = windows
        self._zone = ZoneInfo(zone)
        self._moving = asyncio.Lock()

    def frame(self) -> Frame:
        """Return the time for the page, and whether it is being moved."""
        return {"type": "clock", "now": instant(self._sample.now()), "busy": self._moving.locked()}

    async def move(self, frame: Frame) -> None:
        """Move as a frame says: `hours`, `to` (a local date and time), or `next`.

        Raises:
            Refused: it is unreadable, backward or too far, nothing is due, or a move is under way.
        """
        to = self._target(frame)
        if self._moving.locked():
            raise Refused("busy", 409)
        try:
            async with self._moving:
                self._windows.tell_all(self.frame())
                await self._sample.advance(to)
        except LookupError:
            raise Refused("nothing_due", 404) from None
        finally:
            self._windows.tell_all(self.frame())

    def _target(self, frame: Frame) -> datetime | timedelta | None:
        if frame.get("next") is True:
            return None
        hours, to = frame.get("hours"), frame.get("to")
        if type(hours) is int:
            span = timedelta(hours=max(-1, min(hours, 24 * 1000)))
        elif isinstance(to, str):
            span = self._local(to) - self._sample.now()
        else:
            raise Refused("malformed")
        if span <= timedelta():
            raise Refused("clock_back")
        if span > _FARTHEST:
            raise Refused("clock_far")
        return span if type(hours) is int else self._sample.now() + span

    def _local(self, text: str) -> datetime:
        try:
            at = datetime.fromisoformat(text)
            return (at if at.tzinfo else at.replace(tzinfo=self._zone)).astimezone(UTC)
        except (ValueError, OverflowError):
            raise Refused("malformed") from None
