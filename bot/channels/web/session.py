"""One window's talk with the door over its socket: who sits there, what it sees, what it asks for."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from bot.channels.web.frames import (
    Frame,
    chat_frame,
    dump,
    message_frame,
    person_frame,
    read_frame,
    read_pressed,
    read_said,
    whole,
    word,
)
from bot.channels.web.refusals import Refused, refusal
from bot.channels.web.windows import SIGNED_OUT, Window

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.websockets import WebSocket

    from bot.channels.web.clock import SampleClock
    from bot.channels.web.entry import Entry
    from bot.channels.web.shapes import WebPerson, WebStore
    from bot.channels.web.speech import Speech
    from bot.channels.web.windows import Windows

PAGE = 50


class Session:
    """Serves windows until they close. Frames of one window are taken one after the other."""

    def __init__(
        self,
        store: WebStore,
        windows: Windows,
        speech: Speech,
        entry: Entry,
        clock: SampleClock | None,
        number: Callable[[], str],
    ) -> None:
        self._store = store
        self._windows = windows
        self._speech = speech
        self._entry = entry
        self._clock = clock
        self._number = number
        self._answers: dict[str, Callable[[WebPerson, Frame], Awaitable[Frame | None]]] = {
            "say": self._say,
            "press": self._press,
            "read": self._read,
            "history": self._history,
            "clock": self._move,
        }

    async def serve(self, socket: WebSocket) -> None:
        """Greet a window, then answer its frames until it is closed."""
        await socket.accept()
        person = await self._entry.at_socket(socket)
        if person is None and not self._entry.is_sample:
            await socket.send_text(dump(Refused("signed_out", 401).frame()))
            await socket.close(SIGNED_OUT)
            return
        window = Window(socket)
        self._windows.add(window)
        pump = asyncio.create_task(window.pump())
        try:
            self._greet(window)
            if person is not None:
                await self._sit(window, person)
            while (message := await socket.receive())["type"] == "websocket.receive":
                await self._take(window, message.get("text") or message.get("bytes") or "")
        finally:
            self._windows.drop(window)
            pump.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await pump

    def _greet(self, window: Window) -> None:
        people = [person_frame(person) for person in self._entry.people()]
        window.tell({"type": "hello", "people": people, "clock": self._clock.frame() if self._clock else None})

    async def _take(self, window: Window, raw: str | bytes) -> None:
        frame: Frame = {}
        try:
            frame = read_frame(raw)
            await self._answer(window, frame)
        except Exception as error:  # noqa: BLE001  the window lives on and hears a sentence; the log has the rest
            told = refusal(error, self._number).frame()
            window.tell({**told, "id": frame.get("id"), "for": frame.get("type")})

    async def _answer(self, window: Window, frame: Frame) -> None:
        kind = word(frame, "type")
        if kind == "ping":
            window.tell({"type": "pong"})
            return
        if kind in {"be", "state"}:
            if kind == "be" and not self._entry.is_sample:
                raise Refused("malformed")
            account = word(frame, "account", 200) if kind == "be" else window.account
            await self._sit(window, await self._entry.person(account))
            return
        if kind not in self._answers:
            raise Refused("malformed")
        answer = await self._answers[kind](await self._entry.person(window.account), frame)
        if answer is not None:
            window.tell(answer)

    async def _sit(self, window: Window, person: WebPerson) -> None:
        """Let a person sit at the window and send all that the list of chats shows."""
        window.account = person.account
        chats = await self._windows.chats(person.account)
        unread = await self._store.unread(person.account)
        frames = []
        for chat in chats.values():
            last = await self._store.history(chat.id, None, 1)
            frames.append(chat_frame(chat, unread.get(chat.id, 0), last[-1] if last else None))
        window.tell({"type": "state", "me": person_frame(person), "chats": frames})

    async def _say(self, person: WebPerson, frame: Frame) -> Frame:
        said = read_said(frame)
        await self._speech.say(person, said)
        return {"type": "ack", "id": said.id}

    async def _press(self, person: WebPerson, frame: Frame) -> Frame:
        pressed = read_pressed(frame)
        await self._speech.press(person, pressed)
        return {"type": "ack", "id": pressed.id}

    async def _read(self, person: WebPerson, frame: Frame) -> Frame | None:
        chat, message = await self._mine(person, frame), whole(frame, "message")
        await self._store.mark_read(person.account, chat, message)
        self._windows.tell_account(person.account, {"type": "read", "chat": chat, "message": message})
        return None

    async def _history(self, person: WebPerson, frame: Frame) -> Frame:
        chat = await self._mine(person, frame)
        before = None if frame.get("before") is None else whole(frame, "before")
        messages = await self._store.history(chat, before, PAGE)
        return {
            "type": "history",
            "chat": chat,
            "before": before,
            "messages": [message_frame(message) for message in messages],
            "more": len(messages) == PAGE,
        }

    async def _move(self, _person: WebPerson, frame: Frame) -> Frame | None:
        if self._clock is None:
            raise Refused("no_clock")
        await self._clock.move(frame)
        return None

    async def _mine(self, person: WebPerson, frame: Frame) -> str:
        chat = word(frame, "chat")
        if chat not in await self._windows.chats(person.account):
            raise Refused("not_in_chat", 403)
        return chat
