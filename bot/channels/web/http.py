"""The page's HTTP side: the page, its files, the one-time link, and what scripts and uploads send."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response

from bot.channels.web.frames import MOST_FRAME, read_frame, read_pressed, read_said
from bot.channels.web.refusals import Refused, refusal
from bot.channels.web.shapes import MOST_FILE
from bot.web import pages

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from bot.channels.web.entry import Entry
    from bot.channels.web.shapes import WebMessage, WebStore
    from bot.channels.web.speech import Speech
    from bot.channels.web.windows import Windows

    Endpoint = Callable[[Request], Awaitable[Response]]

_FOR_EVER = "public, max-age=31536000, immutable"
_PICTURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}


async def body(request: Request, most: int) -> bytes:
    """Read a request's body, never more than `most` bytes of it.

    Raises:
        Refused: it is longer.
    """
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > most:
            raise Refused("too_long", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        chunks.append(chunk)
    return b"".join(chunks)


def picture_type(data: bytes) -> str | None:
    """Return the content type of a picture by its first bytes, or None: anything else is only offered for saving."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for start, kind in _PICTURES.items() if data.startswith(start)), None)


def plainly(endpoint: Endpoint, number: Callable[[], str]) -> Endpoint:
    """Wrap an endpoint: what it refuses or fails at is JSON with its status: `{"ok":false,"error":…,"message":…}`."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except Exception as error:  # noqa: BLE001  nobody sees a traceback; the log does
            refused = refusal(error, number)
            return JSONResponse({**refused.frame(), "ok": False}, refused.status)

    return answer


class Pages:
    """The endpoints that answer HTTP requests."""

    def __init__(self, store: WebStore, windows: Windows, speech: Speech, entry: Entry, zone: str) -> None:
        self._store = store
        self._windows = windows
        self._speech = speech
        self._entry = entry
        self._zone = zone

    async def index(self, request: Request) -> Response:
        """Return the chat page, or a page that says how to come in."""
        if not self._entry.is_sample and await self._entry.at_socket(request) is None:
            return HTMLResponse(pages.page("enter.html", line=pages.words()["enter_first"], way="closed"), 401)
        return HTMLResponse(pages.chat_page({"sample": self._entry.is_sample, "zone": self._zone}))

    async def static(self, request: Request) -> Response:
        """Return a file of the page; under its version it may be kept for ever."""
        data, kind = pages.static_files().get(request.path_params["name"], (b"", ""))
        if not kind or kind.startswith("text/html"):
            return PlainTextResponse(pages.words()["not_found"], 404)
        current = request.path_params["version"] == pages.version()
        return Response(data, headers={"Cache-Control": _FOR_EVER if current else "no-cache"}, media_type=kind)

    async def enter(self, request: Request) -> Response:
        """Show a button for a one-time link (GET: whoever previews links uses nothing up), or let in (POST)."""
        if request.method != "POST":
            return HTMLResponse(pages.page("enter.html", line=pages.words()["enter_line"], way="open"))
        inside = RedirectResponse("/", 303)
        if await self._entry.come_in(request.path_params["code"], inside):
            return inside
        return HTMLResponse(pages.page("enter.html", line=pages.words()["enter_used"], way="closed"), 403)

    async def say(self, request: Request) -> Response:
        """Take one say or press frame as JSON; `{"ok":true}` after it is committed."""
        frame = read_frame(await body(request, MOST_FRAME))
        person = await self._entry.at_request(request, frame.get("account"))
        if frame.get("type", "say") == "press":
            await self._speech.press(person, read_pressed(frame))
        else:
            await self._speech.say(person, read_said(frame))
        return JSONResponse({"ok": True})

    async def take_file(self, request: Request) -> Response:
        """Take a file as the body; `chat`, `name`, `id` (and in the sample `account`) stand in the query."""
        query = dict(request.query_params)
        person = await self._entry.at_request(request, query.get("account"))
        said = read_said({**query, "text": query.get("name", "")})
        await self._speech.hand_over(person, said, await body(request, MOST_FILE))
        return JSONResponse({"ok": True})

    async def file(self, request: Request) -> Response:
        """Return the file of a line: pictures to be shown, everything else to be saved."""
        message = await self._message(request)
        found = await self._store.file(message.id)
        if found is None:
            raise Refused("not_found", 404)
        name, data = found
        kind = picture_type(data)
        how = "inline" if kind else "attachment"
        headers = {
            "Content-Disposition": f"{how}; filename*=UTF-8''{quote(name, safe='')}",
            "Cache-Control": "private, no-cache",
        }
        return Response(data, headers=headers, media_type=kind or "application/octet-stream")

    async def text(self, request: Request) -> Response:
        """Return a line's whole text."""
        return PlainTextResponse((await self._message(request)).text)

    async def _message(self, request: Request) -> WebMessage:
        person = await self._entry.at_request(request, request.query_params.get("account"))
        message = await self._store.message(request.path_params["id"])
        if message is None or message.chat not in await self._windows.chats(person.account):
            raise Refused("not_found", 404)
        return message
