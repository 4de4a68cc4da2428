"""Answers that come late where a bot is pushed to an address: one at the address that came with each message."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from bot.channels.degrade import speakable
from bot.channels.reaching import is_unreached
from bot.channels.wecom_bot.cards import Cards, remember
from bot.channels.wecom_bot.reading import ADDRESSES
from bot.channels.wecom_bot.sending import LATER, REFUSALS
from vocabulary.delivery import Undelivered

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from aiohttp import ClientSession

    from vocabulary.clock import Clock
    from vocabulary.messages import Chat, Incoming, Shown

OPEN = timedelta(hours=1)
"""So long a message may be answered once more, at an address of its own (developer page 101138)."""
GOOD = 200


@dataclass(frozen=True, slots=True)
class Address:
    """Where a chat may be spoken to once, until then; the address is as good as a key."""

    chat: str
    url: str = field(repr=False)
    until: datetime


@dataclass(slots=True)
class Late:
    """Says what was not said in the same request: each message that came pays for one that goes."""

    clock: Clock
    cards: Cards
    web: ClientSession | None = None
    _addresses: OrderedDict[str, Address] = field(default_factory=OrderedDict, init=False, repr=False)

    def keep(self, incoming: Incoming, body: Mapping[str, Any]) -> None:
        """Remember where a message, or a click, may be answered once more."""
        url = body.get("response_url")
        is_new = incoming.message_id not in self._addresses  # a repeat comes with an address that may be used up
        if is_new and isinstance(url, str) and url.startswith(ADDRESSES):
            remember(self._addresses, incoming.message_id, Address(incoming.chat.id, url, self.clock.now() + OPEN))

    async def say(self, chat: Chat, message: Shown) -> str:
        """Say something at the message that it answers, else at the chat's last, and return its id.

        Raises:
            Undelivered: there is no address any more, or it does not take this.
        """
        text = speakable(message.text).strip()
        if not text or message.file_data is not None:
            raise Undelivered("refused", detail="only words and cards can be said here")
        if message.buttons and chat.kind == "group":
            raise Undelivered("silent", detail="a card comes into a group as the answer to a mention only")
        number = self._open(chat, message.answers)
        if number is None:
            raise Undelivered("silent", detail="nobody has spoken within the hour")
        if message.buttons:
            card = self.cards.made(text, message.buttons)
            await self._post(number, {"msgtype": "template_card", "template_card": card})
            return str(card["task_id"])
        await self._post(number, {"msgtype": "markdown", "markdown": {"content": text}})
        return uuid4().hex

    def _open(self, chat: Chat, answers: str | None) -> str | None:
        """Return the message at whose address a chat can be spoken to now."""
        now = self.clock.now()
        here = [number for number, one in self._addresses.items() if one.chat == chat.id and now < one.until]
        return answers if answers in here else next(reversed(here), None)

    async def _post(self, number: str, body: dict[str, Any]) -> None:
        """Use an address up; where it was not reached, or too often, it stays good. Raises Undelivered."""
        from aiohttp import ClientError

        address = self._addresses[number]
        self._addresses[number] = replace(address, until=self.clock.now())
        try:
            if self.web is None:
                raise Undelivered("down", detail="the door is closed", surely=True)
            async with self.web.post(address.url, json=body, allow_redirects=False) as answer:
                status, said = answer.status, await answer.json(content_type=None)
        except (ClientError, OSError, TimeoutError, ValueError) as error:
            self._addresses[number] = address
            raise Undelivered("down", detail=type(error).__name__, surely=is_unreached(error)) from None
        code = said.get("errcode", 0) if isinstance(said, dict) else None
        if code is None or status != GOOD or code in LATER:
            self._addresses[number] = address
        if code is None or status != GOOD:
            raise Undelivered("down", detail=f"HTTP {status}")
        if code:
            why, retry_after = REFUSALS.get(code, ("refused", None))
            raise Undelivered(why, retry_after=retry_after, detail=str(code), surely=True)
