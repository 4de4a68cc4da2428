"""Sends what waits in the outbox: per chat in order, under each door's limits, with what went wrong written down."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any

from bot.channels.degrade import changed, digest_of, fit
from bot.desk import choice_line, file_line
from bot.making import complete
from bot.reply import Wording
from services import chats, deeds, delivery, letters
from vocabulary.delivery import Moved, Undelivered
from vocabulary.messages import Chat, Live
from vocabulary.permissions import clock as clock_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from bot.channels.degrade import Words
    from bot.channels.door import Door
    from bot.making import Maker
    from bot.windows import Windows
    from services.deeds import Means
    from services.letters import Letter
    from storage.database import Database, Tx
    from storage.writer import Writer
    from vocabulary.clock import Clock
    from vocabulary.messages import Shown

log = logging.getLogger("zhibu.post")
Item = tuple["Letter", "tuple[Words, ...] | None"]
"""A letter and its words; None where it cannot be worded."""
Outcome = dict[str, Any]
"""What is to be written down about a letter: columns of the outbox."""
FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=10)
MOST_ATTEMPTS = 12
MOVED_TO = "moved_to"
"""In an outcome, beside the columns: the chat's new id."""
UNWORDED = "unworded"
"""Why a letter failed that could not be put into words: no fault of the account that it was for."""
BREATH = 0.02
"""Seconds between two rounds of the post: a crowd's answers gather in one round, and nobody notices."""
LANES = 64
"""So many chats are sent to side by side: a slow platform holds up as many, and no more."""
BATCH = timedelta(seconds=30)
"""Where a card cannot change in place, so long after a line about it the next one is said."""
STILL = 0.5
"""Seconds that a live card stands still after a change: what happens meanwhile is one edit. Some doors want longer."""
KEPT = 60.0
"""Seconds that a change of a card is remembered, longer than any door wants it to stand still."""


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
    _changed: dict[int, float] = field(default_factory=dict)
    """When each card that lives was changed last, by the machine's own count of seconds."""
    _told: dict[int, str] = field(default_factory=dict)
    """What the line about a card would say that was shown anew by a click."""
    _begun: dict[int, tuple[tuple[str, str, str], int]] = field(default_factory=dict)
    """How many pieces of a long letter went out before it broke off, and where and how worded: it goes on there."""
    _unwritten: list[tuple[Letter, Outcome]] = field(default_factory=list)
    """What went out and is not written down yet; nothing more is sent before it is."""

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
        """Finish what is being sent and write it down; `work` then ends by itself."""
        self.stopped = True
        self.wake()
        async with self._alone:
            return

    async def drain(self) -> int:
        """Send everything that is due; returns how many messages were handled."""
        handled = 0
        while found := await self._round():
            handled += found
        return handled

    async def _round(self, still: float = 0) -> int:
        """Send what is due now; cards changed less than `still` seconds ago wait. Returns how many were handled.

        One round at a time: two that gather the same rows would send them twice.
        """
        async with self._alone:
            await self._settle()
            waiting = await asyncio.to_thread(self._gather, still)
            if waiting:
                await self._send(waiting)
            return len(waiting)

    async def _send(self, waiting: list[Item]) -> None:
        """Send what was gathered, chat by chat, and write down how it went."""
        lanes: dict[tuple[str | None, str], list[Item]] = defaultdict(list)
        for letter, words in waiting:
            lanes[letter.channel, letter.chat].append((letter, words))
        gate = asyncio.Semaphore(self.lanes)
        await asyncio.gather(*(self._lane(lane, gate) for lane in lanes.values()))
        await self._settle()

    async def _settle(self) -> None:
        """Write down what went out. Where that fails it is kept, so that a full disk does not send it twice."""
        if self._unwritten:
            await self.writer.do(lambda tx: self._write_down(tx, self._unwritten))
            self._unwritten = []

    def _gather(self, still: float = 0) -> list[Item]:
        """Read what is due and word it, on one consistent state of the database."""
        now = self.clock.now()
        found: list[Item] = []
        with self.database.read() as tx:
            for letter in letters.waiting(tx, now):
                door = self.doors.get(letter.channel or "")
                rest = max(still, door.can.edit_seconds) if door and still else still
                if letter.sent_id and monotonic() - self._changed.get(letter.id, -rest) < rest:
                    continue
                if door is None:
                    found.append((letter, ()))
                    continue
                group = letter.person_id is None and chats.tied(tx, door.name, letter.chat) is not None
                wording = Wording(now, self.clock_zone, door.can, group)
                try:
                    found.append((replace(letter, is_group=group), wording.of(tx, letter.reply)))
                except Exception:
                    log.exception("message %s cannot be worded", letter.id)
                    found.append((letter, None))
        return found

    @property
    def clock_zone(self) -> Any:
        """The zone in which instants are worded."""
        return self.fresh().zone

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
            words = Wording(self.clock.now(), self.clock_zone, door.can, chat.kind == "group").of(tx, letter.reply)[-1]
        told = changed(words)
        self._told[letter.id] = digest_of(list(fit(told, door.can, choice_line, file_line))) if told else ""
        return fit(words, door.can, choice_line, file_line)[-1]

    async def _lane(self, lane: list[Item], gate: asyncio.Semaphore) -> None:
        """Send one chat's messages in order; after a delay the rest waits too."""
        async with gate:
            for letter, words in lane:
                outcome = await self._one(letter, words)
                self._unwritten.append((letter, outcome))
                if outcome["state"] == "pending":
                    break

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
        pieces = [shown for message in words for shown in fit(message, door.can, choice_line, file_line)]
        digest = digest_of(pieces)
        if letter.sent_id and (not pieces or digest in {letter.shown, self._told.get(letter.id)}):
            return sent
        if in_lines and letter.sent_at is not None and now < letter.sent_at + BATCH:
            return {"state": "pending", "due_at": letter.sent_at + BATCH}
        wait = self.windows.wait(door.name, letter.chat, now, len(pieces))
        if wait > timedelta():
            return {"state": "pending", "due_at": now + wait}
        replaces = letter.sent_id if len(pieces) == 1 and not in_lines else None
        answers = None if letter.sent_id else letter.answers
        self._note_change(letter)
        chat = Chat(door.name, letter.chat, "group" if letter.is_group else "private")
        here = (door.name, letter.chat, digest)
        begun, gone = self._begun.pop(letter.id, (here, 0))
        first = gone if begun == here else 0
        for number, shown in enumerate(pieces[first:], first):
            await self._take_turn(door.name, letter.chat)
            self._begun[letter.id] = (here, number)
            sent["sent_id"] = await door.send(chat, replace(shown, replaces=replaces, answers=answers))
        self._begun.pop(letter.id, None)
        return sent | {"shown": digest}

    async def _take_turn(self, door: str, chat: str) -> None:
        """Count one message into the windows, once they let it through: a long letter's pieces may have to wait."""
        while wait := self.windows.wait(door, chat, self.clock.now()):
            await self.pause(wait.total_seconds())
        self.windows.count(door, chat, self.clock.now())

    def _note_change(self, letter: Letter) -> None:
        """Remember when a card was changed, as long as it matters."""
        now = monotonic()
        self._changed = {key: at for key, at in self._changed.items() if now - at < KEPT}
        if letter.sent_id:
            self._changed[letter.id] = now

    def _failed(self, letter: Letter, failure: Undelivered) -> Outcome:
        log.warning("message %s to %s: %s", letter.id, letter.channel, failure)
        if failure.is_final or letter.attempts + 1 >= MOST_ATTEMPTS:
            return {"state": "failed", "why": failure.why}
        back_off = min(FIRST_WAIT * 2**letter.attempts, LONGEST_WAIT)
        wait = timedelta(seconds=failure.retry_after) if failure.retry_after is not None else back_off
        return {
            "state": "pending",
            "due_at": self.clock.now() + wait,
            "attempts": letter.attempts + 1,
            "why": failure.why,
        }

    def _write_down(self, tx: Tx, outcomes: list[tuple[Letter, Outcome]]) -> None:
        """Write down how it went, and report each batch that is settled by it."""
        now = self.clock.now()
        settled: dict[str, int] = {}
        for letter, outcome in outcomes:
            done = dict(outcome)
            if moved_to := done.pop(MOVED_TO, None):
                letters.moved(tx, letter.channel or "", letter.chat, moved_to)
            if outcome["state"] == "failed" and outcome["why"] != UNWORDED and letters.lost(tx, letter):
                done = {"state": "pending", "due_at": now, "attempts": 0, "why": outcome["why"]}
            letters.settle(tx, now, letter, **done)
            if done.get("attempts"):
                letters.hold(tx, letter, done["due_at"])
            if done["state"] != "pending" and letter.batch and letter.branch_id:
                settled[letter.batch] = letter.branch_id
        for batch, branch_id in settled.items():
            if not letters.unsettled(tx, batch):
                self._report(tx, batch, branch_id)

    def _report(self, tx: Tx, batch: str, branch_id: int) -> None:
        """Tell the owner of a batch who was not reached; where that breaks, what was sent stays written down."""
        try:
            deeds.do(tx, clock_of(branch_id), self.fresh(), delivery.report, batch=batch)
        except Exception:
            if tx.guard.lost:
                raise
            log.exception("the report of %s broke", batch)
