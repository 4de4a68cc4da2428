"""What happens again and again: 每月第一个周五, 双周周三, 每季度最后一个工作日, 每年七一."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from understanding.times import festivals
from understanding.times.numbers import COUNT, number
from understanding.times.periods import DAY, midnight, month_start, months, nth_day, nth_weekday, nth_workday

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator
    from datetime import datetime

    from understanding.times.periods import Period

_W = "(?:周|星期|礼拜)"
_NAMES = "一二三四五六日"
_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_BETWEEN = "(?:[、,和及跟与到至~-]|以及)?"
_DAYS = rf"[一二三四五六日天](?![次个回名人])(?:{_BETWEEN}{_W}?[一二三四五六日天](?![次个回月点号]|[十])){{0,7}}"
_LATER = r"(?![餐饭人位名件项个种组条题只张题])"
_ONCE = "[开搞办推来答发组织过]{0,2}[一1][次回](?!性)"
PATTERN = rf"""
 (?P<every>(?:每(?:逢|到|间?隔)?|逢)(?P<vn>{COUNT}(?:\.\d)?)?个?{_W}(?!年)(?P<vw>{_DAYS}|末)?(?:一次)?
 |(?:每(?P<vc>隔)?(?:两|2|双|个双)个?{_W}(?P<vd>{_DAYS})?)
 |(?P<vr>{_W}[一二三四五六][到至~-]{_W}?[二三四五六日天])(?:期间)?,?(?:每[天日]|天天)
 |(?P<vo>[一两二三2-6]|半)个?(?:(?P<vow>{_W})|(?P<vou>天|(?<=个)月|季度?|年)){_ONCE}
 |(?P<vb>隔周|双周|单周|每隔一?周|逢双周|逢单周)的?(?:{_W}?(?P<vbw>{_DAYS}))?
 |每(?:逢|到|(?P<vg>间?隔))?(?P<vm>{COUNT})?个?(?P<vh>半)?个?(?P<vu>天|日(?!一[题])|日|月|季度?|年度?|小时|钟头|钟|分钟|秒钟?|工作日|上班日){_LATER}(?:一次)?
 |每(?P<vp>早|晚)(?:上)?|天天|(?P<vx>月月(?=[初底末逢第最\d一二三十])|年年(?![轻年]))|(?P<vz>隔月|隔年|(?:每|逢|每逢)个?[双单]月)|(?<!个)(?P<vk>工作日)(?![志记程报])(?:每天)?|每(?:个)?周末
 )
