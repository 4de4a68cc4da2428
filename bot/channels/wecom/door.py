"""The WeCom door: a self-built app's encrypted callback in, its passive answer and REST messages out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import uuid4

from bot.channels.tencent.callback import TEXT_BYTES, Callback, refused, texts_of
from bot.channels.tencent.seal import NotOurs, Query, Seal, ciphertext_of
from bot.channels.tencent.xml import text_answer
from bot.channels.wecom.cards import CARD_BYTES, MOST_BUTTONS, card
from bot.channels.wecom.login import PATH, Login
from bot.channels.wecom.reading import button_answer, read_message
from bot.channels.wecom.rest import WeComRest
from bot.post.windows import Limit
from vocabulary.delivery import Undelivered, Unfetched, behind
from vocabulary.messages import Can

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from bot.channels.door import Receive
    from vocabulary.clock import Clock
    from vocabulary.messages import Attachment, Chat, Incoming, Shown

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
    _callback: Callback = field(init=False, repr=False)
    _rest: WeComRest | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        """Tie the callback to this app's keys."""
        self._callback = Callback(
            name=self.name,
            opened=self._opened,
            read=read_message,
            answer=self._answer,
            sealed=lambda query, xml: self._seal().enclose(xml, query["nonce"], self.clock.now()),
            send=lambda account, words: self._send_texts(account, [words]),
        )

    @property
    def routes(self) -> list[Route]:
        """The routes that the program's web server must serve under the address given to WeCom."""
        from starlette.routing import Route

        routes = [
            Route("/wecom", self._verify, methods=["GET"]),
            Route("/wecom", self._callback.hear, methods=["POST"]),
        ]
        if self.way_in is not None and self.public_url.startswith("https://"):
            login = Login(self.corp_id, self.agent_id, self.public_url, self._account_of, self.way_in)
            routes.append(Route(PATH, login.come, methods=["GET"]))
        return routes

    @property
    def rest(self) -> WeComRest:
        """What the app asks of WeCom, with its one token. Raises Undelivered while the door is closed."""
        if self._rest is None:
            raise Undelivered("down", detail="the door is closed", surely=True)
        return self._rest

    async def start(self, receive: Receive) -> None:
        """Begin to answer callbacks; raises ValueError with a plain reason where the settings cannot work."""
        self._check()
        self._rest = WeComRest(self.corp_id, self.agent_id, self.secret, self.api_base, self.clock, self.seconds)
        await self._rest.start()
        self._callback.receive = receive

    async def stop(self) -> None:
        """Stop answering, let late answers go out, close everything; may be called twice."""
        await self._callback.stop()
        rest, self._rest = self._rest, None
        if rest is not None:
            await rest.stop()

    async def send(self, chat: Chat, message: Shown) -> str:
        """Send one message by REST: its words, as a card where it has buttons, its file; return WeCom's id of the last.

        The file is left with WeCom before anything is said: a second try after a failed upload repeats no words.

        Raises:
            Undelivered: it did not arrive, and why.
        """
        rest, media = self.rest, None
        if message.file_data is not None:
            media = await rest.upload(message.file_name or "file", message.file_data)
        *texts, last = texts_of((message,)) or [""]
        if message.buttons and last:
            sent = await self._send_texts(chat.id, texts)
            content = card(last, message.buttons, f"zhibu-{uuid4().hex}")
            sent = await rest.send(chat.id, "template_card", content)
        else:
            sent = await self._send_texts(chat.id, [*texts, *filter(None, [last])])
        if media is not None:
            with behind(sent):
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
        sent = ""
        for text in texts:
            sent = await self.rest.send_text(account, text)
        return sent

    async def account_behind(self, open_id: str) -> str | None:
        """Return the member behind an encrypted id that the corporation's AI bot names; None where it is not known.

        Raises:
            Undelivered: WeCom cannot be asked.
        """
        return await self.rest.account_behind(open_id)

    async def _account_of(self, code: str) -> str | None:
        return await self.rest.account_of(code)

    async def _verify(self, request: Request) -> Response:
        """Answer WeCom's check of the address: the decrypted `echostr`, and nothing around it."""
        from starlette.responses import PlainTextResponse

        try:
            query = Query.of(request.query_params)
            opened = self._seal().open(query, request.query_params.get("echostr", ""), self.clock.now())
        except NotOurs as refusal:
            return refused(self.name, refusal)
        return PlainTextResponse(opened)

    def _opened(self, query: Mapping[str, str], body: bytes) -> str:
        return self._seal().open(Query.of(query), ciphertext_of(body), self.clock.now())

    def _answer(self, incoming: Incoming, words: str) -> str:
        """Answer with words where there are any; a click greys its card, and its words are sent."""
        now = self.clock.now()
        if words:
            return text_answer(words, incoming.account, self.corp_id, now)
        is_click = incoming.pressed is not None and incoming.text
        return button_answer(incoming.text, incoming.account, self.corp_id, now) if is_click else ""

    def _check(self) -> None:
        if not self.corp_id:
            raise ValueError("wecom: corp_id is empty")
        self._seal().check(self.name)

    def _seal(self) -> Seal:
        return Seal(self.token, self.aes_key, self.corp_id, self.oldest_seconds)
