"""A bot's callback where it is pushed to an address (URL mode): sealed JSON in, the answer in the same request."""

from __future__ import annotations

import json
import logging
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.channels.degrade import speakable, split
from bot.channels.tencent.callback import refused
from bot.channels.tencent.seal import NotOurs, Query, Seal, body_of
from bot.channels.wecom.cards import card
from bot.channels.wecom_bot.reading import Unreadable, read_body, task_of
from vocabulary.delivery import Undelivered

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiohttp import ClientSession
    from starlette.requests import Request
    from starlette.responses import Response

    from bot.channels.door import Receive
    from vocabulary.clock import Clock
    from vocabulary.messages import Chat, Incoming, Shown

log = logging.getLogger(__name__)

ANSWER_SECONDS = 3600.0
"""So long a message may be answered once more, at an address of its own (developer page 101138)."""
KEPT = 2000
TEXT_BYTES = 20480
GOOD = 200


@dataclass(slots=True, kw_only=True)
class Callback:
    """Takes what WeCom posts; what is not said in the same request goes to the address that came with the message."""

    name: str
    seal: Seal
    clock: Clock
    card_now: Callable[[Chat, str], Awaitable[Shown | None]] | None = None
    receive: Receive | None = None
    web: ClientSession | None = None
    _addresses: OrderedDict[str, tuple[str, float]] = field(default_factory=OrderedDict, init=False, repr=False)

    async def verify(self, request: Request) -> Response:
        """Answer WeCom's check of the address: the opened `echostr`, and nothing around it."""
        from starlette.responses import PlainTextResponse

        query = request.query_params
        try:
            opened = self.seal.open(Query.of(query), query.get("echostr", ""), self.clock.now())
        except NotOurs as refusal:
            return refused(self.name, refusal)
        return PlainTextResponse(opened)

    async def hear(self, request: Request) -> Response:
        """Take one callback: checked, opened, committed by the house, and only then answered."""
        from starlette.responses import Response

        try:
            query = Query.of(request.query_params)
            body = _object(self.seal.open(query, _sealed(await body_of(request)), self.clock.now()))
            incoming = read_body(body, self.clock.now())
        except NotOurs as refusal:
            return refused(self.name, refusal)
        except Unreadable as fault:
            log.warning("%s: a signed message is dropped: %s", self.name, fault)
            return Response()
        if incoming is None:
            return Response()
        if self.receive is None:
            return Response(status_code=503)
        self._keep_address(incoming.chat, body)
        try:
            shown = await self.receive(incoming)
        except Exception:
            log.exception("%s: %s is not stored, the platform will repeat it", self.name, incoming.message_id)
            return Response(status_code=503)
        answer = await self._answer(incoming, body, shown)
        return self._sealed(answer, query) if answer else Response()

    async def say(self, chat: Chat, message: Shown) -> str:
        """Say something unasked, once, at the address of the chat's last message.

        Raises:
            Undelivered: there is no such address any more, or it did not take the words.
        """
        from aiohttp import ClientError

        text = speakable(message.text).strip()
        address, until = self._addresses.pop(chat.id, ("", 0.0))
        if not text or message.file_data is not None:
            raise Undelivered("refused", detail="only words can be said here")
        if not address or time.monotonic() > until or self.web is None:
            raise Undelivered("silent", detail="nobody has spoken within the hour")
        body = {"msgtype": "markdown", "markdown": {"content": text}}
        try:
            async with self.web.post(address, json=body, allow_redirects=False) as answer:
                said = await answer.json(content_type=None)
        except (ClientError, OSError, TimeoutError, ValueError) as error:
            raise Undelivered("down", detail=type(error).__name__) from None
        if answer.status != GOOD or not isinstance(said, dict) or said.get("errcode"):
            raise Undelivered("refused", detail=f"HTTP {answer.status}")
        return ""

    async def _answer(self, incoming: Incoming, body: dict[str, Any], shown: tuple[Shown, ...]) -> dict[str, Any]:
        """Return what goes back: a card anew for a click; a finished stream, or a card, for words; {} for nothing."""
        task = task_of(body)
        if incoming.pressed is not None:
            now = await self.card_now(incoming.chat, task) if self.card_now is not None and task else None
            if now is None:
                return {}
            return {"response_type": "update_template_card", "template_card": card(now.text, now.buttons, task)}
        if not shown:
            return {}
        first = shown[0]
        if first.buttons:
            return {"msgtype": "template_card", "template_card": card(first.text, first.buttons, incoming.message_id)}
        text = next(iter(split("\n\n".join(speakable(piece.text) for piece in shown), TEXT_BYTES)), "")
        if incoming.event is not None:
            return {"msgtype": "text", "text": {"content": text}}
        return {"msgtype": "stream", "stream": {"id": incoming.message_id, "finish": True, "content": text}}

    def _keep_address(self, chat: Chat, body: dict[str, Any]) -> None:
        address = body.get("response_url")
        if isinstance(address, str) and address.startswith(("https://", "http://127.0.0.1:")):
            self._addresses[chat.id] = (address, time.monotonic() + ANSWER_SECONDS)
            self._addresses.move_to_end(chat.id)
            if len(self._addresses) > KEPT:
                self._addresses.popitem(last=False)

    def _sealed(self, answer: dict[str, Any], query: Query) -> Response:
        from starlette.responses import JSONResponse

        text = json.dumps(answer, ensure_ascii=False)
        encrypted, signature, timestamp = self.seal.close(text, query.nonce, self.clock.now())
        return JSONResponse(
            {"encrypt": encrypted, "msgsignature": signature, "timestamp": int(timestamp), "nonce": query.nonce}
        )


def _sealed(body: bytes) -> str:
    """Return the ciphertext in a body; raises NotOurs where there is none."""
    try:
        envelope = json.loads(body)
    except ValueError:
        raise NotOurs(400, "not an envelope") from None
    encrypted = envelope.get("encrypt") if isinstance(envelope, dict) else None
    if not isinstance(encrypted, str):
        raise NotOurs(400, "no ciphertext")
    return encrypted


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        raise Unreadable("no JSON") from None
    if not isinstance(found, dict):
        raise Unreadable("no object")
    return found
