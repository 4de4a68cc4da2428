"""The table of all templates: read once from `sentences/*.toml`, indexed by the words that each template needs."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import lru_cache
from operator import add
from pathlib import Path
from typing import TYPE_CHECKING, Any

from understanding.intents.templates import Node, Template, all_of, compile_template, parse, word_lists

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_FACES = re.compile(r"[\s，。；！？、～：\"'.!?,;~]+")
_HEAD = 2
_OFF_ENDS = re.compile("^(?:小助手|请|麻烦|帮我|帮忙)+|(?:谢谢|吧|了|啊|呀|哈|哦|一下|下)+$")


@dataclass(frozen=True, slots=True)
class Intent:
    """What an intent takes: its slots, the slot that takes the words left over, and what must not be said with it."""

    name: str
    slots: frozenset[str]
    rest: str
    templates: tuple[Template, ...]
    never: tuple[Template, ...]
    fixed: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Words:
    """The words that templates must have, and which of the templates have theirs in a text.

    For each word `told` is a large number with a bit for each template and each set of words of which it must have
    one (there are `most`): set where the word is in it, and in `free` where the template has no such set. `short` are
    the words of up to two characters, `long` the others by their first two.
    """

    templates: tuple[Template, ...]
    told: dict[str, int]
    free: int
    most: int
    short: frozenset[str]
    long: dict[str, list[str]]

    def near(self, marked: str) -> Iterator[Template]:
        """Yield the templates that can match: of each of their sets of words one stands in the marked text."""
        heads = {*marked, *map(add, marked, marked[1:])}
        said = heads & self.short
        said.update([word for head in self.long.keys() & heads for word in self.long[head] if word in marked])
        has, several = self.free, len(self.templates)
        for word in said:
            has |= self.told[word]
        fits = (1 << several) - 1
        for at in range(self.most):
            fits &= has >> at * several
        while fits:
            last = fits & -fits
            yield self.templates[last.bit_length() - 1]
            fits ^= last


@dataclass(frozen=True, slots=True)
class Table:
    """All that is known of sentences."""

    intents: dict[str, Intent]
    words: Words
    rules: dict[str, tuple[Template, ...]]
    commands: dict[str, tuple[str, dict[str, Any]]]
    openings: dict[str, tuple[Template, ...]]
    lists: Mapping[str, Node]


def bare(text: str) -> str:
    """Return the words of a message without any punctuation."""
    return _FACES.sub("", text)


@lru_cache(maxsize=1)
def table() -> Table:
    """Return the compiled table; the first call builds it."""
    folder = Path(__file__).parent
    files = {
        entry.name: tomllib.loads(entry.read_text(encoding="utf-8"))
        for entry in sorted(folder.joinpath("sentences").iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".toml")
    }
    lists = word_lists(files.pop("words.toml")["words"])
    rules = _compiled(files.pop("slots.toml"), lists)
    openings = _compiled(files.pop("open.toml"), lists)
    commands = tomllib.loads(folder.joinpath("commands.toml").read_text(encoding="utf-8"))
    intents: dict[str, Intent] = {}
    for data in files.values():
        for name, entry in data.items():
            intents[name] = _intent(name, entry, lists)
    words = _words(tuple(template for intent in intents.values() for template in intent.templates))
    return Table(intents, words, rules, _commands(commands, lists), openings, lists)


def _intent(name: str, entry: dict[str, Any], lists: Mapping[str, Node]) -> Intent:
    say = [compile_template(name, source, lists, entry.get("bonus", 0.0)) for source in entry["say"]]
    say += [compile_template(name, source, lists, entry.get("bonus", 0.0) - 1.5) for source in entry.get("weak", ())]
    never = [compile_template(name, source, lists, must=False) for source in entry.get("never", ())]
    return Intent(
        name, frozenset(entry.get("slots", ())), entry.get("rest", ""), tuple(say), tuple(never), entry.get("fixed", {})
    )


def _compiled(data: Mapping[str, Sequence[str]], lists: Mapping[str, Node]) -> dict[str, tuple[Template, ...]]:
    return {
        name: tuple(compile_template(name, source, lists, must=False) for source in say) for name, say in data.items()
    }


def _words(templates: tuple[Template, ...]) -> Words:
    several, most = len(templates), max(len(template.musts) for template in templates)
    bits: dict[frozenset[str], int] = {}
    free = 0
    for number, template in enumerate(templates):
        for at, must in enumerate(template.musts):
            bits[must] = bits.get(must, 0) | 1 << (at * several + number)
        for at in range(len(template.musts), most):
            free |= 1 << (at * several + number)
    told: dict[str, int] = {}
    for must, own in bits.items():
        for word in must:
            told[word] = told.get(word, 0) | own
    long: dict[str, list[str]] = {}
    for word in told:
        if len(word) > _HEAD:
            long.setdefault(word[:_HEAD], []).append(word)
    return Words(templates, told, free, most, frozenset(word for word in told if len(word) <= _HEAD), long)


def _commands(data: Mapping[str, Any], lists: Mapping[str, Node]) -> dict[str, tuple[str, dict[str, Any]]]:
    commands: dict[str, tuple[str, dict[str, Any]]] = {}
    for name, entry in data.items():
        for said in entry if isinstance(entry, list) else entry["say"]:
            for word in all_of(parse(said, lists)):
                slots = {} if isinstance(entry, list) else dict(entry.get("slots", {}))
                commands[word] = (name.partition("#")[0], slots)
    return commands


def command(text: str) -> tuple[str, dict[str, Any]] | None:
    """Return the intent and slots of a message that is nothing but a command word, else None."""
    said = bare(text)
    if len(said) > 16:  # noqa: PLR2004  no command is longer
        return None
    commands = table().commands
    return commands.get(said) or commands.get(_OFF_ENDS.sub("", said))
