"""Finds the typed things in tidied words: times, people, places, kinds of meeting, groups, branches.

Each becomes one mark, a private-use character, so that a template can say `{person}` without knowing anybody.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from understanding import times
from understanding.words import people

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from understanding.words.tidy import Tidied
    from vocabulary.readings import Context

MARKS = {
    "when": "\ue000", "duration": "\ue001", "rrule": "\ue002", "person": "\ue003", "place": "\ue004", "group": "\ue005",
    "branch": "\ue006", "member_meeting": "\ue010", "committee_meeting": "\ue011", "group_meeting": "\ue012",
    "party_lecture": "\ue013", "theme_day": "\ue014", "org_life_meeting": "\ue015", "democratic_life_meeting": "\ue016",
    "democratic_review": "\ue017", "other": "\ue018",
}  # fmt: skip
TYPES = tuple(kind for kind, mark in MARKS.items() if mark >= "\ue010")

_COMMITTEE = (
    "支?委员?扩大会议?|(?:党?支部?)?支?委员会(?:议)?|支委会(?:议(?![程题]))?|支委们?(?:碰个?头|碰一下头?|开个?会)"
)
_MEMBERS = (
    "(?:支部)?(?:全体)?党员(?:全体)?(?:大会|会议(?![程题])|会(?![议费]))|支部大会|(?:全体)?党员开个?大会"
    "|(?:(?<![\u4e00-\u9fff])|(?<=[昨今明后前]天)|(?<=[周拜期][一二三四五六日天])|(?<=[日号]))大会(?![堂议])"
)
_GROUP_MEETING = (
    "(?:党?小)?组(?:学习)?会(?:议(?![程题]))?(?![员])|党小组(?:学习|活动)(?=[，。]|$)"
    "|(?<![一二三四五六七八九十\\d])(?<![一二三四五六七八九十\\d]党)小组开(?:个|一?次|一个)?会"
)
_MEETINGS = (
    ("member_meeting", _MEMBERS),
    ("committee_meeting", _COMMITTEE),
    ("org_life_meeting", "(?:年度|专题)?组织生活会|专题生活会"),
    ("democratic_life_meeting", "民主生活会"),
    ("democratic_review", "民主评议(?:党员)?(?:大会|会议|会|工作)?"),
    ("theme_day", "主题党日(?:活动)?|党日活动|党员活动日|(?<!建)党日(?!报)|主题党课日"),
    ("party_lecture", "微?党课(?!题(?!目))"),
    ("group_meeting", _GROUP_MEETING),
)  # fmt: skip
_MEETING_SIGNS = frozenset("会党评碰")
"""One of these stands in every kind of meeting."""
_HALL = (
    "会议室|会议厅|报告厅|活动室|礼堂|教室|多功能厅|党建室|党员之家|党群服务中心|办公室|阅览室|学习室|"
    "图书馆|食堂|大厅|接待室|会客室|展厅|纪念馆|陵园|阵地|培训室|谈话室|机房|车间"
)
_SITES = (
    f"{_HALL}|馆|中心|广场|基地|故居|旧址|公园|纪念碑|书屋|书吧|驿站|园区|大楼|宾馆|酒店|学校|社区|村委会|居委会|医院|工地|"
    "门口|文化站|服务站|厂区"
)
_ANY_ROOM = {"会议室", "办公室", "教室", "礼堂", "食堂", "大厅", "展厅", "车间", "机房", "阵地"}
_LINKED = "线上|腾讯会议|钉钉|视频会议|企业微信|线下|云端|zoom|Zoom|ZOOM"
_PLACE = re.compile(
    f"(?P<hall>(?:[A-Za-z]座|[一二三四五六七八九十\\d]+号楼|[东西南北主]楼)?(?:(?<![\\d:.])[A-Za-z]?-?\\d{{2,4}}|(?:[一二三四五六七八九十]{{1,3}}|(?<![\\d:.])\\d{{1,2}})[楼层]|(?<![\\d:.])[党员大小中第一二三四五六七八九十\\d]{{1,4}}号?|党员|党建|职工|老|原来的|"
    f"烈士|革命|党史)?[东西南北大小中]?(?:{_HALL})(?!主[任管]|人)(?:\\d{{1,4}}|[一二三四五六七八九][楼层])?)"
    f"|(?P<room>(?:(?<=[在到去])|(?<=地点)|(?<=地点[：是在为])|(?<=地点[改换][成到在为])|(?<=改[在到成])|(?<=换[在到成])|(?<=挪到)|(?<=定在)|(?<=[订定占])|(?<=[约订定占借一]下)|(?<=(?<!大)约)|(?<=占[着用了])|(?<=预定)|(?<=预订)|(?<=借)|(?<=占一下)|(?<=订一下)|(?<=把)|(?<=用)|(?<=退掉)|(?<=退)|(?<=释放)|(?<=不用)|(?<=换)|(?<=取消)|(?<=撤销)|(?<=腾出)|(?<=让出)|(?<=[午天点晚上一二三四五六日]的))(?:[A-Za-z]\\d?-?\\d{{2,4}}|\\d{{3,4}}(?!年|\\d|[:：.月点人个分多名字题张份套]|块|元)|[A-Z]座\\d*|[一二三四五六七八九十]楼(?:大厅|西侧|东侧)?))"
    f"|(?P<bare>(?<![\\d.:年月第#号])\\d{{3,4}}(?=开(?!头)|召开|集合|见面|现在|空着|空不空|有会|有安排|有空|有人|明天|今天|下午|"
    f"上午|不用|用|退|也不?[退用]|还回|还[了给]|让出|让给|腾|释放|放掉|给我|留|被|能用|能不能用|可以用|没人|占|我|取消|的预[订定约]|后天|大后天|下?周)|(?<=[，。、！；])\\d{{3,4}}(?=$|[，。！；])|(?<=[改换放用去订就])\\d{{3}}(?![\\d.:年月点号日个人元块分道题])|(?<=地方)\\d{{3,4}}(?!\\d)"
    f"|(?<= )\\d{{3,4}}(?=$|[，。\\s]))"
    f"|(?P<building>[A-Za-z东西南北主\\d一二三四五六七八九十]{{1,2}}号?楼\\d{{3,4}}室?)"
    f"|(?P<site>(?:(?<=[在去到赴])|(?<=地点[：在是])|(?<=地点))(?![这那哪什原其某几多下]|上[次回个])(?:(?![的点午月周了去到在开要有把和与由改换变为成定就])[A-Za-z\\d一-鿿]){{1,12}}(?:{_SITES})(?![主人])(?:[一二三四五六七八九十\\d]{{1,2}}[楼层])?(?:\\d{{2,4}}室?)?)"
    f"|(?P<spoken>(?<![零〇一二三四五六七八九十])[一二三四五六七八九][零〇][一二三四五六七八九](?![零〇一二三四五六七八九十年月日个分]))"
    f"|(?P<linked>{_LINKED})(?!答题|学习(?!$|[，。])|党课)"
)  # fmt: skip
_PLACE_SIGN = re.compile(f"[\\d座楼零〇]|{_SITES}|{_LINKED}")
"""One of these stands in every place; most messages have none of them."""
_COUNTED = "年月日号点分人元块个条题份张套名字期届次页例天里米"
"""After these signs a figure is no room."""
_NUMBER = "[一二三四五六七八九十\\d]{1,2}"
_GROUP = re.compile(
    f"第?{_NUMBER}(?:党小组|小组|组)(?!会?员|长|会|织)|(?<=[\u4e00-\u9fff]{{2}})(?<![个各每])党小组(?!会|长|组)"
)
_NO_BRANCH = "大会|委|会|要|有没有|条例|工作|知识|生活|班子|建设"
_BRANCH = re.compile(
    f"(?P<name>(?:第?[一二三四五六七八九十\\d]{{1,2}}|[\u4e00-\u9fff]{{2,6}}?)(?:(?:党支部|"
    f"党总支)(?!{_NO_BRANCH})|支部(?!书记|党员|的?党员大会|全体|{_NO_BRANCH})))"
)
_LEADING = re.compile(
    "^.*(?:绑定|调取|投票|表决|群|到|至|在|把|将|看看|看下|看一下|查看|查一下|查下|查询|查阅|调阅|调出|显示|展示|"
    "统计|汇总|讨论|审议|研究|听取|部署|表决|提供|了解|关于|召开|那个|这个|请|他|她|你|给|和|跟|与|的|对|为|是|报|导出|生成|打开|"
    "来|出?具|编入|并入|划到|划入|调(?!研)|"
    "通知|提醒|让|下|发我|看|查|出|[，。、：\n]|[年月周天日号午季]度?(?=[\u4e00-\u9fff]{2,}(?:支部|总支)))(?=.)"
)
_NO_TIMES = re.compile(
    "每日一题|[晚早快慢多少差]一点(?!半|钟|\\d|[零一二三四五])|每日一题|今日一题|每日答题|晚(?=[一二两三四五六七八九十几半\\d]+(?:个|分)|[一几]?点到)|提前(?=[一二两三四五六七八九十半\\d])|(?<!\\d)年度(?=计划)"
)
_OWN = re.compile(
    "(?:^谢谢$|^感谢$|^辛苦$|我们|咱们?|本|全|这个?|各个?|所有|每个|该|你们|哪个|几个|一次|一个|个|立|成|为|何|么|学|习|考|据|照|规|以|是|我|要|有|人|就|对|把|将|的|了|吗|^党|^(?:在|开|进|我|建|回)|^(?:[本上下这]个?(?:月|周|季度?|年度?)|[今明去全]年|[今明昨]天|年度))$"
)


_LENGTH_NEXT = re.compile(
    "(?:[一二两三四五六七八九]|\\d{1,3}(?:\\.\\d)?)个?半?(?:小时|钟头|刻钟|分钟|h\\b|[道题](?!歉))"
)


@dataclass(frozen=True, slots=True)
class Thing:
    """A typed thing: its kind (a key of `MARKS`), what it is, and where it stands in the tidied words."""

    kind: str
    value: Any
    start: int
    end: int


@lru_cache(maxsize=1)
def _meetings() -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<{kind}>{words})" for kind, words in _MEETINGS))


@lru_cache(maxsize=64)
def _rooms(places: tuple[str, ...]) -> re.Pattern[str]:
    """One of the branch's rooms, by its whole name or by its number alone where that counts nothing (301都行)."""
    names = [re.escape(place) for place in sorted(places, key=len, reverse=True)]
    numbers = [found[0] for place in places if (found := re.match(r"[A-Za-z]?-?\d{2,4}(?=\D)", place))]
    if numbers:
        names.append(rf"(?:{_HALL})?(?<![\dA-Za-z.:#第-])(?:{'|'.join(map(re.escape, numbers))})(?![\d.:：{_COUNTED}])")
    return re.compile("|".join(names) or "(?!)")


