"""The table of all templates: read once from `sentences/*.toml`, indexed by the words that each template needs."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from operator import add
from typing import TYPE_CHECKING, Any

from understanding.intents.templates import Node, Template, all_of, compile_template, parse, word_lists

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

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
class Table:
    """All that is known of sentences.

    Beside each of the `templates` stand the words that it must have besides those it `needs`. `by_word` gives the
    numbers of the templates that need a word, `short` are such words of up to two characters, `long` the others by
    their first two.
    """

    intents: dict[str, Intent]
    templates: tuple[tuple[Template, tuple[frozenset[str], ...]], ...]
    by_word: dict[str, list[int]]
    short: frozenset[str]
    long: dict[str, tuple[str, ...]]
    rules: dict[str, tuple[Template, ...]]
    commands: dict[str, tuple[str, dict[str, Any]]]
    openings: dict[str, tuple[Template, ...]]
    lists: Mapping[str, Node]

    def near(self, marked: str) -> Iterator[Template]:
        """Yield the templates that can match: a word of theirs stands in the marked text."""
        heads = {*marked, *map(add, marked, marked[1:])}
        words = heads & self.short
        words.update(word for head in self.long.keys() & heads for word in self.long[head] if word in marked)
        lacks = words.isdisjoint
        for number in sorted(set().union(*(self.by_word[word] for word in words & self.by_word.keys()))):
            template, musts = self.templates[number]
            for must in musts:
                if lacks(must):
                    break
            else:
                yield template


def bare(text: str) -> str:
    """Return the words of a message without any punctuation."""
    return _FACES.sub("", text)


@lru_cache(maxsize=1)
def table() -> Table:
    """Return the compiled table; the first call builds it."""
    folder = resources.files(__package__)
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
    templates = tuple(template for intent in intents.values() for template in intent.templates)
    words = {word for template in templates for must in template.musts for word in must}
    short = frozenset(word for word in words if len(word) <= _HEAD)
    beside = tuple((template, template.musts[1:]) for template in templates)
    return Table(
        intents, beside, _by_word(templates), short, _long(words - short), rules, _commands(commands, lists),
        openings, lists,
    )  # fmt: skip


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


def _by_word(templates: Iterable[Template]) -> dict[str, list[int]]:
    by_word: dict[str, list[int]] = {}
    for number, template in enumerate(templates):
        for word in template.needs:
            by_word.setdefault(word, []).append(number)
    return by_word


def _long(words: Iterable[str]) -> dict[str, tuple[str, ...]]:
    heads: dict[str, list[str]] = {}
    for word in words:
        heads.setdefault(word[:_HEAD], []).append(word)
    return {head: tuple(several) for head, several in heads.items()}


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
