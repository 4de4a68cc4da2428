"""The Telegram door: a durable getUpdates loop or a webhook in, the Bot API out."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from bot.channels.telegram.asides import put_up_menu, stop_spinner, who_i_am
from bot.channels.telegram.polling import MemoryOffsets, Offsets, Polling
from bot.channels.telegram.reading import PRESS, Me, Migration, read_update
from bot.post.windows import Limit
from vocabulary.delivery import Moved, Undelivered, Unfetched
from vocabulary.messages import Can

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from bot.channels.door import Receive
    from bot.channels.telegram.request import AiohttpRequest
    from vocabulary.clock import Clock
    from vocabulary.messages import Attachment, Chat, Incoming, Shown

log = logging.getLogger(__name__)

HEARD = json.dumps(
    ["message", "callback_query", "my_chat_member", "poll_answer"]
)  # asked for at every start: Telegram remembers older wishes
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
CALL_SECONDS = 10.0
LINK = "https://t.me/{name}?start="
REFUSALS = 3
"""So often in a row a token must be refused to count as wrong."""
CAN = Can(text_bytes=4096, hears_group=False, most_buttons=40, edit_seconds=3, quiz_signs=(300, 100))
LIMITS = (Limit("door", 25, 1), Limit("chat", 1, 1), Limit("chat", 20, 60))
"""Telegram's own FAQ for bots; the limit of a group is kept for every chat."""


