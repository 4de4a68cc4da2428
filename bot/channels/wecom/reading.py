"""WeCom's opened XML in the house's words, and a text answer in WeCom's."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal
from xml.parsers.expat import ExpatError

from bot.channels.degrade import speakable
from bot.channels.wecom.cards import clicked
from bot.channels.wecom.seal import ROOT_FIRST
from vocabulary.messages import Attachment, Chat, Incoming

if TYPE_CHECKING:
    from collections.abc import Mapping


CLICKED = "template_card_event"
PRESENCE: dict[str, Literal["joined", "left"]] = {"subscribe": "joined", "unsubscribe": "left"}
"""A member came into the app's visible range, or went out of it (developer page 90240)."""


class Unreadable(ValueError):  # noqa: N818  it says what the message is
    """A signed message that is not in the form that WeCom describes."""


def read_message(xml: str) -> Incoming | None:
    """Return what was said or happened, or None for what needs no answer (somebody entered the app).

    Text arrives as text, pictures, voices and places as attachments, a click in the app's menu as the text of its
    key, a click on a card as a press. WeCom's messages carry `MsgId`; its events do not and are told apart by sender,
    second and what happened, as WeCom advises (WeCom developer pages 90238 to 90240).

    Raises:
        Unreadable: the XML is broken, holds a document type, or lacks sender or time.
    """
    fields = _fields(xml)
    sender, created = fields.get("FromUserName", ""), fields.get("CreateTime", "")
    if not sender or not created.isdecimal():
        raise Unreadable("no sender or no time")
    try:
        at = datetime.fromtimestamp(int(created), UTC)
    except (ValueError, OverflowError, OSError):
        raise Unreadable("no such time") from None
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
    return (
        f"<xml><ToUserName>{_cdata(to)}</ToUserName><FromUserName>{_cdata(corp_id)}</FromUserName>"
        f"<CreateTime>{int(now.timestamp())}</CreateTime><MsgType><![CDATA[update_button]]></MsgType>"
        f"<Button><ReplaceName>{_cdata(label)}</ReplaceName></Button></xml>"
    )


def text_answer(text: str, to: str, corp_id: str, now: datetime) -> str:
    """Return a passive text answer as WeCom's XML; `]]>` in the text stays text."""
    return (
        f"<xml><ToUserName>{_cdata(to)}</ToUserName><FromUserName>{_cdata(corp_id)}</FromUserName>"
        f"<CreateTime>{int(now.timestamp())}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
        f"<Content>{_cdata(speakable(text))}</Content></xml>"
    )


def _cdata(text: str) -> str:
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"


def _fields(xml: str) -> dict[str, str]:
    """Return the flat fields of the message; xmltodict refuses entities, and the root must come first."""
    import xmltodict

    if not ROOT_FIRST.match(xml):
        raise Unreadable("not a message")
    try:
        root = xmltodict.parse(speakable(xml), disable_entities=True)["xml"]
    except (ExpatError, ValueError, KeyError):
        raise Unreadable("broken XML") from None
    if not isinstance(root, dict):
        raise Unreadable("empty message")
    return {name: value for name, value in root.items() if isinstance(value, str)}


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
            return "", (_place(fields),)
        case _:
            return "", (Attachment("other", name=fields.get("Title", kind), url=fields.get("Url") or media),)


def _place(fields: Mapping[str, str]) -> Attachment:
    try:
        latitude, longitude = float(fields["Location_X"]), float(fields["Location_Y"])
    except (KeyError, ValueError):
        raise Unreadable("a place without coordinates") from None
    return Attachment("location", name=fields.get("Label", ""), latitude=latitude, longitude=longitude)
