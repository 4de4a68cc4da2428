"""The slots of what comes round by itself: the themed party day and the daily quiz."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from understanding.slots import moments
from understanding.slots.plain import EDGES, narrow, plain, recurrence

if TYPE_CHECKING:
    from collections.abc import Callable

    from understanding.slots.filling import Filling
    from understanding.words.things import Thing

_TOPIC = re.compile(
    "(?:主题|题目|内容)[^，。：\ue000-\ue018]{0,6}?[，]?(?:换成|改成|改为|定为|换为|定成|设为"
    '|设成|改叫|就叫|就是|就定|叫做?|是|为|：|用|定|(?=学习|重温|参观|观看|研讨|讨论|走访|慰问|开展))+[：]?(?P<item>"?\ue000?(?:[^，。；！？\ue000\ue002\ue004]|(?<=参观|走访|走进|瞻仰|探访)\ue004){2,40})'
)
_BARE_TOPIC = re.compile("(?<![\ue010-\ue018])(?:主题|题目)[，]?(?P<item>[^，。；！？：\ue000\ue002\ue004]{2,40})")
_NO_TOPIC = re.compile("^(?:一个|一下|什么|啥|哪|个|的|下|换|改|待|再|没|还|也|先|不|是|同|照|另)")
_PLACE = re.compile(
    "(?:地点|地方|场地)[^，。：]{0,4}?(?:换成|换到|改成|改到|改在|定在|设在|固定在|固定用|用"
    "|在|是|为|：)+(?P<said>[^，。；\ue000-\ue003]{2,16})"
    "|(?:^|[，。在到])(?P<noun>[\u4e00-\u9fffA-Za-z0-9]{1,12}(?:之家|室|厅|馆|中心|园|基地|广场"
    "|礼堂|陵园|书屋|驿站|故居|旧址|社区|食堂|阵地|大楼|楼))(?=$|[，。吧集搞开举])"
)
_ENDING = re.compile("(?:[了吧哈呗啊哦啦嘛呢]|就行|就好|开展|举行|好了)+$")


def _themeday(fill: Filling) -> None:
    found = _TOPIC.search(fill.marked.text) or _BARE_TOPIC.search(fill.marked.text)
    if found and not _NO_TOPIC.match(found["item"]):
        topic = _ENDING.sub("", fill.marked.words(*found.span("item"))).strip('《》"' + EDGES)
        fill.slots["topic"] = topic
        fill.used.update(id(thing) for thing in fill.marked.things(*found.span("item")))
    _rule(fill, ("每月", "每"))
    _clock(fill)
    fill.place()
    if "place" not in fill.slots and (place := _PLACE.search(fill.marked.text)):
        name = "said" if place["said"] else "noun"
        fill.slots["place"] = _ENDING.sub("", fill.marked.words(*place.span(name)))


def _rule(fill: Filling, leads: tuple[str, ...]) -> None:
    """Fill how often: as said, or what a day without 每 means here (主题党日放在第一个周五)."""
    whens = fill.of("when")
    if fill.of("rrule"):
        recurrence(fill, None, whens)
        return
    for thing in whens:
        if not thing.value[0].has_year or thing.value[0].grain == "day":
            said = fill.said(_joined(fill, thing, whens))
            for lead in leads:
                rule = narrow(lead + said, fill)
                if rule is not None:
                    fill.slots.update(moments.recurring(rule))
                    fill.used.update(id(one) for one in whens if one.start < thing.start + len(said))
                    return


def _joined(fill: Filling, thing: Thing, whens: list[Thing]) -> Thing:
    """Return a time together with those that follow it directly (礼拜二礼拜四的早上七点四十)."""
    for other in whens:
        if other.start >= thing.end and re.fullmatch("[的、和，]?", fill.marked.source[thing.end : other.start]):
            thing = replace(thing, end=other.end)
    return thing


def _clock(fill: Filling) -> None:
    """Fill time or daypart from the times that stand apart from the rule."""
    for thing in fill.of("when"):
        time = thing.value[0]
        if time.has_clock and time.start is not None:
            fill.slots.setdefault("time", f"{time.start:%H:%M}")
        elif time.daypart:
            fill.slots.setdefault("daypart", time.daypart)
    if "time" in fill.slots:
        fill.slots.pop("daypart", None)


def _schedule(fill: Filling) -> None:
    _rule(fill, ("每",))
    _clock(fill)
    fill.slots.pop("start", None)
    plain(fill)


SPECIAL: dict[str, Callable[[Filling], None]] = {"themeday.set": _themeday, "quiz.schedule": _schedule}
