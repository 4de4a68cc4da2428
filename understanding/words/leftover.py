"""What is left of the words once a command, its particles and its courtesies are cut away at both ends."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from understanding.words.marked import FILLER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from understanding.words.marked import Marked

SIGNS = "，。；：！？、～…·-—+=> \n"
_BESIDE = re.compile(r"\(\?[^)]*\)")


@lru_cache(maxsize=1)
def _lists() -> dict[str, tuple[str, ...]]:
    data = tomllib.loads(Path(__file__).with_name("leftover.toml").read_text(encoding="utf-8"))
    return {name: tuple(several) for name, several in data.items()}


def cut_words(name: str) -> tuple[str, ...]:
    """Return a list of `leftover.toml`: patterns of words that merely stand around what is named."""
    return _lists()[name]


def _size(word: str) -> int:
    """Return how long a word is, without what must not stand beside it."""
    return len(_BESIDE.sub("", word))


@lru_cache(maxsize=64)
def _ends(heads: Sequence[str], tails: Sequence[str]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return patterns for one word at the head and one at the tail; the longest wins."""
    first, last = (
        "|".join(sorted((*own, *common), key=_size, reverse=True))
        for own, common in ((heads, cut_words("heads")), (tails, cut_words("tails")))
    )
    return re.compile(f"(?:{first})", re.IGNORECASE), re.compile(f"(?:{last})$", re.IGNORECASE)


def trimmed(
    text: str, span: tuple[int, int], heads: tuple[str, ...] = (), tails: tuple[str, ...] = ()
) -> tuple[int, int]:
    """Return a stretch of words without what merely leads up to it and what trails it.

    `heads` and `tails` are patterns of words (without groups that capture) to be cut beside those that are always cut.
    """
    head, tail = _ends(heads, tails)
    start, end = span
    while start < end:
        before = (start, end)
        while start < end and text[start] in SIGNS:
            start += 1
        while start < end and text[end - 1] in SIGNS:
            end -= 1
        if found := head.match(text, start, end):
            start = found.end()
        if found := tail.search(text, start, end):
            end = found.start()
        if (start, end) == before:
            break
    return start, end


def says_something(words: str) -> bool:
    """Say whether words hold more than filler."""
    return bool(FILLER.sub("", words).strip(SIGNS))


def outside(length: int, taken: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the stretches of a text between those that are taken."""
    left, at = [], 0
    for start, end in sorted(taken):
        if start > at:
            left.append((at, start))
        at = max(at, end)
    if at < length:
        left.append((at, length))
    return left


def words(marked: Marked, span: tuple[int, int]) -> str:
    """Return the words of a stretch of the marked text, without signs at the ends."""
    return marked.words(*span).strip(SIGNS)
