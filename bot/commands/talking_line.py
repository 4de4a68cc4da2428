"""The line from a terminal to the page's door: one kept WebSocket, who sits at it, and in which chat."""

from __future__ import annotations

import asyncio
import json
import secrets
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from vocabulary.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiohttp import ClientSession, ClientWebSocketResponse, WSMessage

Frame = dict[str, Any]
SECONDS = 5.0
OURS = {"Host": "localhost"}
"""The door answers to the loopback's names, whatever address this machine listens on."""


class NotThere(Exception):  # noqa: N818  it is said, not repaired
    """No zhibu answers at the address."""


def fresh_id() -> str:
    """Make an id for what is said, so that a repeat of it is known."""
    return secrets.token_hex(8)


@dataclass
class Line:
    """An open line: `me` is who sits at it, `chats` what they see by id, `chat` the one that is talked in."""

    socket: ClientWebSocketResponse
    address: str
    me: Frame
    chats: dict[str, Frame]
    chat: str
    is_sample: bool
    _asked: dict[str, asyncio.Future[None]] = field(default_factory=dict)

    async def ask(self, frame: Frame) -> None:
        """Send a frame and wait until the door has taken it, or has said no."""
        key = str(frame.get("id", frame["type"]))
        waiting = self._asked[key] = asyncio.get_running_loop().create_future()
        await self.socket.send_str(json.dumps(frame, ensure_ascii=False))
        await waiting
        self._asked.pop(key, None)

    async def tell(self, frame: Frame) -> None:
        """Send a frame that is not answered."""
        await self.socket.send_str(json.dumps(frame, ensure_ascii=False))

    async def frames(self) -> AsyncIterator[Frame]:
        """Hand on what comes until the line is closed."""
        async for message in self.socket:
            if not _is_text(message):
                continue
            frame: Frame = json.loads(message.data)
            yield frame
            self._settle(frame)

    def _settle(self, frame: Frame) -> None:
        kind = frame["type"]
        key = "clock" if kind == "clock" and not frame["busy"] else frame.get("id") or frame.get("for")
        waiting = self._asked.get(str(key)) if kind in {"ack", "error", "clock"} else None
        if waiting is not None and not waiting.done():
            waiting.set_result(None)


@asynccontextmanager
async def opened(address: str, name: str | None, group: str | None, code: str | None) -> AsyncIterator[Line]:
    """Open a line as someone, in a chat of theirs.

    Raises:
        NotThere: nothing answers at the address, or something else does.
        Refusal: there is no such person or chat, or no way in.
    """
    from aiohttp import ClientError, ClientSession, ClientTimeout

    async with ClientSession(timeout=ClientTimeout(connect=SECONDS)) as session:
        try:
            headers = OURS | ({"Cookie": await _enter(session, address, code)} if code else {})
            async with asyncio.timeout(SECONDS):
                socket = await session.ws_connect(f"{address}/ws", headers=headers, heartbeat=20)
            async with socket:
                yield await _seated(socket, address, name, group)
        except (ClientError, OSError, TimeoutError):
            raise NotThere from None


def _is_text(message: WSMessage) -> bool:
    from aiohttp import WSMsgType

    return message.type is WSMsgType.TEXT


async def _enter(session: ClientSession, address: str, code: str) -> str:
    """Use up a one-time link, or the code at its end, and return the session's cookie."""
    last = code.rstrip("/").rpartition("/")[2]
    async with session.post(f"{address}/in/{last}", headers=OURS, allow_redirects=False) as answer:
        if not answer.cookies:
            raise Refusal("terminal_code")
        return "; ".join(f"{name}={morsel.value}" for name, morsel in answer.cookies.items())


async def _seated(socket: ClientWebSocketResponse, address: str, name: str | None, group: str | None) -> Line:
    hello = await _next(socket, "hello")
    people = hello["people"]
    if people:
        account = _account(people, name)
        await socket.send_str(json.dumps({"type": "be", "account": account}, ensure_ascii=False))
    elif name is not None:
        raise Refusal("terminal_not_sample")
    state = await _next(socket, "state")
    chats = {chat["id"]: chat for chat in state["chats"]}
    return Line(socket, address, state["me"], chats, _chat(chats, group), bool(people))


async def _next(socket: ClientWebSocketResponse, kind: str) -> Frame:
    """Wait for a frame of a kind; others that come before it (the clock's) tell nothing yet."""
    while True:
        message = await socket.receive(SECONDS)
        if not _is_text(message):
            raise NotThere
        try:
            frame: Frame = json.loads(message.data)
        except ValueError:
            raise NotThere from None
        if frame.get("error") == "signed_out":
            raise Refusal("terminal_signed_out")
        if frame.get("type") == "error":
            raise NotThere
        if frame.get("type") == kind:
            return frame


def _account(people: list[Frame], name: str | None) -> str:
    if name is None:
        return str(people[0]["account"])
    for person in people:
        if name in {person["account"], person["name"]}:
            return str(person["account"])
    raise Refusal("terminal_unknown", name=name)


def _chat(chats: dict[str, Frame], group: str | None) -> str:
    if group is None:
        return next(key for key, chat in chats.items() if chat["kind"] == "private")
    titles = {chat["title"]: key for key, chat in chats.items() if chat["kind"] == "group"}
    if group in titles:
        return titles[group]
    raise Refusal("terminal_no_group" if titles else "terminal_no_groups", group=group, groups=list(titles))
