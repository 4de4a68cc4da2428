"""WeCom's opened XML in the house's words, and the answer to a click in WeCom's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from bot.channels.tencent.xml import answer, cdata, fields_of, place_of, sender_of
from bot.channels.wecom.cards import clicked
from vocabulary.messages import Attachment, Chat, Incoming

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


CLICKED = "template_card_event"
PRESENCE: dict[str, Literal["joined", "left"]] = {"subscribe": "joined", "unsubscribe": "left"}
"""A member came into the app's visible range, or went out of it (developer page 90240)."""


def read_message(xml: str) -> Incoming | None:
    """Return what was said or happened, or None for what needs no answer (somebody entered the app).

    Text arrives as text, pictures, voices and places as attachments, a click in the app's menu as the text of its
    key, a click on a card as a press. WeCom's messages carry `MsgId`; its events do not and are told apart by sender,
    second and what happened, as WeCom advises (WeCom developer pages 90238 to 90240).

    Raises:
        Unreadable: the XML is broken, holds a document type, or lacks sender or time.
    """
    fields = fields_of(xml)
    sender, at = sender_of(fields)
    created = fields["CreateTime"]
    if fields.get("Event") in PRESENCE:
        happened = fields["Event"]
        return _incoming(fields, sender, at, message_id=f"{sender}:{created}:{happened}", event=PRESENCE[happened])
    if fields.get("Event") == CLICKED:
        press, label = clicked(fields.get("EventKey", ""))
        task = f"{sender}:{created}:{fields.get('TaskId', '')}"
        return _incoming(fields, sender, at, message_id=task, pressed=press, text=label)
    text, attachments = _contents(fields)
    if fields.get("MsgType") == "event" and not text:
        return None
    return _incoming(fields, sender, at, text=text, attachments=attachments)


def _incoming(fields: Mapping[str, str], sender: str, at: datetime, *, message_id: str = "", **what: Any) -> Incoming:
    return Incoming(
        channel="wecom",
        chat=Chat("wecom", sender, "private"),
        account=sender,
        message_id=message_id or fields.get("MsgId") or f"{sender}:{fields['CreateTime']}",
        at=at,
        addressed=True,
        **what,
    )


def button_answer(label: str, to: str, corp_id: str, now: datetime) -> str:
    """Return the passive answer that greys the buttons of the clicked card, for the clicker alone (page 90241)."""
    return answer("update_button", f"<Button><ReplaceName>{cdata(label)}</ReplaceName></Button>", to, corp_id, now)


def _contents(fields: Mapping[str, str]) -> tuple[str, tuple[Attachment, ...]]:
    """Return the words and the attachments of a message."""
    kind = fields.get("MsgType", "")
    media = f"wecom-media:{fields['MediaId']}" if fields.get("MediaId") else ""
    match kind:
        case "text":
            return fields.get("Content", ""), ()
        case "event":
            return (fields.get("EventKey", "") if fields.get("Event", "").lower() == "click" else ""), ()
        case "image":
            return "", (Attachment("image", url=media or fields.get("PicUrl", "")),)
        case "voice":
            return "", (Attachment("voice", name=fields.get("Format", ""), url=media),)
        case "location":
            return "", (place_of(fields),)
        case _:
            return "", (Attachment("other", name=fields.get("Title", kind), url=fields.get("Url") or media),)
