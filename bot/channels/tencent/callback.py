"""A callback of WeCom's or WeChat's: checked, opened, committed by the house, and only then answered."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.channels.degrade import speakable, split, together
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
REMEMBERED = 1000  # messages whose answer was late: the platform's repeat is not answered once more
ANSWER_SECONDS = 4.5
"""So long an answer may take: after five seconds the platform hangs up and asks again, three times in all."""
GRACE_SECONDS = 5.0  # a closing door waits so long for the last of an answer


@dataclass(slots=True, kw_only=True)
class Callback:
    """Takes a platform's requests and gives the passive answer, which is one message.

    `opened` returns the message in a request (raises NotOurs); `read` what it says, None where it needs no answer
    (raises Unreadable); `answer` the passive answer to it in XML, of the words of the house or "", itself "" for none;
    `sealed` that answer as the request's mode wants it. `aside` keeps a message that cannot be read.

    What takes longer than `patience` seconds is not acknowledged, so that the platform asks again until it is stored.
    Its words then go through `send`, once: nobody can tell which of the platform's tries they would still reach.
    """

    name: str
    opened: Callable[[Mapping[str, str], bytes], str]
    read: Callable[[str], Incoming | None]
    answer: Callable[[Incoming, str], str]
    sealed: Callable[[Mapping[str, str], str], str]
    send: Callable[[str, str], Awaitable[str]]
    aside: Callable[[str], Awaitable[None]] | None = None
    patience: float = ANSWER_SECONDS
    receive: Receive | None = field(default=None, init=False)
    _late: OrderedDict[str, asyncio.Future[str]] = field(default_factory=OrderedDict, init=False, repr=False)
    _working: set[asyncio.Task[None]] = field(default_factory=set, init=False, repr=False)

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
            return await self._put_aside(message, fault)
        if incoming is None:
            return Response()
        try:
            words = await self._words(receive, incoming)
        except TimeoutError:
            return Response(status_code=503)
        except Exception:
            log.exception("%s: %s is not stored, the platform will repeat it", self.name, incoming.message_id)
            return Response(status_code=503)
        answer = self.answer(incoming, words)
        if not answer:
            return Response()
        return Response(self.sealed(request.query_params, answer), media_type="application/xml")

    async def stop(self) -> None:
        """Take nothing more and let the last words go out; may be called twice."""
        self.receive = None
        if self._working:
            _, late = await asyncio.wait(self._working, timeout=GRACE_SECONDS)
            for task in late:
                task.cancel()

    async def _words(self, receive: Receive, incoming: Incoming) -> str:
        """Return the answer; "" where it is late and sent. Raises TimeoutError while it is not stored in time."""
        stored = self._late.get(incoming.message_id)
        if stored is not None:
            async with asyncio.timeout(self.patience):
                await asyncio.shield(stored)
            return ""
        try:
            async with asyncio.timeout(self.patience):
                return _spoken(await receive(incoming))
        except TimeoutError:
            log.warning("%s: %s takes long, its answer will be sent", self.name, incoming.message_id)
            self._answer_late(receive, incoming)
            raise

    def _answer_late(self, receive: Receive, incoming: Incoming) -> None:
        """Ask the house once more, without haste: it stores the message if it has not, and answers as it did."""
        stored: asyncio.Future[str] = asyncio.ensure_future(_asked(receive, incoming))
        self._late[incoming.message_id] = stored
        if len(self._late) > REMEMBERED:
            self._late.popitem(last=False)
        task = asyncio.create_task(self._send_late(incoming, stored))
        self._working.add(task)
        task.add_done_callback(self._working.discard)

    async def _send_late(self, incoming: Incoming, stored: asyncio.Future[str]) -> None:
        try:
            words = await stored
        except Exception:
            log.exception("%s: %s is not stored, the platform will repeat it", self.name, incoming.message_id)
            self._late.pop(incoming.message_id, None)  # its next try begins anew
            return
        try:
            if words:
                await self.send(incoming.account, words)
        except Undelivered as failure:
            log.warning("%s: a late answer was not delivered: %s", self.name, failure)

    async def _put_aside(self, message: str, fault: Unreadable) -> Response:
        """Keep a signed message that cannot be read for a person to look at, and let the platform go on."""
        from starlette.responses import Response

        log.warning("%s: a signed message cannot be read and is put aside: %s", self.name, fault)
        try:
            if self.aside is not None:
                await self.aside(message)
        except Exception:
            log.exception("%s: it is not stored, the platform will repeat it", self.name)
            return Response(status_code=503)
        return Response()


async def _asked(receive: Receive, incoming: Incoming) -> str:
    return _spoken(await receive(incoming))


def _spoken(answer: Iterable[Shown]) -> str:
    return together(speakable(shown.text).strip() for shown in answer)


def texts_of(messages: Iterable[Shown]) -> list[str]:
    """Return the texts of messages, none longer than the platforms take."""
    return [piece for message in messages for piece in split(speakable(message.text), TEXT_BYTES)]


def refused(door: str, refusal: NotOurs) -> Response:
    """Answer a request that is not ours, and say so in the log."""
    from starlette.responses import Response

    log.warning("%s: a request is refused: %s", door, refusal)
    return Response(status_code=refusal.status)
