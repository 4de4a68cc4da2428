"""Neutral parts to plain JSON and back, so that the outbox can keep them and render them when they are sent."""

from __future__ import annotations

from base64 import b64decode, b64encode
from datetime import UTC, date, datetime
from typing import Any

from vocabulary.messages import Buttons, Card, Choice, File, Image, Lines, Live, Made, Part, Reply, Text


def pack(reply: Reply) -> list[Any]:
    """Turn parts into lists and dicts that JSON can hold."""
    return [_pack_part(part) for part in reply]


def unpack(packed: list[Any]) -> Reply:
    """Turn what `pack` made back into parts."""
    return tuple(_unpack_part(part) for part in packed)


def _pack_part(part: Part) -> dict[str, Any]:
    match part:
        case Text():
            return {"text": _pack_text(part)}
        case Lines(lines):
            return {"lines": [_pack_text(line) for line in lines]}
        case Buttons(choices):
            return {"buttons": [_pack_choice(choice) for choice in choices]}
        case Card(lines, choices, slot):
            packed = [_pack_text(line) for line in lines]
            return {"card": packed, "choices": [_pack_choice(choice) for choice in choices], "slot": slot}
        case Live(name, subject):
            return {"live": name, "subject": subject}
        case File(name, data) | Image(name, data):
            return {"file" if isinstance(part, File) else "image": name} | _pack_contents(data)
        case _:
            raise TypeError(f"cannot keep a {type(part).__name__}")


def _unpack_part(part: dict[str, Any]) -> Part:
    match part:
        case {"text": text}:
            return _unpack_text(text)
        case {"lines": lines}:
            return Lines(tuple(_unpack_text(line) for line in lines))
        case {"buttons": choices}:
            return Buttons(tuple(_unpack_choice(choice) for choice in choices))
        case {"card": lines, "choices": choices, "slot": slot}:
            return Card(tuple(map(_unpack_text, lines)), tuple(map(_unpack_choice, choices)), slot)
        case {"live": name, "subject": subject}:
            return Live(name, subject)
        case {"file": name, **contents} | {"image": name, **contents}:
            return (File if "file" in part else Image)(name, _unpack_contents(contents))
        case _:
            raise TypeError("not a packed part")


def _pack_contents(data: bytes | Made) -> dict[str, Any]:
    if isinstance(data, bytes):
        return {"data": b64encode(data).decode()}
    view = {name: pack_value(value) for name, value in data.view.items()}
    return {"made": data.maker, "view": view, "failed": data.failed}


def _unpack_contents(packed: dict[str, Any]) -> bytes | Made:
    if "data" in packed:
        return b64decode(packed["data"])
    view = {name: unpack_value(value) for name, value in packed["view"].items()}
    return Made(packed["made"], view, packed["failed"])


def _pack_text(text: Text) -> list[Any]:
    return [text.key, {name: pack_value(value) for name, value in text.args.items()}] if text.args else [text.key]


def _unpack_text(packed: list[Any]) -> Text:
    return Text(packed[0], {name: unpack_value(value) for name, value in packed[1].items()} if len(packed) > 1 else {})


def _pack_choice(choice: Choice) -> list[Any]:
    return [_pack_text(choice.label), choice.press]


def _unpack_choice(packed: list[Any]) -> Choice:
    return Choice(_unpack_text(packed[0]), packed[1])


def pack_value(value: Any) -> Any:
    """Keep instants, days, texts and sequences of them distinguishable in JSON."""
    match value:
        case datetime():
            return {"@": value.astimezone(UTC).isoformat()}
        case date():
            return {"d": value.isoformat()}
        case Text():
            return {"t": _pack_text(value)}
        case list() | tuple():
            return [pack_value(item) for item in value]
        case _:
            return value


def unpack_value(value: Any) -> Any:
    """Undo `pack_value`."""
    match value:
        case {"@": instant}:
            return datetime.fromisoformat(instant)
        case {"d": day}:
            return date.fromisoformat(day)
        case {"t": text}:
            return _unpack_text(text)
        case list():
            return [unpack_value(item) for item in value]
        case _:
            return value
