"""The words of a text that say something about time, in order, with what is no time read past."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from understanding.times import clock, dates, durations, festivals, recurrences

if TYPE_CHECKING:
    from collections.abc import Iterator

NO_TIME = (
    r"一起|一下(?!午)|一致|一般|一样|一直|一定|一同|一路|一些|一边|一旦|一切|一方面|万一|唯一|统一|同一|之一|三会一课|两学一做|一岗双责"
    r"|十[八九]大|二十大|[一二三四五六七八九]中全会|第[一二三四五六七八九十\d]{1,4}(?:党小组|支部|党支部|小组|批|次|届|期|季度?报|名|项|条|章|部分|专题|讲|个议)"
    r"|[早上中下晚][上午]好|[早晚]点(?!\d|名)|百年|千年|[一二三四五六七八九十]{1,3}年(?:规划|计划)|三分钟热度|天天向上|星期天天|一早|[这那][两几三]天|[过近前]几天|有一天|一天到晚|[早晚快慢多少有差大小好]一点(?!半)|一点(?=[都也儿小不没就])|两点论|一时(?=[间半]|之)|半天(?=没|不|都|了)"
    r"|(?<!\d)1\d{10}(?!\d)|\d{5,12}(?=[号室路])|[vV]\d{1,4}(?:\.\d{1,4}){1,4}|(?!(?:19|20)\d\d\.)\d{1,4}\.\d{1,4}\.\d{1,4}(?:\.\d{1,4})?(?![\d日号])|\d{17}[\dXx]"
    r"|\d{1,5}号(?:楼|线|厅|会议室|院|房|文|桌|门|车|店|选手|公馆)|[早午晚]饭|早餐|午餐|晚餐|下午茶|(?<![今明昨当])(?:晚会|早会|晨会|晚报|早报)|日报|周报|月报|年报|年会|周年"
    r"|今后(?!\d|[一二三四五六七八九十两])|今生|明白|明确|后天下之乐|前年轻|(?:上|下)周期|下月台|上半场|下半场|\d{1,2}日游"
    r"|五四运动|五四精神|八一学校|七一勋章|七一讲话|九一八事变|马上|一分为二|十分(?![钟之]|\d)|百分之|[一二三四五六七八九十两]分之"
)


_FIGURES = "0-9零〇一二两三四五六七八九十廿卅百"
_CHARS = {
    "skip": "0-9一二三四五六七八九十第万唯统同之两早晚快慢多少有差大小好半午上中下周月年今后明千百星天这那过近前马建vV",
    "anchor": "正开会始活散",
    "every": "每逢隔双单天工月年周星礼一两二三半2-6",
    "length": _FIGURES + "半个分",
    "iso": "0-9",
    "compact": "0-9",
    "american": "0-9",
    "slash": "0-9",
    "lunar": "农阴旧闰正冬腊" + _FIGURES,
    "holidayafter": "元春清五端中国节假",
    "year": "0-9零〇一二三四五六七八九两今本这当明来下去上后大前",
    "half": "上下",
    "leading": "前",
    "neighbours": "今明",
    "workdays": _FIGURES,
    "daysoff": "元春清五端中国十",
    "quarter": "0-9一二三四第Q上下这本当今",
    "monthday": _FIGURES,
    "month": _FIGURES + "上下这本当今首第",
    "third": "上中下",
    "weekend": "上下这本当今周双",
    "edge": "年季月周初底末终中",
    "nthweekdays": "第",
    "nthweekday": "第最倒首头",
    "nthworkday": "第最倒首头",
    "nthweek": "第最倒首头",
    "nthday": "第最倒首头",
    "week": "上下这本当今",
    "weekday": "周星礼",
    "relday": "".join({word[0] for word in dates.RELATIVE_DAYS}),
    "sameday": "当全",
    "nextday": "次翌隔第",
    "festival": "".join({word[0] for word in festivals.FESTIVALS}),
    "day": _FIGURES,
    "now": "现此当这而宜眼",
}
"""Which characters each kind of word begins with: most of a text is passed over without trying any."""


_NEEDS = {
    "iso": "-/.", "compact": "2", "american": "/", "lunar": "月", "holidayafter": "后", "year": "年", "half": "半",
    "leading": "前", "workdays": "工", "quarter": "季Q", "monthday": "月", "slash": "/.", "month": "月", "third": "旬",
    "nthweekdays": "周星礼",
    "weekend": "末休", "edge": "初底末终中", "nthweekday": "周星礼", "nthworkday": "工上", "nthweek": "周星礼",
    "nthday": "天日", "week": "周星礼", "weekday": "周星礼", "day": "号日", "digital": ":", "latin": "apAP",
    "lack": "点时", "clock": "点时", "barehour": "点时",
    "every": "每逢隔双单天日次月年", "length": "秒分刻时钟天日周星礼月季年字mh",
}  # fmt: skip
"""Characters of which each kind of word needs one: the others of a text's kinds are not tried."""


class Atom(NamedTuple):
    """One word about time: what kind, what it says, and where it stands (`end` exclusive)."""

    kind: str
    value: Any
    start: int
    end: int


_ANCHOR = (
    r"(?P<anchor>(?:(?:正式)?(?:开会|会议|会)(?:开始)?|开始|活动|开课)前(?=的?提?前?(?:半|\d|[一二两三四五六七八九十]))|会前(?![面头方途])"
    r"|(?:开完会|散会|会议结束|会议?结束|散了会|会)(?:之|以)?后(?!续|勤|台)|开完会|散会(?=$|[,，再])|散会后)"
)


@cache
def _patterns() -> dict[str, tuple[str, str]]:
    """Return by kind the characters that its words begin with, and its pattern, in the order of trying."""
    patterns = {"skip": f"(?P<skip>{NO_TIME})", "anchor": _ANCHOR, "every": recurrences.PATTERN}
    patterns |= {name: f"(?P<{name}>{pattern})" for name, pattern, _ in dates.WORDS}
    patterns["length"] = f"(?P<length>{durations.PATTERN})"
    return {name: (_CHARS[name], pattern) for name, pattern in patterns.items()} | clock.PATTERNS


@cache
def _starts() -> dict[str, tuple[tuple[str, frozenset[str]], ...]]:
    """Return by character the kinds of words that begin with it, each with the characters of which it needs one."""
    starts: dict[str, list[tuple[str, frozenset[str]]]] = {}
    for kind, (listed, _) in _patterns().items():
        for character in set(listed.replace("0-9", "0123456789").replace("2-6", "23456")):
            starts.setdefault(character, []).append((kind, frozenset(_NEEDS.get(kind, ""))))
    return {character: tuple(kinds) for character, kinds in starts.items()}


@cache
def _compiled(kind: str) -> re.Pattern[str]:
    return re.compile(_patterns()[kind][1], re.VERBOSE)


def _words(text: str) -> Iterator[re.Match[str]]:
    """Yield the words about time, of each kind compiled once a word of it may stand in a text."""
    held, starts, at = set(text), _starts(), 0
    while at < len(text):
        end = at + 1
        for kind, needs in starts.get(text[at], ()):
            if needs and held.isdisjoint(needs):
                continue
            found = _compiled(kind).match(text, at)
            if found and found.end() > at:
                yield found
                end = found.end()
                break
        at = end


@cache
def _readers() -> dict[str, Any]:
    return {name: reader for name, _, reader in dates.WORDS}


def scan(text: str) -> list[Atom]:
    """Return the words about time in a tidied text."""
    found: list[Atom] = []
    readers = _readers()
    for m in _words(text):
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
            hour = clock.read(m)
            if hour:
                found.append(Atom("clock", hour, start, end))
    return found
