"""The slots of telling people something: what, whom, until when it is wanted, and when to send it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from understanding.slots import moments
from understanding.slots.addressing import DOWN, PARTICLES, WHO, closed, led_to, opened, run_after, run_before, said_to
from understanding.slots.plain import EDGES

if TYPE_CHECKING:
    from collections.abc import Callable

    from understanding.slots.filling import Filling
    from understanding.words.things import Thing

_ONCE = f"(?:一{DOWN}|一声|{DOWN}|声|到|说)*"
_NOTE = "(?:通知|提醒|公告|公示|消息|信息|短信|微信|提示|通告|告示)"
_SENDING = "(?:传达|宣布|播报|发布|群发|转发|发送|推送|发|下|出|传|捎|带|递)"
_ONE = "(?:一?下|一?[个条份则句]|上|出)*"
_TELL = "(?:通知|告诉|告知|转告|转达|知会|提醒|喊|叫|催一?催|催|群发|转发|发)"
_OTHERS = f"(?!我){WHO}"
_NAMED = (
    f"(?:代为|代|再)?{_TELL}(?:一{DOWN}|一声|{DOWN}|到|给)*(?P<tell>{_OTHERS}){_ONCE}"
    f"|(?:给|跟|和|向|对|同|替我跟){_ONCE}(?P<to>{_OTHERS})(?:在群里)?(?:说|讲|吱|提|通知|告知"
    f"|转达|转告|{_SENDING}){_ONE}(?:群?{_NOTE}|[个句]?话|个?招呼)?{_ONCE}"
    f"|(?:^|(?<=[，。：；麻烦请我你]))(?:给|跟|和|向|对|同)(?P<short>{_OTHERS})[^，。：！；]{{1,7}}(?=[，：！])"
    f"|{_SENDING}{_ONE}群?{_NOTE}(?:给|，?让|到|，?请)?(?P<note>{_OTHERS})"
    f"|(?P<topic>{_OTHERS})(?:那边|这边|那里|你|帮我|请|再|都|也|就|麻烦)*(?:通知|告诉|催|说)(?:一{DOWN}|一声|{DOWN})"
    f"|(?:让|叫|请|要)(?P<know>{_OTHERS})都?(?:知道|了解|清楚|知晓|注意)(?:一下|下)?"
)
_PLAIN = re.compile(
    f"(?:转发|转|发)(?:一?{DOWN})?(?:在|到|进)?群里?(?!通知|消息|公告|信息)(?:里面|里头|里|去)?(?:通知|提醒|说)?{_ONCE}|"
    f"(?:转发|发|传达)一?{DOWN}(?=，)|"
    f"(?:在|到|往|跟|和|向)?(?:工作|支部|微信)?群里?{_ONCE}(?:说|讲|喊|吼|通知|提醒|{_SENDING}){_ONE}{_NOTE}?{_ONCE}"
    f"|{_SENDING}{_ONE}群?{_NOTE}{_ONCE}(?:到群里?|给群里|在群里)?|群发{_ONCE}|(?:定时|预约)?通知{_ONCE}"
    f"|{_NOTE}(?=：)|(?:转发|发|传达)(?:一?{DOWN})?(?=：)"
    "|(?:说|吱|喊|招呼|转达)(?:一声|一下)"
)
_LET = re.compile(f"(?:^|(?<=[，：。]))(?:请|让|叫|麻烦|要求|要)(?P<let>{_OTHERS})")
_UNNAMED = re.sub(r"\(\?P<\w+>", "(?:", _NAMED)
_BEHIND = (
    f"[，。！；\\s\\-~—]*(?:帮我|帮忙|麻烦你?|请|给我|你|把这个|就这么|这个|赶紧|也)*(?:{_UNNAMED}"
    f"|{_PLAIN.pattern}|转发|发|传达)"
    f"(?:一下|下去|出去|下|到群里|给大家|各位|大家)*[了{PARTICLES}]*$"
)
_ADDRESS = re.compile(
    "所有人[，：]|(?:全体|各位|所有)?(?:党员|同志|全体)(?:同志|党员)?们?(?:好|你们好)?[：，]|大家好[：，]|各位[：，]"
    "|请?(?:全体|各位|所有)(?:党员|同志)(?:同志|党员)?们?(?=请|于|务必|须|要|在)"
)
_TO_COMMITTEE = re.compile("请?(?:各位?|全体|几位|所有)支委")
_LIMIT = re.compile(
    "(?:之|以)?前|截止|为止|到期|关(?=$|[，。])|(?:必须|务必|要|得|都|统一|一定)*"
    "(?:上交|提交|报送|上报|交给|交到|交(?![流谈通接叉])|报给|报到|发给|发到)"
)
"""What makes a time the one until when something is wanted: 20号截止, 明天交."""
_NOON = 12
_UP_TO = re.compile("(?:截至|截止到?|到|至)$")
_OPENS = re.compile("从|自|起|开")


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Of the two that take a tenth of the whole import."""
    return re.compile(pattern)


