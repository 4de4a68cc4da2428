"""Tidying: one width, one script, one kind of punctuation, no mention of the program, typos of the field put right.

Names and times are never corrected: only words of the field (签到, 支部, 党日 and the like) are; see `typos.toml`.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

LONGEST = 1500
"""So many characters of a message are read; what follows is pasted matter."""

OWN_NAME = "支部助手"
"""What the program is called where nobody has named it."""

_PUNCTUATION = str.maketrans(",;!?()[]~“”「」『』‘’．﹕–—", '，；！？（）【】～""""""""' + ".：--")
_DROPPED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufffc\ufffd]")
_PICTURES = re.compile(
    r"[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\ue000-\uf8ff\U000e0000-\U0010ffff]"
    r"|\[[\u4e00-\u9fff]{1,4}\](?=[^\u4e00-\u9fff]|$)"
)
_HAN = r"\u3007\u4e00-\u9fff"
_PLAIN = re.compile(rf"[{_HAN}，。？！、0-9]+")
_SPACE = re.compile(rf"(?<=[^\sA-Za-z])\s+(?=\S)|(?<=[A-Za-z])\s+(?=[{_HAN}，。；：！？、])")
_DIGITS = re.compile(r"(?<=\d)[ \t\u3000]+(?=\d)")
_MENTION = r"@\s?(?:机器人|小助手|助手{bot})[\s，：]*"
_CALL = "(?:小?同志|小?助手|老师|书记|劳驾|喂|哎|诶)"
_CALLED = re.compile(
    f"(?:{_CALL}(?:你好|您好)?[啊呀]?[，。！：]+|{_CALL}(?:你好|您好)[啊呀]?|(?:喂|劳驾)?小助手|劳驾(?:你|您)?|小?同志(?=我|麻烦|请[^假]|帮))+(?=....)"
)
_THANKED = re.compile("(?<=....)[，。！]*(?:谢谢|多谢|辛苦|麻烦)了?(?:小?助手|小?同志)[了啦哈]*[。！]*$")
_CUES = re.compile(
    "\ue000(?=地点|时间[：是]|主持|记录人?[：是\ue000]?|议题|参加|讨论|内容|提前|请(?!假)|大家|收到|主讲|地方[：是\\d]|题目|因为|原因)"
)
_BREAK, _GAP = "\ue000", "\ue001"


@dataclass(frozen=True, slots=True)
class Tidied:
    """The tidied words.

    `breaks` are the places (index in `text`) where a space stood between words; `mentioned` says that the program's
    own name was called and taken out.
    """

    text: str
    breaks: frozenset[int]
    mentioned: bool


@lru_cache(maxsize=1)
def script() -> dict[int, int]:
    """Return the simplified character of each traditional one, by code point."""
    pairs = Path(__file__).with_name("traditional.txt").read_text(encoding="utf-8")
    return str.maketrans(pairs[::3], pairs[1::3])


@lru_cache(maxsize=1)
def _typos() -> tuple[tuple[str, str], ...]:
    data = tomllib.loads(Path(__file__).with_name("typos.toml").read_text(encoding="utf-8"))["typo"]
    return tuple((entry["wrong"], entry["right"]) for entry in data)


@lru_cache(maxsize=1)
def _any_typo() -> re.Pattern[str]:
    """Without groups, so that it is quickly told that there is none."""
    return re.compile("|".join(wrong for wrong, _ in _typos()))


@lru_cache(maxsize=1)
def _each_typo() -> re.Pattern[str]:
    return re.compile("|".join(f"({wrong})" for wrong, _ in _typos()))


def _righted(text: str) -> str:
    if not _any_typo().search(text):
        return text
    return _each_typo().sub(lambda found: _typos()[(found.lastindex or 1) - 1][1], text)


@lru_cache(maxsize=8)
def _mention(bot: str) -> re.Pattern[str]:
    return re.compile(_MENTION.format(bot="|" + re.escape(bot)))


def tidy(text: str, bot: str = "") -> Tidied:
    """Return the words as the templates expect them; the words of names, places and times stay what they were.

    `bot` is the name that the program is called by, `OWN_NAME` where none is given.
    """
    text = text[: LONGEST * 2]
    if text[:1] == "/" and text[1:2] > "\x7f":  # a command that no menu can hold: /签到
        text = text[1:]
    mentions = 0
    breaks: list[int] = []
    if not _PLAIN.fullmatch(text):
        text, mentions = _mention(bot or OWN_NAME).subn(" ", _widths(text))
        text = _colons(text.replace("@所有人", "所有人，").replace("@", "").translate(_PUNCTUATION)).strip()
        text, breaks = _spaces(text)
    text = text[:LONGEST].translate(script())
    righted = _righted(text)
    if len(righted) != len(text):
        breaks = []
    return Tidied(righted, frozenset(at for at in breaks if at < len(righted)), mentions > 0)


def uncalled(tidied: Tidied) -> Tidied:
    """Return a message without the words by which somebody is called first and thanked last (同志你好，…谢谢小助手)."""
    text = tidied.text
    first, last = _CALLED.match(text), _THANKED.search(text)
    start = first.end() if first is not None else 0
    end = last.start() if last is not None and last.start() > start else len(text)
    if (start, end) == (0, len(text)):
        return tidied
    breaks = frozenset(at - start for at in tidied.breaks if start < at < end)
    return Tidied(text[start:end], breaks, tidied.mentioned)


def _widths(text: str) -> str:
    """Make full-width forms narrow and drop what nobody sees or what only decorates."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text.replace("…", "，"))
    return _PICTURES.sub(" ", _DROPPED.sub("", text)).strip()


def _colons(text: str) -> str:
    """Make a colon Chinese unless it stands in a clock time, a full stop unless it stands in a number or a word."""
    text = re.sub(r":(?!\d)|(?<!\d):", "：", text)
    text = re.sub(r"(?<=\d)：(?=\d\d)", ":", text)
    text = re.sub(rf"(?<=[{_HAN}])\.+|(?<!\d)\.+(?=[{_HAN}\s])|\.{{2,}}|\.$", "。", text)
    return re.sub(r"(?<=\d)，(?=\d{3}(?!\d))", "", text)


def _spaces(text: str) -> tuple[str, list[int]]:
    """Take out spaces between Chinese words and tell where they stood (nowhere if every character stands alone)."""
    text = re.sub(r"[ \t\r]*\n\s*", "\n", text)
    text = _DIGITS.sub(_GAP, text)
    text = _SPACE.sub(lambda found: "\n" if "\n" in found[0] else _BREAK, text).replace(_GAP, " ")
    text = _CUES.sub("，", text)
    parts = text.split(_BREAK)
    if len(parts) - 1 >= (len(text) - len(parts) + 1) / 2:
        return "".join(parts), []
    breaks, at = [], 0
    for part in parts[:-1]:
        at += len(part)
        breaks.append(at)
    return "".join(parts), breaks
