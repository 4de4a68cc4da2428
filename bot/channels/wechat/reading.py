"""WeChat's opened XML in the house's words. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.channels.tencent.xml import entries_of, fields_of, place_of, sender_of
from vocabulary.messages import Attachment, Chat, Incoming

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

SCENE = re.compile(r"(?:qrscene_)?in_([0-9]{1,9})")
"""What our own QR codes carry: `in_12` is the press `in:12`, after a prefix where a new follower scanned it.

An account's other codes are not ours: whatever they carry presses nothing."""

SENT_EVENT, SENT = "subscribe_msg_sent_event", "SubscribeMsgSentEvent"
RESULTS = frozenset({SENT_EVENT, "templatesendjobfinish"})
"""Events that tell what became of a notice: of one, as one was sent."""
REFUSED = re.compile("block|refuse|reject", re.IGNORECASE)
"""In what became of a notice: its reader does not want any."""


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
        results = entries_of(xml, SENT) if fields.get("Event") == SENT_EVENT else [fields]
        return ours, next(_bounces(fields, results, sender, at), None) or _event(fields, sender, at)
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


def _bounces(fields: Mapping[str, str], results: list[dict[str, str]], sender: str, at: datetime) -> Iterator[Incoming]:
    """Yield what WeChat had taken and did not bring (its pages on the events of template and subscription notices)."""
    if fields.get("Event", "").lower() not in RESULTS:
        return
    for result in results:
        status = result.get("Status") or result.get("ErrorStatus", "")
        if status not in {"success", ""} or result.get("ErrorCode", "0") != "0":
            number = result.get("MsgID", "")
            why = "blocked" if REFUSED.search(status) else "refused"
            found = _incoming(fields, sender, at, event="bounced", text=why, about=number)
            yield replace(found, message_id=f"{found.message_id}:{number}")


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