def send(fill: Filling) -> None:
    """Fill what to tell, whom, until when it is wanted and when it is to be sent."""
    marked, text = fill.marked, fill.marked.text
    found = _first(text)
    start, end = found.span() if found else (0, 0)
    whom = next((found.span(name) for name in found.re.groupindex if found[name]), None) if found else None
    if whom:
        fill.slots["audience"], stays = said_to(fill, *whom)
        end = whom[0] if stays else end
    at = led_to(marked, end, len(text))
    said = marked.words(at, _ending(fill, at)).strip(EDGES)
    if found and len(said) > 1:
        _start(fill, start)
        fill.slots["text"] = _later(fill, at, said)
    else:
        at = opened(marked, 0, start) if found else 0
        behind = _compiled(_BEHIND).search(text, at)
        stop = max(at, behind.start()) if behind else start or len(text)
        fill.slots["text"] = marked.words(at, stop).strip(EDGES.replace("。", ""))
    if not fill.slots.get("audience") and _ADDRESS.match(fill.slots["text"]):
        fill.slots["audience"] = "all"
        fill.slots["text"] = fill.slots["text"].removeprefix("所有人").lstrip(EDGES)
    if not fill.slots.get("audience") and _TO_COMMITTEE.match(fill.slots["text"]):
        fill.slots["audience"] = "committee"
    _due(fill, at)


def _first(text: str) -> re.Match[str] | None:
    """Return the words of telling: those that name whom where they stand as early as those that do not."""
    named, plain = _compiled(_NAMED).search(text), _PLAIN.search(text)
    if named and (plain is None or named.start() <= plain.end() + 1):
        return named
    return plain or named or _LET.search(text)


def _ending(fill: Filling, start: int) -> int:
    end = closed(fill.marked, start, len(fill.marked.text))
    return end if end - start > 1 else len(fill.marked.text)


def _later(fill: Filling, at: int, said: str) -> str:
    """Return the text without the time of sending that stands before it (定时通知：明天八点：…)."""
    if re.search("定时|预约|到点", fill.marked.text[:at]) and "start" not in fill.slots:
        behind = run_after(fill.marked, at)
        things = [thing for thing in fill.marked.things(at, behind) if thing.kind == "when"]
        if things:
            fill.slots.update(moments.place_in_time(things, {"start"})[0])
            return fill.marked.words(behind, len(fill.marked.text)).strip(EDGES)
    return said


def _start(fill: Filling, end: int) -> None:
    """Fill when to send it: the time that stands before the words of telling."""
    first = run_before(fill.marked, end)
    things = [thing for thing in fill.marked.things(first, end) if thing.kind == "when"]
    if not things:
        behind = run_after(fill.marked, opened(fill.marked, 0, end))
        things = [thing for thing in fill.marked.things(0, min(behind, end)) if thing.kind == "when"]
    values, doubts = moments.place_in_time(things, {"start"})
    fill.slots.update(values)
    fill.unsure.update(doubts)


def _due(fill: Filling, start: int) -> None:
    """Fill until when it is wanted: the first limit in the text."""
    source = fill.marked.source
    for thing in fill.marked.things(start):
        if thing.kind != "when":
            continue
        up_to = _UP_TO.search(source, 0, thing.start) and not _OPENS.search(source, 0, thing.start)
        if thing.value[0].open_until or up_to or _LIMIT.match(source, thing.end):
            fill.slots["due"] = _on_its_day(fill, start, thing) or moments.due(thing.value[0])
            return


def _on_its_day(fill: Filling, start: int, hour: Thing) -> str | None:
    """Return an hour on the day said before it (今晚答题九点截止); None where there is none, or it has its own."""
    if hour.value[0].has_day or not hour.value[0].has_clock:
        return None
    days = [thing.value[0] for thing in fill.marked.things(start) if thing.kind == "when" and thing.start < hour.start]
    day = next((time for time in reversed(days) if time.has_day and not time.has_clock), None)
    if day is None:
        return None
    clock = datetime.fromisoformat(moments.due(hour.value[0]))
    late = day.daypart in {"afternoon", "evening"} and clock.hour < _NOON
    moment = datetime.combine(moments.start_of(day), clock.time())
    return moments.instant(moment + timedelta(hours=_NOON) if late else moment)


SPECIAL: dict[str, Callable[[Filling], None]] = {"notice.send": send}
