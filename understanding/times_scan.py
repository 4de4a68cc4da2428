"""The words of a text that say something about time, in order, with what is no time read past."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, NamedTuple

from understanding import clock_times, dates, durations, festivals, recurrences

NO_TIME = (
    r"一起|一下(?!午)|一致|一般|一样|一直|一定|一同|一路|一些|一边|一旦|一切|一方面|万一|唯一|统一|同一|之一|三会一课|两学一做|一岗双责"
    r"|十[八九]大|二十大|[一二三四五六七八九]中全会|第[一二三四五六七八九十\d]+(?:党小组|支部|党支部|小组|批|次|届|期|季度?报|名|项|条|章|部分|专题|讲|个议)"
    r"|[早上中下晚][上午]好|[早晚]点(?!\d|名)|百年|千年|[一二三四五六七八九十]+年(?:规划|计划)|三分钟热度|天天向上|星期天天|一早|[这那][两几三]天|[过近前]几天|有一天|一天到晚|[早晚快慢多少有差大小好]一点(?!半)|一点(?=[都也儿小不没就])|两点论|一时(?=[间半]|之)|半天(?=没|不|都|了)"
    r"|(?<!\d)1\d{10}(?!\d)|\d{5,}(?=[号室路])|[vV]\d+(?:\.\d+)+|(?!(?:19|20)\d\d\.)\d+\.\d+\.\d+(?:\.\d+)*(?![\d日号])|\d{17}[\dXx]"
    r"|\d+号(?:楼|线|厅|会议室|院|房|文|桌|门|车|店|选手|公馆)|[早午晚]饭|早餐|午餐|晚餐|下午茶|(?<![今明昨当])(?:晚会|早会|晨会|晚报|早报)|日报|周报|月报|年报|年会|周年"
    r"|今后(?!\d|[一二三四五六七八九十两])|今生|明白|明确|后天下之乐|前年轻|(?:上|下)周期|下月台|上半场|下半场|\d+日游"
    r"|五四运动|五四精神|八一学校|七一勋章|七一讲话|九一八事变|马上|一分为二|十分(?![钟之]|\d)|百分之|[一二三四五六七八九十两]分之"
)


_STARTS = (
    "0-9零〇一二两三四五六七八九十廿卅百千万半个分第最倒首初底末终中上下这本当每逢隔双单天工农阴旧闰正冬腊周星礼季月年全次翌"
    "现此而宜眼前后差会开散活节假QvVpP唯统同之有早晚快慢多少好日今明那过近"
)


class Atom(NamedTuple):
    """One word about time: what kind, what it says, and where it stands (`end` exclusive)."""

    kind: str
    value: Any
    start: int
    end: int


@cache
def _master() -> re.Pattern[str]:
    words = "|".join(f"(?P<{name}>{pattern})" for name, pattern, _ in dates.WORDS)
    anchor = (
        r"(?P<anchor>(?:(?:正式)?(?:开会|会议|会)(?:开始)?|开始|活动|开课)前(?=的?提?前?(?:半|\d|[一二三四五六七八九十两]))|会前"
        r"|(?:开完会|散会|会议结束|会议?结束|散了会|会)(?:之|以)?后(?!续|勤|台)|开完会|散会(?=$|[,，再])|散会后)"
    )
    return re.compile(
        rf"(?=[{_starts()}])(?:(?P<skip>{NO_TIME})|{anchor}|{recurrences.PATTERN}|{words}|(?P<length>{durations.PATTERN})|{clock_times.PATTERN})",
        re.VERBOSE,
    )


def _starts() -> str:
    """Return the class of characters that a word of time, or a word read past, can begin with."""
    tables = (clock_times.PARTS, dates.RELATIVE_DAYS, dates.RELATIVE_YEARS, festivals.FESTIVALS)
    return "".join({word[0] for table in tables for word in table}) + _STARTS


@cache
def _readers() -> dict[str, Any]:
    return {name: reader for name, _, reader in dates.WORDS}


def scan(text: str) -> list[Atom]:
    """Return the words about time in a tidied text."""
    found: list[Atom] = []
    readers = _readers()
    for m in _master().finditer(text):
        name = m.lastgroup or ""
        start, end = m.span()
        if name in readers:
            said = readers[name](m)
            if name == "edge" and len(said) > 1 and found and found[-1].end == start:
                said = said[1:]  # 明年年初: the year has been named
            found.extend(Atom(kind, value, start, end) for kind, value in said)
        elif name == "length":
            found.append(Atom("length", durations.read(m.group()), start, end))
        elif name == "every":
            found.append(Atom("every", recurrences.read(m), start, end))
        elif name == "anchor":
            kind = "after_meeting" if "后" in m.group() or "散" in m.group() or "完" in m.group() else "before_meeting"
            found.append(Atom("anchor", kind, start, end))
        elif name == "part":
            found.append(Atom("part", m.group(), start, end))
        elif name != "skip":
            clock = clock_times.read(m)
            if clock:
                found.append(Atom("clock", clock, start, end))
    return found
