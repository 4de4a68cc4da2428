"""How the Telegram door talks HTTP: aiohttp under python-telegram-bot, which never learns the token.

The library is given a stand-in token, so that nothing it logs or raises can hold the real one. This module imports
telegram; the door imports it in `start`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import ClientSession, FormData
    from telegram.request import RequestData

STAND_IN_TOKEN = "0:hidden"  # noqa: S105  it opens nothing
STAND_IN_BASE = "http://telegram.invalid/bot"
LONG_SECONDS = 60.0  # for uploads


class AiohttpRequest(BaseRequest):
    """Carries Bot API calls to `api_base` (no path) with the real token; `seconds` bounds a call as a whole."""

    def __init__(self, token: str, api_base: str, seconds: float) -> None:
        self._token = token
        self._base = api_base.rstrip("/")
        self._seconds = seconds
        self._session: ClientSession | None = None

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

    async def call(self, method: str, fields: Mapping[str, str], seconds: float | None = None) -> Any:
        """Call a Bot API method and return its result as it came, not parsed into the library's classes.

        Raises:
            telegram.error.TelegramError: as the library maps the answer.
        """
        # The library's post() takes an address and an opaque object: the fields ride in the address up to do_request.
        address = f"{STAND_IN_BASE}{STAND_IN_TOKEN}/{method}?{urlencode(fields)}"
        try:
            return await self.post(address, read_timeout=self._seconds if seconds is None else seconds)
        except (LookupError, TypeError):
            raise NetworkError("answer without a result") from None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002  one bound for the whole call
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002
    ) -> tuple[int, bytes]:
        """Send one request; return the HTTP status and the body, in which the token is blotted out."""
        from aiohttp import ClientError, ClientTimeout

        if self._session is None:
            raise NetworkError("the door is closed")
        asked = urlsplit(url)
        real = f"{self._base}/bot{self._token}/{asked.path.rsplit('/', 1)[-1]}"
        seconds = read_timeout if isinstance(read_timeout, (int, float)) else self._seconds
        if request_data is not None and request_data.contains_files:
            seconds = max(seconds, LONG_SECONDS)
        body = _body(request_data) if request_data is not None else dict(parse_qsl(asked.query))
        try:
            async with self._session.request(
                method, real, data=body, timeout=ClientTimeout(total=seconds), allow_redirects=False
            ) as response:
                payload = await response.read()
        except TimeoutError:
            raise TimedOut from None
        except (ClientError, OSError, ValueError) as error:
            raise NetworkError(type(error).__name__) from None
        return response.status, payload.replace(self._token.encode(), b"***")


def _body(request_data: RequestData) -> dict[str, str] | FormData:
    """Return the parameters as a form, with its files where there are any."""
    if not request_data.contains_files:
        return request_data.json_parameters
    from aiohttp import FormData

    form = FormData(quote_fields=False)
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (file_name, content, kind) in request_data.multipart_data.items():
        form.add_field(name, content, filename=file_name, content_type=kind)
    return form
