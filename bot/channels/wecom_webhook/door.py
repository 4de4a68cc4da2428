"""The webhook of one WeCom group: it only speaks, and serves where the bot that is heard there cannot."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from bot.channels.degrade import speakable
from bot.channels.download import whole
from bot.channels.reaching import bound, is_unreached
from bot.post.windows import Limit
from vocabulary.delivery import Undelivered, Unfetched, Why, behind
from vocabulary.messages import Can

if TYPE_CHECKING:
    from aiohttp import ClientSession, FormData

    from bot.channels.door import Receive
    from vocabulary.messages import Attachment, Chat, Shown

SECONDS, UPLOAD_SECONDS = 10.0, 60.0
CAN = Can(text_bytes=2048, buttons=False, edits=False, hears_group=False, deaf=True)
LIMITS = (Limit("door", 20, 60),)
"""A robot's messages (WeCom developer page 91770)."""
REFUSALS: dict[int, tuple[Why, float | None]] = {
    -1: ("down", None),
    45009: ("limited", 60.0),
    93000: ("gone", None),  # the key is invalid: the robot was taken out of the group
    93008: ("gone", None),
}
"""WeCom's codes for webhooks, and what the outbox is told; every other one is final."""
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
BAD_STATUS = 400


@dataclass(slots=True, kw_only=True)
class WeComWebhookDoor:
    """One group, named by the secret key in its `url`."""

    url: str = field(repr=False)

    name: str = field(default="wecom_webhook", init=False)
    limits: tuple[Limit, ...] = field(default=LIMITS, init=False)
    answers_at_once: bool = field(default=False, init=False)
    can: Can = field(default=CAN, init=False)
    _web: ClientSession | None = field(default=None, init=False, repr=False)

    async def start(self, receive: Receive) -> None:
        """Make the connection pool; nothing is ever heard. Raises ValueError where the address holds no key."""
        from aiohttp import ClientSession, ClientTimeout

        del receive
        if not self._key():
            raise ValueError("wecom_webhook: url holds no key")
        is_loopback = urlsplit(self.url).hostname in LOOPBACK
        self._web = ClientSession(timeout=ClientTimeout(total=SECONDS), trust_env=not is_loopback)

    async def stop(self) -> None:
        """Close the connections; may be called twice."""
        web, self._web = self._web, None
        if web is not None:
            await web.close()

    async def send(self, chat: Chat, message: Shown) -> str:
        """Say words in the group, and send a file behind them; return an id of our own.

        The file is left with WeCom before anything is said: a second try after a failed upload repeats no words.

        Raises:
            Undelivered: it did not arrive, and why.
        """
        del chat  # the address is the group
        text = speakable(message.text).strip()
        if not text and message.file_data is None:
            raise Undelivered("refused", detail="no words")
        media = None
        if message.file_data is not None:
            media = await self._upload(message.file_name or "file", message.file_data)
        if text:
            await self._post(self.url, {"msgtype": "text", "text": {"content": text}})
        if media is not None:
            with behind(text):
                await self._post(self.url, {"msgtype": "file", "file": {"media_id": media}})
        return uuid4().hex

    async def fetch(self, attachment: Attachment) -> bytes:
        """Nothing comes in by a webhook. Raises Unfetched."""
        raise Unfetched("gone", detail=attachment.name)

    async def _upload(self, name: str, data: bytes) -> str:
        """Leave a file with WeCom and return its media id."""
        from aiohttp import FormData

        form = FormData(quote_fields=False)
        form.add_field("media", data, filename=name, content_type="application/octet-stream")
        parts = urlsplit(self.url)
        address = f"{parts.scheme}://{parts.netloc}/cgi-bin/webhook/upload_media?key={self._key()}&type=file"
        return str((await self._post(address, form)).get("media_id", ""))

    async def _post(self, url: str, body: dict[str, Any] | FormData) -> dict[str, Any]:
        """Post, and return WeCom's answer; what went wrong is told without the address, which is the secret."""
        from aiohttp import ClientError

        if self._web is None:
            raise Undelivered("down", detail="the door is closed", surely=True)
        is_json = isinstance(body, dict)
        data = json.dumps(body, ensure_ascii=False).encode() if is_json else body
        head = {"Content-Type": "application/json"} if is_json else {}
        longest = bound(SECONDS if is_json else UPLOAD_SECONDS)
        try:
            async with self._web.post(url, data=data, headers=head, timeout=longest, allow_redirects=False) as answer:
                status, raw = answer.status, await whole(answer)
            said = json.loads(raw)
        except (ClientError, OSError, TimeoutError, ValueError) as error:
            raise Undelivered("down", detail=type(error).__name__, surely=is_unreached(error)) from None
        if not isinstance(said, dict) or status >= BAD_STATUS:
            raise Undelivered("down", detail=f"HTTP {status}")
        code = said.get("errcode", 0)
        if code:
            why, retry_after = REFUSALS.get(code, ("refused", None))
            words = str(said.get("errmsg", ""))[:200].replace(self._key() or "\0", "***")
            raise Undelivered(why, retry_after=retry_after, detail=f"{code} {words}", surely=True)
        return said

    def _key(self) -> str:
        return next(iter(parse_qs(urlsplit(self.url).query).get("key", [])), "")
