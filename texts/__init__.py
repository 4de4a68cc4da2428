"""Every sentence the program may say, and how it is read.

`say` names a sentence and fills it; `Renderer` turns it into words where it is shown, by the zone and the clock there.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from vocabulary.messages import Choice, Text


@cache
def sentences() -> dict[str, str]:
    """Read all sentences, as flat keys (`meetings.ask_place`), once."""
    flat: dict[str, str] = {}
    for entry in sorted(files("texts").iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".toml"):
            _flatten(tomllib.loads(entry.read_text("utf-8")), "", flat)
    return flat


def say(key: str, /, **args: Any) -> Text:
    """Name a sentence of the texts and fill its placeholders; the only way to say anything."""
    return Text(key, args)


def button(label: str, press: str, /, **args: Any) -> Choice:
    """Make a button: the key of its label and the payload it sends back."""
    return Choice(Text(label, args), press)


def _flatten(table: dict[str, Any], prefix: str, into: dict[str, str]) -> None:
    for name, value in table.items():
        if isinstance(value, dict):
            _flatten(value, f"{prefix}{name}.", into)
        else:
            into[f"{prefix}{name}"] = value
