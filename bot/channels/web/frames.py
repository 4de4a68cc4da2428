"""What travels between the page and the door as JSON: read strictly on the way in, built in one place going out."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.channels.web.refusals import Refused
from bot.channels.web.shapes import MOST_TEXT

if TYPE_CHECKING:
    from datetime import datetime

    from bot.channels.web.shapes import WebChat, WebMessage, WebPerson

Frame = dict[str, Any]

MOST_FRAME = 5 * MOST_TEXT // 2
"""The longest frame that is read at all, in characters: a full text with its escapes."""

_MOST_SHOWN = 6000
_MOST_LINE = 80
_MOST_ID = 64
_MOST_LABEL = 200
_MOST_PRESS = 64
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_HALVES = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Said:
    """A person's words in a chat; `id` is the page's own id of them."""

    chat: str
    text: str
    id: str


@dataclass(frozen=True, slots=True)
class Pressed:
    """A press on a button of a message."""

    chat: str
    message: int
    press: str
    label: str
    id: str


def clean(text: str) -> str:
    """Drop control characters but line breaks and tabs, and halves of surrogate pairs: no database takes those."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _HALVES.sub("\ufffd", _UNSEEN.sub("", text))


def read_frame(raw: str | bytes) -> Frame:
    """Parse one JSON object.

    Raises:
        Refused: it is too long, or is no object.
    """
    if len(raw) > MOST_FRAME:
        raise Refused("too_long", 413)
    try:
        frame = json.loads(raw)
    except (ValueError, RecursionError):
        raise Refused("malformed") from None
    if not isinstance(frame, dict):
        raise Refused("malformed")
    return frame


def word(frame: Frame, field: str, most: int = _MOST_ID) -> str:
    """Read a short text of 1 to `most` bytes from a frame.

    Raises:
        Refused: it is missing, empty, too long or holds control characters.
    """
    value = frame.get(field)
    if not isinstance(value, str) or not value or clean(value) != value or len(value.encode()) > most:
        raise Refused("malformed")
    return value


def whole(frame: Frame, field: str) -> int:
    """Read a message's number from a frame.

    Raises:
        Refused: it is not one.
    """
    value = frame.get(field)
    if type(value) is not int or not 0 <= value < 1 << 53:
        raise Refused("malformed")
    return value


def read_said(frame: Frame) -> Said:
    """Read what a person says; the text is cleaned and stripped and may be empty.

    Raises:
        Refused: a field is missing, or the text is over 1 MB.
    """
    text = frame.get("text")
    if not isinstance(text, str):
        raise Refused("malformed")
    text = clean(text).strip()
    if len(text.encode()) > MOST_TEXT:
        raise Refused("too_long", 413)
    return Said(word(frame, "chat"), text, word(frame, "id"))


def read_pressed(frame: Frame) -> Pressed:
    """Read a press on a button.

    Raises:
        Refused: a field is missing or too long.
    """
    return Pressed(
        chat=word(frame, "chat"),
        message=whole(frame, "message"),
        press=word(frame, "press", _MOST_PRESS),
        label=word(frame, "label", _MOST_LABEL),
        id=word(frame, "id"),
    )


def instant(at: datetime) -> int:
    """Return an instant as the page counts it: milliseconds since 1970."""
    return round(at.timestamp() * 1000)


def person_frame(person: WebPerson) -> Frame:
    """Return a person for the page."""
    return {"account": person.account, "name": person.name, "branch": person.branch, "post": person.post}


def message_frame(message: WebMessage) -> Frame:
    """Return a message for the page; a very long text is cut, and `length` tells how many characters it has."""
    frame: Frame = {
        "id": message.id,
        "account": message.account,
        "name": message.name,
        "text": message.text[:_MOST_SHOWN],
        "at": instant(message.at),
        "buttons": [{"label": button.label, "press": button.press} for button in message.buttons],
        "edited": message.edited,
    }
    if len(message.text) > _MOST_SHOWN:
        frame["length"] = len(message.text)
    if message.file_name is not None:
        frame["file"] = {"name": message.file_name, "bytes": message.file_bytes}
    if message.key is not None:
        frame["key"] = message.key
    return frame


def chat_frame(chat: WebChat, unread: int, last: WebMessage | None) -> Frame:
    """Return one line of the list of chats: its last words and how much is unread."""
    frame: Frame = {"id": chat.id, "kind": chat.kind, "title": chat.title, "members": chat.members, "unread": unread}
    if last is not None:
        frame["last"] = {
            "id": last.id,
            "account": last.account,
            "name": last.name,
            "text": last.text[:_MOST_LINE],
            "file": last.file_name,
            "at": instant(last.at),
        }
    return frame


def dump(frame: Frame) -> str:
    """Return a frame as compact JSON."""
    return json.dumps(frame, ensure_ascii=False, separators=(",", ":"))
