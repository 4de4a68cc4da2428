"""The same noun is the same file name in every room, and every name says something."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
EMPTY_WORDS = {"util", "utils", "helper", "helpers", "manager", "managers", "common", "misc"}
PLACES = (
    ("handlers", "*.py"),
    ("services", "*.py"),
    ("storage", "*.py"),
    ("vocabulary/views", "*.py"),
    ("documents", "*.py"),
    ("understanding/intents/sentences", "*.toml"),
    ("tests/sentences", "*.toml"),
    ("tests/scenarios", "*"),
)


def words(name):
    """`WorkItem` and `work_item` are work and item."""
    return re.findall(r"[a-z0-9]+", re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower())


def sameness(name):
    """A noun without its number and its joints: check_in, checkin and checkins are one."""
    whole = "".join(words(name))
    return re.sub(r"(?<=[^aeiou])ies$", "y", whole) if whole.endswith("ies") else whole.removesuffix("s")


def nouns():
    """Every noun with the places where it is spelled so."""
    found: dict[str, list[str]] = {}
    for folder, pattern in PLACES:
        for path in sorted((ROOT / folder).glob(pattern)):
            if path.stem[0] not in "_.":
                found.setdefault(path.stem, []).append(path.relative_to(ROOT).as_posix())
    for path in sorted((ROOT / "texts").glob("*.toml")):
        for key, value in tomllib.loads(path.read_text("utf-8")).items():
            table = key if isinstance(value, dict) else key.partition(".")[0]
            found.setdefault(table, [])
            if path.name not in found[table]:
                found[table].append(f"{path.name}[{table}]")
    return found


def test_a_noun_is_spelled_alike_in_every_room(none):
    spelled: dict[str, set[str]] = {}
    found = nouns()
    for noun in found:
        spelled.setdefault(sameness(noun), set()).add(noun)
    none({noun: found[noun][:3] for noun in sorted(ways)} for ways in spelled.values() if len(ways) > 1)


def test_no_name_is_empty(sources, none):
    named = []
    for source in sources:
        parts = source.path.removesuffix(".py").split("/")
        named += [(source.path, part) for part in parts]
        named += [
            (source.at(node), node.name)
            for node in ast.walk(source.tree)
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        ]
    none(f"{place} {name}" for place, name in named if EMPTY_WORDS & set(words(name)))
