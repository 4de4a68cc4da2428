"""A callback of WeCom's or WeChat's: checked, opened, committed by the house, and only then answered."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.channels.degrade import speakable, split, together
from bot.channels.tencent.seal import NotOurs, body_of
from bot.channels.tencent.xml import Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from bot.channels.door import Receive
    from vocabulary.messages import Incoming, Shown

log = logging.getLogger(__name__)

TEXT_BYTES = 2048  # longer texts are cut without a word (WeCom developer page 90236, WeChat's passive replies)
GRACE_SECONDS = 5.0  # a closing door waits so long for the last of an answer


@dataclass(slots=True, kw_only=True)
class Callback:
    """Takes a platform's requests and gives the passive answer, which is one message.

    `opened` returns the message in a request (raises NotOurs); `read` what it says, None where it needs no answer
    (raises Unreadable); `answer` the passive answer to it in XML, of the words of the house or "", itself "" for none;
    `sealed` that answer as the request's mode wants it.
    """

    name: str
    opened: Callable[[Mapping[str, str], bytes], str]
    read: Callable[[str], Incoming | None]
    answer: Callable[[Incoming, str], str]
    sealed: Callable[[Mapping[str, str], str], str]
    receive: Receive | None = field(default=None, init=False)

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
            words = together(speakable(shown.text).strip() for shown in await receive(incoming))
        except Exception:
            log.exception("%s: %s is not stored, the platform will repeat it", self.name, incoming.message_id)
            return Response(status_code=503)
        answer = self.answer(incoming, words)
        if not answer:
            return Response()
        return Response(self.sealed(request.query_params, answer), media_type="application/xml")


def texts_of(messages: Iterable[Shown]) -> list[str]:
    """Return the texts of messages, none longer than the platforms take."""
    return [piece for message in messages for piece in split(speakable(message.text), TEXT_BYTES)]


def refused(door: str, refusal: NotOurs) -> Response:
    """Answer a request that is not ours, and say so in the log."""
    from starlette.responses import Response

    log.warning("%s: a request is refused: %s", door, refusal)
    return Response(status_code=refusal.status)
