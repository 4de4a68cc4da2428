"""The WeChat door: a 公众号's callback in its three modes, its passive answer, and messages within its windows."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, field
from datetime import UTC
from typing import TYPE_CHECKING, Literal

from bot.channels.tencent.callback import ANSWER_SECONDS, TEXT_BYTES, Callback, refused, texts_of
from bot.channels.tencent.seal import NotOurs, Query, Seal, ciphertext_of
from bot.channels.tencent.xml import text_answer
from bot.channels.wechat.reading import read_message
from bot.channels.wechat.rest import WeChatRest
from vocabulary.delivery import Undelivered, Unfetched, behind
from vocabulary.messages import Can

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from datetime import datetime, tzinfo

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from bot.channels.door import Receive
    from bot.channels.wechat.notices import Notice
    from bot.post.windows import Limit
    from vocabulary.clock import Clock
    from vocabulary.messages import Attachment, Chat, Incoming, Shown

log = logging.getLogger(__name__)

SHUT = frozenset({"silent", "used_up"})
"""Why the window lets nothing through."""
CAN = Can(text_bytes=TEXT_BYTES, buttons=False, edits=False, files=False, hears_group=False, groups=False)
ECHO = re.compile(r"[A-Za-z0-9]{1,200}")


@dataclass(slots=True, kw_only=True)
class WeChatDoor:
    """One 公众号, which hears private words only.

    What it may say unasked, WeChat's windows decide: five messages within 48 hours of a follower's last word.

    `mode` is how WeChat was told to push: plain, compatible (both forms in one) or safe; in the latter two the sealed
    form counts alone. `menu` is put up where the account has none. `notices` are what a text becomes outside the
    window, tried in that order; they lead to `public_url` and name instants in `zone`. `quarantine` is given each
    message that cannot be read. What takes longer than `answer_seconds` is answered later (see `Callback`).
    """

    app_id: str
    secret: str = field(repr=False)
    token: str = field(repr=False)
    aes_key: str = field(default="", repr=False)
    mode: Literal["plain", "compatible", "safe"] = "safe"
    api_base: str = "https://api.weixin.qq.com"
    public_url: str = ""
    notices: tuple[Notice, ...] = ()
    zone: tzinfo = UTC
    menu: Mapping[str, str] = field(default_factory=dict)
    clock: Clock
    quarantine: Callable[[str], Awaitable[None]] | None = None
    oldest_seconds: int = 300
    seconds: float = 10.0
    answer_seconds: float = ANSWER_SECONDS

    name: str = field(default="wechat", init=False)
    limits: tuple[Limit, ...] = field(default=(), init=False)
    answers_at_once: bool = field(default=True, init=False)
    can: Can = field(default=CAN, init=False)
    _rest: WeChatRest | None = field(default=None, init=False, repr=False)
    _callback: Callback = field(init=False, repr=False)
    _ours: str = field(default="", init=False)
    """The account's own id, by which its answers are signed; each message names it."""

    def __post_init__(self) -> None:
        """Tie the callback to this account's keys."""
        self._callback = Callback(
            name=self.name,
            opened=self._opened,
            read=self._read,
            answer=self._answer,
            sealed=self._sealed,
            send=self._send_text,
            aside=self.quarantine,
            patience=self.answer_seconds,
        )

    @property
    def routes(self) -> list[Route]:
        """The routes that the program's web server must serve under the address given to WeChat: `/wechat`."""
        from starlette.routing import Route

        return [
            Route("/wechat", self._verify, methods=["GET"]),
            Route("/wechat", self._callback.hear, methods=["POST"]),
        ]

    async def start(self, receive: Receive) -> None:
        """Begin to answer callbacks; raises ValueError with a plain reason where the settings cannot work."""
        for name in ("app_id", "secret", "token"):
            if not getattr(self, name):
                raise ValueError(f"wechat: {name} is empty")
        if self.mode != "plain":
            self._seal().check(self.name)
        self._rest = WeChatRest(self.app_id, self.secret, self.api_base, self.clock, self.seconds)
        await self._rest.start()
        self._callback.receive = receive
        if self.menu:
            await self._put_up_menu(self._rest)

    async def stop(self) -> None:
        """Stop answering, let late answers go out, close everything; may be called twice."""
        await self._callback.stop()
        rest, self._rest = self._rest, None
        if rest is not None:
            await rest.stop()

    async def send(self, chat: Chat, message: Shown) -> str:
        """Send words and a picture, within the window as they are; outside it the words alone, as a notice.

        Raises:
            Undelivered: it did not arrive, and why: `silent` where only the follower's word opens the window.
        """
        rest, texts = self._opened_rest(), texts_of((message,))
        if not texts and message.file_data is None:
            raise Undelivered("refused", detail="no words")
        # First of all, so that what fails here and is tried again has not said its words already.
        data = message.file_data
        picture = "" if data is None else await rest.upload_image(message.file_name or "", data)
        sent = ""
        for number, text in enumerate(texts):
            try:
                sent = await rest.send_text(chat.id, text)
            except Undelivered as failure:
                if failure.why not in SHUT:
                    raise
                return await self._notify(rest, chat.id, " ".join(texts[number:]), failure)
        with behind(sent):
            return await rest.send_image(chat.id, picture) if picture else sent

    async def code(self, press: str, until: datetime) -> str:
        """Return the address that a QR code must show to bring a press (`in:12`) along until an instant.

        Raises:
            Undelivered: WeChat makes none, and why.
        """
        seconds = int((until - self.clock.now()).total_seconds())
        return await self._opened_rest().make_code(press.replace(":", "_"), seconds)

    async def fetch(self, attachment: Attachment) -> bytes:
        """Return what came with a message.

        Raises:
            vocabulary.delivery.Unfetched: it is gone, too large, or WeChat cannot be reached.
        """
        media = attachment.url.removeprefix("wechat-media:")
        if self._rest is None or media == attachment.url:
            raise Unfetched("gone" if self._rest else "down", detail="no media id")
        return await self._rest.download(media)

    async def _send_text(self, account: str, text: str) -> str:
        return await self._opened_rest().send_text(account, text)

    async def _notify(self, rest: WeChatRest, account: str, text: str, shut: Undelivered) -> str:
        """Send a notice by the first way that takes it; where none does, raise that the window is shut."""
        now = self.clock.now().astimezone(self.zone)
        for notice in self.notices:
            try:
                return await rest.notify(account, notice, text, now, self.public_url)
            except Undelivered as refusal:
                if not refusal.is_final or refusal.why in {"blocked", "unbound"}:
                    raise
                level = (
                    logging.INFO if refusal.why == "silent" else logging.WARNING
                )  # it is asked for, or the settings err
                log.log(level, "wechat: no %s notice: %s", notice.kind, refusal)
        raise shut

    def _opened_rest(self) -> WeChatRest:
        if self._rest is None:
            raise Undelivered("down", detail="the door is closed", surely=True)
        return self._rest

    async def _put_up_menu(self, rest: WeChatRest) -> None:
        try:
            await rest.put_up_menu(self.menu)
        except Undelivered as refusal:
            log.info("wechat: no menu was put up: %s", refusal)

    async def _verify(self, request: Request) -> Response:
        """Answer WeChat's check of the address, which is plain in every mode."""
        from starlette.responses import PlainTextResponse

        query, echo = request.query_params, request.query_params.get("echostr", "")
        try:
            self._seal().vouch(Query.of(query, "signature"), self.clock.now())
        except NotOurs as refusal:
            return refused(self.name, refusal)
        if ECHO.fullmatch(echo) is None:
            return refused(self.name, NotOurs(400, "no echostr"))
        return PlainTextResponse(echo)

    def _opened(self, query: Mapping[str, str], body: bytes) -> str:
        """Return the message in a request; the plain signature covers no body: only the sealed form proves it."""
        now = self.clock.now()
        if self.mode != "plain":
            return self._seal().open(Query.of(query), ciphertext_of(body), now)
        self._seal().vouch(Query.of(query, "signature"), now)
        return body.decode("utf-8", "replace")

    def _read(self, xml: str) -> Incoming | None:
        self._ours, incoming = read_message(xml)
        return incoming

    def _answer(self, incoming: Incoming, words: str) -> str:
        return text_answer(words, incoming.account, self._ours, self.clock.now()) if words else ""

    def _sealed(self, query: Mapping[str, str], xml: str) -> str:
        return xml if self.mode == "plain" else self._seal().enclose(xml, query["nonce"], self.clock.now())

    def _seal(self) -> Seal:
        return Seal(self.token, self.aes_key, self.app_id, self.oldest_seconds)
