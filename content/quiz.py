"""The question bank: one TOML file a document in the folder `quiz`, read once on the first question asked."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from importlib.resources.abc import Traversable


@dataclass(frozen=True, slots=True)
class Question:
    """One question with what an answer to it is judged and explained by.

    `options` stand in the order of their letters, from A; `answer` holds the right letters, sorted: one where `kind` is
    single or truth, two or more where it is several. `why` explains without the citation, which is made of `document`,
    `version` and `article` (a number, or more of them as in 28、29). `fact` names the rule asked about, and `mark` how
    well its source was checked: V read in the article itself, V2 in a page that cites it.
    """

    id: str
    document: str
    short: str
    version: str
    article: str
    kind: Literal["single", "several", "truth"]
    text: str
    options: tuple[str, ...]
    answer: tuple[str, ...]
    why: str
    fact: str
    mark: Literal["V", "V2"]


@cache
def bank() -> tuple[Question, ...]:
    """Return every question, sorted by id; the files are read on the first call only."""
    folder = files("content").joinpath("quiz")
    found = [each for file in folder.iterdir() if file.name.endswith(".toml") for each in _read(file)]
    return tuple(sorted(found, key=lambda each: each.id))


def question(question_id: str) -> Question:
    """Return the question of that id; KeyError where the bank has none."""
    return _by_id()[question_id]


@cache
def _by_id() -> Mapping[str, Question]:
    return {each.id: each for each in bank()}


def _read(file: Traversable) -> Iterator[Question]:
    held = tomllib.loads(file.read_text(encoding="utf-8"))
    heading = {key: held[key] for key in ("document", "short", "version")}
    for entry in held["question"]:
        options, answer = tuple(entry.pop("options")), tuple(entry.pop("answer"))
        yield Question(**heading, **entry, options=options, answer=answer)
