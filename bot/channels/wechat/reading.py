"""WeChat's opened XML in the house's words. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bot.channels.tencent.xml import fields_of, place_of, sender_of
from vocabulary.messages import Attachment, Chat, Incoming

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

SCENE = re.compile(r"(?:qrscene_)?in_([0-9]{1,9})")
"""What our own QR codes carry: `in_12` is the press `in:12`, after a prefix where a new follower scanned it.

An account's other codes are not ours: whatever they carry presses nothing."""


def read_message(xml: str) -> tuple[str, Incoming | None]:
    """Return the account that was written to, and what was said or happened; None for what needs no answer.

    A click in the menu is the text of its key; a QR code that was scanned is the press that it carries, for who
    follows already (SCAN) and for who begins to (subscribe). Messages carry `MsgId`; events are told apart by sender,
    second and kind, as WeChat advises (Official Account pages on receiving messages and events).

    Raises:
        Unreadable: the XML is broken, holds a document type, or lacks sender or time.
    """
    fields = fields_of(xml)
    sender, at = sender_of(fields)
    ours = fields.get("ToUserName", "")
    if fields.get("MsgType") == "event":
        return ours, _event(fields, sender, at)
    text, attachments = _contents(fields)
    return ours, _incoming(fields, sender, at, text=text, attachments=attachments)


def _event(fields: Mapping[str, str], sender: str, at: datetime) -> Incoming | None:
    kind, key = fields.get("Event", ""), fields.get("EventKey", "")
    scene = SCENE.fullmatch(key)
    match kind.lower():
        case "subscribe" | "scan" if scene is not None:
            return _incoming(fields, sender, at, pressed=f"in:{scene[1]}")
        case "subscribe":
            return _incoming(fields, sender, at, event="joined")
        case "unsubscribe":
            return _incoming(fields, sender, at, event="left")
        case "click":
            return _incoming(fields, sender, at, text=key)
    return None


def _incoming(fields: Mapping[str, str], sender: str, at: datetime, **what: Any) -> Incoming:
    happened = f"{sender}:{fields['CreateTime']}:{fields.get('Event', '')}"
    return Incoming(
        channel="wechat",
        chat=Chat("wechat", sender, "private"),
        account=sender,
        message_id=fields.get("MsgId") or happened,
        at=at,
        addressed=True,
        **what,
    )


def _contents(fields: Mapping[str, str]) -> tuple[str, tuple[Attachment, ...]]:
    """Return the words and the attachments of a message; a voice is words where WeChat has recognized them."""
    kind = fields.get("MsgType", "")
    media = f"wechat-media:{fields['MediaId']}" if fields.get("MediaId") else ""
    match kind:
        case "text":
            return fields.get("Content", ""), ()
        case "image":
            return "", (Attachment("image", url=media),)
        case "voice":
            return fields.get("Recognition", ""), (Attachment("voice", name=fields.get("Format", ""), url=media),)
        case "location":
            return "", (place_of(fields),)
        case _:
            return "", (Attachment("other", name=fields.get("Title", kind), url=fields.get("Url") or media),)
