"""Reads the value of one slot that was asked for, in whatever few words people give it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from understanding import times
from understanding.dialogue import asked_places
from understanding.dialogue.answer_words import bare, kinds
from understanding.slots import choices, directions, dues, meeting, moments, plain, who
from understanding.slots.filling import given
from understanding.times.numbers import number
from understanding.words.things import types

if TYPE_CHECKING:
    from collections.abc import Callable

    from understanding.slots.filling import Filling
    from understanding.words.things import Thing

TIMES = frozenset({"start", "time", "end", "date", "due", "daypart"})
_PEOPLE = frozenset({"person", "host", "speaker", "except", "recorder"})
_FREE_WORDS = frozenset(
    {"reason", "text", "topic", "title", "name", "agenda", "step", "code", "branch", "group", "options"}
)
_OWN_WORDS = frozenset({"reason", "text", "title", "topic", "agenda", "step"})
"""Slots that a command finds by what stands around them; the answer is the words themselves."""
_A_CHOICE = re.compile(
    "(?:我?选?|答案是?)*(?:第[一二三四五六1-6]个|[A-Fa-f](?:[、，和]?[A-Fa-f])*|对|错|正确|错误|不对|同意|反对|弃权|赞成|不同意)[吧的]?"
)
_VOTE = re.compile("同意|反对|弃权|赞成")
_GRADE = re.compile("优秀|合格|基本合格|不合格")
_LEAVE = re.compile("^我?(?:想|要)?请[个次]?假[，：、 ]*|[，]?我?请[个次]?假$")
_SIGHS = re.compile("^(?:嗯+|唉+|哎呀?|呃|额|哦|那个|是这样的?|因为|由于|因|原因是?|理由是?|就写|写|就说|[，：、 ])+")
_HOUR = re.compile("(?:[就那改到在定是]*)([01]?\\d|2[0-3])[:：点.]?([0-5]\\d)?[吧]?")
_MYSELF = re.compile(
    "(?:是|就|那就|还是|由|请|让)?(?:我|本人|自己)(?:自己|自个儿?|本人|来|吧|主持|讲|记录|呗|做|当|一个|人|就行|就好)*"
)
_EVERYBODY = re.compile("(?:所有人|全体|大家|全部|全员|全体党员|大伙儿?|都|所有党员|每个人)(?:都|吧|了|到了)*")
_NAME = re.compile("[\u4e00-\u9fff·]{2,4}")
_NOBODY = re.compile("[谁吗么哪]|知道|没有|再说|随便|都行|回头|还没|没定")
_ROLES = re.compile("^(?:是|就|由|请|让|换|叫|那就|给|帮)+|(?:吧|同志|主持|来|讲|老师|记录|来讲|来主持|呗)+$")
_QUESTION = re.compile("[？?]$|^(?:为什么|怎么|什么|谁)|[吗么]$")
_HOW_MANY = re.compile("^(?:就|有|一?共)*[两二三四五]个(?:议题|事)?[，：]?(?=一?个是)")
_POINTS = re.compile("^(?:就|议题|内容|主要|是|：|讨论|开会|嗯|，)+")
_EACH = re.compile(
    "(?:^|[，；。\n]|(?<=[\u4e00-\u9fff]))(?:再|还|另外?|最后|第[一二三四])?一?[个件项条](?:就?是)|[，；。](?:再|还|另外|最后)(?:就是|一个)"
)
_OPTION = re.compile("[、/，；]|还是|或者?|和")
_COUNTED = re.compile("(\\d{1,3}|[一二三四五六七八九十两]{1,3})[道题]")
_STATES = (
    ("overdue", re.compile("逾期|超期|过期|到期没")),
    ("closed", re.compile("已经?(?:完成|销号|整改|改)|完成了的|销号的|改完|关闭")),
    ("open", re.compile("没|未|还在|进行|剩")),
)


def read(fill: Filling, asked: str) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    """Return the value of the slot that was asked for, what else the words give, and what is unsure."""
    if asked in TIMES:
        _time(fill, asked)
    elif asked in _PEOPLE:
        _people(fill, asked)
    elif asked in _READERS:
        _READERS[asked](fill)
    elif asked not in _OWN_WORDS:
        _plainly(fill, asked)
    if not given(fill.slots) and not fill.unsure and asked in _FREE_WORDS:
        _free(fill, asked)
    return given(fill.slots), fill.unsure


def _time(fill: Filling, asked: str) -> None:
    """Fill the time that was asked for, and the place that is said with it."""
    slots = fill.slots
    whens = fill.of("when")
    if asked in {"due", "date"}:
        if whens:
            slots[asked] = moments.due(_behind(whens[0], fill).value[0] if asked == "date" else whens[0].value[0])
        return
    asked_places.new_times(fill)
    if asked == "time" and "time" not in slots and "T" in slots.get("start", "") and not _says_day(fill):
        slots["time"] = slots.pop("start")[11:16]
    if asked == "end" and "end" not in slots and (value := slots.pop("start", None) or slots.pop("time", None)):
        slots["end"] = value
    found = _HOUR.fullmatch(fill.marked.source)
    if not slots and not fill.unsure and found and asked in {"start", "time"}:
        hour = int(found[1])
        hour += 12 if 1 <= hour <= 6 else 0  # noqa: PLR2004  a meeting's bare hour
        slots["time"] = f"{hour:02d}:{found[2] or '00'}"
    if fill.of("place"):
        fill.place()


def _behind(thing: Thing, fill: Filling) -> Thing:
    """Return a day that was asked for because something has been, as the latest such day."""
    time = thing.value[0]
    if time.start is None or time.start <= fill.now:
        return thing
    return directions.latest(thing, fill.said(thing), fill.now)


def _says_day(fill: Filling) -> bool:
    return any(thing.value[0].has_day for thing in fill.marked.behind.values() if thing.kind == "when")


def _choice(fill: Filling) -> None:
    said = re.sub("[，。！？～、；\\s]+", "", fill.marked.source)
    if _GRADE.fullmatch(said):
        fill.slots["choice"] = said
    elif _A_CHOICE.fullmatch(said) or _VOTE.search(said):
        fill.slots["choice"] = choices.choice(said, "vote.cast" if _VOTE.search(said) else "quiz.answer")


def _which(fill: Filling) -> None:
    said = bare(fill.marked.source)
    value = meeting.which(fill, fill.things(), fill.marked.source) or re.findall("^#?(\\d{1,6})$", said)
    ordinal = re.fullmatch("第?([一二三四五六七八九十\\d])个?", said)
    if not value and ordinal:
        value = [str(number(ordinal[1]))]
    if value:
        fill.slots["which"] = value


def _range(fill: Filling) -> None:
    for thing in fill.of("when"):
        fill.slots["range"] = moments.as_range(thing.value[0], fill.now)


def _audience(fill: Filling) -> None:
    if value := who.audience(fill.marked.text, fill.of("group", "person"), fill.context):
        fill.slots["audience"] = value


def rule(fill: Filling, words: str) -> None:
    """Fill how often: 每月第一个周五, 第一个周五 (of every month), 周五 (of every week)."""
    for before in ("", "每", "每月"):
        for found in times.find(before + words, fill.now):
            if found.kind == "recurrence" and (not before or "BY" in (found.rrule or "")):
                fill.slots.update(moments.recurring(found))
                return


def _rule(fill: Filling) -> None:
    rule(fill, fill.marked.source)


def count(fill: Filling) -> None:
    """Fill how many questions are wanted, where the words count some."""
    if found := _COUNTED.search(fill.marked.source):
        fill.slots["count"] = number(found[1])


def _count(fill: Filling) -> None:
    if found := re.search("\\d{1,3}|[一二三四五六七八九十两]{1,3}", fill.marked.source):
        fill.slots["count"] = number(found[0])


def _length(slot: str) -> Callable[[Filling], None]:
    def filled(fill: Filling) -> None:
        fill.slots.update((slot, moments.minutes(thing)) for thing in fill.of("duration"))
        if slot == "shift" and "早" in fill.marked.text and slot in fill.slots:
            fill.slots[slot] = -fill.slots[slot]

    return filled


def _type(fill: Filling) -> None:
    said = types(fill.things()) or list(
        filter(None, [kinds().get(bare(fill.marked.source).removeprefix("开").removesuffix("的"))])
    )
    if said:
        fill.slots["type"] = who.one_or_list(said)


def _people(fill: Filling, asked: str) -> None:
    """Fill who was asked for: a person, several, oneself or all."""
    things = [thing for thing in fill.marked.behind.values() if thing.kind == "person"]
    said = re.sub("[，。！？～、；\\s]+", "", fill.marked.source)
    if things:
        who.put(fill.slots, fill.unsure, asked, things)
    elif _MYSELF.fullmatch(said):
        fill.slots[asked] = "me"
    elif _EVERYBODY.fullmatch(said):
        fill.slots[asked] = "all"
    else:
        words = _ROLES.sub("", said)
        if _NAME.fullmatch(words) and not _NOBODY.search(words):
            fill.slots[asked] = words


def _secret(fill: Filling) -> None:
    if re.search("无记名|不记名|匿名|秘密|^[是要对]", fill.marked.source):
        fill.slots["secret"] = True
    elif re.search("记名|公开|举手|^不", fill.marked.source):
        fill.slots["secret"] = False


def _status(fill: Filling) -> None:
    fill.slots["status"] = next((state for state, words in _STATES if words.search(fill.marked.source)), None)
    if not fill.slots["status"]:
        _plainly(fill, "status")


def _options(fill: Filling) -> None:
    fill.slots["options"] = [words for part in _OPTION.split(fill.marked.source) if (words := part.strip("。！ \n"))]


def _plainly(fill: Filling, asked: str) -> None:
    """Fill a slot as a command would that takes no other."""
    fill.intent = replace(fill.intent, slots=frozenset({asked}))
    plain.plain(fill)
    if asked == "amount" and not fill.slots.get(asked) and (yuan := dues.paid(fill)):
        fill.slots[asked] = yuan


def _free(fill: Filling, asked: str) -> None:
    """Fill a slot that takes the words themselves."""
    words = fill.marked.source.strip("，。！ \n")
    if _QUESTION.search(words):
        return
    if asked == "agenda":
        if said := meeting.points(_POINTS.sub("", _EACH.sub("；", _HOW_MANY.sub("", words)).strip("；"))):
            fill.slots["agenda"] = said
        return
    if asked == "reason":
        words = _SIGHS.sub("", _LEAVE.sub("", words) or words)
    elif asked != "text":
        words = bare(words).strip('《》"')
    if words:
        fill.slots[asked] = words


_READERS: dict[str, Callable[[Filling], None]] = {
    "type": _type, "place": asked_places.place, "choice": _choice, "which": _which, "range": _range,
    "audience": _audience, "rrule": _rule, "count": _count, "secret": _secret, "status": _status, "options": _options,
    **{slot: _length(slot) for slot in ("duration", "remind", "shift")},
}  # fmt: skip
