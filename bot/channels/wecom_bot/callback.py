"""A bot's callback where it is pushed to an address (URL mode): sealed JSON in, the answer in the same request."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from bot.channels.degrade import speakable
from bot.channels.tencent.callback import GRACE_SECONDS, refused
from bot.channels.tencent.seal import NotOurs, Query, Seal, body_of, ciphertext_in
from bot.channels.wecom_bot.cards import Cards, message_of, remember, task_for
from bot.channels.wecom_bot.late import Late
from bot.channels.wecom_bot.reading import Unreadable, read_body, task_of
from vocabulary.delivery import Undelivered

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from bot.channels.door import Receive
    from vocabulary.clock import Clock
    from vocabulary.messages import Chat, Incoming, Shown

log = logging.getLogger(__name__)

TEXT_BYTES = 20480


@dataclass(slots=True, kw_only=True)
class Callback:
    """Takes what WeCom posts. What the answer in the same request cannot hold is said after it, in `late`."""

    name: str
    seal: Seal
    clock: Clock
    card_now: Callable[[Chat, str], Awaitable[Shown | None]] | None = None
    receive: Receive | None = None
    cards: Cards = field(default_factory=Cards, init=False, repr=False)
    late: Late = field(init=False, repr=False)
    _following: set[asyncio.Task[None]] = field(default_factory=set, init=False, repr=False)
    _followed: OrderedDict[str, None] = field(default_factory=OrderedDict, init=False, repr=False)

    def __post_init__(self) -> None:
        """Share the cards with what is said late."""
        self.late = Late(self.clock, self.cards)

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
            body = _object(self.seal.open(query, ciphertext_in(await body_of(request)), self.clock.now()))
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
        self.late.keep(incoming, body)
        try:
            shown = await self.receive(incoming)
        except Exception:
            log.exception("%s: %s is not stored, the platform will repeat it", self.name, incoming.message_id)
            return Response(status_code=503)
        if incoming.pressed is not None:
            answer, rest = await self._clicked(incoming, body), shown
        else:
            answer, rest = self._answer(incoming, shown)
        self._follow(incoming, rest)
        return self._sealed(answer, query) if answer else Response()

    async def stop(self) -> None:
        """Take nothing more and let the last words go out; may be called twice."""
        self.receive = None
        if self._following:
            _, slow = await asyncio.wait(self._following, timeout=GRACE_SECONDS)
            for task in slow:
                task.cancel()

    def _answer(self, incoming: Incoming, shown: tuple[Shown, ...]) -> tuple[dict[str, Any], tuple[Shown, ...]]:
        """Return the answer, which holds words and one card behind them, and what is left over."""
        words, card, taken = "", None, 0
        for piece in shown:
            text = speakable(piece.text).strip()
            joined = f"{words}\n\n{text}" if words else text
            if card is not None or len(joined.encode()) > TEXT_BYTES or (piece.buttons and words and incoming.event):
                break
            if piece.buttons:
                card = self.cards.made(text, piece.buttons, task_for(incoming.message_id))
            else:
                words = joined
            taken += 1
        return _body(incoming, words, card), shown[taken:]

    async def _clicked(self, incoming: Incoming, body: dict[str, Any]) -> dict[str, Any]:
        """Return what a click is answered with: its card anew; {} where nobody knows it any more."""
        task = task_of(body)
        now = await self.card_now(incoming.chat, message_of(task)) if self.card_now is not None and task else None
        return self.cards.again(task, now, incoming.text, incoming.account) or {}

    def _follow(self, incoming: Incoming, rest: tuple[Shown, ...]) -> None:
        """Say what was left over, once: not when the platform repeats the message."""
        if not rest or incoming.message_id in self._followed:
            return
        remember(self._followed, incoming.message_id, None)
        task = asyncio.create_task(self._say_rest(incoming, rest))
        self._following.add(task)
        task.add_done_callback(self._following.discard)

    async def _say_rest(self, incoming: Incoming, rest: tuple[Shown, ...]) -> None:
        try:
            for piece in rest:
                await self.late.say(incoming.chat, replace(piece, answers=incoming.message_id))
        except Undelivered as failure:
            log.warning("%s: the rest of an answer was not delivered: %s", self.name, failure)

    def _sealed(self, answer: dict[str, Any], query: Query) -> Response:
        from starlette.responses import JSONResponse

        text = json.dumps(answer, ensure_ascii=False)
        encrypted, signature, timestamp = self.seal.close(text, query.nonce, self.clock.now())
        return JSONResponse(
            {"encrypt": encrypted, "msgsignature": signature, "timestamp": int(timestamp), "nonce": query.nonce}
        )


def _body(incoming: Incoming, words: str, card: dict[str, Any] | None) -> dict[str, Any]:
    """Return an answer as WeCom takes it: who comes in is answered by a text or a card, all others by streams."""
    shown = {"template_card": card} if card else {}
    if not words:
        return {"msgtype": "template_card", **shown} if card else {}
    if incoming.event is not None:
        return {"msgtype": "text", "text": {"content": words}}
    stream = {"id": incoming.message_id, "finish": True, "content": words}
    return {"msgtype": "stream_with_template_card" if card else "stream", "stream": stream, **shown}


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable("no JSON") from None
    if not isinstance(found, dict):
        raise Unreadable("no object")
    return found
