"""The WeCom door: a self-built app's encrypted callback in, its passive answer and REST messages out."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import uuid4

from bot.channels.degrade import speakable, split
from bot.channels.tencent.seal import NotOurs, Query, Seal, body_of, ciphertext_of
from bot.channels.tencent.xml import Unreadable, text_answer
from bot.channels.wecom.cards import CARD_BYTES, MOST_BUTTONS, card
from bot.channels.wecom.login import PATH, Login
from bot.channels.wecom.reading import button_answer, read_message
from bot.channels.wecom.rest import WeComRest
from bot.windows import Limit
from vocabulary.delivery import Undelivered, Unfetched
from vocabulary.messages import Can

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from bot.channels.door import Receive
    from vocabulary.clock import Clock
    from vocabulary.messages import Attachment, Chat, Incoming, Shown

log = logging.getLogger(__name__)

TEXT_BYTES = 2048  # WeCom cuts longer texts without a word (WeCom developer page 90236)
CAN = Can(
    text_bytes=TEXT_BYTES,
    card_bytes=CARD_BYTES,
    most_buttons=MOST_BUTTONS,
    edits=False,
    hears_group=False,
    groups=False,
)
LIMITS = (Limit("chat", 30, 60), Limit("chat", 1000, 3600))
"""What one member gets from one app; the excess is dropped without a word (WeCom developer page 90236)."""
REMEMBERED = 1000  # answers whose rest has been sent, so that WeCom's repeat does not send it again
GRACE_SECONDS = 5.0


@dataclass(slots=True, kw_only=True)
class WeComDoor:
    """One self-built app of one corporation (企业微信自建应用). It hears private words only.

    The program serves `routes`; with a `public_url` that begins with https:// and a `way_in` (`wecom.login`) also the
    way to the page for whoever opens it in WeCom. `oldest_seconds` bounds the age of a signed request, `seconds` each
    call to WeCom.
    """

    corp_id: str
    agent_id: str
    secret: str = field(repr=False)
    token: str = field(repr=False)
    aes_key: str = field(repr=False)
    api_base: str = "https://qyapi.weixin.qq.com"
    clock: Clock
    public_url: str = ""
    way_in: Callable[[str], Awaitable[str | None]] | None = None
    oldest_seconds: int = 300
    seconds: float = 10.0

    name: str = field(default="wecom", init=False)
    limits: tuple[Limit, ...] = field(default=LIMITS, init=False)
    answers_at_once: bool = field(default=True, init=False)
    can: Can = field(default=CAN, init=False)
    _receive: Receive | None = field(default=None, init=False, repr=False)
    _rest: WeComRest | None = field(default=None, init=False, repr=False)
    _following: set[asyncio.Task[None]] = field(default_factory=set, init=False, repr=False)
    _followed: OrderedDict[str, None] = field(default_factory=OrderedDict, init=False, repr=False)

    @property
    def routes(self) -> list[Route]:
        """The routes that the program's web server must serve under the address given to WeCom."""
        from starlette.routing import Route

        routes = [Route("/wecom", self._verify, methods=["GET"]), Route("/wecom", self._hear, methods=["POST"])]
        if self.way_in is not None and self.public_url.startswith("https://"):
            login = Login(self.corp_id, self.agent_id, self.public_url, self._account_of, self.way_in)
            routes.append(Route(PATH, login.come, methods=["GET"]))
        return routes

    async def start(self, receive: Receive) -> None:
        """Begin to answer callbacks; raises ValueError with a plain reason where the settings cannot work."""
        self._check()
        self._rest = WeComRest(self.corp_id, self.agent_id, self.secret, self.api_base, self.clock, self.seconds)
        await self._rest.start()
        self._receive = receive

    async def stop(self) -> None:
        """Stop answering, let the last texts go out, close everything; may be called twice."""
        self._receive = None
        if self._following:
            _, late = await asyncio.wait(self._following, timeout=GRACE_SECONDS)
            for task in late:
                task.cancel()
        rest, self._rest = self._rest, None
        if rest is not None:
            await rest.stop()

    async def send(self, chat: Chat, message: Shown) -> str:
        """Send one message by REST: its words, as a card where it has buttons, its file; return WeCom's id of the last.

        Raises:
            Undelivered: it did not arrive, and why.
        """
        rest = self._rest
        if rest is None:
            raise Undelivered("down", detail="the door is closed")
        *texts, last = _texts((message,)) or [""]
        if message.buttons and last:
            sent = await self._send_texts(chat.id, texts)
            content = card(last, message.buttons, f"zhibu-{uuid4().hex}")
            sent = await rest.send(chat.id, "template_card", content)
        else:
            sent = await self._send_texts(chat.id, [*texts, *filter(None, [last])])
        if message.file_data is not None:
            media = await rest.upload(message.file_name or "file", message.file_data)
            sent = await rest.send(chat.id, "file", {"media_id": media})
        if not sent:
            raise Undelivered("refused", detail="no words")
        return sent

    async def fetch(self, attachment: Attachment) -> bytes:
        """Return what came with a message.

        Raises:
            vocabulary.delivery.Unfetched: it is gone, too large, or WeCom cannot be reached.
        """
        media = attachment.url.removeprefix("wecom-media:")
        if self._rest is None or media == attachment.url:
            raise Unfetched("gone" if self._rest else "down", detail="no media id")
        return await self._rest.download(media)

    async def _send_texts(self, account: str, texts: Iterable[str]) -> str:
        rest = self._rest
        if rest is None:
            raise Undelivered("down", detail="the door is closed")
        sent = ""
        for text in texts:
            sent = await rest.send_text(account, text)
        return sent

    async def _account_of(self, code: str) -> str | None:
        if self._rest is None:
            raise Undelivered("down", detail="the door is closed")
        return await self._rest.account_of(code)

    async def _verify(self, request: Request) -> Response:
        """Answer WeCom's check of the address: the decrypted `echostr`, and nothing around it."""
        from starlette.responses import PlainTextResponse

        try:
            query = Query.of(request.query_params)
            opened = self._seal().open(query, request.query_params.get("echostr", ""), self.clock.now())
        except NotOurs as refusal:
            return _refused(refusal)
        return PlainTextResponse(opened)

    async def _hear(self, request: Request) -> Response:  # noqa: PLR0911  each way out is one answer
        """Take one callback: checked, opened, committed by the house, and only then answered."""
        from starlette.responses import Response

        try:
            query = Query.of(request.query_params)
            encrypted = ciphertext_of(await body_of(request))
            opened = self._seal().open(query, encrypted, self.clock.now())
        except NotOurs as refusal:
            return _refused(refusal)
        receive = self._receive
        if receive is None:
            return Response(status_code=503)
        try:
            incoming = read_message(opened)
        except Unreadable as fault:
            log.warning("wecom: a signed message is dropped: %s", fault)
            return Response()
        if incoming is None:
            return Response()
        try:
            first, *rest = _texts(await receive(incoming)) or [""]
        except Exception:
            log.exception("wecom: %s is not stored, WeCom will repeat it", incoming.message_id)
            return Response(status_code=503)
        now = self.clock.now()
        if incoming.pressed is not None and incoming.text:
            self._follow(incoming, [text for text in (first, *rest) if text])
            answer = button_answer(incoming.text, incoming.account, self.corp_id, now)
        else:
            self._follow(incoming, rest)
            answer = text_answer(first, incoming.account, self.corp_id, now) if first else ""
        if not answer:
            return Response()
        return Response(self._seal().enclose(answer, query.nonce, now), media_type="application/xml")

    def _follow(self, incoming: Incoming, texts: list[str]) -> None:
        """Send what a passive answer cannot hold, once, after it."""
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
            await self._send_texts(account, texts)
        except Undelivered as failure:
            log.warning("wecom: the rest of an answer was not delivered: %s", failure)

    def _check(self) -> None:
        if not self.corp_id:
            raise ValueError("wecom: corp_id is empty")
        self._seal().check(self.name)

    def _seal(self) -> Seal:
        return Seal(self.token, self.aes_key, self.corp_id, self.oldest_seconds)


def _texts(messages: Iterable[Shown]) -> list[str]:
    """Return the texts of messages, none longer than WeCom takes."""
    return [piece for message in messages for piece in split(speakable(message.text), TEXT_BYTES)]


def _refused(refusal: NotOurs) -> Response:
    from starlette.responses import Response

    log.warning("wecom: a request is refused: %s", refusal)
    return Response(status_code=refusal.status)
