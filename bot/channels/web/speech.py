"""What a person says, presses or hands over on the page: kept, shown in the chat, and given to the house."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Literal

from bot.channels.web.frames import clean, message_frame
from bot.channels.web.refusals import Refused
from bot.channels.web.shapes import MOST_FILE
from vocabulary.messages import Attachment, Chat, Incoming, Shown

if TYPE_CHECKING:
    from datetime import datetime

    from bot.channels.door import Receive
    from bot.channels.web.frames import Pressed, Said
    from bot.channels.web.shapes import WebChat, WebMessage, WebPerson, WebStore
    from bot.channels.web.windows import Windows
    from vocabulary.clock import Clock

_MOST_NAME = 120
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".heic")
_VOICES = (".amr", ".mp3", ".m4a", ".wav", ".ogg", ".opus")


def file_name(name: str) -> str:
    """Return a name that is safe to offer for saving: no folders, no control characters, at most 120 characters."""
    bare = " ".join(clean(name).replace("\\", "/").rsplit("/", 1)[-1].split())
    stem, dot, ending = bare.rpartition(".")
    if len(bare) > _MOST_NAME and dot and len(ending) < _MOST_NAME // 2:
        return f"{stem[: _MOST_NAME - len(ending) - 1]}.{ending}"
    return bare[:_MOST_NAME].strip(".") or "file"


class Speech:
    """Takes words, presses and files of people at the page; each returns after the house has committed them."""

    def __init__(
        self,
        store: WebStore,
        windows: Windows,
        clock: Clock,
        bot_name: str,
    ) -> None:
        self.receive: Receive | None = None
        self._store = store
        self._windows = windows
        self._clock = clock
        self._mention = f"@{bot_name}"

    async def say(self, person: WebPerson, said: Said) -> None:
        """Take a person's words; empty ones change nothing.

        Raises:
            Refused: the chat is not theirs.
        """
        chat = await self._chat(person, said.chat)
        if said.text:
            await self._keep_and_hand(person, chat, said.id, said.text)

    async def press(self, person: WebPerson, pressed: Pressed) -> None:
        """Take a press on a button: no line in the chat, the person's windows show it pressed.

        Raises:
            Refused: the chat is not theirs.
        """
        chat = await self._chat(person, pressed.chat)
        incoming = self._incoming(person, chat, pressed.id, pressed.label, self._clock.now(), press=pressed.press)
        await self._hand(incoming)
        frame = {"type": "pressed", "chat": chat.id, "message": pressed.message, "press": pressed.press}
        self._windows.tell_account(person.account, frame)

    async def hand_over(self, person: WebPerson, said: Said, data: bytes) -> None:
        """Take a file, whose name is the text of `said`.

        Raises:
            Refused: the chat is not theirs, or the file is over 20 MB.
        """
        chat = await self._chat(person, said.chat)
        if len(data) > MOST_FILE:
            raise Refused("too_long", 413)
        await self._keep_and_hand(person, chat, said.id, "", (file_name(said.text), data))

    async def show(self, message: WebMessage, how: str = "message") -> None:
        """Show a kept line in every window that sees its chat; `how` is message or replace."""
        frame = {"type": how, "chat": message.chat, "message": message_frame(message)}
        await self._windows.tell_chat(message.chat, frame)

    async def _chat(self, person: WebPerson, chat_id: str) -> WebChat:
        if self.receive is None:
            raise Refused("not_ready", 503)
        chat = (await self._windows.chats(person.account)).get(chat_id)
        if chat is None:
            raise Refused("not_in_chat", 403)
        return chat

    async def _keep_and_hand(
        self, person: WebPerson, chat: WebChat, key: str, text: str, file: tuple[str, bytes] | None = None
    ) -> None:
        at = self._clock.now()
        name, data = file or (None, None)
        shown = Shown(text=text, file_name=name, file_data=data)
        keeping = self._keep(chat.id, person, shown, at, key)
        if name is None:
            # Both are queued, in order, before the first is committed: one COMMIT holds them.
            await asyncio.gather(keeping, self._hand(self._incoming(person, chat, key, text, at)))
            return
        attached = (Attachment(_kind(name), name, f"/file/{(await keeping).id}"),)
        await self._hand(self._incoming(person, chat, key, text, at, attached=attached))

    async def _keep(self, chat: str, person: WebPerson, shown: Shown, at: datetime, key: str) -> WebMessage:
        """Keep a person's line and show it."""
        kept = await self._store.append(chat, person.account, shown, at, name=person.name, key=key)
        await self.show(kept)
        return kept

    def _incoming(
        self,
        person: WebPerson,
        chat: WebChat,
        key: str,
        text: str,
        at: datetime,
        *,
        press: str | None = None,
        attached: tuple[Attachment, ...] = (),
    ) -> Incoming:
        addressed = chat.kind == "private" or self._mention in text.replace("\uff20", "@")
        return Incoming(
            channel="web",
            chat=Chat("web", chat.id, chat.kind, chat.title),
            account=person.account,
            message_id=f"{person.account}:{key}",
            at=at,
            text=text,
            pressed=press,
            addressed=addressed,
            attachments=attached,
            name=person.name,
        )

    async def _hand(self, incoming: Incoming) -> None:
        if self.receive is None:
            raise Refused("not_ready", 503)
        if await self.receive(incoming):
            raise Refused("failed", 500)  # only a house that broke answers a door that pushes


def _kind(name: str) -> Literal["image", "voice", "file"]:
    lower = name.lower()
    if lower.endswith(_PICTURES):
        return "image"
    return "voice" if lower.endswith(_VOICES) else "file"
