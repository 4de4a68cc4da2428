"""Sends what waits in the outbox: per chat in order, under each door's limits, with what went wrong written down."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from bot.channels.degrade import changed, digest_of
from bot.fitting import fitted
from bot.post.changes import Changes
from bot.post.lanes import Lanes, lane_of
from bot.post.making import complete
from bot.post.posted import MOVED_TO, UNWORDED, write_down
from bot.post.ways import ELSEWHERE, LONGEST_WAIT, Ways
from bot.reply import Wording
from services import chats, letters, resuming
from services.transactions import is_troubled
from vocabulary.delivery import Moved, Undelivered
from vocabulary.messages import Chat, Live

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
    from datetime import datetime

    from bot.channels.degrade import Words
    from bot.channels.door import Door
    from bot.post.lanes import Done, Lane, Outcome
    from bot.post.making import Maker
    from bot.post.windows import Windows
    from services.deeds import Means
    from storage.database import Database
    from storage.writer import Writer
    from vocabulary.clock import Clock
    from vocabulary.messages import Shown
    from vocabulary.views.letters import Letter

log = logging.getLogger("zhibu.post")
Item = tuple["Letter", "tuple[Words, ...] | None"]
"""A letter and its words; None where it cannot be worded."""
BREATH = 0.02
"""Seconds between two rounds of the post: a crowd's answers gather in one round, and nobody notices."""
LANES = 64
"""So many chats of a door are sent to side by side."""
PAGE = 500
"""So many letters are looked at at a time, and are on their way at one door."""
BATCH = timedelta(seconds=30)
"""Where a card cannot change in place, so long after a line about it the next one is said."""
STILL = 0.5
"""Seconds that a live card stands still after a change: what happens meanwhile is one edit. Some doors want longer."""


