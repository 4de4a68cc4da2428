"""The REST side of WeCom and WeChat: one token under one lock, one bounded retry, timeouts, and no secret told."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bot.channels.download import download, whole
from bot.channels.reaching import bound, is_unreached
from vocabulary.delivery import Undelivered, Unfetched, Why

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aiohttp import ClientSession, FormData

    from vocabulary.clock import Clock

    Body = dict[str, Any] | Callable[[], FormData] | None

EARLIER = timedelta(seconds=300)  # a token is renewed this long before the platform lets it expire
UPLOAD_SECONDS = 60.0
BAD_STATUS = 400
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


@dataclass(frozen=True, slots=True)
class Asking:
    """How a token is asked for: by GET with a query, or by POST with a body where there is one; the secret is in it."""

    path: str
    query: dict[str, str] = field(default_factory=dict, repr=False)
    body: dict[str, Any] | None = field(default=None, repr=False)


@dataclass(slots=True, kw_only=True)
class Rest:
    """Calls a platform's REST interface at `api_base` (no path); `seconds` bounds each call as a whole.

    `asking` gets a token; `expired` are the codes that say it is none any more; `refusals` says what the outbox is told
    of an error code, every other one is final: the settings are wrong, and waiting does not help.
    """

    api_base: str
    clock: Clock
    secret: str = field(repr=False)
    asking: Asking
    expired: frozenset[int]
    refusals: Mapping[int, tuple[Why, float | None]]
    seconds: float = 10.0
    _session: ClientSession | None = field(default=None, init=False, repr=False)
    _token: str = field(default="", init=False, repr=False)
    _fresh_until: datetime | None = field(default=None, init=False)
    _renewing: asyncio.Lock = field(default_factory=asyncio.Lock, init=False, repr=False)

    async def start(self) -> None:
        """Make the connection pool; no call is made yet."""
        from aiohttp import ClientSession, ClientTimeout

        is_loopback = urlsplit(self.api_base).hostname in LOOPBACK
        self._session = ClientSession(timeout=ClientTimeout(total=self.seconds), trust_env=not is_loopback)

    async def stop(self) -> None:
        """Close the connections; may be called twice."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def call(self, path: str, body: Body = None, query: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Call with a token, GET where there is no body; where it has expired, renew it once and call once again.

        Raises:
            Undelivered: the platform refuses or cannot be reached; `detail` begins with its error code, if any.
        """
        method = "GET" if body is None else "POST"
        token = await self._current_token(refused="")
        answer = await self._call(method, path, {"access_token": token, **(query or {})}, body)
        if answer.get("errcode") in self.expired:
            token = await self._current_token(refused=token)
            answer = await self._call(method, path, {"access_token": token, **(query or {})}, body)
        self._raise_for(answer)
        return answer

    async def upload(self, path: str, name: str, data: bytes, query: Mapping[str, str]) -> dict[str, Any]:
        """Leave a file with the platform and return its answer. Raises Undelivered as `call`."""
        from aiohttp import FormData

        def form() -> FormData:  # anew for each try: one that was sent is empty
            made = FormData(quote_fields=False)
            made.add_field("media", data, filename=name, content_type="application/octet-stream")
            return made

        try:
            return await self.call(path, form, query)
        except Undelivered as failure:
            failure.surely = True  # a file that is left with a platform is no message yet
            raise

    async def fetch(self, path: str, query: Mapping[str, str]) -> bytes:
        """Return a file, of at most 20 MB.

        Raises:
            Unfetched: the platform has it no more, it is too large, or it cannot be reached.
        """
        if self._session is None:
            raise Unfetched("down", detail="the door is closed")
        url, token, code = self.api_base.rstrip("/") + path, "", 0
        for _ in range(2):
            try:
                token = await self._current_token(refused=token)
            except Undelivered as failure:
                raise Unfetched("down", detail=failure.detail) from None
            data, kind = await download(self._session, url, {"access_token": token, **query})
            code = _code_of(data) if kind in {"application/json", "text/plain"} else 0
            if code not in self.expired:
                break
        if code:
            raise Unfetched("down" if code in self.refusals else "gone", detail=str(code))
        return data

    async def _current_token(self, refused: str) -> str:
        """Return a token that is not the refused one; however many ask at once, it is fetched once."""
        async with self._renewing:
            now = self.clock.now()
            if self._token and self._token != refused and self._fresh_until and now < self._fresh_until:
                return self._token
            method = "GET" if self.asking.body is None else "POST"
            try:
                answer = await self._call(method, self.asking.path, self.asking.query, self.asking.body)
            except Undelivered as failure:
                failure.surely = True  # whatever became of the asking, no message was sent
                raise
            self._raise_for(answer)
            token, lasts = answer.get("access_token"), answer.get("expires_in")
            if not isinstance(token, str) or not token:
                raise Undelivered("down", detail=f"{self.asking.path}: no token in the answer")
            lifetime = timedelta(seconds=lasts if isinstance(lasts, int) else 7200)
            self._token, self._fresh_until = token, now + max(lifetime - EARLIER, lifetime / 2)
            return token

    async def _call(self, method: str, path: str, query: Mapping[str, str], body: Body) -> dict[str, Any]:
        """Return the JSON answer; what the network did instead is told without the address, which holds secrets."""
        from aiohttp import ClientError

        if self._session is None:
            raise Undelivered("down", detail="the door is closed", surely=True)
        payload = body() if callable(body) else None if body is None else json.dumps(body, ensure_ascii=False).encode()
        longest = UPLOAD_SECONDS if callable(body) else self.seconds
        url = self.api_base.rstrip("/") + path
        try:
            async with self._session.request(
                method, url, params=query, data=payload, timeout=bound(longest), allow_redirects=False
            ) as response:
                status, raw = response.status, await whole(response)
        except (ClientError, OSError, TimeoutError, ValueError) as error:
            detail = f"{path}: {type(error).__name__}"
            raise Undelivered("down", detail=detail, surely=is_unreached(error)) from None
        try:
            answer = json.loads(raw)
        except ValueError:
            raise Undelivered("down", detail=f"{path}: HTTP {status}, no JSON") from None
        if not isinstance(answer, dict) or status >= BAD_STATUS:
            raise Undelivered("down", detail=f"{path}: HTTP {status}")
        return answer

    def _raise_for(self, answer: dict[str, Any]) -> None:
        code = answer.get("errcode", 0)
        if code == 0:
            return
        why, retry_after = self.refusals.get(code, ("refused", None))
        words = str(answer.get("errmsg", ""))[:200]
        for hidden in (self.secret, self._token):
            words = words.replace(hidden or "\0", "***")
        raise Undelivered(why, retry_after=retry_after, detail=f"{code} {words}", surely=True)


def _code_of(data: bytes) -> int:
    """Return the error code of an answer that may be a file; 0 where it is one."""
    try:
        answer = json.loads(data)
    except ValueError:
        return 0
    code = answer.get("errcode") if isinstance(answer, dict) else None
    return code if isinstance(code, int) else 0