"""
_HALF_YEAR, _QUARTER = 6, 3
_WORKDAYS = (0, 1, 2, 3, 4)
_THIS = {"relmonth": "MONTHLY", "relquarter": "MONTHLY", "relyear": "YEARLY"}
"""月底 after 每月 and 年底 after 每年 name no month or year of their own."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A recurrence as RFC 5545 names it, and the month of its quarter that it falls in.

    `ordered` are weekdays with their number in the month (第一个周五); `nth` are weeks that still lack their weekday.
    """

    freq: str
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    nth: tuple[int, ...] = ()
    ordered: tuple[tuple[int, int], ...] = ()
    monthdays: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    setpos: int = 0
    festival: str = ""
    month_of_quarter: int = 1
    part: str | None = None

    @property
    def rrule(self) -> str:
        """The rule in its shortest form, without the hour."""
        pieces = [f"FREQ={self.freq}"]
        if self.interval > 1:
            pieces.append(f"INTERVAL={self.interval}")
        if self.months:
            pieces.append("BYMONTH=" + ",".join(map(str, self.months)))
        if self.monthdays:
            pieces.append("BYMONTHDAY=" + ",".join(map(str, self.monthdays)))
        if self.ordered or self.weekdays:
            days = [f"{nth}{_CODES[on]}" for nth, on in self.ordered] or [_CODES[on] for on in self.weekdays]
            pieces.append("BYDAY=" + ",".join(days))
        if self.setpos:
            pieces.append(f"BYSETPOS={self.setpos}")
        return ";".join(pieces)


def read(m: re.Match[str]) -> Rule:  # noqa: C901, PLR0911  one line a form
    """Read the words that open a recurrence."""
    words = m["every"]
    if m["vp"]:
        return Rule("DAILY", part=m["vp"])
    if m["vk"] or m["vu"] in {"工作日", "上班日"}:
        return Rule("WEEKLY", weekdays=_WORKDAYS)
    if m["vr"]:
        return Rule("WEEKLY", weekdays=_weekdays(m["vr"]))
    if words == "天天":
        return Rule("DAILY")
    if m["vx"] or m["vz"]:
        return _by_unit(words[-1], 2 if m["vz"] else 1, half=False)
    if m["vou"]:
        return _by_unit(m["vou"], 1 if m["vo"] == "半" else number(m["vo"]), half=m["vo"] == "半")
    if m["vow"]:
        return Rule("WEEKLY", number(m["vo"].replace("半", "一")))
    if m["vu"]:
        count = number(m["vm"]) if m["vm"] else 1
        return _by_unit(m["vu"], 2 if m["vg"] and count == 1 else count, half=bool(m["vh"]))
    if words.endswith("周末") or m["vw"] == "末":
        return Rule("WEEKLY", weekdays=(5, 6))
    interval = 1
    if m["vb"] or m["vc"] or words.lstrip("每个")[:1] in {"两", "2", "双"}:
        interval = 2
    elif m["vn"]:
        interval = number(m["vn"])
    if words.startswith("每隔一") or (words.startswith("每隔") and not m["vn"]):
        interval = 2
    return Rule("WEEKLY", interval, weekdays=_weekdays(m["vw"] or m["vd"] or m["vbw"] or ""))


def _weekdays(words: str) -> tuple[int, ...]:
    found: list[int] = []
    ranged = False
    for c in words:
        if c in "到至~-":
            ranged = True
            continue
        at = _NAMES.find("日" if c == "天" else c)
        if at < 0:
            continue
        if ranged and found:
            found.extend(range(found[-1] + 1, at))
        found.append(at)
        ranged = False
    return tuple(sorted(set(found)))


def _by_unit(unit: str, count: int, *, half: bool) -> Rule:  # noqa: PLR0911  one line a unit
    first = unit[0]
    if first == "年":
        return Rule("MONTHLY", _HALF_YEAR) if half else Rule("YEARLY", count)
    if first == "季":
        return Rule("MONTHLY", _QUARTER * count)
    if first == "月":
        return Rule("MONTHLY", count) if not half else Rule("DAILY", 15)
    if unit in {"小时", "钟头", "钟"}:
        return Rule("MINUTELY", 30) if half else Rule("HOURLY", count)
    if first == "分":
        return Rule("MINUTELY", count)
    if first == "秒":
        return Rule("SECONDLY", count)
    return Rule("DAILY", count)


def refine(rule: Rule, kind: str, value: Any) -> Rule | None:  # noqa: C901, PLR0911  one line a kind
    """Narrow a rule by a word that follows it; None where the word does not belong to it."""
    if rule.freq == "WEEKLY" and kind == "weekday":
        return replace(rule, weekdays=tuple(sorted({*rule.weekdays, value})))
    if value == 0 and _THIS.get(kind) == rule.freq:
        return rule
    if rule.freq not in {"MONTHLY", "YEARLY"}:
        return None
    if kind == "day":
        return replace(rule, monthdays=(*rule.monthdays, value))
    if kind in {"nthday", "edge"}:
        on = {"底": -1, "初": 1, "中": 15}[value] if kind == "edge" else value
        return replace(rule, monthdays=(on,), month_of_quarter=_QUARTER if on < 0 else rule.month_of_quarter)
    if kind in {"nthweekday", "nthweekdays"}:
        numbers = value[0] if kind == "nthweekdays" else (value[0],)
        return _on_weekday(rule, numbers, value[1])
    if kind == "nthweek":
        return replace(rule, nth=(*rule.nth, value))
    if kind == "weekday" and rule.nth:
        return _on_weekday(rule, rule.nth, value)
    if kind == "nthworkday":
        last = _QUARTER if value < 0 else rule.month_of_quarter
        return replace(rule, monthdays=(), weekdays=_WORKDAYS, setpos=value, month_of_quarter=last)
    if kind == "month":
        return _in_month(rule, value)
    if kind == "festival":
        return _on_festival(rule, value)
    return None


def _on_weekday(rule: Rule, numbers: tuple[int, ...], weekday: int) -> Rule:
    last = _QUARTER if min(numbers) < 0 else rule.month_of_quarter
    ordered = tuple(dict.fromkeys((*rule.ordered, *((nth, weekday) for nth in numbers))))
    return replace(rule, ordered=ordered, month_of_quarter=last)


def _in_month(rule: Rule, number: int) -> Rule | None:
    if rule.freq != "YEARLY":
        return replace(rule, month_of_quarter=number)
    return None if rule.monthdays or rule.ordered else replace(rule, months=(*rule.months, number))


def _on_festival(rule: Rule, name: str) -> Rule | None:
    known = festivals.rule_of(name)
    if rule.freq != "YEARLY" or known is None:
        return None
    if isinstance(known, festivals.Nth):
        return replace(rule, months=(known.month,), ordered=((known.nth, known.weekday),))
    if isinstance(known, festivals.Lunar | str):
        return replace(rule, festival=name)
    on = tuple(dict.fromkeys((*rule.months, known[0]))), tuple(dict.fromkeys((*rule.monthdays, known[1])))
    return replace(rule, months=on[0], monthdays=on[1])


def first(rule: Rule, now: datetime, time_of_day: timedelta | None) -> tuple[datetime, bool] | None:
    """Return the first occurrence from now on, and whether working days had to be assumed for it."""
    if rule.freq in {"HOURLY", "MINUTELY", "SECONDLY"}:
        return now, False
    earliest = now if time_of_day is not None else midnight(now.date())
    for found, assumed in _days(rule, now):
        at = found + (time_of_day or timedelta())
        if at >= earliest:
            return at, assumed
    return None


def _days(rule: Rule, now: datetime) -> Iterator[tuple[datetime, bool]]:
    today = midnight(now.date())
    if rule.freq == "DAILY":
        yield from ((today + n * DAY, False) for n in range(2))
    elif rule.freq == "WEEKLY":
        wanted = rule.weekdays or (today.weekday(),)
        yield from ((today + n * DAY, False) for n in range(8) if (today + n * DAY).weekday() in wanted)
    elif rule.freq == "MONTHLY":
        for n in range(-1, 15):
            at = month_start(now.year, now.month + n)
            if rule.interval == _QUARTER and (at.month - rule.month_of_quarter) % _QUARTER and _is_pinned(rule):
                continue
            yield from _in(months(at.year, at.month), rule, today)
    else:
        for year in range(now.year, now.year + 9):
            yield from _in_year(rule, year, today)


def _is_pinned(rule: Rule) -> bool:
    return bool(rule.weekdays or rule.ordered or rule.monthdays)


def _in_year(rule: Rule, year: int, today: datetime) -> Iterator[tuple[datetime, bool]]:
    if rule.festival:
        on = festivals.falls_on(rule.festival, year)
        if on:
            yield midnight(on), False
    elif rule.months:
        for number_ in sorted(rule.months):
            yield from _in(months(year, number_), rule, today)
    else:
        yield today, False


def _in(month: Period, rule: Rule, today: datetime) -> Iterator[tuple[datetime, bool]]:
    if rule.setpos:
        worked = nth_workday(rule.setpos, month, today)
        if worked:
            yield worked.start, worked.assumed
    elif rule.ordered:
        found = [day.start for each in rule.ordered if (day := nth_weekday(each, month, today))]
        yield from ((start, False) for start in sorted(found))
    elif rule.monthdays:
        found = [day.start for on in rule.monthdays if (day := nth_day(on, month, today))]
        yield from ((start, False) for start in sorted(found))
    elif rule.months:
        yield month.start, False
    else:
        yield today, False
