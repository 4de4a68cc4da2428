"""True sliding windows over what was sent: never more than a door's limit in any window of its length."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Scope = Literal["door", "chat"]
FARTHEST = timedelta(minutes=10)
"""A turn that is farther off was given before the clock was put back, or is looked at again on the way."""


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
    _turns: dict[tuple[str, int | None], datetime] = field(default_factory=dict)
    """When a door that is full has room for the next notice of a branch, as far as can be said."""
    _sent: dict[tuple[str, str, Limit], deque[datetime]] = field(default_factory=lambda: defaultdict(deque))
    _is_new: bool = True

    def recall(self, sent: Callable[[datetime], Iterable[tuple[str, str, datetime]]], now: datetime) -> None:
        """Count what went out before the program was started, once: a platform's windows do not end with it.

        `sent` gives the door, the chat and the instant of each message since an instant, in their order.
        """
        longest = max((limit.seconds for limits in self.limits.values() for limit in limits), default=0)
        if self._is_new and longest:
            for door, chat, at in sent(now - timedelta(seconds=longest)):
                self.count(door, chat, at)
        self._is_new = False

    def wait(self, door: str, chat: str | None, now: datetime, count: int = 1) -> timedelta:
        """How long to wait before so many messages (at most as many as a window holds) may go to a chat; zero: now.

        None for a chat asks for the door as a whole.
        """
        longest = timedelta()
        for limit in self.limits.get(door, ()):
            if chat is None and limit.scope == "chat":
                continue
            sent = self._of(door, chat or "", limit)
            window = timedelta(seconds=limit.seconds)
            if sent and sent[-1] > now:  # the clock was put back: what was sent counts as sent just now
                sent.extend(min(now, sent.popleft()) for _ in range(len(sent)))
            while sent and now - sent[0] >= window:
                sent.popleft()
            too_many = len(sent) + min(count, limit.most) - limit.most
            if too_many > 0:
                longest = max(longest, sent[too_many - 1] + window - now)
        return longest

    def turn(self, door: str, branch: int | None, now: datetime, wait: timedelta) -> datetime:
        """When it is the turn of a notice that has to wait: at a door that is full, behind those of its own branch.

        So a crowd of one branch is not looked at again every moment, and what another branch says passes it.
        """
        due = now + wait
        if not self.wait(door, None, now):
            return due
        turn = self._turns.get((door, branch), due)
        due = max(due, turn) if turn < now + FARTHEST else due
        paces = (timedelta(seconds=one.seconds) / one.most for one in self.limits[door] if one.scope == "door")
        self._turns[door, branch] = due + max(paces)
        return due

    def count(self, door: str, chat: str, now: datetime) -> None:
        """One message goes out now."""
        for limit in self.limits.get(door, ()):
            self._of(door, chat, limit).append(now)

    def _of(self, door: str, chat: str, limit: Limit) -> deque[datetime]:
        """The topics of a group (`group/part`) share its limit."""
        return self._sent[door, chat.partition("/")[0] if limit.scope == "chat" else "", limit]
