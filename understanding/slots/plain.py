"""The slots that most intents fill in one plain way: what kind, when, where, who, which, how many."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from understanding import times
from understanding.slots import identifying, moments, who
from understanding.times.numbers import COUNT, number
from understanding.words.marked import FILLER
from understanding.words.things import TYPES, types

if TYPE_CHECKING:
    from collections.abc import Sequence

    from understanding.slots.filling import Filling
    from understanding.times import Time
    from understanding.words.things import Thing

ROLES = "副书记|书记|组织委员|宣传委员|纪检委员|党小组组长|党小组长|小组长|组长|支委|委员|记录员"
_FORMATS = (
    (re.compile("excel|xlsx|表格|Excel|EXCEL|xls", re.IGNORECASE), "xlsx"), (re.compile("word|docx?|"
    "文档", re.IGNORECASE), "docx"),
    (re.compile("pdf", re.IGNORECASE), "pdf"), (re.compile("csv", re.IGNORECASE), "csv"),
    (re.compile("zip|压缩包|打包", re.IGNORECASE), "zip"), (re.compile("png|图片|截图|长图", re.IGNORECASE), "png"),
)  # fmt: skip
_ME = re.compile(
    "(?:(?<=请问)|(?<![帮给替发让问告叫诉咱醒到和跟]))我(?!们|要?看|来|想|要|把|问|方|国|市|院|司|觉得|记得|说|建议|再|给|这边|查|先)|本人(?!意)"
)
_COUNT = re.compile(
    f"(?<![\\d第日月])(?P<many>{COUNT})(?:道|题(?!一)|条(?!例)|个(?!小时|半|月|星期|礼拜|季度|支部|钟|人|工作|问题))|(?:题目?(?:数量?|量)|数量)(?:为|是|：)?(?P<bare>{COUNT})"
)
_AMOUNT = re.compile("(\\d+(?:\\.\\d{1,2})?)(?:元|块|圆|$|，|。)")
CODE = re.compile("(?:绑定|验证|邀请)?码?[：是]?\\s*([A-Za-z0-9]{4,12})(?![A-Za-z0-9])")
_MODES = (
    ("qr", "二维码|扫码|签到码|扫描|扫一扫|(?i:qr)"),
    ("location", "位置|定位|现场定位|地点签到"),
    ("text", "文字|口令|回复签到|打字"),
)
_OCCASION = re.compile("(?:快?[到要])?了")
"""年底了，… only tells why it is asked."""
_ASKED_DAY = re.compile("第几个$|哪个$")
_NO_WEEKENDS = re.compile("除了?周末|(?:周末|双休日?|周六日|周六周日|休息日|节假日)(?:除外|不|别|停|休息)")
EDGES = "，。；：！？、 \n\"'"
POLITE = re.compile(
    "^(?:书记好?|组长|领导|各位|你好|您好|报告|不好意思|抱歉|对不起)[，：]|(?:[，]?(?:谢谢|抱歉|不好意思|望批准|请批准|请批假|请见谅|见谅|望准假?|辛苦了|麻烦了?|请知悉|特此请假|病历后补可以吗|可以吗|行吗|好吗|谢谢书记|麻烦书记|请领导批准|希望批准|望领导批准|请组织批准))+$"
)


def plain(fill: Filling) -> None:
    """Fill each slot of the intent in the way that most intents share."""
    takes = fill.intent.slots
    if "type" in takes and (kinds := types(fill.things())):
        fill.slots["type"] = who.one_or_list(kinds)
    if "which" in takes:
        which_one(fill)
    if fill.intent.name.startswith("minutes"):
        _one_or_several(fill)
    _times(fill)
    if "place" in takes:
        fill.place()
    _groups(fill)
    if "person" in takes:
        _person(fill)
    if "audience" in takes and (value := who.audience(fill.marked.text, fill.of("group", "person"), fill.context)):
        fill.slots["audience"] = value
    _words(fill)
    if fill.intent.rest and fill.intent.rest not in fill.slots:
        fill.slots[fill.intent.rest] = rest(fill)


def _times(fill: Filling) -> None:
    takes = fill.intent.slots
    if "rrule" in takes:
        recurrence(fill)
    if "due" in takes:
        due(fill)
    if "range" in takes:
        _range(fill)
    if "place" in takes and "end" in takes:
        fill.end_clock()
    fill.times(*(takes & {"start", "time", "daypart", "end"}))
    if "duration" in takes:
        fill.duration()


def _one_or_several(fill: Filling) -> None:
    """One record is `which`, several are `type` and `range`."""
    wide = any(thing.kind == "when" and moments.is_wide(thing.value[0]) for thing in fill.things())
    if wide or re.search("所有|全部", fill.marked.source):
        fill.slots.pop("which", None)
    elif "which" in fill.slots:
        fill.slots.pop("type", None)


def rest(fill: Filling) -> str:
    """Return what is left of the words once the template, the times and the courtesies are taken out."""
    text = fill.marked.text
    taken = [fill.match.found.span()] if fill.match.found else []
    for thing_at, thing in fill.marked.behind.items():
        if thing.kind in {"when", "rrule", *TYPES}:
            taken.append((thing_at, thing_at + 1))
    pieces, at = [], 0
    for start, end in sorted(taken):
        pieces.append(fill.marked.words(at, start))
        at = max(at, end)
    pieces.append(fill.marked.words(at, len(text)))
    cleaned = (POLITE.sub("", FILLER.sub("", piece).strip(EDGES) and piece.strip(EDGES)) for piece in pieces)
    return "，".join(filter(None, cleaned)).strip(EDGES)


def which_one(fill: Filling) -> None:
    """Fill what identifies the thing meant; the times that do are taken."""
    things = [thing for thing in fill.things() if thing.kind in TYPES or thing.kind == "when"]
    if "range" in fill.intent.slots:
        things = [thing for thing in things if thing.kind != "when" or not moments.is_wide(thing.value[0])]
    if said := identifying.meeting(fill, things, fill.marked.source):
        fill.slots["which"] = said
        fill.used.update(id(thing) for thing in things if thing.kind == "when")


def recurrence(fill: Filling, rules: Sequence[Thing] | None = None, days: Sequence[Thing] = ()) -> None:
    """Fill rrule, time and daypart from the first recurrence.

    A rule that names no day (每月, 两周一次) takes the first of `days` that narrows it: those times are taken.
    """
    several = sorted(fill.of("rrule") if rules is None else rules, key=lambda one: "BY" not in one.value[0].rrule)
    for thing in several[:1]:
        rule = thing.value[0]
        fill.used.add(id(thing))
        for day in () if "BY" in rule.rrule or rule.grain == "daily" else days:
            narrowed = narrow(f"{fill.said(thing)}{fill.said(day)}", fill)
            if narrowed is not None:
                fill.used.add(id(day))
                fill.slots.update(moments.recurring(narrowed))
                break
        values = moments.recurring(rule)
        fill.slots["rrule"] = fill.slots.get("rrule", values.pop("rrule"))
        for slot, value in values.items():
            fill.slots[slot] = value
        if rule.grain == "daily" and _NO_WEEKENDS.search(fill.marked.source):
            fill.slots["rrule"] = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"


def narrow(words: str, fill: Filling) -> Time | None:
    """Return the recurrence that words name where they name one with its day."""
    found = times.find(words, fill.now)
    return found[0] if len(found) == 1 and "BY" in (found[0].rrule or "") else None


def due(fill: Filling) -> None:
    """Fill until when, from the first limit (周五前)."""
    for thing in fill.of("when"):
        if thing.value[0].open_until:
            fill.slots["due"] = moments.due(thing.value[0])
            fill.used.add(id(thing))
            return


def _range(fill: Filling) -> None:
    whens = [thing for thing in fill.of("when") if not _ASKED_DAY.search(fill.marked.source[: thing.start])]
    told = [thing for thing in whens if not _is_occasion(fill, thing)]
    for thing in told or whens:
        time = thing.value[0]
        if time.start is not None and (time.has_day or not time.has_clock):
            fill.slots["range"] = moments.as_range(time, fill.now)
            fill.used.add(id(thing))
            return


def _is_occasion(fill: Filling, thing: Thing) -> bool:
    found = _OCCASION.match(fill.marked.source, thing.end)
    if found is None:
        return False
    return found.end() in fill.marked.breaks or fill.marked.source[found.end() : found.end() + 1] in "，。！"


def count(fill: Filling) -> None:
    """Fill how many questions are wanted; 一个 says nothing, 一道 does."""
    for found in _COUNT.finditer(fill.marked.text):
        many = number(found["many"] or found["bare"])
        if many and (many > 1 or found[0][-1] != "个"):
            fill.slots["count"] = many
            return


def _groups(fill: Filling) -> None:
    for slot in ("group", "branch"):
        if slot in fill.intent.slots and (things := fill.of(slot)):
            fill.slots[slot] = fill.said(things[0])


def _person(fill: Filling) -> None:
    things = fill.caught("person") or fill.of("person")
    if things:
        who.put(fill.slots, fill.unsure, "person", things)
    elif _ME.search(fill.marked.text):
        fill.slots["person"] = "me"


def _words(fill: Filling) -> None:
    """Fill the slots that are words, numbers or one of a few values."""
    text, takes = fill.marked.source, fill.intent.slots
    for slot in takes & {"title", "topic", "text", "reason"}:
        said = fill.captured(slot) or fill.rule_words(slot)
        if said and slot not in fill.slots:
            fill.slots[slot] = said.strip('《》"')
    if "format" in takes:
        fill.slots["format"] = next((form for pattern, form in _FORMATS if pattern.search(text)), None)
    if "role" in takes and (found := re.search(ROLES, text)):
        fill.slots["role"] = found[0]
    if "count" in takes:
        count(fill)
    if "amount" in takes and (found := _AMOUNT.search(text)):
        fill.slots["amount"] = float(found[1]) if "." in found[1] else int(found[1])
    if "mode" in takes:
        fill.slots["mode"] = next((mode for mode, words in _MODES if re.search(words, text)), None)
    if "code" in takes and (found := CODE.search(text)):
        fill.slots["code"] = found[1]
