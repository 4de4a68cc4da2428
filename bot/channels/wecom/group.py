"""The groups that a self-built app has made (应用群聊): it speaks there, and hears nothing that is said."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.channels.tencent.callback import TEXT_BYTES, texts_of
from bot.post.windows import Limit
from vocabulary.delivery import Undelivered, Unfetched, behind
from vocabulary.messages import Can

if TYPE_CHECKING:
    from bot.channels.door import Receive
    from bot.channels.wecom.door import WeComDoor
    from vocabulary.messages import Attachment, Chat, Shown

CAN = Can(text_bytes=TEXT_BYTES, buttons=False, edits=False, hears_group=False, deaf=True)
LIMITS = (Limit("door", 200, 60), Limit("door", 10_000, 86_400))
"""What one member gets in the groups of one app; the excess is dropped without a word (WeCom developer page 90248)."""


@dataclass(slots=True)
class WeComGroupDoor:
    """Speaks in the groups of an app, with the app's own token; `zhibu group` makes them."""

    app: WeComDoor

    name: str = field(default="wecom_group", init=False)
    limits: tuple[Limit, ...] = field(default=LIMITS, init=False)
    answers_at_once: bool = field(default=False, init=False)
    can: Can = field(default=CAN, init=False)

    async def start(self, receive: Receive) -> None:
        """Nothing is ever heard here, and the app's own door opens what is needed."""

    async def stop(self) -> None:
        """Nothing is held."""

    async def send(self, chat: Chat, message: Shown) -> str:
        """Say words in a group, and send a file behind them; return an id of the last.

        Raises:
            Undelivered: it did not arrive, and why.
        """
        rest, media, sent = self.app.rest, "", ""
        if message.file_data is not None:
            media = await rest.upload(message.file_name or "file", message.file_data)
        for text in texts_of((message,)):
            sent = await rest.send_to_group(chat.id, "text", {"content": text})
        if media:
            with behind(sent):
                sent = await rest.send_to_group(chat.id, "file", {"media_id": media})
        if not sent:
            raise Undelivered("refused", detail="no words")
        return sent

    async def fetch(self, attachment: Attachment) -> bytes:
        """Nothing comes in from such a group. Raises Unfetched."""
        raise Unfetched("gone", detail=attachment.name)
