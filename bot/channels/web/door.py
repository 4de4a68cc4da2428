"""The web door: a chat client in the browser, pushed to over one kept WebSocket per window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Route, WebSocketRoute

from bot.channels.web.clock import SampleClock
from bot.channels.web.entry import Entry
from bot.channels.web.guard import Guard
from bot.channels.web.http import Pages, plainly
from bot.channels.web.refusals import new_number
from bot.channels.web.session import Session
from bot.channels.web.speech import Speech
from bot.channels.web.windows import Windows
from bot.web import pages
from vocabulary.delivery import Undelivered, Unfetched
from vocabulary.messages import Can

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.channels.door import Receive
    from bot.channels.web.shapes import Access, Sample, WebStore
    from bot.post.windows import Limit
    from vocabulary.clock import Clock
    from vocabulary.messages import Attachment, Chat, Shown


class WebDoor:
    """Serves the page and pushes to it.

    `sample` opens the page to anyone as anyone of the sample and shows its clock; without it `access` decides by
    one-time links. `public_url` is the address people use where it is not the loopback; `zone` is the time zone that
    the page shows; `number` makes the number of a failure. `routes` are served by the house's Starlette application.
    """

    name = "web"
    answers_at_once = False
    limits: tuple[Limit, ...] = ()

    def __init__(
        self,
        store: WebStore,
        sample: Sample | None,
        access: Access | None,
        clock: Clock,
        *,
        public_url: str = "",
        zone: str = "Asia/Shanghai",
        number: Callable[[], str] = new_number,
    ) -> None:
        self.can = Can(most_buttons=0)
        self._store = store
        self._clock = clock
        self._windows = Windows(store)
        self._speech = Speech(store, self._windows, clock, pages.words()["bot"])
        entry = Entry(sample, access, secure=public_url.startswith("https://"))
        sample_clock = SampleClock(sample, self._windows, zone) if sample else None
        session = Session(store, self._windows, self._speech, entry, sample_clock, number)
        web = Pages(store, self._windows, self._speech, entry, zone)
        guard = Middleware(Guard, public_url=public_url, words=pages.words())
        self.routes: list[BaseRoute] = [
            Route("/", plainly(web.index, number), middleware=[guard]),
            Route("/static/{version}/{name}", plainly(web.static, number), middleware=[guard]),
            Route("/in/{code}", plainly(web.enter, number), methods=["GET", "POST"], middleware=[guard]),
            Route("/api/say", plainly(web.say, number), methods=["POST"], middleware=[guard]),
            Route("/api/file", plainly(web.take_file, number), methods=["POST"], middleware=[guard]),
            Route("/file/{id:int}", plainly(web.file, number), middleware=[guard]),
            Route("/text/{id:int}", plainly(web.text, number), middleware=[guard]),
            WebSocketRoute("/ws", session.serve, middleware=[guard]),
        ]

    async def start(self, receive: Receive) -> None:
        """Begin to take messages; the sockets are the server's."""
        self._speech.receive = receive

    async def stop(self) -> None:
        """Take no more messages and close all windows."""
        self._speech.receive = None
        self._windows.close()

    async def send(self, chat: Chat, message: Shown) -> str:
        """Keep a message (or put it in place of the one it replaces), show it in every window, return its id.

        Raises:
            vocabulary.delivery.Undelivered: there is no such chat (`gone`).
        """
        if message.replaces is not None and message.replaces.isdecimal():
            replaced = await self._store.replace(int(message.replaces), message)
            if replaced is not None:
                await self._speech.show(replaced, "replace")
                return str(replaced.id)
        try:
            kept = await self._store.append(chat.id, None, message, self._clock.now())
        except LookupError:
            raise Undelivered("gone", detail=chat.id) from None
        await self._speech.show(kept)
        return str(kept.id)

    async def fetch(self, attachment: Attachment) -> bytes:
        """Return a file that somebody handed over on the page.

        Raises:
            vocabulary.delivery.Unfetched: there is no such file (`gone`).
        """
        number = attachment.url.removeprefix("/file/")
        found = await self._store.file(int(number)) if number.isdecimal() else None
        if found is None:
            raise Unfetched("gone", detail=attachment.url)
        return found[1]

    def chats_changed(self) -> None:
        """Look up again who sees which chat; without this a change of members is seen after a second."""
        self._windows.forget()
