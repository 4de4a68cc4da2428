"""What a 公众号 asks of WeChat: messages inside and outside the window, its menu, files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from bot.channels.tencent.rest import Asking, Rest
from vocabulary.delivery import Undelivered, Why

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    45047: ("silent", None),  # the window's messages are used up
    43004: ("blocked", None),  # follows no more
    43101: ("blocked", None),  # refuses notices
    40003: ("unbound", None),  # no such follower
}
"""Every other code is final: 40164 says that this machine's address is not allowed, 48001 that the account may not."""
NO_MENU = "46003"
FIELD_SIGNS = 20
"""So long is a field of a notice at most (WeChat's page on template fields: `thing`)."""


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

    async def notify(self, account: str, template: str, field: str, text: str, url: str) -> str:
        """Send a template notice, for which no window holds: the beginning of a text in one field, a page behind it.

        Raises:
            Undelivered: it did not arrive.
        """
        shown = text if len(text) <= FIELD_SIGNS else text[: FIELD_SIGNS - 1] + "…"
        body: dict[str, Any] = {"touser": account, "template_id": template, "data": {field: {"value": shown}}}
        answer = await self._rest.call("/cgi-bin/message/template/send", body | ({"url": url} if url else {}))
        return str(answer.get("msgid", ""))

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
