"""A callback of WeCom's or WeChat's: checked, opened, committed by the house, and only then answered."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.channels.degrade import speakable, split
from bot.channels.tencent.seal import NotOurs, body_of
from bot.channels.tencent.xml import Unreadable
from vocabulary.delivery import Undelivered

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from bot.channels.door import Receive
    from vocabulary.messages import Incoming, Shown

log = logging.getLogger(__name__)

TEXT_BYTES = 2048  # longer texts are cut without a word (WeCom developer page 90236, WeChat's passive replies)
REMEMBERED = 1000  # answers whose rest has been sent, so that the platform's repeat does not send it again
GRACE_SECONDS = 5.0


@dataclass(slots=True, kw_only=True)
class Callback:
    """Takes a platform's requests. What the passive answer cannot hold is sent once, after it.

    `opened` returns the message in a request (raises NotOurs); `read` what it says, None where it needs no answer
    (raises Unreadable); `answer` the passive answer to it in XML, of its first text, "" for none, and what of the
    texts is to follow; `sealed` that answer as the request's mode wants it; `send` sends further texts to an account.
    """

    name: str
    opened: Callable[[Mapping[str, str], bytes], str]
    read: Callable[[str], Incoming | None]
    answer: Callable[[Incoming, list[str]], tuple[str, list[str]]]
    sealed: Callable[[Mapping[str, str], str], str]
    send: Callable[[str, Iterable[str]], Awaitable[str]]
    receive: Receive | None = field(default=None, init=False)
    _following: set[asyncio.Task[None]] = field(default_factory=set, init=False, repr=False)
    _followed: OrderedDict[str, None] = field(default_factory=OrderedDict, init=False, repr=False)

    async def hear(self, request: Request) -> Response:  # noqa: PLR0911  each way out is one answer
        """Take one callback; a house that cannot store it lets the platform repeat it (503)."""
        from starlette.responses import Response

        try:
            message = self.opened(request.query_params, await body_of(request))
        except NotOurs as refusal:
            return refused(self.name, refusal)
        receive = self.receive
        if receive is None:
            return Response(status_code=503)
        try:
            incoming = self.read(message)
        except Unreadable as fault:
            log.warning("%s: a signed message is dropped: %s", self.name, fault)
            return Response()
        if incoming is None:
            return Response()
        try:
            texts = texts_of(await receive(incoming))
        except Exception:
            log.exception("%s: %s is not stored, the platform will repeat it", self.name, incoming.message_id)
            return Response(status_code=503)
        answer, rest = self.answer(incoming, texts)
        self._follow(incoming, rest)
        if not answer:
            return Response()
        return Response(self.sealed(request.query_params, answer), media_type="application/xml")

    async def stop(self) -> None:
        """Take nothing more and let the last texts go out; may be called twice."""
        self.receive = None
        if self._following:
            _, late = await asyncio.wait(self._following, timeout=GRACE_SECONDS)
            for task in late:
                task.cancel()

    def _follow(self, incoming: Incoming, texts: list[str]) -> None:
        if not texts or incoming.message_id in self._followed:
            return
        self._followed[incoming.message_id] = None
        if len(self._followed) > REMEMBERED:
            self._followed.popitem(last=False)
        task = asyncio.create_task(self._send_rest(incoming.account, texts))
        self._following.add(task)
        task.add_done_callback(self._following.discard)

    async def _send_rest(self, account: str, texts: list[str]) -> None:
        try:
            await self.send(account, texts)
        except Undelivered as failure:
            log.warning("%s: the rest of an answer was not delivered: %s", self.name, failure)


def texts_of(messages: Iterable[Shown]) -> list[str]:
    """Return the texts of messages, none longer than the platforms take."""
    return [piece for message in messages for piece in split(speakable(message.text), TEXT_BYTES)]


def refused(door: str, refusal: NotOurs) -> Response:
    """Answer a request that is not ours, and say so in the log."""
    from starlette.responses import Response

    log.warning("%s: a request is refused: %s", door, refusal)
    return Response(status_code=refusal.status)
