"""Reads the field's own words where they are written wrongly by sound or shape: 党可 for 党课, 主题挡日 for 主题党日.

Only words of `sounds.toml` are righted, never a name, a place or a time, and nothing that is itself a word (千岛).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from operator import add
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Sounds:
    """`alike` turns each character into the one that stands for its sound; `heads` lists words by their first two."""

    alike: dict[int, str]
    heads: dict[str, tuple[tuple[str, str, bool], ...]]
    own: frozenset[str]


@lru_cache(maxsize=1)
def _sounds() -> _Sounds:
    folder = Path(__file__).parent
    lines = folder.joinpath("sounds.txt").read_text(encoding="utf-8").splitlines()
    alike = {ord(one): line.split(" ")[1][0] for line in lines[:-2] for one in line.split(" ")[1]}
    data = tomllib.loads(folder.joinpath("sounds.toml").read_text(encoding="utf-8"))
    heads: dict[str, tuple[tuple[str, str, bool], ...]] = {}
    for word in sorted({*data["long"], *data["short"]}, key=len, reverse=True):
        sound = word.translate(alike)
        heads[sound[:2]] = (*heads.get(sound[:2], ()), (sound, word, word in data["long"]))
    return _Sounds(alike, heads, frozenset(lines[-1].split(" ")))


def _wrong(text: str, keep: Sequence[Span]) -> Iterator[tuple[int, str, bool]]:
    """Yield where a word of the field is written wrongly, the right word, and whether it is a long one."""
    known = _sounds()
    heard = text.translate(known.alike)
    if known.heads.keys().isdisjoint(map(add, heard, heard[1:])):
        return
    kept = {at for start, end in keep for at in range(start, end)}
    at = 0
    while at < len(heard) - 1:
        step = 1
        for sound, word, is_long in known.heads.get(heard[at : at + 2], ()):
            end = at + len(word)
            if heard.startswith(sound, at) and kept.isdisjoint(range(at, end)):
                written = text[at:end]
                if written != word and written not in known.own and _is_near(written, word):
                    yield at, word, is_long
                step = len(word) if is_long or written == word else 1
                break
        at += step


def _is_near(written: str, word: str) -> bool:
    """Say whether no more than half of a word is wrong: 置为会 is not 支委会."""
    return sum(one != other for one, other in zip(written, word, strict=True)) <= max(1, len(word) // 2)


def righted(text: str, keep: Sequence[Span] = ()) -> tuple[str, str]:
    """Return the text with the long words right, and with the short words right as well; of the same length both.

    The second is for whoever can tell whether it makes more sense. What stands in `keep` (names) is left alone.
    """
    wrong = list(_wrong(text, keep))
    for at, word, is_long in wrong:
        if is_long:
            text = f"{text[:at]}{word}{text[at + len(word) :]}"
    return text, guessed(text, keep) if wrong else text


def guessed(text: str, keep: Sequence[Span] = ()) -> str:
    """Return the text with the long words and the short ones right."""
    end = 0
    for at, word, _ in list(_wrong(text, keep)):
        if at >= end:
            text = f"{text[:at]}{word}{text[at + len(word) :]}"
            end = at + len(word)
    return text
