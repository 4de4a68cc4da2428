"""Lengths of time: 一个半小时, 90分钟, 两天, 一年零三个月."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from understanding.numbers import decimal

HOUR, DAY = 3600, 86400
_UNIT_SECONDS = {
    "秒": 1,
    "字": 300,
    "分": 60,
    "刻": 900,
    "时": HOUR,
    "天": DAY,
    "周": 7 * DAY,
    "月": 30 * DAY,
    "季": 90 * DAY,
    "年": 365 * DAY,
}
_UNIT_OF = {"秒": "秒", "分": "分", "刻": "刻", "小": "时", "钟": "时", "天": "天", "日": "天", "周": "周", "星": "周", "礼": "周",
    "月": "月", "季": "季", "年": "年", "字": "字"}  # fmt: skip
_N = r"(?:\d+(?:\.\d+)?|[一二三四五六七八九十百两廿卅]+(?:点[一二三四五六七八九]+)?)"
_ONE = rf"""(?:
  {_N}(?:个半(?:小时|钟头|钟|月|星期|礼拜|分钟?|季度)|个?多?(?:小时|钟头|星期|礼拜|季度)半?|个多?(?:钟|月|字)(?!头)|多?分半?钟|分半?(?=\d|[一二三四五六七八九十零]+秒)
     |分半(?!之)|多?秒钟?|刻钟|多?(?:天|周(?![年岁一二三四五六日天末]))半?|年多?半?(?![级级第代份月]|度)|钟头)
 |半(?:个?多?(?:小时|钟头|钟|月|星期|礼拜|季度)|天|日|年(?!度))
 |个半(?:小时|钟头|钟|月|星期)|分半钟?
 )"""
PATTERN = rf"(?<![\d.第几])(?:{_ONE}(?:[零又余多]?(?:{_ONE}|{_N}分(?![之钟]))){{0,5}}|[一二三四五六七八九十两]+日(?=[之以]?[内后])|\d+日(?=[之以]?[内后])|两日)"


class Length(NamedTuple):
    """A length of time as counted units, large ones first; `unit` is the smallest."""

    parts: tuple[tuple[float, str], ...]

    @property
    def unit(self) -> str:
        """The smallest unit in it: 秒, 分, 时, 天, 周, 月, 季 or 年 (a quarter of an hour counts as 分)."""
        last = self.parts[-1]
        if last[1] == "天" and last[0] % 1:
            return "时"
        return {"刻": "分", "字": "分"}.get(last[1], last[1])

    @property
    def seconds(self) -> int:
        """Its length; a month has 30 days and a year 365."""
        return round(sum(count * _UNIT_SECONDS[unit] for count, unit in self.parts))


@cache
def _counted() -> re.Pattern[str]:
    return re.compile(
        rf"(?P<n>{_N}|半)?(?P<g>个)?(?P<h>半)?多?(?P<u>秒|分|刻|小时|钟头|钟|天|日|周|星期|礼拜|月|季|年|字)[钟度]?多?(?P<t>半(?!个|天|年|小|日))?"
    )


def read(words: str) -> Length:
    """Read a length of time that `PATTERN` has matched."""
    parts: list[tuple[float, str]] = []
    for m in _counted().finditer(words):
        count = 0.5 if m["n"] == "半" else decimal(m["n"]) if m["n"] else 1.0
        unit = _UNIT_OF[m["u"][0]]
        if m["h"] or m["t"]:
            count += 0.5
        parts.append((count, unit))
    return Length(tuple(parts))
