"""The doorkeeper: takes one message, and in one transaction does everything that it means."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bot.channels.degrade import numbered, together
from bot.fitting import fitted
from bot.reply import Wording, is_words, messages_of
from handlers.conversation import converse
from handlers.presence import noticed
from handlers.strangers import meet
from handlers.turn import Draft, Outcome, Turn
from services import chats, drafts, letters, missed, people
from services.deeds import Means
from services.transactions import is_passing, is_troubled
from texts import say, sentences
from vocabulary.messages import Card, Live, Shown
from vocabulary.packing import pack_value
from vocabulary.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from bot.channels.door import Door
    from storage.database import Tx
    from storage.writer import Writer
    from vocabulary.clock import Clock
    from vocabulary.messages import Can, Incoming, Reply
    from vocabulary.views.people import Person

log = logging.getLogger("zhibu.desk")
LONGEST = 5000
MOST_DIGITS = 2


@dataclass(frozen=True)
class Desk:
    """What stands behind every door's ear."""

    writer: Writer
    clock: Clock
    zone: ZoneInfo
    doors: Mapping[str, Door]
    wake: Callable[[], None]
    salt: Callable[[], str] = lambda: secrets.token_hex(8)

    async def receive(self, incoming: Incoming) -> tuple[Shown, ...]:
        """Take one message; after COMMIT say what goes back at once (nothing, for doors that push).

        Raises what kept it from being stored where nobody would be told of it: its platform must bring it again.
        """
        incoming = replace(incoming, text=letters.storable(incoming.text))
        try:
            answers = await self.writer.do(lambda tx: self._listen(tx, incoming))
        except Exception as fault:
            number = secrets.token_hex(2).upper()
            log.exception("message %s of %s broke, number %s", incoming.message_id, incoming.channel, number)
            if incoming.chat.kind == "private" or incoming.addressed:
                return (Shown(sentences()["refusal.broken"].format(number=number)),)
            if is_passing(fault):
                raise
            return ()
        self.wake()
        return answers

    def _listen(self, tx: Tx, incoming: Incoming) -> tuple[Shown, ...]:
        now = self.clock.now()
        inbox = letters.take_in(tx, incoming, now)
        if inbox is None:
            before = letters.answered_before(tx, incoming)
            return self._at_once(tx, incoming, [letter.reply for letter in before])
        if incoming.event is not None:
            outcome, branch_id = noticed(tx, incoming, self.fresh)
            letters.note_reading(tx, inbox, branch_id, None, outcome.intent)
            return self._reply(tx, incoming, outcome, inbox, branch_id)
        person, elsewhere = people.speaker(tx, incoming.channel, incoming.account) or (None, False)
        if elsewhere and incoming.chat.kind == "private":
            letters.spoke(tx, incoming.channel, incoming.account, now)
        if person is None:
            outcome, branch_id = self._stranger(tx, incoming)
        else:
            outcome, branch_id = self._known(tx, incoming, person), person.branch_id
        letters.note_reading(tx, inbox, branch_id, person.id if person else None, outcome.intent)
        if outcome.missed and branch_id is not None:
            missed.keep(tx, now, branch_id, outcome.missed)
        return self._reply(tx, incoming, outcome, inbox, branch_id)

    def _known(self, tx: Tx, incoming: Incoming, person: Person) -> Outcome:
        """Hold one turn with someone of the roster."""
        if len(incoming.text) > LONGEST:
            silent = incoming.chat.kind == "group" and not incoming.addressed
            return Outcome(() if silent else (say("refusal.too_long"),), intent="too_long")
        incoming = self._chosen(tx, incoming) if incoming.chosen is not None else self._numbered(tx, incoming)
        row = drafts.standing(tx, incoming.channel, incoming.chat.id, person.id)
        now = self.clock.now()
        turn = self._turn(tx, incoming, person, now)
        turn.revision = row.revision if row else 0
        draft = _draft(row, now)
        outcome = self._converse(turn, draft)
        if outcome.private:
            turn.whisper(*outcome.parts)
            self._keep_private(turn, outcome)
            return replace(outcome, parts=())
        self._keep(turn, incoming.chat.id, row, outcome.draft)
        return outcome

    def _converse(self, turn: Turn, draft: Draft | None) -> Outcome:
        """Answer; where it breaks, nothing of it is kept and the person gets a number that the log has too.

        The database's own trouble is raised: the whole message is then done again, or answered as broken.
        """
        try:
            with turn.tx.guard.whole():
                return converse(turn, draft)
        except Exception as error:
            if is_troubled(error):
                raise
            number = self.salt()[:4].upper()
            log.exception("message %s of %s broke, number %s", turn.incoming.message_id, turn.incoming.channel, number)
            silent = turn.in_group and not turn.incoming.addressed
            return Outcome(() if silent else (say("refusal.broken", number=number),), draft, intent="broken")

    def _turn(self, tx: Tx, incoming: Incoming, person: Person, now: datetime) -> Turn:
        tied = chats.tied(tx, incoming.channel, incoming.chat.id) if incoming.chat.kind == "group" else None
        actor = people.actor(tx, person, incoming.channel, incoming.message_id)
        return Turn(
            tx=tx,
            actor=actor,
            person=person,
            incoming=incoming,
            fresh=self.fresh,
            now=now,
            zone=self.zone,
            chat_group_id=tied.group_id if tied else None,
            chat_branch_id=tied.branch_id if tied else None,
        )

    def fresh(self) -> Means:
        """What a deed is done with at this instant."""
        return Means(self.clock.now(), self.zone, self.salt())

    def _stranger(self, tx: Tx, incoming: Incoming) -> tuple[Outcome, int | None]:
        try:
            return meet(tx, incoming, self.fresh)
        except Refusal as refusal:
            return Outcome((say(f"refusal.{refusal.code}", **refusal.words),)), None

    def _numbered(self, tx: Tx, incoming: Incoming) -> Incoming:
        """Where a door has no buttons, a bare number presses the one that was numbered so."""
        door = self.doors.get(incoming.channel)
        said = incoming.text.strip()
        is_number = said.isascii() and said.isdigit() and len(said) <= MOST_DIGITS
        if incoming.pressed is not None or door is None or not is_number:
            return incoming
        wording = Wording(self.clock.now(), self.zone, door.can, incoming.chat.kind == "group")
        for letter in letters.shown_before(tx, incoming.channel, incoming.chat.id):
            words = wording.of(tx, letter.reply)
            choices = numbered(words[-1], door.can) if words else ()
            if choices:
                chosen = int(said)
                return replace(incoming, pressed=choices[chosen - 1]) if 1 <= chosen <= len(choices) else incoming
        return incoming

    def _chosen(self, tx: Tx, incoming: Incoming) -> Incoming:
        """An option of a door's own quiz presses the button at its place."""
        letter = letters.sent_as(tx, incoming.channel, incoming.chat.id, incoming.about)
        door = self.doors.get(incoming.channel)
        if letter is None or door is None:
            return replace(incoming, pressed="gone")
        words = Wording(self.clock.now(), self.zone, door.can, group=False).of(tx, letter.reply)
        buttons = words[-1].buttons if words else ()
        chosen = incoming.chosen or 0
        return replace(incoming, pressed=buttons[chosen].press if chosen < len(buttons) else "gone")

    def _keep(self, turn: Turn, chat: str, row: Any, draft: Draft | None) -> None:
        key = {
            "branch_id": turn.person.branch_id,
            "channel": turn.incoming.channel,
            "chat": chat,
            "person_id": turn.person.id,
        }
        drafts.keep(turn.tx, turn.now, key, _state(draft), row)

    def _keep_private(self, turn: Turn, outcome: Outcome) -> None:
        """A question that is asked privately waits in the person's private chat."""
        chat = letters.private_chat(turn.tx, turn.person.id, turn.incoming.channel)
        if chat is None:
            return
        row = drafts.standing(turn.tx, turn.incoming.channel, chat, turn.person.id)
        draft = outcome.draft
        if draft is not None and row is not None:
            draft = replace(draft, revision=max(draft.revision, row.revision + 1))
        self._keep(turn, chat, row, draft)

    def _reply(
        self, tx: Tx, incoming: Incoming, outcome: Outcome, inbox: int, branch_id: int | None
    ) -> tuple[Shown, ...]:
        """Put the reply into the outbox; a door that answers at once gets it in hand, and the row is settled."""
        if not outcome.parts:
            return ()
        where = {
            "branch_id": branch_id,
            "channel": incoming.channel,
            "chat": incoming.chat.id,
            "reply_to": inbox,
        }
        in_hand: list[Shown] = []
        door = self.doors[incoming.channel]
        open_hand = door.answers_at_once and not (door.can.buttons and incoming.pressed is not None)
        for message in self._divided(tx, incoming, outcome.parts) if open_hand else messages_of(outcome.parts):
            shown = self._plain(tx, incoming, message) if open_hand else None
            if shown is not None and not _is_in_reach(door.can, (*in_hand, *shown)):
                shown = None
            open_hand = shown is not None  # what follows something that is sent is sent too, or it would overtake it
            in_hand += shown or ()
            slot = next((part.slot for part in message if isinstance(part, Card | Live) and part.slot), None)
            state: dict[str, Any] = {"slot": slot, "state": "pending"}
            if shown is not None:
                state |= {"state": "sent", "sent_at": self.clock.now()}
                open_hand = not any(piece.buttons for piece in shown)  # one card is all that an answer holds
                # What may change later has an id, even where it is words: its change is told, not sent as new.
                state["sent_id"] = incoming.message_id if slot or not open_hand else None
            letters.answer(tx, self.clock.now(), message, where | state)
        return tuple(in_hand)

    def _divided(self, tx: Tx, incoming: Incoming, parts: Reply) -> list[Reply]:
        """Divide a reply into messages, and words that one answer cannot hold into several: what is sent is kept."""
        divided: list[Reply] = []
        for message in messages_of(parts):
            pieces = (self._plain(tx, incoming, message) or ()) if is_words(message) else ()
            divided += [(say("words.plain", line=piece.text),) for piece in pieces] if len(pieces) > 1 else [message]
        return divided

    def _at_once(self, tx: Tx, incoming: Incoming, replies: list[Any]) -> tuple[Shown, ...]:
        """Say again what went back at once; what was sent, or will be, is not said again."""
        door = self.doors.get(incoming.channel)
        if door is None or not door.answers_at_once:
            return ()
        return tuple(shown for reply in replies for shown in self._plain(tx, incoming, reply) or ())

    def _plain(self, tx: Tx, incoming: Incoming, reply: Any) -> tuple[Shown, ...] | None:
        """Fit a message to the door it came from, where that answers so at once; None where it is more, and is sent."""
        can = self.doors[incoming.channel].can
        wording = Wording(self.clock.now(), self.zone, can, incoming.chat.kind == "group")
        worded = wording.of(tx, reply)
        if any(words.made is not None for words in worded):
            return None
        shown = tuple(piece for words in worded for piece in fitted(words, can))
        is_more = any((piece.buttons and not can.card_at_once) or piece.file_data is not None for piece in shown)
        return None if is_more else shown


def _is_in_reach(can: Can, shown: tuple[Shown, ...]) -> bool:
    """Say whether one answer holds all of this."""
    words = together(piece.text for piece in shown)
    return not can.text_bytes or len(words.encode()) <= can.text_bytes


def _draft(row: Any, now: datetime) -> Draft | None:
    if row is None or not row.intent or row.expires_at < now:
        return None
    offered = row.offered or {}
    choices = tuple((label, slots) for label, slots in offered.get("choices", []))
    return Draft(row.intent, row.slots, row.asking, choices, offered.get("accept"), row.revision)


def _state(draft: Draft | None) -> dict[str, Any] | None:
    if draft is None:
        return None
    choices = [[label, {k: v for k, v in slots.items() if k != "_label"}] for label, slots in draft.choices]
    slots = {name: pack_value(value) for name, value in draft.slots.items() if name != "_label"}
    return {
        "intent": draft.intent,
        "slots": slots,
        "asking": draft.asking,
        "offered": {"choices": choices, "accept": draft.accept},
        "revision": draft.revision,
    }
