"""What this person was just asked: the value of a slot, a yes or a no, or a correction of a draft that waits."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from understanding import asked_values, meeting_slots, moments, who
from understanding.filling import Filling
from understanding.marked import FILLER
from understanding.matching import Match
from understanding.table import Intent, table

if TYPE_CHECKING:
    from datetime import datetime

    from understanding.marked import Marked
    from vocabulary.readings import Context

_NTH = re.compile(
    "(?:改到|改成|改为|定在|换到|换成)(?P<day>(?:第[一二三四]|头一|最后一)个?(?:周|星期|礼拜)[一二三四五六日天])"
)
_FACES = re.compile("[，。！？～、；\\s]+")
_YES = re.compile(
    "(?:嗯+|好+|好的+|好吧|好啊|好呀|好嘞|好哒|确认|确定|可以|行|行吧|行的|行啊|对|对的|没错|没问题|是|是的|同意|请通知|发吧|就这样|就这么定|就这么办|就这么着|定了|ok|OK|Ok|okay|没毛病|可以的|确认无误|确认发送|发送|提交|发出去吧|开吧"
    "|那就这样|就按这个|按这个来|就这样吧|没意见|批准|通过|妥|中|成|要|要的|yes|y|Y|1|确认吧|可以了|好了|就它了|无误|发|办吧|是这样|行行行|好好好|对对对|嗯嗯好的|嗯好|嗯可以|嗯对|好的确认|好的可以|可以确认|可|正确|当然|继续|没问题发吧|好的发吧|可以发了|发送吧|了|谢谢|麻烦了|辛苦)+"
)
_NO = re.compile(
    "(?:还是算了吧?|先不弄了?|不弄了|暂时?不[定开发]了?|不定了|先?不[开了用要行对是发]+了?|算了|算了吧|取消|取消吧|不开了|不用了?|不要了?|不行|不对|不是|不|否|别发|先别发|别|作罢|放弃|不确认|不可以|不好|错了|撤销|撤回|等等|等一下|等会|先不|先不发|先不开|暂不|再说|再想想|我再想想|退出|停|不同意|不发了|没有|不需要|没必要|n|N|no|NO|No|2|先等等|先放放|还是算了|下次再说|改天再说|回头再说|别开了|不弄了|那算了|好的算了|不搞了|谢谢)+"
)
_CHANGE_WORDS = re.compile(
    "不对|应该是|错了|往后|往前|挪|顺延|延后|改到|改成|改为|改在|换成|换到|换|改|挪到|推迟|提前|主持|地点|时间|议题|参加|提醒|加|不是.+是|还是|定在|标题|主讲|延到|开到|再加|去掉|时长|移到|记录|范围"
)
_SLOTS = frozenset(
    {
        "type",
        "title",
        "start",
        "daypart",
        "time",
        "end",
        "duration",
        "place",
        "host",
        "speaker",
        "agenda",
        "audience",
        "remind",
        "shift",
        "rrule",
    }
)
_PEOPLE = {"person", "host", "speaker", "except", "recorder"}
_TIMES = {"start", "time", "end", "date", "due", "daypart"}
_MOVED = re.compile("(?:好的?|可以|行)?[，]?(?:但是?|不过)?[，]?(?:时间|日期)?(?:改到|改成|改为|推迟|提前|挪到)")


def read(marked: Marked, now: datetime, context: Context) -> tuple[str, dict[str, Any], dict[str, list[Any]]] | None:
    """Return confirm, deny or answer with the slots given; None where the words are something else."""
    asked = context.asked or ""
    said = _FACES.sub("", marked.source)
    if not said:
        return None
    if _NO.fullmatch(said) and not (asked == "choice" and said in {"不对", "错了", "不是"}):
        return "deny", {}, {}
    if asked == "confirm":
        return _confirm(marked, said, now, context)
    if _MOVED.match(marked.source) and asked not in _TIMES:
        return _confirm(marked, said, now, context)
    return _slot(_filling(marked, now, context), asked, said)


def _confirm(
    marked: Marked, said: str, now: datetime, context: Context
) -> tuple[str, dict[str, Any], dict[str, list[Any]]] | None:
    if _YES.fullmatch(said):
        return "confirm", {}, {}
    slots, unsure = _correction(_filling(marked, now, context))
    return ("answer", slots, unsure) if slots or unsure else None


def _filling(marked: Marked, now: datetime, context: Context) -> Filling:
    template = table().openings["notice"][0]
    rules: dict[str, list[re.Match[str]]] = {}
    for slot in _SLOTS:
        for rule in table().rules.get(slot, ()):
            if (not rule.needs or any(word in marked.text for word in rule.needs)) and (
                match := rule.pattern.search(marked.text)
            ):
                rules.setdefault(slot, []).append(match)
    weighed = Match(template, None, marked, {}, rules)
    return Filling(marked, weighed, Intent("answer", _SLOTS, "", (), ()), now, context)


def _correction(fill: Filling) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    """Read the slots that a draft is corrected by (改到四点, 主持换成周建国, 提前两小时提醒)."""
    text = fill.marked.text
    things = fill.things()
    short = len(FILLER.sub("", text)) <= len(things) + 1
    if not _CHANGE_WORDS.search(text) and not (things and short) and not re.fullmatch("\\d{3,4}", text):
        return {}, {}
    agenda = meeting_slots.added(fill) or (
        meeting_slots.agenda(fill) if re.search("议题|议程|讨论|内容|学习|研究", text) else []
    )
    fill.people("host")
    fill.people("speaker")
    meeting_slots.new_person(fill)
    fill.remind()
    fill.end_clock()
    if re.search("推迟|延后|往后|提前|往前|晚|早|顺延", text) and (durations := fill.of("duration")):
        sign = -1 if re.search("提前|往前|早", text) else 1
        fill.slots["shift"] = sign * moments.minutes(durations[0])
        fill.used.add(id(durations[0]))
    asked_values.new_times(fill)
    fill.duration()
    _new_place(fill)
    if kinds := meeting_slots.types(fill.things()):
        fill.slots["type"] = who.one_or_list(kinds[-1:])
    if agenda:
        fill.slots["agenda"] = agenda
    _rules(fill)
    if title := fill.rule_words("title"):
        fill.slots["title"] = title.strip('《》"')
    if re.search("参加|范围|对象|全体|所有人", text):
        fill.meeting_audience()
    return {slot: value for slot, value in fill.slots.items() if value not in ("", [], None)}, fill.unsure


def _rules(fill: Filling) -> None:
    """Take how often: 改成每月第二个周三; 改到第二个周三 may be either, so both are given."""
    if found := _NTH.search(fill.marked.source):
        asked_values.rule(fill, found["day"])
    elif fill.of("rrule"):
        fill.slots.update(moments.recurring(fill.of("rrule")[-1].value[0]))


def _new_place(fill: Filling) -> None:
    """Take the last place said, the words after 地点, or a bare room number after 换到."""
    text = fill.marked.text
    places = fill.of("place")
    if places:
        fill.slots["place"] = fill.said(places[-1])
    elif place := (fill.rule_words("place", "item") if re.search("地点|地址|会场|场地", text) else ""):
        fill.slots["place"] = re.sub("^(?:在|到|成|为|改|换)+", "", place)
    elif (found := re.fullmatch("(?:在|到)?(\\d{3,4})(?:吧|开)?", fill.marked.source)) or (
        (
            found := re.search(
                "(?:换到|换成|改到|改在|改成|挪到)(\\d{3,4}|[A-Za-z]\\d{2,4})(?![点:\\d年月日号])", fill.marked.source
            )
        )
        and "start" not in fill.slots
    ):
        fill.slots["place"] = found[1]


def _slot(fill: Filling, asked: str, said: str) -> tuple[str, dict[str, Any], dict[str, list[Any]]] | None:
    """Read the value of one slot that was asked, and what else the words give."""
    slots, unsure = fill.slots, fill.unsure
    if asked in _TIMES:
        asked_values.time(fill, asked)
    elif asked in _PEOPLE:
        asked_values.people(fill, asked, said)
    elif asked in {"duration", "remind", "shift"}:
        slots.update((asked, moments.minutes(thing)) for thing in fill.of("duration"))
    elif asked in asked_values.READERS:
        asked_values.READERS[asked](fill, said)
    if not slots and not unsure and asked in asked_values.FREE_WORDS:
        asked_values.free(fill, asked)
    if slots or unsure:
        return "answer", slots, unsure
    return None
