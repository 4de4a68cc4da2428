"""Reads the labelled sentences: text, intent, slots (None where only the intent counts), context."""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path

NOW = datetime(2026, 3, 5, 10, 20)  # noqa: DTZ001  words are local time
FOLDER = Path(__file__).parents[1] / "sentences"


def files():
    return sorted(path for path in FOLDER.glob("*.toml") if path.name not in {"times.toml", "not_yet.toml"})


def cases(path):
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    for name, entry in data.items():
        for said in entry["says"]:
            if path.name == "none.toml":
                yield "none", said, None, entry["context"]
            else:
                yield name, said[0], (said[1] or None) if len(said) > 1 else None, said[2] if len(said) > 2 else {}
