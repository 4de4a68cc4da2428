"""The open windows of the page: one kept socket each, and who of them hears what is said in a chat."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from starlette.websockets import WebSocketDisconnect, WebSocketState

from bot.channels.web.frames import Frame, dump

if TYPE_CHECKING:
    from starlette.websockets import WebSocket

    from bot.channels.web.shapes import WebChat, WebStore

_WAITING = 500
_KEPT = 1.0

GOING = 1001
SLOW = 1013
SIGNED_OUT = 4401


class Window:
    """One browser window. Frames wait in a short queue, so that a slow window holds up nobody."""

    def __init__(self, socket: WebSocket, account: str = "") -> None:
        self.account = account
        self._socket = socket
        self._frames: asyncio.Queue[str | int] = asyncio.Queue(_WAITING)
        self._closing = False

    def tell(self, frame: Frame | str) -> None:
        """Queue a frame. A window that has fallen too far behind is closed: it comes back and reads what it missed."""
        if self._closing:
            return
        try:
            self._frames.put_nowait(frame if isinstance(frame, str) else dump(frame))
        except asyncio.QueueFull:
            self.close(SLOW)

    def close(self, code: int) -> None:
        """Close the window after what is on the wire now; what still waits is dropped."""
        if self._closing:
            return
        self._closing = True
        while not self._frames.empty():
            self._frames.get_nowait()
        self._frames.put_nowait(code)

    async def pump(self) -> None:
        """Write queued frames to the socket until it closes."""
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            while isinstance(item := await self._frames.get(), str):
                await self._socket.send_text(item)
            if self._socket.application_state is WebSocketState.CONNECTED:
                await self._socket.close(item)


class Windows:
    """All open windows, and which chats their accounts see."""

    def __init__(self, store: WebStore) -> None:
        self._store = store
        self._open: set[Window] = set()
        self._chats: dict[str, tuple[float, dict[str, WebChat]]] = {}

    def __len__(self) -> int:
        return len(self._open)

    def add(self, window: Window) -> None:
        """Count a window in."""
        self._open.add(window)

    def drop(self, window: Window) -> None:
        """Count a window out."""
        self._open.discard(window)

    def close(self) -> None:
        """Close all windows; their pages reconnect by themselves."""
        for window in self._open:
            window.close(GOING)

    def forget(self) -> None:
        """Ask the store again who sees which chat; without this a change is seen after a second."""
        self._chats.clear()

    async def chats(self, account: str) -> dict[str, WebChat]:
        """Return the chats that an account sees, by id, at most a second old."""
        now = asyncio.get_running_loop().time()
        kept = self._chats.get(account)
        if kept is None or now - kept[0] > _KEPT:
            kept = (now, {chat.id: chat for chat in await self._store.chats_of(account)})
            self._chats[account] = kept
        return kept[1]

    async def tell_chat(self, chat_id: str, frame: Frame) -> None:
        """Hand a frame to every window that sees the chat."""
        if not self._open:
            return
        raw = dump(frame)
        for account in {window.account for window in self._open} - {""}:
            if chat_id == f"p:{account}" or (chat_id[:2] != "p:" and chat_id in await self.chats(account)):
                self._tell(account, raw)

    def tell_account(self, account: str, frame: Frame) -> None:
        """Hand a frame to every window of one account."""
        self._tell(account, dump(frame))

    def tell_all(self, frame: Frame) -> None:
        """Hand a frame to every window."""
        raw = dump(frame)
        for window in self._open:
            window.tell(raw)

    def _tell(self, account: str, raw: str) -> None:
        for window in self._open:
            if window.account == account:
                window.tell(raw)