@dataclass(slots=True, kw_only=True)
class TelegramDoor:
    """One bot.

    `mode` is how messages come: `poll`, or `webhook`, where the program serves `routes` under `public_url` and
    Telegram signs with `webhook_secret`. `quarantine` is given each update that cannot be read (its number, its JSON,
    why) and returns when it is kept; `on_moved` is told the old and new id of a group that became a supergroup, twice
    usually; `on_known` is told the address that, with a word added, is a link that says it to the bot. `commands` is
    the menu: Latin names (Telegram takes no others) and the words that each stands for. `start_word` is what is said
    with the code that a link brought (`/start CODE`). `poll_seconds` is how long one getUpdates
    waits, `first_pause` how long the first pause after a fault is.
    """

    token: str = field(repr=False)
    api_base: str = "https://api.telegram.org"
    mode: Literal["poll", "webhook"] = "poll"
    webhook_secret: str = field(default="", repr=False)
    public_url: str = ""
    clock: Clock
    offsets: Offsets = field(default_factory=MemoryOffsets)
    quarantine: Callable[[int | None, str, str], Awaitable[None]] | None = None
    on_moved: Callable[[str, str], Awaitable[None]] | None = None
    on_known: Callable[[str], Awaitable[None]] | None = None
    commands: Mapping[str, str] = field(default_factory=dict)
    start_word: str = "/start"
    poll_seconds: int = 25
    first_pause: float = 1.0

    name: str = field(default="telegram", init=False)
    limits: tuple[Limit, ...] = field(default=LIMITS, init=False)
    answers_at_once: bool = field(default=False, init=False)
    can: Can = field(default=CAN, init=False)
    _receive: Receive | None = field(default=None, init=False, repr=False)
    _request: AiohttpRequest | None = field(default=None, init=False, repr=False)
    _me: Me | None = field(default=None, init=False)
    _polling: Polling | None = field(default=None, init=False, repr=False)
    _tasks: set[asyncio.Task[Any]] = field(default_factory=set, init=False, repr=False)

    @property
    def routes(self) -> list[Route]:
        """The routes that the program's web server must serve: `/telegram` in webhook mode, else none."""
        from starlette.routing import Route

        return [Route("/telegram", self._hook, methods=["POST"])] if self.mode == "webhook" else []

    @property
    def last_fault(self) -> str:
        """What went wrong since the last good poll, in a few words; "" where nothing did."""
        return self._polling.last_fault if self._polling is not None else ""

    @property
    def silent_seconds(self) -> float | None:
        """How long ago Telegram was last reached for updates; None where it was not yet. Doctor's measure of health."""
        good = self._polling.last_good if self._polling is not None else None
        return None if good is None else time.monotonic() - good

    async def start(self, receive: Receive) -> None:
        """Begin to listen. An unreachable server is tried again in the background; a refused token is told at once.

        Raises:
            ValueError: the settings cannot work, or Telegram does not know the token; the text says which.
        """
        self._check()
        os.environ.setdefault("PTB_TIMEDELTA", "true")  # else the library warns at every Retry-After
        from telegram.error import InvalidToken, TelegramError

        from bot.channels.telegram.request import AiohttpRequest

        self._request = AiohttpRequest(self.token, self.api_base, CALL_SECONDS)
        await self._request.initialize()
        try:
            await self._introduce()
        except InvalidToken:
            await self.stop()
            raise ValueError("telegram: the server does not accept token") from None
        except TelegramError as error:
            log.warning("telegram: not reachable yet: %s", error)
        self._receive = receive
        self._polling = Polling(
            prepare=self._prepare,
            fetch=self._fetch,
            take=self._take,
            offsets=self.offsets,
            first_pause=self.first_pause,
        )
        self._spawn(self._polling.run() if self.mode == "poll" else self._polling.reach())

    async def stop(self) -> None:
        """Stop listening and free everything; may be called twice. What was not committed comes again."""
        self._receive = None
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        request, self._request = self._request, None
        if request is not None:
            await request.shutdown()

    async def send(self, chat: Chat, message: Shown) -> str:
        """Deliver one message and return its id in the chat.

        Raises:
            vocabulary.delivery.Undelivered: it did not arrive, and why.
            vocabulary.delivery.Moved: the group has another id now.
        """
        if self._request is None:
            raise Undelivered("down", detail="the door is closed", surely=True)
        from bot.channels.telegram.sending import deliver

        return await deliver(self._request, chat, message)

    async def fetch(self, attachment: Attachment) -> bytes:
        """Return what came with a message, of at most 20 MB.

        Raises:
            vocabulary.delivery.Unfetched: it is gone, too large, or Telegram cannot be reached.
        """
        if self._request is None:
            raise Unfetched("down", detail="the door is closed")
        return await self._request.download(attachment.url.removeprefix("telegram-file:"))

    def _check(self) -> None:
        """Raise ValueError with a plain reason where the settings cannot work."""
        if not self.token:
            raise ValueError("telegram: token is empty")
        if self.mode == "webhook" and not self.public_url.startswith("https://"):
            raise ValueError("telegram: mode webhook needs a public_url that begins with https://")
        if self.mode == "webhook" and not SECRET.fullmatch(self.webhook_secret):
            raise ValueError("telegram: webhook_secret must be 1 to 256 of A-Z a-z 0-9 _ -")

    async def _introduce(self) -> None:
        """Prepare; a token is refused only where that is said again and again: a proxy says 404 now and then."""
        from telegram.error import InvalidToken

        for attempt in range(1, REFUSALS + 1):
            try:
                await self._prepare()
                break
            except InvalidToken:
                if attempt == REFUSALS:
                    raise
                await asyncio.sleep(self.first_pause)

    async def _prepare(self) -> None:
        """Learn who the bot is and tell Telegram how messages shall come."""
        request = self._request
        if request is None or self._me is not None:
            return
        me = await who_i_am(request, self.commands)
        if self.mode == "webhook":
            address = self.public_url.rstrip("/") + "/telegram"
            fields = {"url": address, "secret_token": self.webhook_secret, "allowed_updates": HEARD}
            await request.call("setWebhook", fields)
        else:
            await request.call("deleteWebhook", {})
        self._be(me)
        heard = "all that is said" if me.hears_groups else "only what is said to it (privacy mode)"
        log.info("telegram: @%s is here; in a group whose administrator it is not it hears %s", me.username, heard)
        self._spawn(put_up_menu(request, self.commands))
        if self.on_known is not None:
            self._spawn(self.on_known(LINK.format(name=me.username)))

    def _be(self, me: Me) -> None:
        self._me = replace(me, start_word=self.start_word)
        self.can = replace(self.can, hears_group=me.hears_groups)

    async def _fetch(self, offset: int | None) -> Any:
        """Ask for the updates from an offset on, as they come."""
        if self._request is None:
            raise ConnectionError("the door is closed")
        fields = {"timeout": str(self.poll_seconds), "allowed_updates": HEARD, "limit": "100"}
        if offset is not None:
            fields["offset"] = str(offset)
        return await self._request.call("getUpdates", fields, seconds=self.poll_seconds + CALL_SECONDS)

    async def _take(self, raw: Any) -> None:
        """Take one raw update: return when it is committed or put aside, raise where neither worked."""
        if isinstance(raw, dict) and "my_chat_member" in raw:
            await self._look_again()
        try:
            heard = self._read(raw)
        except Exception as fault:  # noqa: BLE001  whatever it is, the updates behind it must come through
            await self._put_aside(raw, f"{type(fault).__name__} {fault}"[:200])
            return
        if isinstance(heard, Migration):
            if self.on_moved is not None:
                await self.on_moved(heard.old, heard.new)
        elif heard is not None:
            if self._receive is None:
                raise ConnectionError("the door is closed")
            if heard.message_id.startswith(PRESS):
                self._spawn(stop_spinner(self._request, heard))
            answers = await self._receive(heard)
            if answers:
                self._spawn(self._answer(heard.chat, answers))

    async def _look_again(self) -> None:
        """Privacy mode, when it is changed, holds from the bot's next entry into a group: then it is asked again."""
        from telegram.error import TelegramError

        try:
            if self._request is not None:
                self._be(await who_i_am(self._request, self.commands))
        except TelegramError as error:
            log.info("telegram: what it hears in groups is not asked again: %s", error)

    def _read(self, raw: Any) -> Incoming | Migration | None:
        import telegram

        if self._me is None:
            raise RuntimeError("an update came before the bot was known")
        return read_update(telegram.Update.de_json(raw, None), self._me, self.clock.now())

    async def _put_aside(self, raw: Any, why: str) -> None:
        """Keep an update that cannot be read for a person to look at, and go on."""
        number = raw.get("update_id") if isinstance(raw, dict) else None
        log.error("telegram: update %s cannot be read and is put aside: %s", number, why.partition(" ")[0])
        if self.quarantine is not None:
            await self.quarantine(number, json.dumps(raw, ensure_ascii=False), why)

    async def _answer(self, chat: Chat, answers: tuple[Shown, ...]) -> None:
        """Send what the house could not put into its outbox, once: usually that its database is broken."""
        try:
            for shown in answers:
                await self.send(chat, shown)
        except (Undelivered, Moved) as failure:
            log.warning("telegram: an answer was not delivered: %s", failure)

    async def _hook(self, request: Request) -> Response:
        """Take one webhook call; it is answered with 200 once it is committed."""
        from bot.channels.telegram.hooking import hooked

        return await hooked(request, self.webhook_secret, self._take_pushed)

    async def _take_pushed(self, raw: Any) -> None:
        if self._receive is None or self._me is None or self._polling is None:
            raise ConnectionError("the door is closed")
        self._polling.last_good = time.monotonic()
        await self._take(raw)

    def _spawn(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
