"""Stands before every page and socket: only our own names in Host, only our own pages in Origin, strict headers."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_ASKING = frozenset({"GET", "HEAD"})
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
_STRICT = [(name.lower().encode(), value.encode()) for name, value in _HEADERS.items()]


def _authority(url: str) -> str:
    return urlsplit(url).netloc.lower()


def _name(authority: str) -> str:
    try:
        return urlsplit(f"//{authority}").hostname or ""
    except ValueError:
        return ""


class Guard:
    """Refuses what another site's page could send, and sets the headers that keep ours apart.

    A request passes when its Host is a loopback name or the host of `public_url` (so a foreign name that was pointed at
    this machine does not get in), and, where it changes something or opens a socket, when its Origin is absent (a
    script) or this very address. `words` are the page's texts.
    """

    def __init__(self, app: ASGIApp, *, public_url: str, words: Mapping[str, str]) -> None:
        self._app = app
        self._public = _authority(public_url)
        self._names = _LOOPBACK | ({_name(self._public)} - {""})
        self._words = words

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request pass or refuse it."""
        headers = Headers(scope=scope)
        socket = scope["type"] == "websocket"
        changes = socket or scope["method"] not in _ASKING

        async def send_strictly(message: Message) -> None:
            if message["type"] == "http.response.start":
                outgoing = MutableHeaders(raw=[*message["headers"], *_STRICT])
                message = {**message, "headers": outgoing.raw}
                outgoing.setdefault("Cache-Control", "no-store")
            await send(message)

        if _name(headers.get("host", "")) in self._names and (not changes or self._is_ours(headers)):
            await self._app(scope, receive, send if socket else send_strictly)
        elif socket:
            await send({"type": "websocket.close", "code": 1008, "reason": ""})
        else:
            body = {"ok": False, "error": "wrong_host", "message": self._words["wrong_host"]}
            await JSONResponse(body, 403)(scope, receive, send_strictly)

    def _is_ours(self, headers: Headers) -> bool:
        origin = headers.get("origin")
        if origin is None:
            return True
        return origin != "null" and _authority(origin) in {headers["host"].lower(), self._public} - {""}
