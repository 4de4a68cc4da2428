"""The word lists of `answers.toml`, as patterns."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib import resources
from typing import Any


@lru_cache(maxsize=1)
def _lists() -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath("answers.toml").read_text(encoding="utf-8"))


def _alternatives(words: list[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


@lru_cache(maxsize=8)
def any_of(name: str) -> re.Pattern[str]:
    """Return a pattern that finds any word of a list."""
    return re.compile(_alternatives(_lists()[name]))


@lru_cache(maxsize=1)
def _ends() -> tuple[re.Pattern[str], re.Pattern[str]]:
    lead, tail = _alternatives(_lists()["lead"]), _alternatives(_lists()["tail"])
    return re.compile(f"(?:{lead})"), re.compile(f"(?:{tail})$")


def bare(words: str) -> str:
    """Return an answer without what people say before and behind it (那就在…吧)."""
    lead, tail = _ends()
    words = words.strip("，。！？：、 \n")
    while (found := lead.match(words)) and found.end() < len(words):
        words = words[found.end() :]
    while (found := tail.search(words)) and found.start() > 0:
        words = words[: found.start()]
    return words


@lru_cache(maxsize=1)
def kinds() -> dict[str, str]:
    """Return the kind of meeting by what it is called in an answer."""
    return {word: kind for kind, words in _lists()["type"].items() for word in words}


@lru_cache(maxsize=1)
def labelled() -> re.Pattern[str]:
    """Return a pattern for a slot that is called by its name and given in words: 标题改成…; a group for each slot."""
    several = "|".join(f"(?P<{slot}>{_alternatives(words)})" for slot, words in _lists()["labels"].items())
    return re.compile(
        f"(?:{several})[里上的也就都再]?(?:写?不对|写?错了?)?[，]?"
        "(?:改成|改为|改写成|改|换成|换为|换|写成|写|应该是|应该|应为|是|叫做?|为|定为|：)+(?P<words>[^\n]+)"
    )