@lru_cache(maxsize=64)
def _own_groups(groups: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(groups, key=len, reverse=True))) or "(?!)")


def find(tidied: Tidied, now: datetime, context: Context) -> list[Thing]:
    """Return the things that the words hold, in order, none overlapping another."""
    text = tidied.text
    found: list[Thing] = []
    for source in (_people_on_roster, _meeting_types, _places, _groups, _branches):
        _add(found, source(text, context))
    _add(found, _standing_alone(tidied))
    _add(found, _times(tidied, now, found))
    taken = [(thing.start, thing.end) for thing in found]
    _add(found, (Thing("person", who.names, who.start, who.end) for who in people.unlisted(text, context, taken)))
    found.sort(key=lambda thing: thing.start)
    return _merged(text, found, tidied.breaks)


def _add(found: list[Thing], more: Iterator[Thing]) -> None:
    for thing in more:
        if all(thing.end <= other.start or thing.start >= other.end for other in found):
            found.append(thing)


def _people_on_roster(text: str, context: Context) -> Iterator[Thing]:
    for who in people.known(text, context):
        yield Thing("person", who.names, who.start, who.end)


def _meeting_types(text: str, context: Context) -> Iterator[Thing]:
    if _MEETING_SIGNS.isdisjoint(text):
        return
    for match in _meetings().finditer(text):
        start = match.start()
        if match[0].startswith("支部") and text[:start].endswith("党"):
            named = any(branch.end == start + len("支部") for branch in _branches(text, context))
            start += len("支部") if named else 0
        yield Thing(str(match.lastgroup), text[start : match.end()], start, match.end())
    for who in people.known(text, context) if "大会" in text else ():
        if text.startswith("大会", who.end):  # 李慧大会请的假
            yield Thing("member_meeting", "大会", who.end, who.end + len("大会"))


