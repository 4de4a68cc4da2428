"""Words of the calendar: how years, months, weeks and days are written, and what each word says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from understanding.times import festivals
from understanding.times.numbers import COUNT, DIGIT, number

if TYPE_CHECKING:
    import re
    from collections.abc import Callable

Said = list[tuple[str, Any]]
"""What a word says, coarse to fine: kinds and values for `calendar_steps.STEPS`."""

RELATIVE_DAYS = {
    **dict.fromkeys(("今天", "今日", "今儿", "即日", "今"), 0),
    **dict.fromkeys(("明天", "明日", "明儿个", "明儿", "听日", "听", "明"), 1),
    **dict.fromkeys(("后天", "后日", "后儿"), 2),
    **dict.fromkeys(("大后天", "大后日", "大后儿"), 3),
    "大大后天": 4,
    **dict.fromkeys(("昨天", "昨日", "昨儿", "寻日", "昨"), -1),
    **dict.fromkeys(("前天", "前日", "前儿"), -2),
    **dict.fromkeys(("大前天", "大前日", "大前儿"), -3),
    "大大前天": -4,
}
RELATIVE_YEARS = {
    **dict.fromkeys(("今年", "本年", "这一年", "这年", "当年"), 0),
    **dict.fromkeys(("明年", "来年", "下年", "下一年"), 1),
    "后年": 2,
    "大后年": 3,
    **dict.fromkeys(("去年", "上年", "上一年"), -1),
    "前年": -2,
    "大前年": -3,
}
_MONTH_NAMES = {"正": 1, "冬": 11, "腊": 12}
_WEEKDAYS = {c: i for i, c in enumerate("一二三四五六日")} | {"天": 6} | {str(i + 1): i for i in range(7)}

_F = "[零〇一二三四五六七八九]"
_Y = rf"(?:(?:19|20)\d\d|[一二]{_F}{{3}}|两千(?:零?[一二三四五六七八九]|[一二]?十[一二三四五六七八九]?)?)"
_M = r"(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_D = rf"(?:3[01]|[12]\d|0?[1-9]|三十一?|(?:二十|廿|十){DIGIT}?|{DIGIT})"
_BARE = r"(?![\d.点:时个天人名年月周万元本项次位分号会楼室多几余条%十百千份块圆毛共直致律一二三四五六七八九])"
_REL = r"(?:上上上?|下下下?|[上下这本当今])"
_W = r"(?:周|星期|礼拜)"
_SPACED = "|".join(sorted((w for w in RELATIVE_DAYS if len(w) > 1), key=len, reverse=True))
_YEARS = "|".join(sorted(RELATIVE_YEARS, key=len, reverse=True))
_GIVEN = "鸣凡帆航诺琳婷涵彤宇骏宝妹娃娘"
"""Second halves of given names: 周一鸣 is somebody."""


def _nth(name: str) -> str:
    figures = r"[一二三四五六七八九十]{1,3}|\d{1,3}"
    return rf"(?:第(?P<{name}>{figures})|最后一?|倒数第(?P<{name}b>[一二三四五]|\d)|(?P<{name}f>首|头一?))"


def _ordinal(m: re.Match[str], name: str) -> int:
    if m[name]:
        return number(m[name])
    if m[name + "b"]:
        return -number(m[name + "b"])
    return 1 if m[name + "f"] else -1


_SEVERAL = rf"第(?P<nl>{DIGIT}|[1-5])个?{_W}?[和、,及与跟]第?(?P<nm>{DIGIT}|[1-5])个?{_W}(?P<nld>[一二三四五六日天])"


def _step(word: str) -> int:
    return {"上": -1, "下": 1}.get(word[0], 0) * len(word)


def _full_year(words: str) -> int:
    value = number(words)
    if len(words) > 2 or value >= 1000:  # noqa: PLR2004  two figures leave the century open
        return value
    return value + (1900 if value > 50 else 2000)  # noqa: PLR2004


def _iso(m: re.Match[str]) -> Said:
    return [("year", int(m["iy"])), ("month", int(m["im"])), ("day", int(m["id"]))]


def _compact(m: re.Match[str]) -> Said:
    return [("year", int(m["oy"])), ("month", int(m["om"])), ("day", int(m["od"]))]


def _american(m: re.Match[str]) -> Said:
    return [("year", int(m["uy"])), ("month", int(m["um"])), ("day", int(m["ud"]))]


def _lunar(m: re.Match[str]) -> Said:
    name = m["lm"] or m["lj"] or m["lc"]
    month = _MONTH_NAMES.get(name) or number(name)
    on = m["ld"] or m["ljd"] or m["lcd"]
    said_year: int | str | None = None
    if m["ly"]:
        said_year = m["ly"] if m["ly"] in RELATIVE_YEARS else _full_year(m["ly"])
    return [("lunar", (said_year, month, number(on) if on else None, bool(m["ll"])))]


def _year(m: re.Match[str]) -> Said:
    if m["yr"]:
        said: Said = [("relyear", RELATIVE_YEARS[m["yr"]])]
    else:
        said = [("year", _full_year(m["y"] or m["ys"]))]
    return said


def _half(m: re.Match[str]) -> Said:
    if m["hm"]:
        return [("halfmonth", 1 if m["hm"] == "上" else 2)]
    return [("half", 1 if m["hw"] in {None, "上"} else 2)]


def _neighbours(m: re.Match[str]) -> Said:
    first = 1 if m["bd"] == "明后" else 0
    if m["bu"] == "年":
        return [("relyear", first), ("links", "到"), ("relyear", first + 1)]
    return [("relday", first), ("links", "到"), ("relday", first + 1)]


def _quarter(m: re.Match[str]) -> Said:
    if m["qr"]:
        return [("relquarter", _step(m["qr"]))]
    return [("quarter", number(m["qo"] or m["qn"] or m["qq"]))]


def _month_day(m: re.Match[str]) -> Said:
    return [("month", number(m["mm"])), ("day", number(m["md"]))]


def _slash(m: re.Match[str]) -> Said:
    return [("month", int(m["sm"])), ("day", int(m["sd"]))]


def _month(m: re.Match[str]) -> Said:
    if m["mr"]:
        return [("relmonth", _step(m["mr"]))]
    return [("month", number(m["mn"] or m["mo"] or m["mb"] or "1"))]


def _edge(m: re.Match[str]) -> Said:
    unit, where = m["eu"] or "", m["ew"][0]
    if not unit:
        return [("edge", "底" if where in "底末终" else where)]
    said: Said = {"年": [("relyear", 0)], "季": [("relquarter", 0)], "月": [("relmonth", 0)], "周": [("relweek", 0)]}[
        unit[0]
    ]
    return [*said, ("edge", "底" if where in "底末终" else where)]


def _week(m: re.Match[str]) -> Said:
    said: Said = [("relweek", _step(m["wr"]))]
    return [*said, ("weekday", _WEEKDAYS[m["ww"]])] if m["ww"] else said


def _weekday(m: re.Match[str]) -> Said:
    said: Said = [("weekday", _WEEKDAYS[m["dw"]])]
    if m["dz"]:
        said.append(("links", "到"))
        said.append(("weekday", _WEEKDAYS[m["dz"]]))
    return said


def _after_holiday(m: re.Match[str]) -> Said:
    return [("afterholiday", (m["fh"], number(m["fn"])))]


WORDS: tuple[tuple[str, str, Callable[[re.Match[str]], Said]], ...] = (
    (
        "iso",
        (
            r"(?<![\d.])(?P<iy>(?:19|20)\d\d)(?P<isep>[-/.])(?P<im>1[0-2]|0?[1-9])(?P=isep)(?P<id>3[01]|[12]\d|0?[1-9])"
            r"[日号]?(?![./]\d)(?:(?=\d\d:)|(?!\d))(?:-(?=\d\d:))?"
        ),
        _iso,
    ),
    ("compact", r"(?<!\d)(?P<oy>20\d\d)(?P<om>0[1-9]|1[0-2])(?P<od>0[1-9]|[12]\d|3[01])(?!\d)", _compact),
    (
        "american",
        r"(?<![\d./])(?P<um>1[0-2]|0?[1-9])/(?P<ud>3[01]|[12]\d|0?[1-9])/(?P<uy>(?:19|20)\d\d)(?!\d)",
        _american,
    ),
    (
        "lunar",
        (
            rf"(?:农历|阴历|旧历)(?:(?P<ly>{_Y}|{_YEARS}|\d\d(?=年))年?的?)?(?P<ll>闰)?(?P<lm>{_M}|[正冬腊])月(?:份)?(?:初?(?P<ld>{_D})[日号]?)?"
            rf"|(?P<lj>[正冬腊])月(?:初?(?P<ljd>{_D})[日号]?)?|(?P<lc>{_M})月初(?P<lcd>[一二三四五六七八九]|十(?!月))"
        ),
        _lunar,
    ),
    (
        "holidayafter",
        r"(?:(?P<fh>元旦|春节|清明|五一|端午|中秋|国庆)节?(?:假期|小?长假)?后|节后|假期?后)的?第(?P<fn>[一二三1-3])个?(?:工作日|上班日|天)",
        _after_holiday,
    ),
    (
        "year",
        (
            rf"(?<!\d)(?P<y>{_Y})(?:年(?:度)?(?![级届])|(?=[到至~-]+{_Y}年)|(?=全年))|(?<!\d)(?P<ys>\d\d|{_F}{{2}})年(?=度?的?(?:{_M}月|第|[一二三四]季|[上下]半年|[末初底中]|端午|中秋|春节|国庆))"
            rf"|(?P<yr>{_YEARS})(?:度)?(?![级轻纪龄])"
        ),
        _year,
    ),
    ("half", r"(?:上个半年|(?P<hw>[上下])半年)(?!度)|(?P<hm>[上下])半个?月", _half),
    (
        "leading",
        r"(?<![之以目会])前(?P<an>[一二两三四五六七八九十]{1,3}|\d{1,3})个?(?P<au>季度|月|周|星期|礼拜|天|日)(?![前后])",
        lambda m: [("leading", (number(m["an"]), {"星": "周", "礼": "周", "日": "天"}.get(m["au"][0], m["au"][0])))],
    ),
    (
        "neighbours",
        r"(?P<bd>今明|明后|今后(?=两天))(?:两)?(?P<bu>[天日年])",
        _neighbours,
    ),
    (
        "workdays",
        rf"(?<![\d第.])(?P<wn>{COUNT})个?工作日(?=[之以]?[内后])",
        lambda m: [("workdays", number(m["wn"]))],
    ),
    (
        "daysoff",
        r"(?P<ho>元旦|春节|清明|五一|端午|中秋|国庆|十一)节?(?:节?假期?期间?|小?长假|放假期?间?|期间|黄金周)",
        lambda m: [("daysoff", m["ho"])],
    ),
    (
        "quarter",
        rf"(?:第(?P<qo>[一二三四1-4])个?季度?|(?<![\d一二三四五六七八九十])(?P<qn>[一二三四1-4])季度?)|(?<![A-Za-z])Q(?P<qq>[1-4])(?![\dA-Za-z])|(?P<qr>{_REL})一?个?季度?(?!节)",
        _quarter,
    ),
    ("monthday", rf"(?<![\d.])(?P<mm>{_M})月(?:份)?的?(?P<md>{_D})(?:[日号]|{_BARE})", _month_day),
    (
        "slash",
        (
            r"(?<![\d./:A-Za-z-])(?P<sm>1[0-2]|0?[1-9])[./](?P<sd>3[01]|[12]\d|0?[1-9])(?:[日号]|(?![\d./%:A-Za-z])(?<=\d\d)(?=$|[\s,，。;；()]|的)|(?![\d./%:A-Za-z])"
            r"(?!小时)(?=[周星礼上下早晚中开会前之截到至党支小主民那这~-]|\s?\d\d?[:点]))"
        ),
        _slash,
    ),
    (
        "month",
        (
            rf"(?<![\d.近])(?P<mn>{_M})月(?![月饼球亮光票嫂]|台(?!账))(?:份)?|(?P<mr>{_REL})一?个?月(?![饼球亮])(?:份)?|首月|第(?P<mo>{_M})个月"
            rf"|(?<![\d.:])(?P<mb>{_M})(?=[到至~-]{_M}月)"
        ),
        _month,
    ),
    ("third", r"(?P<third_of>[上中下])旬", lambda m: [("third", m["third_of"])]),
    ("weekend", rf"(?P<er>{_REL})?一?个?(?:周末|双休日)", lambda m: [("weekend", _step(m["er"]) if m["er"] else 0)]),
    (
        "edge",
        r"(?:(?P<eu>年|季度?|月|周)|(?<=[年月度季份]))(?P<ew>[初底末终]|中)(?![级学国央共秋元心层小专一二三四五六七八九十考华间报])",
        _edge,
    ),
    (
        "nthweekday",
        rf"{_nth('nw')}个?{_W}(?P<nwd>[一二三四五六日天]|[1-7](?!\d))",
        lambda m: [("nthweekday", (_ordinal(m, "nw"), _WEEKDAYS[m["nwd"]]))],
    ),
    (
        "nthweekdays",
        _SEVERAL,
        lambda m: [("nthweekdays", ((number(m["nl"]), number(m["nm"])), _WEEKDAYS[m["nld"]]))],
    ),
    ("nthworkday", rf"{_nth('nk')}个?(?:工作日|上班日)", lambda m: [("nthworkday", _ordinal(m, "nk"))]),
    ("nthweek", rf"{_nth('nn')}个?(?:周(?![年期报])|星期|礼拜)", lambda m: [("nthweek", _ordinal(m, "nn"))]),
    ("nthday", rf"(?<!\d)(?!第二天){_nth('nd')}[天日]", lambda m: [("nthday", _ordinal(m, "nd"))]),
    (
        "week",
        rf"(?P<wr>{_REL})一?个?(?:周(?![年岁期])|星期|礼拜)(?:(?P<ww>[一二三四五六日天](?![个次年])|[1-7](?![\d个次年])))?",
        _week,
    ),
    (
        "weekday",
        (
            rf"{_W}(?P<dw>[一二三四五六日天]|[1-7](?![\d年个次岁]))(?![致{_GIVEN}])"
            rf"(?:[到至~-]{_W}?(?P<dz>[一二三四五六日天](?![点月号日:年十])|[1-7](?![\d点月号日:年十])))?"
        ),
        _weekday,
    ),
    (
        "relday",
        rf"(?P<rd>{_SPACED}|[今明昨听](?=[早晚晨夜]))(?!下午茶)",
        lambda m: [("relday", RELATIVE_DAYS[m["rd"]])],
    ),
    ("sameday", r"当天|当日|全天|当(?=晚)", lambda _: [("sameday", 0)]),
    ("nextday", r"次日|翌日|隔天|第二天", lambda _: [("sameday", 1)]),
    ("festival", festivals.PATTERN, lambda m: [("festival", m["festival_name"])]),
    (
        "day",
        (
            rf"(?<![\d.第一二三四五六七八九十路街道巷弄])(?:(?P<dn>{_D})(?:号(?![楼线厅会院房文桌门位车店选机])|日(?![常记志本报程子均语益光]|之计|[之以]?[内后]))(?![\d]*室)"
            rf"|(?P<db>{_D})(?=(?:[到至~、和及-]{_D}){{1,6}}[号日](?![楼线厅])))"
        ),
        lambda m: [("day", number(m["dn"] or m["db"]))],
    ),
    ("now", r"现在|此刻|当前|这会儿|此时|而家|宜家|眼下", lambda _: [("now", None)]),
)
"""Name, pattern and reader of every kind of calendar word, in the order in which they are tried."""
