"""What a 公众号 asks of WeChat: messages inside and outside the window, its codes, its menu, files."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from bot.channels.tencent.rest import Asking, Rest
from vocabulary.delivery import Undelivered, Why

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.channels.wechat.notices import Notice
    from vocabulary.clock import Clock

EXPIRED = frozenset({40001, 40014, 42001})
REFUSALS: dict[int, tuple[Why, float | None]] = {
    -1: ("down", None),  # busy
    40001: ("down", None),  # the token is refused even when fresh
    40014: ("down", None),
    42001: ("down", None),
    45009: ("limited", 3600.0),  # the day's calls are used up
    45011: ("limited", 60.0),  # too many calls in a minute
    45015: ("silent", None),  # outside the 48 hours
    45047: ("used_up", None),  # the window's five messages
    43004: ("blocked", None),  # follows no more
    43101: ("silent", None),  # has not asked for notices, or not for one more
    40003: ("unbound", None),  # no such follower
    48001: ("not_allowed", None),  # an account of this kind, or one that is not verified
    48004: ("not_allowed", None),  # WeChat has taken the right away
}
"""Every other code is final: 40164 says that this machine's address is not allowed."""
NO_MENU = "46003"
SHORTEST, LONGEST = 60, 2_592_000
"""Seconds that a code of ours may last: WeChat's own measure where none is said, and a month."""


class WeChatRest:
    """The REST side of one 公众号."""

    def __init__(self, app_id: str, secret: str, api_base: str, clock: Clock, seconds: float) -> None:
        body = {"grant_type": "client_credential", "appid": app_id, "secret": secret}
        self._rest = Rest(
            api_base=api_base,
            clock=clock,
            secret=secret,
            asking=Asking("/cgi-bin/stable_token", body=body),
            expired=EXPIRED,
            refusals=REFUSALS,
            seconds=seconds,
        )
        self.start, self.stop = self._rest.start, self._rest.stop

    async def send_text(self, account: str, text: str) -> str:
        """Send a customer message and return an id of our own; it arrives within 48 hours of a follower's word alone.

        Raises:
            Undelivered: it did not arrive; `silent` outside that window.
        """
        body = {"touser": account, "msgtype": "text", "text": {"content": text}}
        await self._rest.call("/cgi-bin/message/custom/send", body)
        return uuid4().hex

    async def send_image(self, account: str, media_id: str) -> str:
        """Send a picture that was left with WeChat, as `send_text`."""
        body = {"touser": account, "msgtype": "image", "image": {"media_id": media_id}}
        await self._rest.call("/cgi-bin/message/custom/send", body)
        return uuid4().hex

    async def upload_image(self, name: str, data: bytes) -> str:
        """Leave a picture with WeChat (three days) and return its media id. Raises Undelivered."""
        answer = await self._rest.upload("/cgi-bin/media/upload", name, data, {"type": "image"})
        return str(answer.get("media_id", ""))

    async def notify(self, account: str, notice: Notice, text: str, now: datetime, page: str) -> str:
        """Send a notice, for which no window holds: the beginning of a text, and a page behind it.

        Raises:
            Undelivered: it did not arrive; `silent` where it wants a consent that the follower has not given.
        """
        body = {"touser": account, "template_id": notice.template, "data": notice.filled(text, now)}
        if notice.kind == "template":
            path, behind = "/cgi-bin/message/template/send", "url"
        else:
            path, behind = "/cgi-bin/message/subscribe/bizsend", "page"
        answer = await self._rest.call(path, body | ({behind: page} if page else {}))
        return str(answer.get("msgid") or uuid4().hex)

    async def make_code(self, scene: str, seconds: int) -> str:
        """Make a code that brings its scene along for so long, and return the address that it must show.

        Raises:
            Undelivered: WeChat makes none; `not_allowed` where the account may not (WeChat's page on parametric codes).
        """
        lasts = max(SHORTEST, min(seconds, LONGEST))
        action = {"action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": scene}}}
        answer = await self._rest.call("/cgi-bin/qrcode/create", {"expire_seconds": lasts} | action)
        address = answer.get("url")
        if not isinstance(address, str) or not address:
            raise Undelivered("refused", detail="a code without an address")
        return address

    async def put_up_menu(self, entries: Mapping[str, str]) -> bool:
        """Make the account's menu where it has none; one that somebody made is left alone. Returns whether it did.

        `entries` are the words on the buttons by the words that they say; three at most stand side by side.

        Raises:
            Undelivered: WeChat refuses.
        """
        try:
            await self._rest.call("/cgi-bin/menu/get")
        except Undelivered as refusal:
            if refusal.detail.partition(" ")[0] != NO_MENU:
                raise
        else:
            return False
        buttons = [{"type": "click", "name": name, "key": key} for key, name in entries.items()]
        await self._rest.call("/cgi-bin/menu/create", {"button": buttons[:3]})
        return True

    async def download(self, media_id: str) -> bytes:
        """Return a file by its media id (three days). Raises Unfetched."""
        return await self._rest.fetch("/cgi-bin/media/get", {"media_id": media_id})
