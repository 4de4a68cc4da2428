"""True sliding windows over what was sent: never more than a door's limit in any window of its length."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

Scope = Literal["door", "chat"]


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` messages in any window of `seconds`, for the whole door or for each chat of it."""

    scope: Scope
    most: int
    seconds: float


@dataclass
class Windows:
    """Remembers when messages went out, as far back as the longest window reaches."""

    limits: dict[str, tuple[Limit, ...]] = field(default_factory=dict)
    _sent: dict[tuple[str, str, Limit], deque[datetime]] = field(default_factory=lambda: defaultdict(deque))

    def wait(self, door: str, chat: str, now: datetime, count: int = 1) -> timedelta:
        """How long to wait before so many messages (at most as many as a window holds) may go to a chat; zero: now."""
        longest = timedelta()
        for limit in self.limits.get(door, ()):
            sent = self._of(door, chat, limit)
            window = timedelta(seconds=limit.seconds)
            while sent and now - sent[0] >= window:
                sent.popleft()
            too_many = len(sent) + min(count, limit.most) - limit.most
            if too_many > 0:
                longest = max(longest, sent[too_many - 1] + window - now)
        return longest

    def count(self, door: str, chat: str, now: datetime) -> None:
        """One message goes out now."""
        for limit in self.limits.get(door, ()):
            self._of(door, chat, limit).append(now)

    def _of(self, door: str, chat: str, limit: Limit) -> deque[datetime]:
        return self._sent[door, chat if limit.scope == "chat" else "", limit]
