"""Which way a message goes: its own, or, as long as that is shut, the next by which its reader can be reached."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from services import chats

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.channels.door import Door
    from services.chats import Way
    from storage.database import Tx
    from vocabulary.delivery import Undelivered
    from vocabulary.views.letters import Letter

    Span = tuple[datetime, datetime]
    """Since when a way is shut, and until when."""

FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=10)
MOST_ATTEMPTS = 12
PAGE, PATIENT = "web", 5
"""Nothing tells people that something has come to the page: it is a way only for what was tried so often, a minute."""
ELSEWHERE = "elsewhere"
"""In what is to be written down, beside the columns of the outbox: the message may go another way at once."""


@dataclass
class Ways:
    """Remembers which ways (a chat at a door) took nothing lately, and until when they are not tried again."""

    doors: Mapping[str, Door]
    _shut: dict[Way, Span] = field(default_factory=dict)
    _limited: dict[Way, Span] = field(default_factory=dict)
    """Those that are shut because the platform wants to be left alone so long."""

    def led(self, tx: Tx, letter: Letter, now: datetime) -> Letter:
        """Return a letter with the way that it goes now; its own where that is open, or there is no other."""
        if not self._shut or letter.channel is None or self._is_open((letter.channel, letter.chat), now):
            return letter
        for channel, chat in self._others(tx, letter):
            if not self._is_open((channel, chat), now):
                continue
            return replace(letter, channel=channel, chat=chat, answers=None, home=(letter.channel, letter.chat))
        return letter

    def failed(self, letter: Letter, failure: Undelivered, now: datetime, *, in_part: bool) -> dict[str, Any]:
        """Return what is to be written down about a letter that did not arrive; its way is shut until it is due again.

        What went out `in_part`, or may have arrived all the same, goes no other way: the one where it began is its own
        from then on. Where its own way was shut, and another will never take it, it waits for its own.
        """
        attempts = letter.attempts + 1
        if failure.why == "limited" or letter.home is not None:
            # an hour's limit lasts an hour, however often it is met; and only its own way gives a letter up
            attempts = min(attempts, MOST_ATTEMPTS - 1)
        if attempts >= MOST_ATTEMPTS or (failure.is_final and letter.home is None):
            return {"state": "failed", "why": failure.why}
        back_off = min(FIRST_WAIT * 2**letter.attempts, LONGEST_WAIT)
        wait = timedelta(seconds=failure.retry_after) if failure.retry_after is not None else back_off
        own_opens = _left(self._shut, letter.home, now) if letter.home and not in_part else wait
        again = {"state": "pending", "due_at": now + min(own_opens, wait), "attempts": attempts, "why": failure.why}
        way = (letter.channel or "", letter.chat)
        if failure.why == "limited":
            _note(self._limited, way, now, wait)
        if letter.home and in_part and not failure.is_final:
            return again | {"channel": letter.channel, "chat": letter.chat}
        if letter.channel is None or in_part or not failure.surely:
            return again
        _note(self._shut, way, now, LONGEST_WAIT if failure.is_final else wait)
        return again | {ELSEWHERE: True}

    def rest(self, letter: Letter, now: datetime) -> timedelta:
        """Return for how long the platform takes nothing by a letter's way; zero where it may be tried."""
        return _left(self._limited, (letter.channel or "", letter.chat), now)

    def arrived(self, letter: Letter) -> None:
        """Note that a letter's way is open."""
        self._shut.pop((letter.channel or "", letter.chat), None)

    def sooner(self, tx: Tx, letter: Letter, now: datetime, due: datetime) -> dict[str, Any]:
        """Return what is written down instead where another way opens before a letter is due, or is open at once."""
        channel, chat = letter.home or (letter.channel, letter.chat)
        ways = self._others(tx, replace(letter, channel=channel, chat=chat))
        opens = min((now + _left(self._shut, way, now) for way in ways), default=due)
        return {"due_at": min(opens, due)} | ({"attempts": letter.attempts} if opens <= now else {})

    def _others(self, tx: Tx, letter: Letter) -> list[Way]:
        found = (way for way in chats.other_ways(tx, letter) if way[0] in self.doors)
        return [way for way in found if way[0] != PAGE or letter.attempts >= PATIENT]

    def _is_open(self, way: Way, now: datetime) -> bool:
        return not _left(self._shut, way, now)


def _note(spans: dict[Way, Span], way: Way, now: datetime, wait: timedelta) -> None:
    """Note that a way is shut from now on for so long, and forget those that are open again."""
    for other in [other for other in spans if not _left(spans, other, now)]:
        del spans[other]
    spans[way] = (now, now + wait)


def _left(spans: dict[Way, Span], way: Way, now: datetime) -> timedelta:
    """Return how long a way is shut still; a span that has not begun yet is one from before the clock was put back."""
    since, until = spans.get(way, (now, now))
    return max(until - now, timedelta()) if since <= now else timedelta()
