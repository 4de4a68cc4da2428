"""The documents in force and the facts they hold, each with its article: `regulations.toml`, read when first asked."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from rules.basis import Basis

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True)
class Document:
    """A document in force: its full and short name without book marks, the year of its text, and since when."""

    key: str
    name: str
    short: str
    version: str
    since: date


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a document says.

    `says` is a sentence with placeholders and `args` what fills them; other `args` are figures for arithmetic. `mark`:
    V read in the article itself, V2 found in a source that cites it. `basis.article` is empty where only the document
    is certain. `about` are the words of the matter, `asks` those of the question.
    """

    id: str
    basis: Basis
    mark: Literal["V", "V2"]
    says: str
    about: tuple[str, ...]
    asks: tuple[str, ...] = ()
    args: dict[str, Any] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """What it says, filled."""
        return self.says.format(**self.args)


def documents() -> tuple[Document, ...]:
    """Return every document that is cited."""
    return tuple(_documents().values())


def document(key: str) -> Document:
    """Return a document by its key, as a `Basis` names it. Raises KeyError where there is none."""
    return _documents()[key]


def facts() -> tuple[Fact, ...]:
    """Return every fact, by document and in the order of its articles."""
    return tuple(_facts().values())


def fact(key: str) -> Fact:
    """Return a fact by its id. Raises KeyError where there is none."""
    return _facts()[key]


def ask(words: str) -> list[Fact]:
    """Return the facts on the matter that a question names, the likeliest first; none where it names none.

    A fact counts where one of its `about` words stands in the question; more and longer words of `about` and `asks`
    bring it forward. Equal ones stay in the order of the table.
    """
    found = [(score, fact) for fact in facts() if (score := _score(words, fact))]
    return [fact for _, fact in sorted(found, key=lambda pair: -pair[0])]


def _score(words: str, fact: Fact) -> int:
    named = max((len(word) for word in fact.about if word in words), default=0)
    return named and named + sum(len(word) for word in fact.asks if word in words)


@cache
def _read() -> dict[str, dict[str, Any]]:
    with Path(__file__).with_name("regulations.toml").open("rb") as file:
        return tomllib.load(file)


@cache
def _documents() -> dict[str, Document]:
    return {
        key: Document(key, table["name"], table["short"], table["version"], table["since"])
        for key, table in _read().items()
    }


@cache
def _facts() -> dict[str, Fact]:
    return {
        row["id"]: Fact(
            id=row["id"],
            basis=Basis(key, table["version"], row["article"]),
            mark=row["mark"],
            says=row["says"],
            about=tuple(row["about"]),
            asks=tuple(row.get("asks", ())),
            args=row.get("args", {}),
        )
        for key, table in _read().items()
        for row in table["facts"]
    }
