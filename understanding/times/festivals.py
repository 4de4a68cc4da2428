"""Festivals and memorial days by name, and the day they fall on in a year."""

from __future__ import annotations

from datetime import MAXYEAR, date, timedelta
from functools import lru_cache
from typing import NamedTuple


class Lunar(NamedTuple):
    """A day of the lunar year; `shift` days from it (除夕 is the day before the first of the first month)."""

    month: int
    day: int
    shift: int = 0


class Nth(NamedTuple):
    """The nth weekday (0 is Monday) of a month."""

    month: int
    nth: int
    weekday: int


FESTIVALS: dict[str, tuple[int, int] | Lunar | Nth | str] = {
    "元旦": (1, 1),
    "情人节": (2, 14),
    "学雷锋纪念日": (3, 5),
    "学雷锋日": (3, 5),
    "雷锋日": (3, 5),
    "国际妇女节": (3, 8),
    "三八妇女节": (3, 8),
    "妇女节": (3, 8),
    "三八节": (3, 8),
    "女神节": (3, 8),
    "植树节": (3, 12),
    "国际消费者权益日": (3, 15),
    "消费者权益日": (3, 15),
    "三一五": (3, 15),
    "315晚会": (3, 15),
    "愚人节": (4, 1),
    "国家安全教育日": (4, 15),
    "五一国际劳动节": (5, 1),
    "国际劳动节": (5, 1),
    "五一劳动节": (5, 1),
    "劳动节": (5, 1),
    "五一": (5, 1),
    "五四青年节": (5, 4),
    "青年节": (5, 4),
    "五四": (5, 4),
    "护士节": (5, 12),
    "国际儿童节": (6, 1),
    "六一儿童节": (6, 1),
    "儿童节": (6, 1),
    "六一": (6, 1),
    "七一建党节": (7, 1),
    "建党节": (7, 1),
    "建党纪念日": (7, 1),
    "党的生日": (7, 1),
    "香港回归纪念日": (7, 1),
    "七一": (7, 1),
    "八一建军节": (8, 1),
    "建军节": (8, 1),
    "八一": (8, 1),
    "抗战胜利纪念日": (9, 3),
    "教师节": (9, 10),
    "九一八": (9, 18),
    "烈士纪念日": (9, 30),
    "十一国庆": (10, 1),
    "国庆": (10, 1),
    "十一": (10, 1),
    "万圣节": (10, 31),
    "记者节": (11, 8),
    "消防日": (11, 9),
    "光棍节": (11, 11),
    "双十一": (11, 11),
    "双11": (11, 11),
    "国家宪法日": (12, 4),
    "宪法日": (12, 4),
    "双十二": (12, 12),
    "国家公祭日": (12, 13),
    "公祭日": (12, 13),
    "澳门回归纪念日": (12, 20),
    "平安夜": (12, 24),
    "圣诞": (12, 25),
    "母亲节": Nth(5, 2, 6),
    "父亲节": Nth(6, 3, 6),
    "感恩节": Nth(11, 4, 3),
    "清明": "qingming",
    "冬至": "dongzhi",
    "复活节": "easter",
    "主复活日": "easter",
    "春节": Lunar(1, 1),
    "大年初一": Lunar(1, 1),
    "除夕": Lunar(1, 1, -1),
    "大年三十": Lunar(1, 1, -1),
    "年三十": Lunar(1, 1, -1),
    "元宵": Lunar(1, 15),
    "龙抬头": Lunar(2, 2),
    "端午": Lunar(5, 5),
    "七夕": Lunar(7, 7),
    "中元节": Lunar(7, 15),
    "中秋": Lunar(8, 15),
    "重阳": Lunar(9, 9),
    "腊八": Lunar(12, 8),
    "小年": Lunar(12, 23),
}
"""Names without an added 节, and where they stand in the year."""

_SHORT = {"五一", "五四", "六一", "七一", "八一", "十一", "圣诞", "小年"}
_NAMES = "|".join(sorted((n for n in FESTIVALS if n not in _SHORT), key=len, reverse=True))
PATTERN = rf"""(?P<festival_name>(?:{_NAMES})(?:节(?!目|奏|约|省|点))?|圣诞(?:节|夜)?(?!老人|树)|小年(?!轻|纪|龄)
 |(?<![李王张刘陈杨赵黄吴徐孙胡朱林何郭罗])(?:五一(?:节)?(?![\d一二三四五六七八九十零〇路班厂]|大街|广场)|六一(?:节)?(?![\d一二三四五六七八九十零〇路班])|五四(?:节)?(?![\d一二三四五六七八九十零〇路班]|运动|精神|奖|时期|大街|广场))
 |(?<![\d一二三四五六七八九十零〇月李王张刘陈杨赵黄吴徐孙胡朱林何郭罗])七一(?:节)?(?![\d一二三四五六七八九十零〇路班点号日月个条项勋]|讲话|重要讲话)
 |(?<![\d一二三四五六七八九十零〇月李王张刘陈杨赵黄吴徐孙胡朱林何郭罗])八一(?:节)?(?![\d一二三四五六七八九十零〇路班点号日月个条项]|南昌|起义|广场|学校|小学|中学|电影)
 |(?<![\d一二三四五六七八九十零〇月第])十一(?=期间|假期|长假|放假|前|之前|后|之后|那天|黄金周|当天))
"""


def rule_of(name: str) -> tuple[int, int] | Lunar | Nth | str | None:
    """Return where a festival stands in the year: month and day, a lunar day, a weekday, or a word for others."""
    return FESTIVALS.get(name) or FESTIVALS.get(name.removesuffix("节").removesuffix("夜"))


def falls_on(name: str, year: int) -> date | None:
    """Return the day that a festival falls on in a year, None where the name is none or the year has none."""
    rule = rule_of(name)
    if rule is None or year > MAXYEAR:
        return None
    if isinstance(rule, Lunar):
        from understanding.times.lunar import to_solar

        solar = to_solar(year, rule.month, rule.day)
        return solar + timedelta(days=rule.shift) if solar else None
    if isinstance(rule, Nth):
        first = date(year, rule.month, 1)
        return first + timedelta(days=(rule.weekday - first.weekday()) % 7 + 7 * (rule.nth - 1))
    if isinstance(rule, str):
        return _moving(rule, year)
    return date(year, *rule)


@lru_cache(maxsize=256)
def _moving(rule: str, year: int) -> date | None:
    if rule == "easter":
        return _easter(year)
    from understanding.times.lunar import solar_term

    return solar_term(year, 15 if rule == "qingming" else 270)


def _easter(year: int) -> date:
    """Return Easter Sunday by Gauss's rule in its corrected form."""
    century = year // 100
    moon = (19 * (year % 19) + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    drift = (32 + 2 * (century % 4) + 2 * (year % 100 // 4) - moon - year % 100 % 4) % 7
    late = (year % 19 + 11 * moon + 22 * drift) // 451
    month, on = divmod(moon + drift - 7 * late + 114, 31)
    return date(year, month, on + 1)
