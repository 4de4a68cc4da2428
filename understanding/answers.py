"""What this person was just asked: the value of a slot, a yes or a no, or a correction of a draft that waits."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from understanding import meeting_slots, moments, openings, who
from understanding.filling import Filling
from understanding.marked import FILLER
from understanding.matching import Match
from understanding.table import Intent, table

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from understanding.marked import Marked
    from vocabulary.readings import Context

_FACES = re.compile("[，。！？～、；\\s]+")
_YES = re.compile(
    "(?:嗯+|好+|好的+|好吧|好啊|好呀|好嘞|好哒|确认|确定|可以|行|行吧|行的|行啊|对|对的|没错|没问题|是|是的|同意|请通知|发吧|就这样|就这么定|就这么办|就这么着|定了|ok|OK|Ok|okay|没毛病|可以的|确认无误|确认发送|发送|提交|发出去吧|开吧"
    "|那就这样|就按这个|按这个来|就这样吧|没意见|批准|通过|妥|中|成|要|要的|yes|y|Y|1|确认吧|可以了|好了|就它了|无误|发|办吧|是这样|行行行|好好好|对对对|嗯嗯好的|嗯好|嗯可以|嗯对|好的确认|好的可以|可以确认|可|正确|当然|继续|没问题发吧|好的发吧|可以发了|发送吧|了|谢谢|麻烦了|辛苦)+"
)
_NO = re.compile(
    "(?:还是算了吧?|先不弄了?|不弄了|暂时?不[定开发]了?|不定了|先?不[开了用要行对是发]+了?|算了|算了吧|取消|取消吧|不开了|不用了?|不要了?|不行|不对|不是|不|否|别发|先别发|别|作罢|放弃|不确认|不可以|不好|错了|撤销|撤回|等等|等一下|等会|先不|先不发|先不开|暂不|再说|再想想|我再想想|退出|停|不同意|不发了|没有|不需要|没必要|n|N|no|NO|No|2|先等等|先放放|还是算了|下次再说|改天再说|回头再说|别开了|不弄了|那算了|好的算了|不搞了|谢谢)+"
)
_CHANGE_WORDS = re.compile(
    "改到|改成|改为|改在|换成|换到|换|改|挪到|推迟|提前|主持|地点|时间|议题|参加|提醒|加|不是.+是|还是|定在|标题|主讲|延到|开到|再加|去掉|时长|移到|记录|范围"
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
    }
)
_FREE_WORDS = {
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
_PEOPLE = {"person", "host", "speaker", "except", "recorder"}
_TIMES = {"start", "time", "end", "date", "due", "daypart"}
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
_MOVED = re.compile("(?:好的?|可以|行)?[，]?(?:但是?|不过)?[，]?(?:时间|日期)?(?:改到|改成|改为|推迟|提前|挪到)")
_NO_PLACE = re.compile(
    "[？吗啥吃谁呢]|哈哈|你好|怎么|什么|几点|为什么|没有|没定|没想|不知道|哪|再说|随便|都行|谢谢|辛苦|好的|收到|稍等|等等|等下|一会"
)
_A_CHOICE = re.compile(
    "(?:我?选?|答案是?)*(?:第[一二三四五六1-6]个|[A-Fa-f](?:[、，和]?[A-Fa-f])*|对|错|正确|错误|不对|同意|反对|弃权|赞成|不同意)[吧的]?"
)
_OWN_WORDS = re.compile(
    "^(?:是|就|在|用|改|选|因为|由于|为|叫|讨论|那就|就是|应该是|主题是|内容是|议题是|还是|因|改成|写|填|题目是|原因是|理由是|就写|到|由|请|让|是因为|放在|定在|改到|约|大概)+"
)


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
    _last_times(fill)
    fill.duration()
    _new_place(fill)
    if kinds := meeting_slots.types(fill.things()):
        fill.slots["type"] = who.one_or_list(kinds[-1:])
    if agenda:
        fill.slots["agenda"] = agenda
    if title := fill.rule_words("title"):
        fill.slots["title"] = title.strip('《》"')
    if re.search("参加|范围|对象|全体|所有人", text):
        fill.meeting_audience()
    return {slot: value for slot, value in fill.slots.items() if value not in ("", [], None)}, fill.unsure


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


def _last_times(fill: Filling) -> None:
    """Take the times that are new: those after 改到, or after 不是…是, else all."""
    whens = [thing for thing in fill.of("when") if not fill.is_anchor(thing)]
    moved = list(re.finditer("改到|改成|改为|挪到|换到|换成|提前到|推迟到|延到|定在|不是.+?是", fill.marked.source))
    after = [thing for thing in whens if moved and thing.start >= moved[0].end()]
    values, doubts = moments.place_in_time(after or whens, {"start", "daypart", "time", "end"})
    for slot, value in values.items():
        fill.slots.setdefault(slot, value)
    fill.unsure.update(doubts)


def _slot(fill: Filling, asked: str, said: str) -> tuple[str, dict[str, Any], dict[str, list[Any]]] | None:
    """Read the value of one slot that was asked, and what else the words give."""
    slots, unsure = fill.slots, fill.unsure
    if asked in _TIMES:
        _time(fill, asked)
    elif asked in _PEOPLE:
        _who(fill, asked, said)
    elif asked in {"duration", "remind", "shift"}:
        slots.update((asked, moments.minutes(thing)) for thing in fill.of("duration"))
    elif asked in _READERS:
        _READERS[asked](fill, said)
    if not slots and not unsure and asked in _FREE_WORDS:
        _free(fill, asked)
    if slots or unsure:
        return "answer", slots, unsure
    return None


def _time(fill: Filling, asked: str) -> None:
    _last_times(fill)
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
            _last_times(fill)
        return
    words = _OWN_WORDS.sub("", fill.marked.source.strip("，。！ \n"))
    words = re.sub("(?:开会|开|吧|好了|那里|那边|啊|就行|就好|怎么样|行吗|可以吗)+$", "", words)
    if 0 < len(words) <= 16 and not _NO_PLACE.search(words):  # noqa: PLR2004
        fill.slots["place"] = words


def _who(fill: Filling, asked: str, said: str) -> None:
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


def _free(fill: Filling, asked: str) -> None:
    words = fill.marked.source.strip("，。！ \n")
    if re.search("[？?]$|^(?:为什么|怎么|什么|谁)", words):
        return
    if asked == "agenda":
        if said := meeting_slots.points(re.sub("^(?:就|议题|内容|是|：|讨论|开会)+", "", words)):
            fill.slots["agenda"] = said
        return
    words = _OWN_WORDS.sub("", words) if asked != "text" else words
    if asked == "amount" and (found := re.search("\\d+(?:\\.\\d{1,2})?", words)):
        fill.slots["amount"] = float(found[0]) if "." in found[0] else int(found[0])
        return
    if words:
        fill.slots[asked] = words.strip('《》"') if asked in {"title", "topic"} else words


_READERS: dict[str, Callable[[Filling, str], None]] = {
    "type": _type,
    "place": _place,
    "choice": _choice,
    "which": _which,
    "range": _range,
    "audience": _audience,
    "count": _count,
}