def _places(text: str, context: Context) -> Iterator[Thing]:
    for pattern in (_rooms(context.places), _PLACE):
        if pattern is _PLACE and not _PLACE_SIGN.search(text):
            return
        for match in pattern.finditer(text):
            if match[0] in _ANY_ROOM:
                continue
            yield Thing("place", match[0], match.start(), match.end())


def _standing_alone(tidied: Tidied) -> Iterator[Thing]:
    """Yield room numbers that spaces set apart (下周二 15:30 301)."""
    text, breaks = tidied.text, tidied.breaks
    if not breaks:
        return
    for match in re.finditer("(?<![\\d.:#])\\d{3,4}(?![\\d.:：年月日号点分人元块个条题])", text):
        if match.start() in breaks and (
            match.end() in breaks or match.end() == len(text) or text[match.end()] in "，。开"
        ):
            yield Thing("place", match[0], match.start(), match.end())


def _groups(text: str, context: Context) -> Iterator[Thing]:
    for pattern in (_own_groups(context.groups), _GROUP):
        for match in pattern.finditer(text):
            yield Thing("group", match[0], match.start(), match.end())


def _branches(text: str, context: Context) -> Iterator[Thing]:  # noqa: ARG001  one shape for all sources
    if "支部" not in text and "党总支" not in text:
        return
    for match in _BRANCH.finditer(text):
        name = match["name"]
        lead = _LEADING.match(name)
        start = match.start() + (lead.end() if lead else 0)
        said = text[start : match.end()]
        stem = re.sub("(?:党支部|党总支|支部)$", "", said)
        if stem and not _OWN.search(stem):
            yield Thing("branch", said, start, match.end())


