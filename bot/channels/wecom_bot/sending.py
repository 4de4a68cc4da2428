"""What a bot says: answers to what was said, messages of its own, cards and their changes, files."""

from __future__ import annotations

import logging
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol
from uuid import uuid4

from bot.channels.degrade import speakable
from bot.channels.wecom_bot import media
from bot.channels.wecom_bot.cards import Cards, remember
from bot.channels.wecom_bot.socket import PASSING, Lost, Refused
from vocabulary.delivery import Undelivered, Why, behind

if TYPE_CHECKING:
    from datetime import datetime

    from vocabulary.clock import Clock
    from vocabulary.messages import Chat, Incoming, Shown

log = logging.getLogger(__name__)

RESPOND, WELCOME = "aibot_respond_msg", "aibot_respond_welcome_msg"
UPDATE, SEND = "aibot_respond_update_msg", "aibot_send_msg"
REFUSALS: dict[int, tuple[Why, float | None]] = {
    -1: ("down", None),
    45009: ("limited", 60.0),
    45033: ("limited", 5.0),
    846607: ("silent", None),  # nobody in this chat has spoken to the bot yet
    846609: ("down", 2.0),  # the socket is not subscribed, even anew
    93006: ("gone", None),  # no such chat
    93008: ("gone", None),  # put out of the group
}
"""WeCom's codes for bots, and what the outbox is told; every other one is final."""
LATER = PASSING
"""An answer refused for these is tried again; for any other it goes as a message of its own."""
ANSWERABLE = timedelta(hours=24)
"""So long may a message be answered (developer page 101463)."""


class Call(Protocol):
    """Sends a frame and returns its answer (`wecom_bot.socket.Socket.call`)."""

    async def __call__(self, command: str, body: dict[str, Any], req_id: str = "") -> dict[str, Any]:
        """Raise Lost or Refused."""
        ...


@dataclass(slots=True)
class Asked:
    """Something that was said, and may be answered: by `command`, on its request id."""

    chat: str
    req_id: str
    command: str
    at: datetime
    is_answered: bool = False


@dataclass(slots=True)
class Speech:
    """Says things over a bot's socket; remembers what may be answered and which cards stand where."""

    asking: Call
    clock: Clock
    _asked: OrderedDict[str, Asked] = field(default_factory=OrderedDict, init=False, repr=False)
    _cards: Cards = field(default_factory=Cards, init=False, repr=False)

    def heard(self, incoming: Incoming, req_id: str) -> None:
        """Something was said, or somebody came in: it may be answered."""
        command = WELCOME if incoming.event is not None else RESPOND
        remember(self._asked, incoming.message_id, Asked(incoming.chat.id, req_id, command, self.clock.now()))

    def forget(self) -> None:
        """Nothing that came over an earlier connection can be answered any more."""
        self._asked.clear()

    async def say(self, chat: Chat, message: Shown) -> str:
        """Deliver one message and return its id: that of the card, where it has buttons.

        Raises:
            Undelivered: it did not arrive, and why.
        """
        text = speakable(message.text).strip()
        if not text and message.file_data is None:
            raise Undelivered("refused", detail="no words")
        sent, file = uuid4().hex, ""
        if message.file_data is not None:  # handed over first: a file that is not taken leaves no words without it
            file = await media.hand_over(self.call, message.file_name or "file", message.file_data)
        if text:
            asked = self._to_answer(chat, message)
            answer, unasked = _words(text, sent, asked)
            if message.buttons:
                card = self._cards.made(text, message.buttons)
                sent = card["task_id"]
                answer = unasked = {"msgtype": "template_card", "template_card": card}
            if asked is None or not await self._answered(asked, answer):
                await self.call(SEND, {**_place(chat), **unasked})
        if file:
            with behind(text):
                await self.call(SEND, {**_place(chat), "msgtype": "file", "file": {"media_id": file}})
        return sent

    async def show_again(self, task: str, now: Shown | None, label: str, account: str, req_id: str) -> None:
        """Show a clicked card as it stands `now`, to all who see it; one that does not live greys for who clicked."""
        update = self._cards.again(task, now, label, account)
        if update is None:
            return
        try:
            await self.call(UPDATE, update, req_id)
        except Undelivered as failure:
            log.info("wecom_bot: a clicked card stays as it is: %s", failure)

    async def call(self, command: str, body: dict[str, Any], req_id: str = "") -> dict[str, Any]:
        """Send a frame and return its answer. Raises Undelivered."""
        try:
            return await self.asking(command, body, req_id)
        except Lost as lost:
            raise Undelivered("down", detail=str(lost), surely=not lost.went) from None
        except Refused as refusal:
            why, retry_after = REFUSALS.get(refusal.code, ("refused", None))
            raise Undelivered(why, retry_after=retry_after, detail=str(refusal), surely=True) from None

    def _to_answer(self, chat: Chat, message: Shown) -> Asked | None:
        """Return what a message goes as the answer to; None: it goes as one of its own.

        Each message is answered once. A group's cards answer as often as they can, and whatever was said there last:
        that a group takes a card that nobody asked for is not certain.
        """
        needs = bool(message.buttons) and chat.kind == "group"
        asked = self._asked.get(message.answers or "")
        if asked is None and needs:
            here = (one for one in reversed(self._asked.values()) if one.chat == chat.id and one.command == RESPOND)
            asked = next(here, None)
        if asked is None or self.clock.now() - asked.at >= ANSWERABLE or (asked.is_answered and not needs):
            return None
        return asked

    async def _answered(self, asked: Asked, body: dict[str, Any]) -> bool:
        """Answer what was said; False where it cannot be answered any more, or not in this form. Raises Undelivered."""
        asked.is_answered = True
        try:
            await self.asking(asked.command, body, asked.req_id)
        except Lost as lost:
            raise Undelivered("down", detail=str(lost), surely=not lost.went) from None
        except Refused as refusal:
            if refusal.code in LATER:
                asked.is_answered = False
                why, retry_after = REFUSALS[refusal.code]
                raise Undelivered(why, retry_after=retry_after, detail=str(refusal), surely=True) from None
            log.info("wecom_bot: an answer goes as a message of its own: %s", refusal)
            return False
        return True


def _words(text: str, sent: str, asked: Asked | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return words as the answer to what was asked, and as a message of their own."""
    unasked = {"msgtype": "markdown", "markdown": {"content": text}}
    if asked is not None and asked.command == WELCOME:
        return {"msgtype": "text", "text": {"content": text}}, unasked
    return {"msgtype": "stream", "stream": {"id": sent, "finish": True, "content": text}}, unasked


def _place(chat: Chat) -> dict[str, Any]:
    return {"chatid": chat.id, "chat_type": 2 if chat.kind == "group" else 1}
