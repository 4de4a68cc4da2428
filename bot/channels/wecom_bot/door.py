"""The door of a WeCom AI bot: pushed over a WebSocket that it opens itself, so that no public address is needed."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

from bot.channels.download import download
from bot.channels.tencent.seal import Seal
from bot.channels.wecom.cards import CARD_BYTES, MOST_BUTTONS
from bot.channels.wecom_bot import media
from bot.channels.wecom_bot.accounts import PlainAccounts
from bot.channels.wecom_bot.callback import Callback
from bot.channels.wecom_bot.reading import ADDRESSES, CHANNEL, FILE, Unreadable, read_body, task_of
from bot.channels.wecom_bot.sending import Speech
from bot.channels.wecom_bot.socket import LOOPBACK, RETURN_SECONDS, Refused, Socket
from bot.post.windows import Limit
from vocabulary.delivery import Undelivered, Unfetched
from vocabulary.messages import Can

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiohttp import ClientSession
    from starlette.routing import Route

    from bot.channels.door import Receive
    from vocabulary.clock import Clock
    from vocabulary.messages import Attachment, Chat, Incoming, Shown

log = logging.getLogger(__name__)

CAN = Can(text_bytes=20480, card_bytes=CARD_BYTES, most_buttons=MOST_BUTTONS, edits=False, hears_group=False)
LIMITS = (Limit("chat", 30, 60), Limit("chat", 1000, 3600))
"""Answers and pushes together, a conversation (WeCom developer page 101463)."""
FIRST_SECONDS = 10.0
PATH = "/wecom-bot"


@dataclass(slots=True, kw_only=True)
class WeComBotDoor:
    """One AI bot of one corporation, heard in private chats and, where it is mentioned, in groups.

    `card_now` gives a live card as it stands (chat, the card's id), None for any other: a click shows it anew to
    all who see it; any other card greys for who clicked. In mode socket the program opens the connection at
    `ws_url` and keeps it (`behind` tells the member behind an encrypted id, where the corporation's app can be
    asked; `on_displaced` is called where another program has subscribed with the same bot); in mode url it serves
    `routes`, answers in the same request, and can hardly say anything unasked.
    """

    bot_id: str
    mode: Literal["socket", "url"] = "socket"
    secret: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    aes_key: str = field(default="", repr=False)
    ws_url: str = "wss://openws.work.weixin.qq.com"
    clock: Clock
    card_now: Callable[[Chat, str], Awaitable[Shown | None]] | None = None
    behind: Callable[[str], Awaitable[str | None]] | None = None
    on_displaced: Callable[[], Awaitable[None]] | None = None
    first_pause: float = 1.0
    ping_seconds: float = 30.0
    return_seconds: float = RETURN_SECONDS

    name: str = field(default=CHANNEL, init=False)
    limits: tuple[Limit, ...] = field(default=LIMITS, init=False)
    answers_at_once: bool = field(init=False)
    can: Can = field(default=CAN, init=False)
    _callback: Callback | None = field(default=None, init=False, repr=False)
    _accounts: PlainAccounts | None = field(default=None, init=False, repr=False)
    _receive: Receive | None = field(default=None, init=False, repr=False)
    _socket: Socket | None = field(default=None, init=False, repr=False)
    _speech: Speech | None = field(default=None, init=False, repr=False)
    _web: ClientSession | None = field(default=None, init=False, repr=False)
    _queues: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary, init=False, repr=False)
    _tasks: set[asyncio.Task[Any]] = field(default_factory=set, init=False, repr=False)

    def __post_init__(self) -> None:
        """Answer as the mode lets it."""
        self.answers_at_once = self.mode == "url"
        if self.mode == "url":
            self.can = replace(CAN, files=False, card_at_once=True)
            seal = Seal(self.token, self.aes_key, "")  # a corporation's own bot has an empty receiver (page 101033)
            self._callback = Callback(name=self.name, seal=seal, clock=self.clock, card_now=self.card_now)

    @property
    def routes(self) -> list[Route]:
        """The routes that the program's web server must serve: `/wecom-bot` in mode url, else none."""
        from starlette.routing import Route

        if self._callback is None:
            return []
        verify, hear = self._callback.verify, self._callback.hear
        return [Route(PATH, verify, methods=["GET"]), Route(PATH, hear, methods=["POST"])]

    @property
    def last_fault(self) -> str:
        """What keeps the bot from hearing, in a few words; "" where nothing does."""
        return self._socket.fault if self._socket is not None else ""

    async def start(self, receive: Receive) -> None:
        """Begin to listen. An unreachable platform is tried again in the background; refused keys are told at once.

        Raises:
            ValueError: the settings cannot work, or WeCom does not accept them; the text says which.
        """
        from aiohttp import ClientSession, ClientTimeout

        for name in ("bot_id",) if self.mode == "url" else ("bot_id", "secret"):
            if not getattr(self, name):
                raise ValueError(f"wecom_bot: {name} is empty")
        if self._callback is not None:
            self._callback.seal.check(self.name)
        if self.behind is not None:
            receive = self._accounts = PlainAccounts(receive, self.behind)
        is_loopback = urlsplit(self.ws_url).hostname in LOOPBACK
        self._web = ClientSession(trust_env=not is_loopback, timeout=ClientTimeout(total=FIRST_SECONDS))
        if self._callback is not None:
            self._callback.receive, self._callback.late.web = receive, self._web
            return
        self._receive = receive
        self._socket = Socket(
            url=self.ws_url,
            bot_id=self.bot_id,
            secret=self.secret,
            take=self._take,
            first_pause=self.first_pause,
            ping_seconds=self.ping_seconds,
            return_seconds=self.return_seconds,
        )
        self._speech = Speech(self._socket.call, self.clock)
        refusal = await self._connect(self._socket, self._speech)
        if refusal is not None:
            await self.stop()
            raise ValueError(f"wecom_bot: WeCom does not accept bot_id or secret: {refusal}")

    async def stop(self) -> None:
        """Stop listening and free everything; may be called twice."""
        self._receive = self._speech = None
        if self._callback is not None:
            await self._callback.stop()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._socket = None
        web, self._web = self._web, None
        if web is not None:
            await web.close()

    async def send(self, chat: Chat, message: Shown) -> str:
        """Deliver one message: as the answer to what was last said in the chat, else as one of its own.

        Raises:
            Undelivered: it did not arrive, and why.
        """
        if self._accounts is not None and chat.kind == "private":
            chat = replace(chat, id=self._accounts.named(chat.id))
        if self._callback is not None and self._callback.receive is not None:
            return await self._callback.late.say(chat, message)
        if self._speech is None:
            raise Undelivered("down", detail="the door is closed", surely=True)
        return await self._speech.say(chat, message)

    async def fetch(self, attachment: Attachment) -> bytes:
        """Return what came with a message; its address lives for five minutes.

        Raises:
            Unfetched: it is gone, too large, or WeCom cannot be reached.
        """
        key, _, url = attachment.url.removeprefix(FILE).partition(":")
        key = key or self.aes_key  # pushed to an address, every file is sealed with the callback's key
        if self._web is None:
            raise Unfetched("down", detail="the door is closed")
        if not key or not url.startswith(ADDRESSES):
            raise Unfetched("gone", detail="no address or no key")
        data, _ = await download(self._web, url)
        return media.opened(data, key)

    async def _connect(self, socket: Socket, speech: Speech) -> str | None:
        """Run the socket; return why WeCom refuses the bot, None where it is subscribed or not reachable yet."""
        ready = asyncio.Event()

        def subscribed() -> None:
            speech.forget()
            ready.set()

        running = self._spawn(self._run(socket, subscribed))
        waiting = asyncio.create_task(ready.wait())
        await asyncio.wait({running, waiting}, timeout=FIRST_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        refused = running.done() and isinstance(running.exception(), Refused)
        return str(running.exception()) if refused else None

    async def _run(self, socket: Socket, subscribed: Callable[[], None]) -> None:
        """Keep the connection; where another program has taken it, say so, once, and leave it to that one."""
        await socket.run(subscribed)
        if socket.is_displaced and self.on_displaced is not None:
            await self.on_displaced()

    def _take(self, frame: dict[str, Any]) -> None:
        """Take one frame that was pushed: those of a chat one after the other, chats beside each other."""
        body, headers = frame.get("body"), frame.get("headers")
        req_id = str(headers.get("req_id", "")) if isinstance(headers, dict) else ""
        if isinstance(body, dict):
            self._spawn(self._heard(body, req_id))

    async def _heard(self, body: dict[str, Any], req_id: str) -> None:
        try:
            incoming = read_body(body, self.clock.now())
        except Unreadable as fault:
            log.warning("wecom_bot: a frame is dropped: %s", fault)
            return
        receive, speech = self._receive, self._speech
        if incoming is None or receive is None or speech is None:
            return
        lock = self._queues.setdefault(incoming.chat.id, asyncio.Lock())
        async with lock:
            if incoming.pressed is None:
                speech.heard(incoming, req_id)
            try:
                answers = await receive(incoming)
            except Exception:
                log.exception("wecom_bot: %s is not stored", incoming.message_id)
                return
        if incoming.pressed is not None:
            await self._show_again(speech, incoming, task_of(body), req_id)
        for shown in answers:
            await self._answer(speech, incoming.chat, replace(shown, answers=incoming.message_id))

    async def _show_again(self, speech: Speech, incoming: Incoming, task: str, req_id: str) -> None:
        """Show a clicked card as it stands. What is read later is shown later, so that the last one shown is true."""
        async with self._queues.setdefault(f"card {task}", asyncio.Lock()):
            now = await self.card_now(incoming.chat, task) if self.card_now is not None and task else None
            self._spawn(speech.show_again(task, now, incoming.text, incoming.account, req_id))

    async def _answer(self, speech: Speech, chat: Chat, shown: Shown) -> None:
        """Send what the house could not put into its outbox, once: usually that its database is broken."""
        try:
            await speech.say(chat, shown)
        except Undelivered as failure:
            log.warning("wecom_bot: an answer was not delivered: %s", failure)

    def _spawn(self, work: Any) -> asyncio.Task[Any]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