@dataclass
class Postman:
    """Drains the outbox; `drain` returns when nothing is due any more."""

    database: Database
    writer: Writer
    clock: Clock
    doors: Mapping[str, Door]
    windows: Windows
    fresh: Callable[[], Means]
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    makers: dict[str, Maker] = field(default_factory=dict)
    lanes: int = LANES
    stopped: bool = False
    _awake: asyncio.Event = field(default_factory=asyncio.Event)
    _alone: asyncio.Lock = field(default_factory=asyncio.Lock)
    _changes: Changes = field(default_factory=Changes)
    _told: dict[int, str] = field(default_factory=dict)
    """What the line about a card would say that was shown anew by a click."""
    _begun: dict[int, tuple[tuple[str, str, str], int]] = field(default_factory=dict)
    """How many pieces of a long letter went out before it broke off, and where and how worded: it goes on there."""

    def __post_init__(self) -> None:
        """Nothing is being sent yet, and every way is open."""
        self._lanes = Lanes(self.lanes, self._written)
        self._ways = Ways(self.doors)

    def wake(self) -> None:
        """There may be something to send."""
        self._awake.set()

    async def work(self) -> None:
        """Send whenever something falls due, until cancelled; a fault is logged and tried again."""
        while not self.stopped:
            self._awake.clear()
            try:
                await self._round(still=STILL)
            except Exception:
                log.exception("the post broke off")
                await asyncio.sleep(1)
            await asyncio.sleep(BREATH)
            try:
                await asyncio.wait_for(self._awake.wait(), timeout=STILL)
            except TimeoutError:
                continue

    async def stop(self) -> None:
        """Finish what is being sent and write it down; `work` then ends by itself. Cancelled, it breaks that off."""
        self.stopped = True
        self.wake()
        try:
            async with self._alone:
                await self._lanes.landed()
        finally:
            await self._lanes.cancel()

    async def drain(self) -> int:
        """Send everything that is due; returns how many messages were handled."""
        handled, found = 0, 1
        while found or not self._lanes.is_empty:
            found = await self._round()
            handled += found
            await self._lanes.landed()
        return handled

    async def _round(self, still: float = 0) -> int:
        """Begin to send what is due now, chat by chat; cards changed less than `still` seconds ago wait.

        Chats that are being sent to are left alone. Returns how many messages it is. One round at a time: two that
        gather the same rows would send them twice.
        """
        async with self._alone:
            await self._lanes.settle()
            now = self.clock.now()
            full = frozenset(name for name in self.doors if self._lanes.crowd(name) >= PAGE)
            waiting = await asyncio.to_thread(self._gather, now, still, full, *self._lanes.busy())
            chats_of: dict[Lane, list[Item]] = defaultdict(list)
            for item in waiting:
                chats_of[lane_of(item[0])].append(item)
            for chat, lane in chats_of.items():
                self._lanes.run(chat, frozenset(item[0].id for item in lane), partial(self._lane, chat, lane, now))
            return len(waiting)

    async def _written(self, outcomes: list[tuple[Letter, Outcome]]) -> None:
        """Write down how letters went, and look for more where few are on their way."""
        await self.writer.do(lambda tx: write_down(tx, self.clock.now(), outcomes, self.fresh, self._ways))
        if len(self._lanes.busy()[1]) - len(outcomes) < PAGE // 2:
            self.wake()

    def _gather(
        self,
        now: datetime,
        still: float,
        full: frozenset[str],
        busy: frozenset[Lane],
        flying: frozenset[int],
    ) -> list[Item]:
        """Read what is due and word it, on one consistent state of the database.

        What is for a door that is `full`, for a chat that is `busy`, or is `flying` already, is left for later.
        """
        found: list[Item] = []
        with self.database.read() as tx:
            self.windows.recall(partial(resuming.sent_since, tx), now)
            self._lanes.recall(partial(resuming.late_at, tx), now)
            for waiting in letters.waiting(tx, now, len(flying) + PAGE, flying, full):
                letter = waiting if self._is_begun(waiting) else self._ways.led(tx, waiting, now)
                if lane_of(letter) in busy or letter.channel in full or self._stands_still(letter, still):
                    continue
                door = self.doors.get(letter.channel or "")
                if door is None:
                    found.append((letter, ()))
                    continue
                group = letter.person_id is None and chats.tied(tx, door.name, letter.chat) is not None
                wording = Wording(now, self.fresh().zone, door.can, group)
                try:
                    found.append((replace(letter, is_group=group), wording.of(tx, letter.reply)))
                except Exception as fault:
                    if is_troubled(fault):
                        raise
                    log.exception("message %s cannot be worded", letter.id)
                    found.append((letter, None))
        return found

    def _stands_still(self, letter: Letter, still: float) -> bool:
        """Whether a card was changed so lately that it waits for what else happens meanwhile."""
        door = self.doors.get(letter.channel or "")
        rest = max(still, door.can.edit_seconds) if door and still else still
        return letter.sent_id is not None and self._changes.is_fresh(letter.id, rest)

    async def card_now(self, chat: Chat, sent_id: str) -> Shown | None:
        """Return a live card, by its door's id of it, as it stands now; None for any other message.

        Whoever asks shows it: the line that tells its state is not said as well.
        """
        return await asyncio.to_thread(self._card_now, chat, sent_id)

    def _card_now(self, chat: Chat, sent_id: str) -> Shown | None:
        door = self.doors[chat.channel]
        with self.database.read() as tx:
            letter = letters.sent_as(tx, chat.channel, chat.id, sent_id)
            if letter is None or not any(isinstance(part, Live) for part in letter.reply):
                return None
            wording = Wording(self.clock.now(), self.fresh().zone, door.can, chat.kind == "group")
            words = wording.of(tx, letter.reply)[-1]
        told = changed(words)
        lines = fitted(told, door.can) if told else ()
        self._told[letter.id] = digest_of(list(lines)) if told else ""
        return fitted(words, door.can)[-1]

    async def _lane(self, chat: Lane, lane: list[Item], gathered: datetime) -> AsyncIterator[Done]:
        """Send one chat's messages in order, and yield how it went after each that went out.

        After a delay the rest waits too. A change of a card delays nothing.
        """
        held = self._lanes.held.pop(chat, gathered)
        due = held if gathered < held < gathered + LONGEST_WAIT else None  # later: the clock was put back
        done: Done = []
        elsewhere: Outcome = {}
        for letter, words in lane:
            if self.stopped:
                break
            waits: Outcome = {"state": "pending", "due_at": due, **elsewhere}
            outcome = waits if due else await self._one(letter, words)
            done.append((letter, outcome))
            if outcome["state"] == "pending" and (letter.sent_id is None or "attempts" in outcome):
                due, elsewhere = outcome["due_at"], {ELSEWHERE: True} if ELSEWHERE in outcome else {}
            elif outcome["state"] == "sent":
                yield done
                done = []
        if due is not None:
            self._lanes.held[chat] = due
        if done:
            yield done

    async def _one(self, letter: Letter, words: tuple[Words, ...] | None) -> Outcome:
        """Send one letter; returns what is to be written down about it."""
        now = self.clock.now()
        if letter.expires_at is not None and letter.expires_at <= now:
            return {"state": "dropped", "why": "expired"}
        door = self.doors.get(letter.channel or "")
        if door is None or words is None:
            return {"state": "failed", "why": "unbound" if door is None else UNWORDED}
        try:
            return await self._deliver(door, letter, words)
        except Undelivered as failure:
            return self._failed(letter, failure)
        except Moved as moved:
            return {"state": "pending", "due_at": now, MOVED_TO: moved.new_chat}
        except Exception:
            log.exception("message %s: the door %s broke", letter.id, letter.channel)
            return self._failed(letter, Undelivered("down"))

    async def _deliver(self, door: Door, letter: Letter, words: tuple[Words, ...]) -> Outcome:
        """Hand a letter to its door; an edit that would change nothing, or that the door cannot show, is not sent."""
        sent: Outcome = {"state": "sent", "channel": letter.channel, "chat": letter.chat}
        now = self.clock.now()
        words = await complete(words, self.makers, letter.attempts)
        in_lines = letter.sent_id is not None and not door.can.edits
        if in_lines:
            words = tuple(line for message in words if (line := changed(message)) is not None)
        pieces = [shown for message in words for shown in fitted(message, door.can)]
        digest = digest_of(pieces)
        if letter.sent_id and (not pieces or digest in {letter.shown, self._told.get(letter.id)}):
            return sent
        if in_lines and letter.sent_at is not None and now < letter.sent_at + BATCH:
            return {"state": "pending", "due_at": letter.sent_at + BATCH}
        wait = max(self.windows.wait(door.name, letter.chat, now, len(pieces)), self._ways.rest(letter, now))
        if wait > timedelta():
            is_notice = letter.reply_to is None
            due = self.windows.turn(door.name, letter.branch_id, now, wait) if is_notice else now + wait
            return {"state": "pending", "due_at": due}
        replaces = letter.sent_id if len(pieces) == 1 and not in_lines else None
        answers = None if letter.sent_id else letter.answers
        if letter.sent_id:
            self._changes.note(letter.id)
        chat = Chat(door.name, letter.chat, "group" if letter.is_group else "private")
        here = (door.name, letter.chat, digest)
        begun, gone = self._begun.pop(letter.id, (here, 0))
        first = gone if begun == here else 0
        sent["sent_at"] = now
        for number, shown in enumerate(pieces[first:], first):
            await self._take_turn(door.name, letter.chat)
            self._begun[letter.id] = (here, number)
            sent["sent_at"] = self.clock.now()
            known_as = await door.send(chat, replace(shown, replaces=replaces, answers=answers))
            sent["sent_id"] = letter.sent_id if in_lines else known_as
        self._begun.pop(letter.id, None)
        self._ways.arrived(letter)
        return sent | {"shown": digest}

    async def _take_turn(self, door: str, chat: str) -> None:
        """Count one message into the windows, once they let it through: a long letter's pieces may have to wait."""
        while wait := self.windows.wait(door, chat, self.clock.now()):
            await self.pause(wait.total_seconds())
        self.windows.count(door, chat, self.clock.now())

    def _failed(self, letter: Letter, failure: Undelivered) -> Outcome:
        log.warning("message %s to %s: %s", letter.id, letter.channel, failure)
        return self._ways.failed(letter, failure, self.clock.now(), in_part=self._is_begun(letter))

    def _is_begun(self, letter: Letter) -> bool:
        """Say whether a part of a letter has gone out."""
        return self._begun.get(letter.id, ("", 0))[1] > 0
