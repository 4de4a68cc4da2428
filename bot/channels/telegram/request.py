"""How the Telegram door talks HTTP: aiohttp below, python-telegram-bot's reading of Telegram's errors above.

The library itself never learns the token, so that nothing it logs or raises can hold it. This module imports
telegram; the door imports it in `start`.
"""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from telegram.error import BadRequest, NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest

from bot.channels.download import download
from bot.channels.reaching import bound, is_unreached
from vocabulary.delivery import Unfetched

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import ClientSession, FormData

UPLOAD_SECONDS = 60.0


class Unreached(NetworkError):  # noqa: N818  it says what the connection is
    """The connection did not stand, so that nothing went out."""


class AiohttpRequest(BaseRequest):
    """Calls the Bot API at `api_base` (no path); `seconds` bounds a call as a whole."""

    def __init__(self, token: str, api_base: str, seconds: float) -> None:
        self._token = token
        self._base = api_base.rstrip("/")
        self._seconds = seconds
        self._session: ClientSession | None = None
        self._numbers = itertools.count()
        self._bodies: dict[str, tuple[str, dict[str, str] | FormData]] = {}

    @property
    def read_timeout(self) -> float | None:
        """How long a call may take, in seconds."""
        return self._seconds

    async def initialize(self) -> None:
        """Make the connection pool."""
        from aiohttp import ClientSession

        is_loopback = urlsplit(self._base).hostname in {"127.0.0.1", "::1", "localhost"}
        self._session = ClientSession(trust_env=not is_loopback)

    async def shutdown(self) -> None:
        """Close the connections; may be called twice."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Read an answer. The library's own way logs what it cannot read as an error, at every page of a proxy."""
        try:
            answer: dict[str, Any] = json.loads(payload.decode("utf-8", "replace"))
        except ValueError:
            raise TelegramError("the answer is no JSON") from None
        return answer

    async def call(
        self,
        method: str,
        fields: Mapping[str, str],
        *,
        document: tuple[str, bytes] | None = None,
        seconds: float | None = None,
    ) -> Any:
        """Call a Bot API method and return its result as it came.

        `document` is the name and the bytes of a file to send with it.

        Raises:
            telegram.error.TelegramError: the call failed, as the library reads the answer.
        """
        # The library's post() carries only an address: a number in it stands for the body until do_request.
        number = str(next(self._numbers))
        self._bodies[number] = (method, dict(fields) if document is None else _form(fields, document))
        longest = seconds or (self._seconds if document is None else UPLOAD_SECONDS)
        try:
            return await self.post(number, read_timeout=longest)
        except (LookupError, TypeError):
            raise NetworkError("answer without a result") from None
        finally:
            self._bodies.pop(number, None)

    async def download(self, file_id: str) -> bytes:
        """Return a file by Telegram's id of it, of at most 20 MB.

        Raises:
            Unfetched: Telegram has it no more, it is too large, or it cannot be reached.
        """
        if self._session is None:
            raise Unfetched("down", detail="the door is closed")
        try:
            found = await self.call("getFile", {"file_id": file_id})
        except BadRequest as error:
            raise Unfetched("too_large" if "too big" in error.message.casefold() else "gone") from None
        except TelegramError as error:
            raise Unfetched("down", detail=error.message[:200]) from None
        path = str(found.get("file_path", "")) if isinstance(found, dict) else ""
        if not path or ".." in path:
            raise Unfetched("gone", detail="no file_path")
        data, _ = await download(self._session, f"{self._base}/file/bot{self._token}/{path}")
        return data

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: Any = None,  # noqa: ARG002  the library's own signature
        read_timeout: Any = None,
        write_timeout: Any = None,  # noqa: ARG002  one bound for the whole call
        connect_timeout: Any = None,  # noqa: ARG002
        pool_timeout: Any = None,  # noqa: ARG002
    ) -> tuple[int, bytes]:
        """Send one request; return the HTTP status and the body, in which the token is blotted out."""
        from aiohttp import ClientError

        if self._session is None:
            raise Unreached("the door is closed")
        api_method, body = self._bodies[url]
        address = f"{self._base}/bot{self._token}/{api_method}"
        try:
            async with self._session.request(
                method, address, data=body, timeout=bound(read_timeout), allow_redirects=False
            ) as response:
                payload = await response.read()
        except (ClientError, OSError, TimeoutError, ValueError) as error:
            if is_unreached(error):
                raise Unreached(type(error).__name__) from None
            if isinstance(error, TimeoutError):
                raise TimedOut from None
            raise NetworkError(type(error).__name__) from None
        return response.status, payload.replace(self._token.encode(), b"***")


def _form(fields: Mapping[str, str], document: tuple[str, bytes]) -> FormData:
    """Return a form with a file in it; Telegram takes the file's name as plain UTF-8."""
    from aiohttp import FormData

    form = FormData(quote_fields=False)
    for name, value in fields.items():
        form.add_field(name, value)
    name, content = document
    form.add_field("document", content, filename=name, content_type="application/octet-stream")
    return form
