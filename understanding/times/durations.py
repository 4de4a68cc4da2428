"""Lengths of time as they are written: 一个半小时, 90分钟, 两天, 一年零三个月."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from understanding.times.numbers import decimal

_SECONDS = {"秒": 1, "分": 60, "字": 300, "刻": 900, "时": 3600, "天": 86_400, "周": 604_800, "月": 2_592_000,
    "季": 7_776_000, "年": 31_536_000}  # fmt: skip
MONTHS_OF = {"月": 1, "季": 3, "年": 12}
"""How many months the units have that are counted on the calendar."""

_GRAINS = {"秒": "second", "分": "minute", "字": "minute", "刻": "minute", "时": "hour", "天": "day", "周": "week",
    "月": "month", "季": "quarter", "年": "year"}  # fmt: skip
_UNIT_OF = {"m": "分", "h": "时", "小": "时", "钟": "时", "日": "天", "星": "周", "礼": "周"}

_N = r"(?:\d{1,6}(?:\.\d{1,4})?|[一二三四五六七八九十百两廿卅]{1,7}(?:点[一二三四五六七八九]{1,3})?)"
_FIGURE = "[一二三四五六七八九十零]"
_ONE = rf"""(?:
  {_N}(?:个半(?:小时|钟头|钟|月|星期|礼拜|分钟?|季度)
     |个?多?(?:小时|钟头|星期|礼拜|季度)半?|个多?(?:钟|月|字)(?!头)
     |[多来]?分半?钟|分半?(?=\d{{1,3}}秒|{_FIGURE}{{1,4}}秒)|分半(?!之)|多?秒钟?|刻钟
     |多?(?:天|周(?![年岁一二三四五六日天末]))半?|年多?半?(?![级第代份月度]))
 |\d{{1,4}}(?:\.\d)?[ ]?(?:mins?|hours?|h)(?![a-z])
 |半(?:个?多?(?:小时|钟头|钟|月|星期|礼拜|季度)|天|日|年(?!度))
 |个半(?:小时|钟头|钟|月|星期)|分半钟?
 )"""
PATTERN = rf"""(?<![\d.第几])(?:{_ONE}(?:[零又余多]?(?:{_ONE}|{_N}分(?![之钟]))){{0,5}}
 |(?:[一二三四五六七八九十两]{{1,4}}|\d{{1,4}})日(?=[之以]?[内后])|两[日月](?!份)|(?<=近){_N}月(?!份))"""


class Length(NamedTuple):
    """A length of time as counted units, the large ones first."""

    parts: tuple[tuple[float, str], ...]

    @property
    def grain(self) -> str:
        """The smallest unit in it, in English; half a day counts as hours."""
        count, unit = self.parts[-1]
        return "hour" if unit == "天" and count % 1 else _GRAINS[unit]

    @property
    def is_fine(self) -> bool:
        """It is counted in hours or less, so that the clock matters."""
        return self.grain in {"second", "minute", "hour"}

    @property
    def seconds(self) -> int:
        """Its length; a month has 30 days, a quarter 90 and a year 365."""
        return round(sum(count * _SECONDS[unit] for count, unit in self.parts))


@cache
def _counted() -> re.Pattern[str]:
    units = "mins?|hours?|h|秒钟?|分钟?|刻钟?|小时|钟头|钟|天|日|周|星期|礼拜|月|季度?|年|字"
    return re.compile(
        rf"(?P<count>{_N}|半)?[ ]?个?(?P<half>半)?[多来]?(?P<unit>{units})多?(?P<more>半(?![个天年小日]))?钟?"
    )


def read(words: str) -> Length:
    """Read a length of time that `PATTERN` has matched."""
    parts: list[tuple[float, str]] = []
    for m in _counted().finditer(words):
        count = 0.5 if m["count"] == "半" else decimal(m["count"]) if m["count"] else 1.0
        first = m["unit"][0]
        parts.append((count + 0.5 * bool(m["half"] or m["more"]), _UNIT_OF.get(first, first)))
    return Length(tuple(parts))
