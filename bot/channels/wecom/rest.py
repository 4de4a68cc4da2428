"""Messages out to WeCom: one access token, one lock, one bounded retry, and the meaning of its error codes."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bot.channels.download import download
from vocabulary.delivery import Undelivered, Unfetched, Why

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aiohttp import ClientSession, FormData

    from vocabulary.clock import Clock

    Body = dict[str, Any] | Callable[[], FormData] | None

EARLIER = timedelta(seconds=300)  # a token is renewed this long before WeCom lets it expire
UPLOAD_SECONDS = 60.0
TOKEN_CODES = {40014, 42001}
NOT_DELIVERABLE: dict[int, tuple[Why, float | None]] = {
    -1: ("down", None),  # busy
    40014: ("down", None),  # the token is refused even when fresh
    42001: ("down", None),
    45009: ("limited", 60.0),  # a minute limit blocks for a minute (WeCom developer page 90454)
    45033: ("limited", 5.0),  # too many calls side by side
    81013: ("unbound", None),  # no valid recipient
    40003: ("unbound", None),  # no such account
    60111: ("unbound", None),  # likewise
}
"""Every other code is final: the settings are wrong, and waiting does not help (60020: this address is not allowed)."""


@dataclass(slots=True)
class WeComRest:
    """The REST side of one WeCom app. `seconds` bounds each call as a whole."""

    corp_id: str
    agent_id: str
    secret: str = field(repr=False)
    api_base: str
    clock: Clock
    seconds: float = 10.0
    _session: ClientSession | None = field(default=None, init=False, repr=False)
    _token: str = field(default="", init=False, repr=False)
    _fresh_until: datetime | None = field(default=None, init=False)
    _renewing: asyncio.Lock = field(default_factory=asyncio.Lock, init=False, repr=False)

    async def start(self) -> None:
        """Make the connection pool; no call is made yet."""
        from aiohttp import ClientSession, ClientTimeout

        is_loopback = urlsplit(self.api_base).hostname in {"127.0.0.1", "::1", "localhost"}
        self._session = ClientSession(timeout=ClientTimeout(total=self.seconds), trust_env=not is_loopback)

    async def stop(self) -> None:
        """Close the connections; may be called twice."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def send_text(self, account: str, text: str) -> str:
        """Send a text of at most 2048 bytes to one account, as `send`."""
        return await self.send(account, "text", {"content": text})

    async def send(self, account: str, kind: str, content: Mapping[str, Any]) -> str:
        """Send a message of one of WeCom's kinds to one account and return WeCom's id of it (developer page 90236).

        Raises:
            Undelivered: it did not arrive; `detail` holds WeCom's code and words.
        """
        if not account or "|" in account or account.startswith("@"):
            raise Undelivered("unbound", detail="not one account")  # | and @all would reach others
        agent = int(self.agent_id) if self.agent_id.isdecimal() else self.agent_id
        body = {"touser": account, "msgtype": kind, "agentid": agent, kind: content}
        answer = await self._with_token("/cgi-bin/message/send", body)
        if answer.get("invaliduser"):
            raise Undelivered("unbound", detail="invaliduser")
        return str(answer.get("msgid", ""))

    async def upload(self, name: str, data: bytes) -> str:
        """Leave a file of 6 bytes to 20 MB with WeCom for three days and return its media id (developer page 90253).

        Raises:
            Undelivered: WeCom did not take it.
        """
        from aiohttp import FormData

        def form() -> FormData:  # anew for each try: one that was sent is empty
            made = FormData(quote_fields=False)
            made.add_field("media", data, filename=name, content_type="application/octet-stream")
            return made

        answer = await self._with_token("/cgi-bin/media/upload", form, {"type": "file"})
        return str(answer.get("media_id", ""))

    async def account_of(self, code: str) -> str | None:
        """Return whose login a code stands for (developer page 91023); None where it is nobody of the corporation.

        Raises:
            Undelivered: WeCom cannot be asked.
        """
        try:
            answer = await self._with_token("/cgi-bin/auth/getuserinfo", None, {"code": code})
        except Undelivered as failure:
            if failure.detail.partition(" ")[0] in {"40029", "40078"}:  # no such code, or used up
                return None
            raise
        return str(answer.get("userid") or answer.get("UserId") or "") or None

    async def download(self, media_id: str) -> bytes:
        """Return a file by its media id (three days: WeCom developer page 90254), of at most 20 MB.

        Raises:
            Unfetched: WeCom has it no more, it is too large, or it cannot be reached.
        """
        if self._session is None:
            raise Unfetched("down", detail="the door is closed")
        url, refused = self.api_base.rstrip("/") + "/cgi-bin/media/get", ""
        for _ in range(2):
            try:
                refused = await self._current_token(refused)
            except Undelivered as failure:
                raise Unfetched("down", detail=failure.detail) from None
            data, kind = await download(self._session, url, {"access_token": refused, "media_id": media_id})
            code = _code_of(data) if kind in {"application/json", "text/plain"} else 0
            if code not in TOKEN_CODES:
                break
        if code:
            raise Unfetched("down" if code in NOT_DELIVERABLE else "gone", detail=str(code))
        return data

    async def _with_token(self, path: str, body: Body, query: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Call with a token, GET where there is no body; where WeCom calls it expired, renew it once and call again."""
        method = "GET" if body is None else "POST"
        token = await self._current_token(refused="")
        answer = await self._call(method, path, {"access_token": token, **(query or {})}, body)
        if answer.get("errcode") in TOKEN_CODES:
            token = await self._current_token(refused=token)
            answer = await self._call(method, path, {"access_token": token, **(query or {})}, body)
        self._raise_for(answer)
        return answer

    async def _current_token(self, refused: str) -> str:
        """Return a token that is not the refused one; however many ask at once, it is fetched once."""
        async with self._renewing:
            now = self.clock.now()
            if self._token and self._token != refused and self._fresh_until and now < self._fresh_until:
                return self._token
            query = {"corpid": self.corp_id, "corpsecret": self.secret}
            answer = await self._call("GET", "/cgi-bin/gettoken", query)
            self._raise_for(answer)
            token, lasts = answer.get("access_token"), answer.get("expires_in")
            if not isinstance(token, str) or not token:
                raise Undelivered("down", detail="gettoken: no token in the answer")
            lifetime = timedelta(seconds=lasts if isinstance(lasts, int) else 7200)
            self._token, self._fresh_until = token, now + max(lifetime - EARLIER, lifetime / 2)
            return token

    async def _call(self, method: str, path: str, query: Mapping[str, str], body: Body = None) -> dict[str, Any]:
        """Return WeCom's JSON answer; what the network did instead is told without the address, which holds secrets."""
        from aiohttp import ClientError, ClientTimeout

        if self._session is None:
            raise Undelivered("down", detail="the door is closed")
        payload = body() if callable(body) else None if body is None else json.dumps(body, ensure_ascii=False).encode()
        bound = ClientTimeout(total=UPLOAD_SECONDS if callable(body) else self.seconds)
        url = self.api_base.rstrip("/") + path
        try:
            async with self._session.request(
                method, url, params=query, data=payload, timeout=bound, allow_redirects=False
            ) as response:
                status, raw = response.status, await response.read()
        except (ClientError, OSError, TimeoutError, ValueError) as error:
            raise Undelivered("down", detail=f"{path}: {type(error).__name__}") from None
        try:
            answer = json.loads(raw)
        except ValueError:
            raise Undelivered("down", detail=f"{path}: HTTP {status}, no JSON") from None
        if not isinstance(answer, dict) or status >= 400:  # noqa: PLR2004  HTTP's own line between good and bad
            raise Undelivered("down", detail=f"{path}: HTTP {status}")
        return answer

    def _raise_for(self, answer: dict[str, Any]) -> None:
        code = answer.get("errcode", 0)
        if code == 0:
            return
        why, retry_after = NOT_DELIVERABLE.get(code, ("refused", None))
        words = (
            str(answer.get("errmsg", ""))[:200].replace(self.secret or "\0", "***").replace(self._token or "\0", "***")
        )
        raise Undelivered(why, retry_after=retry_after, detail=f"{code} {words}")


def _code_of(data: bytes) -> int:
    """Return the error code of an answer that may be a file; 0 where it is one."""
    try:
        answer = json.loads(data)
    except ValueError:
        return 0
    code = answer.get("errcode") if isinstance(answer, dict) else None
    return code if isinstance(code, int) else 0
