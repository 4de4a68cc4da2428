"""What a bot says: answers to what was just said, messages of its own, cards and their changes, files."""

from __future__ import annotations

import logging
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol
from uuid import uuid4

from bot.channels.degrade import speakable
from bot.channels.wecom.cards import card
from bot.channels.wecom_bot import media
from bot.channels.wecom_bot.socket import Lost, Refused
from vocabulary.delivery import Undelivered, Why

if TYPE_CHECKING:
    from vocabulary.messages import Chat, Shown

log = logging.getLogger(__name__)

RESPOND, UPDATE, SEND = "aibot_respond_msg", "aibot_respond_update_msg", "aibot_send_msg"
REFUSALS: dict[int, tuple[Why, float | None]] = {
    -1: ("down", None),
    45009: ("limited", 60.0),
    45033: ("limited", 5.0),
    846605: ("down", 0.0),  # the message that was answered is unknown by now: sent anew, it is a message of its own
    846607: ("silent", None),  # nobody in this chat has spoken to the bot yet
    846608: ("down", 0.0),  # its six minutes are over: likewise
    846609: ("down", 2.0),  # the socket is not subscribed: it subscribes anew
    93006: ("gone", None),  # no such chat
    93008: ("gone", None),  # put out of the group
}
"""WeCom's codes for bots, and what the outbox is told; every other one is final."""
CANNOT_ANSWER = {846605, 846608, 600039}
"""An answer that cannot be given any more, or not in this form, goes as a message of its own."""
KEPT = 2000
"""So many messages that may be answered, and cards that may be clicked, are remembered."""


class Call(Protocol):
    """Sends a frame and returns its answer (`wecom_bot.socket.Socket.call`)."""

    async def __call__(self, command: str, body: dict[str, Any], req_id: str = "") -> dict[str, Any]:
        """Raise Lost or Refused."""
        ...


@dataclass(slots=True)
class Speech:
    """Says things over a bot's socket; remembers what may be answered and which cards stand where."""

    asking: Call
    _open: OrderedDict[str, str] = field(default_factory=OrderedDict, init=False, repr=False)
    _cards: OrderedDict[str, dict[str, Any]] = field(default_factory=OrderedDict, init=False, repr=False)

    def heard(self, chat: Chat, req_id: str) -> None:
        """Something was said in a chat: the next message there answers it."""
        _remember(self._open, chat.id, req_id)

    async def say(self, chat: Chat, message: Shown) -> str:
        """Deliver one message and return its id: that of the card, where it has buttons.

        Raises:
            Undelivered: it did not arrive, and why.
        """
        text = speakable(message.text).strip()
        if not text and message.file_data is None:
            raise Undelivered("refused", detail="no words")
        sent = uuid4().hex
        if text and message.buttons:
            shown = card(text, message.buttons, sent)
            await self._deliver(chat, {"msgtype": "template_card", "template_card": shown})
            _remember(self._cards, sent, shown)
        elif text:
            answer = {"msgtype": "stream", "stream": {"id": sent, "finish": True, "content": text}}
            await self._deliver(chat, answer, {"msgtype": "markdown", "markdown": {"content": text}})
        if message.file_data is not None:
            number = await media.hand_over(self.call, message.file_name or "file", message.file_data)
            await self.call(SEND, {**_place(chat), "msgtype": "file", "file": {"media_id": number}})
        return sent

    async def show_again(self, task: str, now: Shown | None, label: str, account: str, req_id: str) -> None:
        """Show a clicked card as it stands `now`, to all who see it; one that does not live greys for who clicked."""
        body: dict[str, Any] = {"response_type": "update_template_card"}
        if now is not None:
            body["template_card"] = card(now.text, now.buttons, task)
        elif task in self._cards:
            body["template_card"] = {**self._cards[task], "replace_text": label}
            body["userids"] = [account]
        else:
            return
        try:
            await self.call(UPDATE, body, req_id)
        except Undelivered as failure:
            log.info("wecom_bot: a clicked card stays as it is: %s", failure)

    async def call(self, command: str, body: dict[str, Any], req_id: str = "") -> dict[str, Any]:
        """Send a frame and return its answer. Raises Undelivered."""
        try:
            return await self.asking(command, body, req_id)
        except Lost as lost:
            raise Undelivered("down", detail=str(lost)) from None
        except Refused as refusal:
            why, retry_after = REFUSALS.get(refusal.code, ("refused", None))
            raise Undelivered(why, retry_after=retry_after, detail=str(refusal)) from None

    async def _deliver(self, chat: Chat, body: dict[str, Any], unasked: dict[str, Any] | None = None) -> None:
        """Answer the chat's last message, each once; where there is none, or its time is over, send of one's own."""
        asked = self._open.pop(chat.id, "")
        if asked:
            try:
                await self.asking(RESPOND, body, asked)
            except Lost as lost:
                raise Undelivered("down", detail=str(lost)) from None
            except Refused as refusal:
                log.info("wecom_bot: an answer goes as a message of its own: %s", refusal)
                if refusal.code not in CANNOT_ANSWER:
                    why, retry_after = REFUSALS.get(refusal.code, ("refused", None))
                    raise Undelivered(why, retry_after=retry_after, detail=str(refusal)) from None
            else:
                return
        await self.call(SEND, {**_place(chat), **(unasked or body)})


def _place(chat: Chat) -> dict[str, Any]:
    return {"chatid": chat.id, "chat_type": 2 if chat.kind == "group" else 1}


def _remember(kept: OrderedDict[str, Any], key: str, value: Any) -> None:
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > KEPT:
        kept.popitem(last=False)
