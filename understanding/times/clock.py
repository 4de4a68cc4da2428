"""Clock times and parts of the day: how they are written, and what they do to the day that the words name."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from understanding.times.numbers import number
from understanding.times.periods import DAY, Period, day, midnight

if TYPE_CHECKING:
    import re

_H = r"(?:2[0-4]|1\d|0?\d|二十[一二三四]?|十[一二三四五六七八九]?|[零〇一二两三四五六七八九])"
_M = (
    r"(?:[0-5]\d(?=分)|[0-5]\d(?![\d.]*\d|个|人|名|号|楼|室|年|月|条|项|道|题|份|分钟)|[零〇][1-9一二三四五六七八九]"
    r"|[二三四五]?十[一二三四五六七八九]?(?!个|人|名|号|楼|室|道|题|份|分钟)|[二三四五](?=分)|\d(?=分)|[一二三四五六七八九](?=分(?!钟|之)))"
)
_NOT_AN_HOUR = (
    r"(?!意见|建议|要求|看法|体会|说明|内容|原因|问题|感想|启示|希望|想法|补充|理由|共识|措施|思考|认识|收获|注意|感受|疑问"
    r"|好处|不足|经验|做法|东西|事情|时间|(?<=一点)小|点|儿|(?<=一点)(?<!十一点)[都也没不]|不[同明满解懂清]|都是|也是|人|钱|声|(?<=一点)用|忙|心|变|进|赞|评|击|名|菜|餐|[二三四五六七八九\d](?!\d|十|分|刻))"
)
_AFTER_SHI = "[候间机常期代事尚局空不刻而段长光限效]"
_FIGURES = r"(?:\d\d?|[零一二两三四五六七八九十]{1,3})"
_HALF_DAY = r"(?:[ap]\.m\.?|[ap]m|p(?![a-z])|AM|PM|[AP]\.M\.?)"

PARTS = {
    "凌晨": ("morning", 0, 6),
    "拂晓": ("morning", 4, 7),
    "清晨": ("morning", 6, 10),
    "早晨": ("morning", 8, 12),
    "早上": ("morning", 8, 12),
    "大早": ("morning", 6, 10),
    "早间": ("morning", 8, 12),
    "今晨": ("morning", 6, 10),
    "晨": ("morning", 6, 10),
    "朝早": ("morning", 6, 10),
    "早": ("morning", 8, 12),
    "上午": ("morning", 8, 12),
    "上昼": ("morning", 8, 12),
    "午前": ("morning", 8, 12),
    "中午": ("noon", 12, 14),
    "正午": ("noon", 12, 14),
    "午间": ("noon", 12, 14),
    "晌午": ("noon", 12, 14),
    "下午": ("afternoon", 12, 18),
    "午后": ("afternoon", 12, 18),
    "下昼": ("afternoon", 12, 18),
    "后晌": ("afternoon", 12, 18),
    "头晌": ("morning", 8, 12),
    "晏昼": ("afternoon", 12, 18),
    "傍晚": ("evening", 17, 20),
    "晚上": ("evening", 18, 24),
    "晚间": ("evening", 18, 24),
    "夜晚": ("evening", 18, 24),
    "夜间": ("evening", 18, 24),
    "夜里": ("evening", 20, 24),
    "深夜": ("evening", 22, 24),
    "半夜": ("evening", 22, 24),
    "后半夜": ("morning", 0, 5),
    "午夜": ("evening", 22, 24),
    "入夜": ("evening", 18, 24),
    "晚": ("evening", 18, 24),
    "夜": ("evening", 18, 24),
}
"""Part of the day by word: its name, first hour and exclusive last hour."""

_LONG = "|".join(sorted((w for w in PARTS if len(w) > 1), key=len, reverse=True))
_FIGURE_STARTS = "0-9零〇一二两三四五六七八九十"
_PART_STARTS = "".join({word[0] for word in PARTS})
PATTERNS = {
    "part": (
        _PART_STARTS,
        rf"""(?P<part>(?:{_LONG})(?!饭)|(?<=[今明昨当])[早晚夜晨](?![饭餐报])
  |(?<=[日天号一二三四五六末节])[早晚夜](?![点会饭到来于些走餐起婚辈年期报退])|(?<!一)[早晚](?={_H}(?:点|时|:[0-5])))""",
    ),
    "digital": (
        "0-9",
        rf"""(?P<digital>(?:(?<![\d:.])(?<!\d,)|(?<=[-/.]\d\d))(?P<dh>[01]?\d|2[0-4]):(?P<dm>[0-5]\d)(?::(?P<ds>[0-5]\d))?(?![\d:])(?:\s?(?P<dap>{_HALF_DAY}))?)""",
    ),
    "latin": ("0-9", r"""(?P<latin>(?<![A-Za-z\d_.])(?P<lh>1[0-2]|0?\d)\s?(?P<lap>[ap]\.m\.|[ap]m|AM|PM)(?![a-z]))"""),
    "lack": (
        "差",
        rf"""(?P<lack>差(?P<km>{_M}|[1-9]|[一二两三四五六七八九]|十|一刻)(?:分钟?)?(?:到|就)?(?P<kh>{_H})[点时](?:钟|整)?)""",
    ),
    "clock": (
        _FIGURE_STARTS,
        rf"""(?P<clock>(?<![\d.第提几讲谈:])(?P<ch>{_H})(?:点|时(?!{_AFTER_SHI}))
   (?:钟?(?:过|零)?(?P<q>[一三13])刻钟?
   |(?P<hf>半)钟?(?:(?P<hs>{_FIGURES})秒)?
   |(?P<zi>[一二三四五六七八九十]{{1,2}})个?字
   |钟?差(?P<cl>{_FIGURES}|一刻)分?
   |钟?过?(?P<m>{_M})(?:分(?!钟|之)(?:(?P<s>{_FIGURES})秒)?)?
   |钟|整|正(?![式月好确常是在])
   |(?P<cap>pm|PM|am|AM)
   |{_NOT_AN_HOUR}))""",
    ),
    "barehour": (
        _FIGURE_STARTS,
        rf"""(?P<barehour>(?<![\d.第提几:月年])(?P<bh>{_H})(?=(?:到|至|-|~|、){_H}(?:点|时(?!间|候))))""",
    ),
}
"""By name: the characters that such a word begins with, and how it goes on (verbose)."""

_EVENING_HOURS = 5
_NOON = 12
_SIXTY = 60
_BARE_LAST = 6


class Clock(NamedTuple):
    """A clock time as said: `is_bare` where no part of the day is in it and twelve hours more are as likely."""

    hour: int
    minute: int
    second: int
    is_bare: bool


def read(m: re.Match[str]) -> Clock | None:  # noqa: PLR0911  one line a form
    """Read a match of the clock times of `PATTERNS`."""
    found = m.lastgroup
    if found == "digital":
        raw = m["dh"]
        is_bare = raw[0] != "0" and int(raw) <= _NOON
        return _latin(Clock(int(raw), int(m["dm"]), int(m["ds"] or 0), is_bare), m["dap"])
    if found == "latin":
        return _latin(Clock(int(m["lh"]), 0, 0, is_bare=True), m["lap"])
    if found == "lack":
        return _lacking(number(m["kh"]), m["km"])
    if found == "barehour":
        hour = number(m["bh"])
        return Clock(hour, 0, 0, is_bare=0 < hour <= _NOON)
    hour = number(m["ch"])
    if m["cl"]:
        return _lacking(hour, m["cl"])
    if m["zi"]:
        return Clock(hour, 5 * number(m["zi"]), 0, is_bare=0 < hour <= _NOON)
    minute = 30 if m["hf"] else 15 * number(m["q"]) if m["q"] else number(m["m"]) if m["m"] else 0
    second = number(m["s"] or m["hs"] or "0")
    return _latin(Clock(hour, minute, second, is_bare=0 < hour <= _NOON), m["cap"])


def _lacking(hour: int, words: str) -> Clock:
    before = 15 if words == "一刻" else number(words)
    return Clock((hour - 1) % 24, 60 - before, 0, is_bare=0 < hour <= _NOON)


def _latin(clock: Clock, half: str | None) -> Clock:
    if not half:
        return clock
    hour = clock.hour % _NOON if clock.hour <= _NOON else clock.hour
    if half[0] in "pP" and hour < _NOON:
        hour += _NOON
    return clock._replace(hour=hour, is_bare=False)


def part_of_day(word: str, base: Period | None, now: datetime) -> Period | None:
    """Narrow a day to a part of it; without a day, that part of today, or of tomorrow once it is over."""
    name, first, last = PARTS[word]
    anchor = base or day(midnight(now.date()), roll=DAY)
    if anchor.grain != "day":
        return None
    start, end = anchor.start + timedelta(hours=first), anchor.start + timedelta(hours=last)
    return anchor._replace(start=start, end=end, grain="part", daypart=name, has_day=base is not None)


def at_clock(clock: Clock, base: Period | None, now: datetime) -> Period | None:
    """Set the clock on a day, as its part of the day says; a bare 1 to 6 is the afternoon, 7 to 12 as said."""
    anchor = base or day(midnight(now.date()), roll=DAY)
    if anchor.grain not in {"day", "part"} or clock.second >= _SIXTY or clock.minute >= _SIXTY:
        return None
    at_midnight = midnight(anchor.start.date())
    hour, is_bare = clock.hour, clock.is_bare and anchor.daypart is None
    if anchor.daypart is not None:
        hour = _in_part(clock, anchor.daypart)
    elif is_bare and hour <= _BARE_LAST:
        hour += _NOON
    at = at_midnight + timedelta(hours=hour, minutes=clock.minute, seconds=clock.second)
    has_day = base is not None and anchor.has_day
    found = anchor._replace(start=at, end=None, grain="second" if clock.second else "minute")
    found = found._replace(has_day=has_day, clock=f"{at:%H:%M}", is_bare=is_bare)
    later = at + timedelta(hours=_NOON)
    if is_bare and has_day and at <= now < later and later.date() == at.date() == now.date() and not anchor.roll:
        return found._replace(start=later, clock=f"{later:%H:%M}", others=(found,))
    return found


def _in_part(clock: Clock, part: str) -> int:
    hour = clock.hour
    if part == "morning":
        return 0 if hour == _NOON and not clock.minute else hour
    if part == "noon":
        return hour + _NOON if 0 < hour <= _EVENING_HOURS - 2 else hour
    if part == "afternoon":
        return hour + _NOON if hour < _NOON else hour
    if hour > _NOON:
        return hour
    return hour + _NOON if _EVENING_HOURS <= hour <= _NOON else hour + 24
