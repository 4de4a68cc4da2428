"""The slots of figures, portraits and archives: which stretch of time they are about, and of which meetings."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from understanding.slots import meeting, moments
from understanding.slots.plain import plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from understanding.slots.filling import Filling
    from understanding.words.things import Thing

_OCCASION = re.compile(
    "，?(?:就|要|会|就要|马上|可能|说|开始|得|需)?(?:来|到|检查|巡察|督查|开会|之?前|以?前|汇报|报|"
    "交|用|下来|抽查|审计|验收)"
)
EVERYBODY = re.compile(
    "全体|所有人|所有党员|大家|大伙儿?|全支部|每个人|每人|全员|人人|各人|每位|每一个人|所有同志|支部(?:里)?所有"
)
"""Words that mean everybody where nobody is named."""
_TWO_MONTHS = re.compile("(?:一二|二三|三四|四五|五六|六七|七八|八九|九十)月")
"""Two months said in one word (四五月份), of which the second is found."""
_AND = re.compile("(?:|、|，|和|跟|与|及|以及|还有|到|至|-|~)")


def _month_before(start: str) -> str:
    day = datetime.fromisoformat(start) - timedelta(days=1)
    return day.replace(day=1).isoformat()


def stretch(fill: Filling) -> None:
    """Fill the range from the times that the figures are about: not from when someone comes to see them."""
    whens = [thing for thing in fill.of("when") if thing.value[0].start is not None]
    for thing in whens:
        fill.used.add(id(thing))
    whens = [thing for thing in whens if thing.value[0].has_day or not thing.value[0].has_clock]
    about = [thing for thing in whens if not _is_occasion(fill, thing)] or whens[:0]
    wide = [thing for thing in about if moments.is_wide(thing.value[0])] or about
    if not wide:
        return
    ranges = [moments.as_range(wide[0].value[0], fill.now)]
    if (found := _TWO_MONTHS.match(fill.marked.source, max(0, wide[0].start - 1))) and found.end() <= wide[0].end:
        ranges[0]["start"] = _month_before(ranges[0]["start"])
    for before, thing in pairwise(wide):
        if not _AND.fullmatch(fill.marked.source[before.end : thing.start]):
            break
        ranges.append(moments.as_range(thing.value[0], fill.now))
    fill.slots["range"] = {
        "start": min(one["start"] for one in ranges),
        "end": max(one["end"] for one in ranges),
    }


def _is_occasion(fill: Filling, thing: Thing) -> bool:
    """Say whether a time tells when the figures are wanted (检查组下周来), not what they are about."""
    time: Any = thing.value[0]
    if time.open_until or fill.said(thing) in {"现在", "目前", "当前", "马上", "今天", "最近"}:
        return True
    return time.start > fill.now or (
        not moments.is_wide(time) and _OCCASION.match(fill.marked.source, thing.end) is not None
    )


def _figures(fill: Filling) -> None:
    stretch(fill)
    plain(fill)
    fill.slots.pop("which", None)
    if re.search("上次|上一次|最近一次|这次|本次", fill.marked.source) and "range" not in fill.slots:
        fill.slots["which"] = meeting.which(fill, [], fill.marked.source)


def _of_stretch(fill: Filling) -> None:
    stretch(fill)
    plain(fill)


SPECIAL: dict[str, Callable[[Filling], None]] = {
    "report.show": _figures,
    "report.export": _figures,
    "portrait.show": _of_stretch,
    "archive.export": _of_stretch,
}
