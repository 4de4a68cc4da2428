"""What a bot is pushed, in the house's words. Pure; both modes push the same bodies (WeCom developer page 100719)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bot.channels.wecom.cards import clicked
from vocabulary.messages import Attachment, Chat, Incoming

if TYPE_CHECKING:
    from collections.abc import Mapping

CHANNEL = "wecom_bot"
MENTION = re.compile(r"^\s*@\S+[\s\u2005]*|[\s\u2005]+@\S+\s*$")
"""The bot's own name, before or behind what is said to it; groups push nothing else."""
FILE = "wecom-bot-file:"
ADDRESSES = ("https://", "http://127.0.0.1:")
"""What files and late answers may be asked of: WeCom's own addresses, or a server on this machine."""
KINDS = {"image": "image", "file": "file", "video": "other"}


class Unreadable(ValueError):  # noqa: N818  it says what the body is
    """A body that is not in the form that WeCom describes."""


def read_body(body: Mapping[str, Any], now: datetime) -> Incoming | None:
    """Return what was said or pressed; None for what needs no answer (feedback, a stream that is refreshed).

    What somebody quotes is not what they say, and is not read. A voice is words already; a picture or file is named by
    its address and its own key, with which `wecom_bot.media` opens it.

    Raises:
        Unreadable: sender, id or kind are missing.
    """
    sender, kind = _sender(_dict(body.get("from"))), _text(body.get("msgtype"))
    number = _text(body.get("msgid"))
    if not sender or not kind or not number:
        raise Unreadable("no sender, kind or id")
    if kind == "event":
        return _event(body, sender, number, now)
    if kind == "stream":
        return None
    text, attachments = _contents(body, kind)
    return _incoming(body, sender, number, now, text=_unmentioned(text, body), attachments=attachments)


def _sender(who: Mapping[str, Any]) -> str:
    """Return the account of a sender; somebody from another corporation, which is named then, is nobody of ours."""
    account, corporation = _text(who.get("userid")), _text(who.get("corpid"))
    return f"{account}@{corporation}" if account and corporation else account


def task_of(body: Mapping[str, Any]) -> str:
    """Return the id of the card that was clicked, "" where the body is no click."""
    return _text(_clicked(body).get("task_id"))


def _event(body: Mapping[str, Any], sender: str, number: str, now: datetime) -> Incoming | None:
    kind = _dict(body.get("event")).get("eventtype")
    if kind == "enter_chat":
        return _incoming(body, sender, number, now, event="joined")
    if kind != "template_card_event":
        return None
    press, label = clicked(_text(_clicked(body).get("event_key")))
    return _incoming(body, sender, number, now, pressed=press, text=label)


def _clicked(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the fields of a click, which stand beside the event's type or in an object of its name: both are seen."""
    event = _dict(body.get("event"))
    return _dict(event.get("template_card_event")) or event


def _incoming(body: Mapping[str, Any], sender: str, number: str, now: datetime, **what: Any) -> Incoming:
    group = _text(body.get("chatid")) if body.get("chattype") == "group" else ""
    created = body.get("create_time")
    return Incoming(
        channel=CHANNEL,
        chat=Chat(CHANNEL, group or sender, "group" if group else "private"),
        account=sender,
        message_id=number,
        at=datetime.fromtimestamp(created, UTC) if isinstance(created, int) and 0 < created < 1 << 35 else now,
        addressed=True,
        **what,
    )


def _contents(body: Mapping[str, Any], kind: str) -> tuple[str, tuple[Attachment, ...]]:
    part = _dict(body.get(kind))
    if kind in {"text", "voice"}:
        return _text(part.get("content")), ()
    if kind in KINDS:
        return "", (_attachment(KINDS[kind], part),)
    if kind == "mixed":
        listed = part.get("msg_item")
        items = [_dict(item) for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
        words = [_text(_dict(item.get("text")).get("content")) for item in items if item.get("msgtype") == "text"]
        pictures = [_attachment("image", _dict(item.get("image"))) for item in items if item.get("msgtype") == "image"]
        return "\n".join(filter(None, words)), tuple(pictures)
    return "", (Attachment("other", name=kind),)


def _attachment(kind: str, part: Mapping[str, Any]) -> Attachment:
    url = f"{FILE}{_text(part.get('aeskey'))}:{_text(part.get('url'))}"
    return Attachment(kind, name=_text(part.get("filename")), url=url)  # type: ignore[arg-type]


def _unmentioned(text: str, body: Mapping[str, Any]) -> str:
    return MENTION.sub("", text, count=1).strip() if body.get("chattype") == "group" else text


def _dict(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
