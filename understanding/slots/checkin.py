"""The slots of check-in: how it is opened, and who is signed in for whom and why."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from understanding.slots import excuses, identifying, who
from understanding.slots.excuses import CUT, Left
from understanding.slots.plain import plain
from understanding.words.things import MARKS, TYPES

if TYPE_CHECKING:
    from collections.abc import Callable

    from understanding.slots.filling import Filling
    from understanding.words.things import Thing

_PERSON, _WHEN = MARKS["person"], MARKS["when"]
_KINDS = "".join(MARKS[kind] for kind in TYPES)
_END = f"(?:[，。；！？\n{CUT}]|$)"
_STARTS, _STOPS = f"(?:^|(?<=[，。；！？：\n{CUT}]))", f"(?={_END})"
_WHOM = (
    f"(?:{_PERSON}(?:老?同志|老师)?|他们?俩?|她们?俩?|其|我们?|本人|大家|大伙儿?|各位|其[他余](?:的?人"
    "|同志|党员)?|所有人|以下(?:同志|人员)|[这那][几两三]个?[人位]?|一?[两二三四几]个?[人位])"
)
_LEAD = (
    f"(?:{_WHOM}|请予?|麻烦|劳驾|烦请|辛苦|拜托|能不能|能否|可不可以|可否|可以|能|要不|你们?|您|这边|那边|帮个?忙|[帮给替代为把将也都就先再全还要想得并]|代为|予以|一并|一起|一块儿?|一[同道]|统统|统一|全部|全员"
    "|手[动工]|人工|直接|赶紧|系统里?|名单里?|在|后台|工作人员|管理员|协助|配合|申请|需要|别忘了?|记得|不要忘了?|顺便|给个|做个?|的)"
)
_OF_WHICH = f"(?:[{_WHEN}{_KINDS}]|上次|的|会议?)*"
_SIGNED = (
    f"(?:(?<=[把的])(?:签?到|签)(?:给|也|都)?[签补打点做](?![不没])(?:一下)?|补(?:个|一下|一个)?{_OF_WHICH}(?:签到?|登记?|录)|代签到?|签(?:个|一下|一个)?到"
    "|签(?![到不没漏字])|登记|登(?:个|一下)?到|[打点记](?:个|一下)?到(?!了|底)|打(?:个)?[勾卡]|记名)"
)
_PUT = f"(?:(?:[记补登点算加勾录弄办]|处理|操作)(?:{_WHOM})?(?:上|进去?|一下|个到|到会|到(?!底)|在内|入))"
_DONE = (
    "(?:[上了下个到会签名勾吧哈呗啦呀哦啊嘛的吗？]|一下子?|一个|一[次声]|到会|进去|签到|手续|出勤|可以|行[吗么不]|好吗)"
)
_NOT_DONE = (
    "忘 忘了 忘记 没 未 没有 没法 无法 没能 "
    "未能 不能 不会 漏 漏了 来不及 来得及 顾上 赶上 没点 没按 没刷 不上 去 重复 显示"
)
_FAILED = "".join(f"(?<!{word})" for word in _NOT_DONE.split())
_REQUEST = re.compile(
    f"{_LEAD}{{0,20}}+{_FAILED}{_SIGNED}(?![不没失系页界码时出报的表漏])(?:在内|{_DONE})*+(?:{_WHOM}(?={_END}))?"
    f"|(?:{_LEAD}{{1,20}}+|{_STARTS}){_PUT}{_DONE}*+|{_LEAD}{{1,20}}+补(?:一?个|一次)?[吧呗哈了吗嘛]*{_STOPS}|签到漏了[两二三四几一]?[位个]?|{_STARTS}补(?:进去|一下|上|一?个)(?:吧|哈|呗|了)*{_STOPS}"
)
"""That somebody is to be signed in: 麻烦帮他签一下, 给记个到, 把卫东算上."""
_HERE = (
    "(?:到(?:会|场|达|齐)?|来|在|参加)(?:了|的|会|场|现场|会场|会议室|这儿?里?"
    "|那儿?里?|呢|座|坐|着|后排|前排|开会|参加|参会|过|啦|哈|全|齐|就位|场内|里|里面|都)*"
)
_MEETING = re.compile(
    f"{_STARTS}(?:补|我|给|为|{_PERSON}|上一?[次回场]|的)*(?:{excuses.MEETING.pattern}|刚才?(?:[开散]|结束)[完了过的]?(?:那[个次场])?的?会"
    f"|(?:会议|编号|#|第)[为是：]?\\d{{1,6}}号?(?:的?会议?)?)(?:会?上|期间|的?时候?|那天|当天)?(?:我(?!们))?"
)
"""The meeting that is meant, where a clause begins with it."""
_MISSED = re.compile(
    f"(?:{_STARTS}(?:就|也|都|还)*|{_PERSON}(?:也|都|还)*)(?:没能?|忘|漏|未|没有|忘记)了?(?:签|扫|打卡)(?:到|上|成|码)*了?{_STOPS}"
)
"""That somebody has not signed in: the reason where no other is given."""
_PRESENT = re.compile(
    f"{_STARTS}(?:{_PERSON}(?:老?同志)?|[人他她我都也就已早]|已经|本人|其实|确实|明明|刚刚?|一直|今天|当[天时]|那天|{_WHEN}|[{_KINDS}]|上次|的会?|会上|是|全程|大家|一块儿?|一起|[两三几]个人?|[两三几]位|同志|老师)*+"
    f"{_HERE}(?:{_STOPS}|(?=没|忘|但|可是|就是|不过|手机|扫))"
    f"|{_STARTS}(?:他|她|人|{_PERSON})?(?:是|属于)(?:列席|积极分子|入党积极分子|发展对象|预备党员|正式党员)的?{_STOPS}"
)
"""That somebody is here: no reason, only why it is asked."""
_SUBJECT = re.compile(
    f"(?:[^，。；！？\n{CUT}]{{1,9}}的(?={_PERSON}))?(?:的?那[个位]就?是)?{_PERSON}(?:老?同志|老师|[他她]们|[两二三四五几](?:个人?|位|人)|俩)*"
    f"(?:那边|的(?!确)|说(?:是)?|讲|反映)?[啊呀嘛呢]?(?:[他她]们?)?|{_STARTS}(?:[他她](?:们|[俩仨]|[两几三]个)?|本人|人家)(?:说|的(?!确))?|{_STARTS}[给替帮][^，。；！？\n{CUT}]{{1,9}}(?={CUT})|参加(?=[{_WHEN}{_KINDS}])|{_STARTS}(?:情况(?:属实|如下)|记[他她]们?{_STOPS})"
)
_AFTERWARDS = re.compile("(?:分钟|小时|刻钟|钟头)[之以]?[后内]")
_ALL = re.compile(
    "所有|全都|都[到来在签给]|全[部员勤体]|大家|大伙|人都?(?:到|来|全)?齐|[到来]齐|齐了|无一缺席|一个[没不]少|统统|其[他余它]|别人|剩下|悉数"
)
_ABSENT = "(?:没有?[来到签参]|未[到签]|缺席|请[了着]?[事病公]?假|不在|来不了|没在)"
_EXCEPT = re.compile(
    f"除(?:了|去|开)?(?P<but>[^。；\n]*?{_PERSON}[^，。；\n都全其]*)"
    f"|(?:唯独|[就只仅还]?[差缺少剩]了?|只有|仅有|[就只仅])(?P<only>{_PERSON})(?=[^，。；\n]{{0,8}}(?:{_ABSENT}|$|[，。；！\n])|一?个|[二两俩])"
    f"|(?P<absent>{_PERSON})[^，。；\n{_PERSON}]{{0,6}}{_ABSENT}(?!得及|上)"
)
_ONLY_ME = re.compile("(?<!帮)我(?!们)(?:也|的|自己)?(?:忘|没|补|漏|要|想|那|当|上|签|扫)|[给替]我(?!们)|帮我(?!们)?补")


def _open(fill: Filling) -> None:
    """A time to come (10分钟后截止) is how long it stays open."""
    for thing in fill.of("when"):
        time = thing.value[0]
        if _AFTERWARDS.search(fill.said(thing)) and time.start is not None:
            fill.slots["duration"] = round(((time.end or time.start) - fill.now).total_seconds() / 60)
            fill.used.add(id(thing))
    plain(fill)


def _sign_in(fill: Filling) -> None:
    what = Left() if _everybody(fill) else _excuse(fill)
    if what.words and fill.slots.get("person") != "all":
        fill.slots["reason"] = what.words
    outside = excuses.outside(fill.marked, what)
    things = [thing for thing in outside if thing.kind in TYPES or (thing.kind == "when" and not _is_now(fill, thing))]
    beside = excuses.beside(fill.marked, what)
    if said := identifying.meeting(fill, things, excuses.words_outside(fill.marked, what), beside):
        fill.slots["which"] = said


def _is_now(fill: Filling, thing: Thing) -> bool:
    """Say whether a day is today's while a check-in is open: it identifies nothing (今天人都到了)."""
    time = thing.value[0]
    today = time.start is not None and time.start.date() == fill.now.date()
    return "checkin" in fill.context.open and today and not time.has_clock


def _excuse(fill: Filling) -> Left:
    what = excuses.left(fill.marked, (_REQUEST, _MEETING, _PRESENT, _MISSED), _SUBJECT)
    return what if what.words else excuses.left(fill.marked, (_REQUEST, _MEETING, _PRESENT), _SUBJECT)


def _everybody(fill: Filling) -> bool:
    """Fill who is signed in, and say whether it is everybody, with those who are excepted."""
    text = fill.marked.text
    found = _EXCEPT.search(text) if _PERSON in text else None
    if found and (found["but"] or _ALL.search(text)):
        things = [thing for thing in fill.marked.things(*found.span()) if thing.kind == "person"]
        clear, doubtful = who.names(things)
        fill.slots["person"], fill.slots["except"] = "all", clear
        if doubtful:
            fill.unsure["except"] = [name for several in doubtful for name in several]
        return True
    if things := fill.of("person"):
        who.put(fill.slots, fill.unsure, "person", things)
        return False
    everybody = _ALL.search(text) is not None and not _ONLY_ME.search(text)
    fill.slots["person"] = "all" if everybody else "me"
    return everybody


SPECIAL: dict[str, Callable[[Filling], None]] = {"checkin.open": _open, "checkin.for": _sign_in}
