"""What a WeCom app asks of WeCom: messages to members, files, and whose a login is; and what its error codes mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from bot.channels.tencent.rest import Asking, Rest
from vocabulary.delivery import Undelivered, Why

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vocabulary.clock import Clock

TITLE_SIGNS = 50
"""A longer title of a group is cut without a word."""
EXPIRED = frozenset({40014, 42001})
REFUSALS: dict[int, tuple[Why, float | None]] = {
    -1: ("down", None),  # busy
    40014: ("down", None),  # the token is refused even when fresh
    42001: ("down", None),
    45009: ("limited", 60.0),  # a minute limit blocks for a minute (WeCom developer page 90454)
    45033: ("limited", 5.0),  # too many calls side by side
    81013: ("unbound", None),  # no valid recipient
    40003: ("unbound", None),  # no such account
    60111: ("unbound", None),  # likewise
    86001: ("gone", None),  # no chat of this app's
    86003: ("gone", None),  # likewise
}
"""Every other code is final: 60020 says that this machine's address is not allowed."""
NO_LOGIN = {"40029", "40078"}  # no such code, or used up


class WeComRest:
    """The REST side of one WeCom app."""

    def __init__(self, corp_id: str, agent_id: str, secret: str, api_base: str, clock: Clock, seconds: float) -> None:
        self._agent = int(agent_id) if agent_id.isdecimal() else agent_id
        asking = Asking("/cgi-bin/gettoken", {"corpid": corp_id, "corpsecret": secret})
        self._rest = Rest(
            api_base=api_base,
            clock=clock,
            secret=secret,
            asking=asking,
            expired=EXPIRED,
            refusals=REFUSALS,
            seconds=seconds,
        )
        self.start, self.stop = self._rest.start, self._rest.stop

    async def send_text(self, account: str, text: str) -> str:
        """Send a text of at most 2048 bytes to one account, as `send`."""
        return await self.send(account, "text", {"content": text})

    async def send(self, account: str, kind: str, content: Mapping[str, Any]) -> str:
        """Send a message of one of WeCom's kinds to one account and return WeCom's id of it (developer page 90236).

        Where WeCom names none, the id is one of our own.

        Raises:
            Undelivered: it did not arrive; `detail` holds WeCom's code and words.
        """
        if not account or "|" in account or account.startswith("@"):
            raise Undelivered("unbound", detail="not one account")  # | and @all would reach others
        body = {"touser": account, "msgtype": kind, "agentid": self._agent, kind: content}
        answer = await self._rest.call("/cgi-bin/message/send", body)
        if answer.get("invaliduser"):
            raise Undelivered("unbound", detail="invaliduser")
        return str(answer.get("msgid") or uuid4().hex)

    async def send_to_group(self, chat: str, kind: str, content: Mapping[str, Any]) -> str:
        """Send a message to a group that this app made, and return an id of it (developer page 90248).

        Raises:
            Undelivered: it did not arrive; `detail` holds WeCom's code and words.
        """
        answer = await self._rest.call("/cgi-bin/appchat/send", {"chatid": chat, "msgtype": kind, kind: content})
        return str(answer.get("msgid") or uuid4().hex)

    async def make_group(self, title: str, accounts: Sequence[str], owner: str) -> str:
        """Make a group of 2 to 2000 accounts, one of them its owner, and return its id (developer page 90245).

        Nobody sees it before something is sent to it.

        Raises:
            Undelivered: WeCom does not make it; `detail` holds its code and words.
        """
        body = {"name": title[:TITLE_SIGNS], "owner": owner, "userlist": list(accounts)}
        return str((await self._rest.call("/cgi-bin/appchat/create", body)).get("chatid", ""))

    async def group_members(self, chat: str) -> list[str]:
        """Return the accounts in a group that this app made (developer page 90247). Raises Undelivered."""
        answer = await self._rest.call("/cgi-bin/appchat/get", query={"chatid": chat})
        return [str(one) for one in answer.get("chat_info", {}).get("userlist", [])]

    async def add_to_group(self, chat: str, accounts: Sequence[str]) -> None:
        """Take accounts into a group that this app made (developer page 90246). Raises Undelivered."""
        await self._rest.call("/cgi-bin/appchat/update", {"chatid": chat, "add_user_list": list(accounts)})

    async def upload(self, name: str, data: bytes) -> str:
        """Leave a file of 6 bytes to 20 MB with WeCom for three days and return its media id (developer page 90253).

        Raises:
            Undelivered: WeCom did not take it.
        """
        answer = await self._rest.upload("/cgi-bin/media/upload", name, data, {"type": "file"})
        return str(answer.get("media_id", ""))

    async def download(self, media_id: str) -> bytes:
        """Return a file by its media id (three days: developer page 90254). Raises Unfetched."""
        return await self._rest.fetch("/cgi-bin/media/get", {"media_id": media_id})

    async def account_behind(self, open_id: str) -> str | None:
        """Return the member behind an encrypted id that a bot names (page 101521); None: the app does not see them.

        Raises:
            Undelivered: WeCom cannot be asked.
        """
        body = {"open_userid_list": [open_id], "source_agentid": self._agent}
        answer = await self._rest.call("/cgi-bin/batch/openuserid_to_userid", body)
        found = [row for row in answer.get("userid_list", []) if row.get("open_userid") == open_id]
        return str(found[0].get("userid") or "") or None if found else None

    async def account_of(self, code: str) -> str | None:
        """Return whose login a code stands for (developer page 91023); None where it is nobody of the corporation.

        Raises:
            Undelivered: WeCom cannot be asked.
        """
        try:
            answer = await self._rest.call("/cgi-bin/auth/getuserinfo", query={"code": code})
        except Undelivered as failure:
            if failure.detail.partition(" ")[0] in NO_LOGIN:
                return None
            raise
        return str(answer.get("userid") or answer.get("UserId") or "") or None
