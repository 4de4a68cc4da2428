"""Reads the lines that people were asked to write (`tests/sentences/said`, `aside`) and compares readings with them."""

from __future__ import annotations

import json
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "sentences"
SETS = {"which", "person", "except", "audience", "host", "speaker", "type", "choice", "options"}
"""Slots in which the order says nothing, and one value is a list of one."""


def lines(name):
    """Yield (file's stem, number, label) of a folder."""
    for path in sorted((FOLDER / name).glob("*.jsonl")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            yield path.stem, number, json.loads(line)


def asked(label):
    """The line as it is put to the program."""
    return json.dumps({key: label[key] for key in ("text", "now", "context") if key in label})


def comparable(slot, value):
    if slot in SETS:
        return sorted(map(str, value if isinstance(value, list) else [value]))
    return value


def same(one, other):
    return set(one) == set(other) and all(comparable(slot, one[slot]) == comparable(slot, other[slot]) for slot in one)


def right_slots(label, got):
    return any(same(got["slots"], slots) for slots in (label.get("slots", {}), *label.get("also", ())))


def right_beside(label, got):
    """Whether further commands and what is unsure are as labelled."""
    then, wanted = got.get("then", []), label.get("then", [])
    unsure, doubts = got.get("unsure", {}), label.get("unsure", {})
    return (
        len(then) == len(wanted)
        and all(
            a["intent"] == b["intent"] and same(a["slots"], b.get("slots", {}))
            for a, b in zip(then, wanted, strict=True)
        )
        and {slot: sorted(map(str, several)) for slot, several in unsure.items()}
        == {slot: sorted(map(str, several)) for slot, several in doubts.items()}
    )


def is_right(label, got):
    return got.get("intent") == label["intent"] and right_slots(label, got) and right_beside(label, got)
