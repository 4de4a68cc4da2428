"""The XML of callbacks: flat fields in, small answers out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from xml.parsers.expat import ExpatError

from bot.channels.degrade import speakable
from bot.channels.tencent.seal import ROOT_FIRST
from vocabulary.messages import Attachment

if TYPE_CHECKING:
    from collections.abc import Mapping


class Unreadable(ValueError):  # noqa: N818  it says what the message is
    """A signed message that is not in the form that its platform describes."""


def fields_of(xml: str) -> dict[str, str]:
    """Return the flat fields of a message; xmltodict refuses entities, and the root must come first.

    Raises:
        Unreadable: the XML is broken, or holds a document type.
    """
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


def entries_of(xml: str, name: str) -> list[dict[str, str]]:
    """Return the entries (`List`) of one field of a message that `fields_of` has read; none where it has none."""
    import xmltodict

    field = xmltodict.parse(speakable(xml), disable_entities=True, force_list=("List",))["xml"].get(name)
    found = field.get("List", []) if isinstance(field, dict) else []
    return [{key: value for key, value in one.items() if isinstance(value, str)} for one in found if one]


def sender_of(fields: Mapping[str, str]) -> tuple[str, datetime]:
    """Return who sent a message and when. Raises Unreadable where it lacks the one or the other."""
    sender, created = fields.get("FromUserName", ""), fields.get("CreateTime", "")
    if not sender or not created.isdecimal():
        raise Unreadable("no sender or no time")
    try:
        return sender, datetime.fromtimestamp(int(created), UTC)
    except (ValueError, OverflowError, OSError):
        raise Unreadable("no such time") from None


def place_of(fields: Mapping[str, str]) -> Attachment:
    """Return the place that somebody sent. Raises Unreadable where it has no coordinates."""
    try:
        latitude, longitude = float(fields["Location_X"]), float(fields["Location_Y"])
    except (KeyError, ValueError):
        raise Unreadable("a place without coordinates") from None
    return Attachment("location", name=fields.get("Label", ""), latitude=latitude, longitude=longitude)


def answer(kind: str, content: str, to: str, ours: str, now: datetime) -> str:
    """Return a passive answer of one kind, whose own XML is `content`, to somebody from our account."""
    return (
        f"<xml><ToUserName>{cdata(to)}</ToUserName><FromUserName>{cdata(ours)}</FromUserName>"
        f"<CreateTime>{int(now.timestamp())}</CreateTime><MsgType>{cdata(kind)}</MsgType>{content}</xml>"
    )


def text_answer(text: str, to: str, ours: str, now: datetime) -> str:
    """Return a passive text answer; `]]>` in the text stays text."""
    return answer("text", f"<Content>{cdata(speakable(text))}</Content>", to, ours, now)


def cdata(text: str) -> str:
    """Return text as XML holds it, whatever signs it has."""
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"
