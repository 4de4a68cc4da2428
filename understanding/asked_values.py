"""Reads the value of one slot that was asked for, in whatever few words people give it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from understanding import meeting_slots, moments, openings, times, who

if TYPE_CHECKING:
    from collections.abc import Callable

    from understanding.filling import Filling

FREE_WORDS = {
    "reason",
    "text",
    "topic",
    "title",
    "name",
    "agenda",
    "step",
    "amount",
    "code",
    "branch",
    "group",
    "mode",
    "options",
}
_KINDS = (
    ("member_meeting", "大会|党员大会|支部大会|党员会"),
    ("committee_meeting", "支委|支委会|委员会"),
    ("group_meeting", "小组|小组会|党小组"),
    ("party_lecture", "党课|上党课"),
    ("theme_day", "党日|主题党日"),
    ("org_life_meeting", "组织生活|组织生活会|生活会"),
    ("democratic_review", "评议|民主评议"),
    ("other", "其他|其它|别的|普通会|普通会议|都不是|其他会议"),
)
_NO_PLACE = re.compile(
    "[？吗啥吃谁呢]|哈哈|你好|怎么|什么|几点|为什么|没有|没定|没想|不知道|哪|再说|随便|都行|谢谢|辛苦|好的|收到|稍等|等等|等下|一会"
)
_A_CHOICE = re.compile(
    "(?:我?选?|答案是?)*(?:第[一二三四五六1-6]个|[A-Fa-f](?:[、，和]?[A-Fa-f])*|对|错|正确|错误|不对|同意|反对|弃权|赞成|不同意)[吧的]?"
)
_LEAVE = re.compile("^我?(?:想|要)?请[个次]?假[，：、 ]*|[，]?我?请[个次]?假$")
_OWN_WORDS = re.compile(
    "^(?:是|就|在|用|改|选|因为|由于|为|叫|讨论|那就|就是|应该是|主题是|内容是|议题是|还是|因|改成|写|填|题目是|原因是|理由是|就写|到|由|请(?!假)|让|是因为|放在|定在|改到|约|大概)+"
)


def new_times(fill: Filling) -> None:
    """Take the times that are new: those after 改到, or after 不是…是, else all."""
    whens = [thing for thing in fill.of("when") if not fill.is_anchor(thing)]
    moved = list(re.finditer("改到|改成|改为|挪到|换到|换成|提前到|推迟到|延到|定在|不是.+?是", fill.marked.source))
    after = [thing for thing in whens if moved and thing.start >= moved[0].end()]
    values, doubts = moments.place_in_time(after or whens, {"start", "daypart", "time", "end"})
    for slot, value in values.items():
        fill.slots.setdefault(slot, value)
    fill.unsure.update(doubts)


def time(fill: Filling, asked: str) -> None:
    """Fill the time that was asked for, and the place that is said with it."""
    new_times(fill)
    slots = fill.slots
    if asked == "time" and "time" not in slots and "start" in slots and "T" in slots["start"] and not _says_day(fill):
        slots["time"] = slots.pop("start")[11:16]
    if asked in {"due", "date"} and (whens := fill.of("when")):
        slots.pop("start", None)
        slots.pop("daypart", None)
        slots[asked] = moments.due(whens[0].value[0])
    if asked == "end" and "end" not in slots:
        value = slots.pop("start", None) or slots.pop("time", None)
        if value:
            slots["end"] = value
    found = re.fullmatch("(?:[就那改到在定是]*)([01]?\\d|2[0-3])[:：点.]?([0-5]\\d)?[吧]?", fill.marked.source)
    if not slots and not fill.unsure and found and asked in {"start", "time"}:
        hour = int(found[1])
        hour += 12 if 1 <= hour <= 6 else 0  # noqa: PLR2004  a meeting's bare hour
        slots["time"] = f"{hour:02d}:{found[2] or '00'}"
    fill.place()
    if not fill.of("place"):
        slots.pop("place", None)


def _says_day(fill: Filling) -> bool:
    return any(thing.value[0].has_day for thing in fill.marked.behind.values() if thing.kind == "when")


def _choice(fill: Filling, said: str) -> None:
    if _A_CHOICE.fullmatch(said):
        vote = re.search("同意|反对|弃权|赞成", said)
        fill.slots["choice"] = openings.choice(said, "vote.cast" if vote else "quiz.answer")
    elif re.fullmatch("优秀|合格|基本合格|不合格", said):
        fill.slots["choice"] = said


def _which(fill: Filling, said: str) -> None:
    value = meeting_slots.which(fill, fill.things(), fill.marked.source) or re.findall("^\\d{1,6}$", said)
    ordinal = re.fullmatch("第?([一二三四五六七八九十\\d])个?", said)
    if not value and ordinal:
        value = [ordinal[1] if ordinal[1].isdigit() else str("一二三四五六七八九十".find(ordinal[1]) + 1)]
    if value:
        fill.slots["which"] = value


def _range(fill: Filling, said: str) -> None:  # noqa: ARG001  one shape for all readers
    for thing in fill.of("when"):
        fill.slots["range"] = moments.as_range(thing.value[0])


def _audience(fill: Filling, said: str) -> None:  # noqa: ARG001  one shape for all readers
    if value := who.audience(fill.marked.text, fill.of("group", "person"), fill.context):
        fill.slots["audience"] = value


def rule(fill: Filling, words: str) -> None:
    """Fill how often: 每月第一个周五, 第一个周五 (of every month), 周五 (of every week)."""
    for before in ("", "每", "每月"):
        for found in times.find(before + words, fill.now):
            if found.kind == "recurrence" and (not before or "BY" in (found.rrule or "")):
                fill.slots.update(moments.recurring(found))
                return


def _rule(fill: Filling, said: str) -> None:  # noqa: ARG001  one shape for all readers
    rule(fill, fill.marked.source)


def _count(fill: Filling, said: str) -> None:
    if found := re.search("\\d{1,3}", said):
        fill.slots["count"] = int(found[0])


def _type(fill: Filling, said: str) -> None:
    kinds = meeting_slots.types(fill.things())
    if kinds:
        fill.slots["type"] = who.one_or_list(kinds)
        return
    for kind, words in _KINDS:
        if re.fullmatch(f"(?:是|就|开|应该是|那就|选)?(?:{words})(?:吧|的|呢)?", said):
            fill.slots["type"] = kind


def _place(fill: Filling, said: str) -> None:  # noqa: ARG001  one shape for all readers
    places = fill.of("place")
    if places:
        fill.slots["place"] = fill.said(places[-1])
        fill.used.update(id(thing) for thing in places)
        rest = [thing for thing in fill.of("when") if thing.value[0].has_clock or thing.value[0].has_day]
        if rest:
            new_times(fill)
        return
    words = _OWN_WORDS.sub("", fill.marked.source.strip("，。！ \n"))
    words = re.sub("(?:开会|开|吧|好了|那里|那边|啊|就行|就好|怎么样|行吗|可以吗)+$", "", words)
    if 0 < len(words) <= 16 and not _NO_PLACE.search(words):  # noqa: PLR2004
        fill.slots["place"] = words


def people(fill: Filling, asked: str, said: str) -> None:
    """Fill who was asked for: a person, several, oneself or all."""
    things = [thing for thing in fill.marked.behind.values() if thing.kind == "person"]
    if things:
        who.put(fill.slots, fill.unsure, asked, things)
    elif re.fullmatch("(?:是|就|那就|还是|由|请)?我(?:自己|本人|来|吧|主持|讲|来主持|来讲|记录)*", said):
        fill.slots[asked] = "me"
    elif re.fullmatch("(?:所有人|全体|大家|全部|全员|全体党员|都)", said):
        fill.slots[asked] = "all"
    else:
        words = re.sub("^(?:是|就|由|请|让|换|叫|那就)+|(?:吧|同志|主持|来|讲|老师|记录|来讲|来主持)+$", "", said)
        if re.fullmatch("[\u4e00-\u9fff·]{2,4}", words) and not re.search(
            "[谁吗么哪]|知道|没有|再说|随便|都行|回头|还没", words
        ):
            fill.slots[asked] = words


def free(fill: Filling, asked: str) -> None:
    """Fill a slot that takes the words themselves."""
    words = fill.marked.source.strip("，。！ \n")
    if re.search("[？?]$|^(?:为什么|怎么|什么|谁)", words):
        return
    if asked == "agenda":
        if said := meeting_slots.points(re.sub("^(?:就|议题|内容|是|：|讨论|开会)+", "", words)):
            fill.slots["agenda"] = said
        return
    words = _OWN_WORDS.sub("", words) if asked != "text" else words
    if asked == "reason":
        words = _LEAVE.sub("", words) or words
    if asked == "amount" and (found := re.search("\\d+(?:\\.\\d{1,2})?", words)):
        fill.slots["amount"] = float(found[0]) if "." in found[0] else int(found[0])
        return
    if words:
        fill.slots[asked] = words.strip('《》"') if asked in {"title", "topic"} else words


READERS: dict[str, Callable[[Filling, str], None]] = {
    "type": _type,
    "place": _place,
    "choice": _choice,
    "which": _which,
    "range": _range,
    "audience": _audience,
    "rrule": _rule,
    "count": _count,
}