def _times(tidied: Tidied, now: datetime, found: list[Thing]) -> Iterator[Thing]:
    text = tidied.text
    readings: dict[tuple[int, int], list[Any]] = {}
    hidden = list(text)
    for thing in found:
        if thing.kind in {"person", "place", "group"}:
            hidden[thing.start : thing.end] = "█" * (thing.end - thing.start)
    for match in _NO_TIMES.finditer(text):
        hidden[match.start() : match.end()] = "█" * (match.end() - match.start())
    for time in _parted("".join(hidden), tidied.breaks, now):
        readings.setdefault(time.span, []).append(time)
    for (start, end), several in readings.items():
        kind = {"duration": "duration", "recurrence": "rrule"}.get(several[0].kind, "when")
        within = (thing.end for thing in found if several[0].anchor and thing.start < start < thing.end < end)
        yield Thing(kind, tuple(several), max(within, default=start), end)


def _parted(text: str, breaks: frozenset[int], now: datetime) -> list[times.Time]:
    """Return the times; a space keeps an hour apart from a length (三点 一小时, 10:00 1.5小时): it is no 3.1 hours."""
    for at in breaks:
        if _LENGTH_NEXT.match(text, at) and (text[at - 1] == "点" or text[at - 1].isdigit()):
            return [*times.find(text[:at], now), *times.find("█" * at + text[at:], now)]
    return times.find(text, now)


def _merged(text: str, found: list[Thing], breaks: frozenset[int]) -> list[Thing]:
    """Join people who are named in a row into one thing."""
    merged: list[Thing] = []
    for thing in found:
        last = merged[-1] if merged else None
        if last and thing.kind == last.kind == "person":
            between = text[last.end : thing.start]
            if between in {"、", "和", "跟", "与", "及", "以及", "还有", "，和"} or (
                not between and thing.start in breaks
            ):
                values = (last.value if isinstance(last.value, list) else [last.value]) + [thing.value]
                merged[-1] = Thing("person", values, last.start, thing.end)
                continue
        merged.append(thing)
    return merged


def sort_of(thing: Thing) -> str:
    """Return the sort of a thing by which one may stand for another: all kinds of meeting are one."""
    return "type" if thing.kind in TYPES else thing.kind


def types(things: Iterable[Thing]) -> list[str]:
    """Return the kinds of meeting that are named, each once."""
    return list(dict.fromkeys(thing.kind for thing in things if thing.kind in TYPES))
