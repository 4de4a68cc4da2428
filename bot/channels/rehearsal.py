"""The rehearsal door: what scenarios are played at. It keeps what was said; it may take on another door's abilities."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vocabulary.delivery import Unfetched
from vocabulary.messages import Can

if TYPE_CHECKING:
    from datetime import datetime

    from bot.channels.door import Receive
    from bot.post.windows import Limit
    from vocabulary.clock import Clock
    from vocabulary.messages import Attachment, Chat, Shown


@dataclass(frozen=True)
class Heard:
    """One message that the program sent: where, what, its id, and when (an aware instant)."""

    chat: Chat
    shown: Shown
    id: str
    at: datetime


@dataclass
class RehearsalDoor:
    """Implements `bot.channels.door.Door` in memory."""

    clock: Clock
    name: str = "rehearsal"
    can: Can = field(default_factory=Can)
    limits: tuple[Limit, ...] = ()
    answers_at_once: bool = False
    heard: list[Heard] = field(default_factory=list)

    async def start(self, receive: Receive) -> None:
        """Nothing listens: the transcript speaks."""

    async def stop(self) -> None:
        """Nothing to free."""

    async def send(self, chat: Chat, message: Shown) -> str:
        """Keep a message and number it; one that replaces another keeps its id."""
        found = Heard(chat, message, message.replaces or str(len(self.heard) + 1), self.clock.now())
        self.heard.append(found)
        return found.id

    async def fetch(self, attachment: Attachment) -> bytes:
        """A transcript only names what came with a message."""
        raise Unfetched("gone", detail=attachment.name)
