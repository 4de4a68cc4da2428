"""Tidied text that keeps its positions, and numbers as people write them."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TRADITIONAL = (
    "點点週周禮礼後后個个鐘钟時时間间兩两號号這这開开會会節节國国慶庆勞劳動动黨党軍军陽阳農农曆历陰阴臘腊聖圣誕诞"
    "親亲婦妇兒儿師师學学業业幾几過过內内當当現现從从單单雙双淩凌裡里裏里晝昼聽听尋寻來来歸归紀纪門门應应復复"
    "億亿萬万準准終终結结達达隨随剛刚馬马際际權权護护願愿憲宪勝胜戰战獨独臺台灣湾華华鍾钟歲岁爲为為为還还離离貳二"
    "運运費费優优廳厅樓楼議议開开誰谁給给請请讓让說说講讲課课題题報报員员組组織织總总結结"
)
_PUNCTUATION = {
    "\u3000": " ",
    "\xa0": " ",
    "\t": " ",
    "：": ":",
    "﹕": ":",
    "∶": ":",
    "～": "~",
    "〜": "~",
    "—": "-",
    "–": "-",
    "－": "-",
    "−": "-",
    "ー": "-",
    "―": "-",
    "○": "〇",
    "Ｏ": "〇",
}
_FULL_WIDTH = {chr(0xFF01 + i): chr(0x21 + i) for i in range(94)}
_TABLE = str.maketrans(
    _FULL_WIDTH | _PUNCTUATION | dict(zip(_TRADITIONAL[::2], _TRADITIONAL[1::2], strict=True)),
)
_SPACES = re.compile(r"(?<![0-9A-Za-z]) +| +(?![0-9A-Za-z])|(?<= ) +")

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TENS = {"廿": 20, "卅": 30}
_UNITS = {"十": 10, "百": 100, "千": 1000}

DIGIT = "[一二三四五六七八九]"
"""One Chinese figure from 1 to 9."""
COUNT = r"(?:\d{1,4}|[一二三四五六七八九十百两廿卅零〇]{1,7})"
"""A whole number in figures or in words."""


@dataclass(frozen=True, slots=True)
class Tidied:
    """Text in half-width, simplified characters without idle spaces; `where` maps its positions to the original's."""

    text: str
    where: range | list[int]


def tidy(text: str) -> Tidied:
    """Return the text with one form for each character and spaces only where they part figures or Latin letters."""
    changed = text.translate(_TABLE)
    if " " not in changed:
        return Tidied(changed, range(len(changed)))
    where: list[int] = []
    at = 0
    for gap in _SPACES.finditer(changed):
        where.extend(range(at, gap.start()))
        at = gap.end()
    where.extend(range(at, len(changed)))
    return Tidied("".join([changed[i] for i in where]), where)


def number(words: str) -> int:
    """Read a whole number: 28, 二十八, 廿八, 两, 一百二十, 二〇二六 (figure by figure), 两千零六."""
    if words.isdecimal():
        return int(words)
    if not any(c in _UNITS or c in _TENS for c in words):
        return int("".join(str(_DIGITS[c]) for c in words))
    total = figure = 0
    for c in words:
        if c in _UNITS:
            total += (figure or 1) * _UNITS[c]
            figure = 0
        elif c in _TENS:
            total += _TENS[c]
        else:
            figure = figure * 10 + int(c) if c.isdecimal() else _DIGITS[c]
    return total + figure


def decimal(words: str) -> float:
    """Read a number that may have a part after its point: 1.5, 五点五, 两."""
    whole, point, rest = words.replace("点", ".").partition(".")
    if not point:
        return float(number(whole))
    return float(f"{number(whole)}.{''.join(str(number(c)) for c in rest)}")
