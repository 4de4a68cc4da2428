"""Tells whether words are, all in all, a yes or a no to what was asked."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib import resources

YES, NO = "confirm", "deny"
_FACES = re.compile('[，。！？～、；："\\s]+')
_LONGEST = 24
"""A longer clause says more than yes or no."""
_ASKS = re.compile("[？?]|[吗么没]$")


@lru_cache(maxsize=1)
def _words() -> tuple[dict[str, frozenset[str]], int, tuple[str, ...]]:
    """Return the kinds that each word has, the length of the longest word, and the signs that say yes."""
    data = tomllib.loads(resources.files(__package__).joinpath("assent.toml").read_text(encoding="utf-8"))
    signs = tuple(data.pop("signs"))
    kinds: dict[str, frozenset[str]] = {}
    for kind, words in data.items():
        for word in words:
            kinds[word] = kinds.get(word, frozenset()) | {kind}
    return kinds, max(map(len, kinds)), signs


def verdict(words: str) -> str:
    """Return confirm or deny where the words are nothing else, else empty words."""
    said = _FACES.sub("", words).lower()
    if not said or len(said) > _LONGEST or _ASKS.search(words):
        return ""
    pieces = _pieces(said)
    if pieces is None:
        return ""
    kinds = [_words()[0][piece] for piece in pieces]
    if any("undecided" in kind for kind in kinds):
        return ""
    if any("no" in kind for kind in kinds) or _turned_down(kinds):
        return YES if "first" in kinds[0] else NO
    return YES if any(kind & {"yes", "act"} for kind in kinds) else ""


def _turned_down(kinds: list[frozenset[str]]) -> bool:
    """Say whether an act follows a word that turns it into a no (先别通知大家)."""
    turned = next((at for at, kind in enumerate(kinds) if "not" in kind), None)
    return turned is not None and any("act" in kind for kind in kinds[turned:])


def is_firm(words: str) -> bool:
    """Say whether a clause is a no whatever stands beside it: 不发了 is, 不对 may lead to what is right."""
    said = _FACES.sub("", words).lower()
    if verdict(words) != NO:
        return False
    kinds = [_words()[0][piece] for piece in _pieces(said) or ()]
    return any("no" in kind and "doubt" not in kind for kind in kinds) or _turned_down(kinds)


def signed(text: str) -> bool:
    """Say whether a message without words holds a sign that says yes."""
    return any(sign in text for sign in _words()[2])


def _pieces(said: str) -> list[str] | None:
    """Return the fewest known words that a text is made of, None where it holds another."""
    words, longest, _ = _words()
    best: list[list[str] | None] = [[], *[None] * len(said)]
    for end in range(1, len(said) + 1):
        for start in range(max(0, end - longest), end):
            before, word = best[start], said[start:end]
            here = best[end]
            if before is not None and word in words and (here is None or len(before) + 1 < len(here)):
                best[end] = [*before, word]
    return best[-1]
