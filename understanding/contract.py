"""The line form of understanding: one JSON object in, one out (`zhibu understand --jsonl`)."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from understanding.reader import read
from vocabulary.readings import Context

if TYPE_CHECKING:
    from vocabulary.readings import Reading

PLACES = ("301会议室", "302会议室", "党员活动室")
"""The sample organization's rooms."""
_KEYS = {"chat", "addressed", "role", "sender", "open", "asked", "people", "places", "groups", "posts", "bot"}
_CHATS = {"group", "private"}
_ROLES = {"secretary", "committee", "leader", "member", "supervisor"}
_NAME, _GROUP, _POSTS = "姓名", "党小组", ("党内职务", "上级党组织职务")


class Faulty(ValueError):  # noqa: N818  it says what the line is
    """A line that is not what the contract says; the message tells why."""


def organization(roster: str) -> Context:
    """Return the context of a roster in CSV form (columns as in the sample): its people, posts and groups."""
    rows = list(csv.DictReader(io.StringIO(roster.lstrip("\ufeff"))))
    posts = {row[_NAME]: "、".join(filter(None, (row.get(column) for column in _POSTS))) for row in rows}
    return Context(
        people=tuple(row[_NAME] for row in rows),
        places=PLACES,
        groups=tuple(dict.fromkeys(row[_GROUP] for row in rows if row.get(_GROUP))),
        posts={name: post for name, post in posts.items() if post},
    )


@lru_cache(maxsize=1)
def sample() -> Context:
    """Return the sample organization's context, read once from the roster that the program ships."""
    return organization(resources.files("content").joinpath("sample", "roster.csv").read_text(encoding="utf-8"))


def answer_line(line: str, roster: str | None = None) -> dict[str, Any]:
    """Return the object that answers one line; a faulty line gives an object with `error`.

    `roster` is a CSV text in place of the sample organization's.
    """
    try:
        asked = json.loads(line)
        if not isinstance(asked, dict):
            raise Faulty("not an object")
        text, now = _text(asked), _now(asked)
        context = in_context(asked.get("context"), organization(roster) if roster is not None else sample())
    except (ValueError, RecursionError) as fault:
        return {"error": f"{fault}" or "not JSON"}
    return {"text": text, **shown(read(text, now, context))}


def shown(reading: Reading) -> dict[str, Any]:
    """Return a reading as the contract's object, without the text."""
    shape: dict[str, Any] = {"intent": reading.intent, "confidence": reading.confidence, "slots": reading.slots}
    if reading.unsure:
        shape["unsure"] = reading.unsure
    if reading.then:
        shape["then"] = [_command(command) for command in reading.then]
    if reading.assumed:
        shape["assumed"] = list(reading.assumed)
    return shape


def _command(reading: Reading) -> dict[str, Any]:
    shape: dict[str, Any] = {"intent": reading.intent, "slots": reading.slots}
    return shape | ({"unsure": reading.unsure} if reading.unsure else {})


def _text(asked: dict[str, Any]) -> str:
    text = asked.get("text")
    if not isinstance(text, str):
        raise Faulty("text: a string is wanted")
    return text


def _now(asked: dict[str, Any]) -> datetime:
    now = asked.get("now")
    if not isinstance(now, str):
        raise Faulty("now: an instant is wanted, 2026-03-05T10:20:00")
    try:
        return datetime.fromisoformat(now).replace(tzinfo=None)
    except ValueError:
        raise Faulty(f"now: {now[:40]!r} is no instant") from None


def in_context(given: Any, default: Context) -> Context:
    """Return the context that a line gives, completed by the default. Raises Faulty."""
    given = given or {}
    if not isinstance(given, dict):
        raise Faulty("context: an object is wanted")
    if unknown := set(given) - _KEYS:
        raise Faulty(f"context: unknown key {min(unknown)}")
    if given.get("chat", "private") not in _CHATS:
        raise Faulty("context.chat: group or private")
    if given.get("role", "secretary") not in _ROLES:
        raise Faulty("context.role: secretary, committee, leader, member or supervisor")
    return Context(
        chat=given.get("chat", "private"),
        addressed=_flag(given.get("addressed")),
        role=given.get("role", "secretary"),
        sender=_word(given, "sender"),
        open=_names(given, "open", ()),
        asked=_word(given, "asked"),
        people=_names(given, "people", default.people),
        places=_names(given, "places", default.places),
        groups=_names(given, "groups", default.groups),
        posts=_posts(given, default),
        bot=_word(given, "bot") or default.bot,
    )


def _flag(value: Any) -> bool | None:
    if value is not None and not isinstance(value, bool):
        raise Faulty("context.addressed: true or false")
    return value


def _word(given: dict[str, Any], key: str) -> str | None:
    value = given.get(key)
    if value is not None and not isinstance(value, str):
        raise Faulty(f"context.{key}: a string is wanted")
    return value


def _names(given: dict[str, Any], key: str, default: tuple[str, ...]) -> tuple[str, ...]:
    value = given.get(key)
    if value is None:
        return default
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise Faulty(f"context.{key}: a list of strings is wanted")
    return tuple(filter(None, value))


def _posts(given: dict[str, Any], default: Context) -> dict[str, str]:
    value = given.get("posts")
    if value is None:
        return default.posts
    if not isinstance(value, dict) or not all(isinstance(post, str) for post in value.values()):
        raise Faulty("context.posts: an object of names and posts is wanted")
    return value
