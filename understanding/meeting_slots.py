"""The slots of calling and changing a meeting, and what identifies one (`which`)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from understanding import moments, times, who
from understanding.things import MARKS, TYPES
from understanding.wording import RECORD

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from understanding.filling import Filling
    from understanding.things import Thing

_NOW_WORDS = {"当天", "现在", "目前", "刚才", "当前", "原来", "马上", "最近", "近期"}
_BACK = (7, 31, 366)
"""Days to go back for the latest 周三, 18号 or 3月18日."""
_PERIODS = {"week", "month", "quarter", "year"}
_RELATIVE = (
    (re.compile("上一?[次回场](?!.{0,3}说)|最近一次|刚开完|刚才开|上个会|上场|刚开的"), "last"),
    (re.compile("下一?[次回场]|下个会|即将召开|接下来的会"), "next"),
    (re.compile("这一?[次场]|本次|当前|这个会|正在开|现在的会|此次|这场|刚才[的那]|今天这"), "current"),
)
_NUMBER = re.compile(
    "第?#?(\\d{1,6})号?(?:会议(?!室)|条|个|项|题|篇|课|讲|章)|#(\\d{1,6})|(?<![\\d月])(\\d{1,6})号(?=会议(?!室)|整改|问题)|第([一二三四五六七八九十]{1,2})(?:条|个|项|篇|课|讲|章)"
)
_QUOTED = re.compile('《([^》]{1,60})》|"([^"]{1,60})"')
_DIGITS = {han: str(at) for at, han in enumerate("一二三四五六七八九十", 1)}
_CUT = re.compile(
    "[，。；！？\n]\\s*(?:(?=请?(?:各位|大家|全体|所有|参加|参会|主持|地点|时间|地址|提前|会前|通知|不能|来不了|请假|收到|由|务必|准时|按时|记得|主讲|@|线上|腾讯|记录|会期|时长|大概|大约|预计|开到|谢谢|麻烦|辛苦|"
    f"帮我|行不行|可以吗|行吗|好吗|发个|发通知|都来|叫上|委员都|党员都|在[{MARKS['place']}]|[{MARKS['place']}{MARKS['duration']}{MARKS['when']}]|我主持|我来主持|[{MARKS['person']}](?:主持|讲|来讲|记录|领学))))"
)
_LIST = re.compile(
    "[、；;\n]|[，。](?=(?:第?[一二三四五六七八九\\d]{1,2}(?:是|[、.．]))|还有|以及|另外|再|并|讨论|研究|审议|表决|选举|学习|传达|推荐|听取|通报)|(?:^|(?<=[\\s，：；]))[一二三四五六七八九\\d]{1,2}[是、.．]|以及|(?<=[\u4e00-\u9fff])(?=[一二三四五]是|\\d[.．、](?!\\d))|加上?(?=[\u4e00-\u9fff]{2})|还有"
)
_LEAD = re.compile(
    "^(?:[：，。\\s]|\\d{1,2}[、.．)）]|[一二三四五六七八九][是、]|第[一二三四五六]项?|主要|[一两二三四]件事|[一两二三四]个?(?:议题|事项|方面)|一下|一|是|有|还有|另外|并|以及|和|集中|专题|传达学习|研究讨论|讨论研究|讨论|审议|研究|商量|商议|学习贯彻|学习(?=[\u4e00-\u9fff《]{3})|议一议|议一下|研讨|说一下|说说|聊聊|讲一下|关于)+"
)
_TAIL = re.compile("(?:的?(?:事|事情|事宜|问题|议题|工作吧|这个事|这件事|有关事宜))?(?:吧|了|啊|呢|等)?[。！，；\\s]*$")
_OTHER = re.compile(
    "(?<=开|办|个|次|的|场)?([\u4e00-\u9fff]{2,10}(?:碰头会|例会|座谈会|动员会|部署会|推进会|总结会|培训会|研讨会|交流会|分析会|协调会|读书会|见面会|恳谈会|专题会))"
)
_VERBS = re.compile(
    "^.*?(?:开一?个?|召开|组织|安排|办|搞|个|次|场|的|定|在|[{}])(?=[\u4e00-\u9fff]{{2}})".format(
        "".join(MARKS.values())
    )
)
_KINDS = re.compile("(?:支部)?(?:党员大会|支委会|党小组会|主题党日|党课|组织生活会)")


def types(things: Iterable[Thing]) -> list[str]:
    """Return the kinds of meeting that are named, each once."""
    return list(dict.fromkeys(thing.kind for thing in things if thing.kind in TYPES))


def which(fill: Filling, things: Sequence[Thing], words: str) -> list[str]:
    """Return what identifies a meeting or another entry: numbers, kinds, dates, titles, last, next or current."""
    said: list[str] = []
    for found in _NUMBER.finditer(words):
        number = found[1] or found[2] or found[3] or _DIGITS.get(found[4], "")
        if number:
            said.append(number)
    said += types(things)
    for thing in things:
        if thing.kind == "when" and thing.value[0].start is not None and fill.said(thing) not in _NOW_WORDS:
            said.append(_when(thing, fill))
    said += [found[1] or found[2] for found in _QUOTED.finditer(words)]
    said += [word for pattern, word in _RELATIVE if pattern.search(words)]
    return list(dict.fromkeys(filter(None, said)))


def _when(thing: Thing, fill: Filling) -> str:
    time = thing.value[0]
    if time.has_clock:
        return moments.instant(time.start) if time.has_day else f"{time.start:%H:%M}"
    if time.grain in _PERIODS:
        if time.start <= fill.now < (time.end or time.start):
            return "current"
        words = fill.marked.source[thing.start : thing.end]
        if words.startswith(("上", "下")):
            return "last" if words[0] == "上" else "next"
        return f"{time.start:%Y-%m}" if time.grain == "month" else str(time.start.date())
    return str(time.start.date())


def agenda(fill: Filling) -> list[str]:
    """Return the points of the agenda, without the verb that introduces them."""
    best = min(
        (
            found
            for found in fill.match.rules.get("agenda", [])
            if not _DECIDED.search(fill.marked.text[: found.start()])
        ),
        key=lambda found: found.start(),
        default=None,
    )
    if best is None:
        return []
    labelled = best[0][0] in "议主会内" and not best[0].startswith("议一")
    start = best.start("topic_1") if "topic_1" in best.re.groupindex else best.start()
    if not labelled:
        start = best.start()
    rest = fill.marked.text[start:]
    cut = _CUT.search(rest)
    end = start + (cut.start() if cut else len(rest))
    fill.used.update(id(thing) for thing in fill.marked.things(start, end))
    words = fill.marked.words(start, end)
    if not labelled and "，" in words:
        clauses = re.split("[，。]", words)
        kept = clauses[:1]
        for clause in clauses[1:]:
            if not re.match(
                "还有|以及|另外|再|并|讨论|研究|审议|表决|选举|学习|传达|推荐|听取|通报|第|[一二三]是|\\d", clause
            ):
                break
            kept.append(clause)
        words = "，".join(kept)
    return points(words)


def points(words: str) -> list[str]:
    """Split an agenda into its points."""
    several: list[str] = []
    for piece in _LIST.split(words):
        for point in _and(piece or ""):
            cleaned = _TAIL.sub("", _LEAD.sub("", point).strip("，。；：！ \n")).strip("，。；：！ \n")
            cleaned = re.sub("^《(.*)》$", r"\1", cleaned)
            if cleaned and not _KINDS.fullmatch(cleaned):
                several.append(cleaned)
    return list(dict.fromkeys(several))


def _and(piece: str) -> list[str]:
    """Part two points that 和 joins; what belongs together (批评和自我批评) stays."""
    if re.search("批评[和与]自我批评|[小老][\u4e00-\u9fff][和与]|转正$", piece):
        return [piece]
    parts = re.split("和(?!谐|平|各)|与(?!会)", piece)
    long_enough = all(len(part) > 1 for part in parts)
    return parts if len(parts) == 2 and long_enough and max(map(len, parts)) <= 8 else [piece]  # noqa: PLR2004


def create(fill: Filling) -> None:
    """Fill the slots of a meeting that is called."""
    slots, unsure = fill.slots, fill.unsure
    points_said = agenda(fill)
    fill.people("host")
    fill.people("speaker")
    fill.remind()
    fill.end_clock()
    if kinds := types(fill.things()) or types(fill.marked.behind.values()):
        slots["type"] = who.one_or_list(kinds)
    whens = [thing for thing in fill.things() if thing.kind == "when" and not fill.is_anchor(thing)]
    if RECORD.search(fill.marked.source):
        whens = [_behind(fill, thing) for thing in whens]
    values, doubts = moments.place_in_time(whens, {"start", "daypart", "time", "end"})
    values.update({slot: value for slot, value in slots.items() if slot == "end"})
    slots.update(values)
    unsure.update(doubts)
    fill.duration()
    fill.place()
    if points_said:
        slots["agenda"] = points_said
    _title(fill, kinds)
    fill.meeting_audience()


def _behind(fill: Filling, thing: Thing) -> Thing:
    """A meeting that is recorded later lies behind: a day ahead is the latest such day (3月18日 said on 20 March)."""
    start = thing.value[0].start
    if not start or not thing.value[0].has_day or start <= fill.now:
        return thing
    for days in _BACK:
        again = times.find(fill.said(thing), fill.now - timedelta(days=days))
        if again and again[0].start is not None and again[0].start <= fill.now:
            return replace(thing, value=tuple(again))
    return thing


def _title(fill: Filling, kinds: list[str]) -> None:
    title = fill.rule_words("title")
    if title:
        fill.slots["title"] = title.strip('《》"')
        return
    if kinds:
        return
    found = _OTHER.search(fill.marked.text)
    if found:
        name = _VERBS.sub("", found[1])
        fill.slots["type"] = "other"
        fill.slots["title"] = name


_DECIDED = re.compile("经[^，。]{0,6}$")
_UNCHANGED = re.compile("不变|照旧|待定|另行|不改|一样|同|还是|再定|再说|等|不动|没变|有变|[改换变]|要|得")
_MOVE = re.compile(
    "调整至|变更至|调至|改到|改成|改为|改在|换到|换成|换在|换为|挪到|移到|调到|调整到|调整为|调整成|推到|推迟到|延到|延期到|延后到|提前到|顺延到|变更为|变成|定到|延期至|推迟至|延至|改至|提到|挪|改|往后推到|放到|搬到|推迟|延期|换|定在"
)
_LATER = re.compile("推迟|延后|延期|往后|后移|顺延|延迟|推后|晚|拖|缓|后延")
_SOONER = re.compile("提前|往前|前移|提早|早")


def change(fill: Filling) -> None:
    """Fill what identifies the meeting and what is new about it."""
    slots, text = fill.slots, fill.marked.text
    points_said = added(fill)
    fill.people("host")
    fill.people("speaker")
    new_person(fill)
    fill.remind()
    fill.end_clock()
    durations = [thing for thing in fill.things() if thing.kind == "duration"]
    sooner, later = _SOONER.search(text), _LATER.search(text)
    moves = list(_MOVE.finditer(text))
    cut = fill.marked.origin[moves[-1].end() - 1][1] if moves else len(fill.marked.source)
    if len(moves) > 1 and not fill.marked.things(moves[-1].end()):
        cut = fill.marked.origin[moves[0].end() - 1][1]
    if len(moves) > 1 and fill.marked.things(moves[0].end(), moves[-1].start()) and _is_new(fill, moves):
        cut = fill.marked.origin[moves[0].end() - 1][1]
    if durations and (sooner or later):
        sign = -1 if sooner and not (later and later.start() < sooner.start()) else 1
        slots["shift"] = sign * moments.minutes(durations[0])
    things = [thing for thing in fill.things() if not fill.is_anchor(thing)]
    after = [thing for thing in things if thing.start >= cut]
    before = [thing for thing in things if thing.start < cut]
    values, doubts = moments.place_in_time(
        [thing for thing in after if thing.kind == "when"], {"start", "daypart", "time", "end"}
    )
    slots.update(values)
    fill.unsure.update(doubts)
    places = [thing for thing in after if thing.kind == "place"] or [
        thing for thing in before if thing.kind == "place" and "shift" not in slots and not values
    ]
    if places:
        slots["place"] = fill.said(places[-1])
    elif (place := fill.rule_words("place", "item")) and not _UNCHANGED.match(place):
        slots["place"] = re.sub("^(?:在|到|成|为|改|换)+", "", place)
    if points_said:
        slots["agenda"] = points_said
    if "shift" in slots and not moves:
        before = [thing for thing in before if thing.kind != "when" or thing.value[0].has_day]
    seen = before if moves or "shift" in slots else [thing for thing in things if thing.kind in (*TYPES, "when")]
    if not before:
        seen = [*seen, *(thing for thing in after if thing.kind in TYPES)]
    identity = which(fill, seen, fill.marked.source[: cut if moves else None])
    if identity:
        slots["which"] = identity


def _is_new(fill: Filling, moves: list[re.Match[str]]) -> bool:
    """A change of several things at once: what stands between the first and the last verb is new as well."""
    between = fill.marked.things(moves[0].end(), moves[-1].start())
    return any(thing.kind in {"when", "place"} for thing in between) and moves[0][0] not in {"改", "换", "推迟", "延期"}


_ADDED = re.compile(
    "(?:议题|议程|内容)[再里中上还要就改需要]*(?:加|增加|改成|改为|换成|添|补充|补|换|多加)(?:了?一?[条个项])?[为成了，：]*(?P<new>.+)|(?:加|增加|添加|补充|添|新增)(?:[一两]?[条个项])议题[是，：]*(?P<more>.+)"
)


def added(fill: Filling) -> list[str]:
    """Return the points that are added to the agenda (议题加一条)."""
    found = _ADDED.search(fill.marked.text)
    if not found:
        return []
    start, end = found.span("new") if found["new"] else found.span("more")
    cut = _CUT.search(fill.marked.text, start)
    end = cut.start() if cut else end
    fill.used.update(id(thing) for thing in fill.marked.things(start, end))
    return points(re.split("，(?=通知|其他|时间|地点)", fill.marked.words(start, end))[0])


def new_person(fill: Filling) -> None:
    """The person after 主持换成 or before 来主持, where no rule has caught it."""
    if "host" in fill.slots or "speaker" in fill.slots:
        return
    slot = "host" if "主持" in fill.marked.text else "speaker" if re.search("主讲|来讲|讲课", fill.marked.text) else ""
    if slot:
        who.put(fill.slots, fill.unsure, slot, [thing for thing in fill.things() if thing.kind == "person"])
        if slot not in fill.slots and slot not in fill.unsure and "我" in fill.marked.text:
            fill.slots[slot] = "me"
