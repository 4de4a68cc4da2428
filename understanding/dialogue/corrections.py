"""Reads the slots by which a draft that waits for 确认 is corrected (改到四点, 主持换成周建国, 提前两小时提醒)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from understanding.dialogue import asked_places, asked_values
from understanding.dialogue.answer_words import any_of, bare, labelled
from understanding.slots import meeting, moments, who
from understanding.slots.filling import given
from understanding.words.marked import FILLER
from understanding.words.things import types

if TYPE_CHECKING:
    from understanding.slots.filling import Filling

SLOTS = frozenset(
    {
        "type", "title", "topic", "start", "daypart", "time", "end", "duration", "place", "host", "speaker", "agenda",
        "audience", "remind", "shift", "rrule", "person", "reason", "text", "due", "count",
    }
)  # fmt: skip
"""What a draft may be corrected in."""
_NTH = re.compile(
    "(?:改到|改成|改为|定在|换到|换成)(?P<day>(?:第[一二三四]|头一|最后一)个?(?:周|星期|礼拜)[一二三四五六日天])"
)
_SAID = re.compile("不是|不对|是|，|。|而")
_FIGURES = re.compile("\\d{3,4}")
_SHIFTED = re.compile("推迟|延后|往后|提前|往前|晚|早|顺延|延")
_SOONER = re.compile("提前|往前|早")
_AGENDA = re.compile("议题|议程|讨论|内容|学习|研究|审议")
_AUDIENCE = re.compile("参加|范围|对象|全体|所有人|大家|通知|叫上|只[要叫发让给]")
_DUE = re.compile("截止|期限|最晚|最迟|交齐|之?前(?:[完交]|$)")
_LIMIT = frozenset({"start", "time", "daypart", "end"})
_ONE = re.compile("[人名]|是|换|改|写|不是|应该")


def read(fill: Filling) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    """Return the slots that the words correct, and the readings of what is unsure; nothing where they correct none."""
    text = fill.marked.text
    things = fill.things()
    left = _SAID.sub("", FILLER.sub("", text))
    short = bool(things) and len(left) <= len(things) + 1
    if not short and not any_of("corrects").search(fill.marked.source) and not _FIGURES.fullmatch(text):
        return {}, {}
    words = _words(fill)
    agenda = [] if words else meeting.added(fill) or (meeting.agenda(fill) if _AGENDA.search(text) else [])
    fill.people("host")
    fill.people("speaker")
    meeting.new_person(fill)
    fill.remind()
    fill.end_clock()
    if _SHIFTED.search(text) and (durations := fill.of("duration")):
        fill.slots["shift"] = (-1 if _SOONER.search(text) else 1) * moments.minutes(durations[0])
        fill.used.add(id(durations[0]))
    _when(fill)
    fill.duration()
    asked_places.new_place(fill)
    if kinds := types(fill.things()):
        fill.slots["type"] = who.one_or_list(kinds[-1:])
    if agenda:
        fill.slots["agenda"] = agenda
    _rules(fill)
    if _AUDIENCE.search(text):
        _audience(fill)
    _person(fill)
    asked_values.count(fill)
    return given(fill.slots), fill.unsure


def _words(fill: Filling) -> bool:
    """Fill a slot that is called by its name and takes words (标题改成…); say whether there is one."""
    found = labelled().search(fill.marked.text)
    if found is None:
        return False
    slot = next(name for name, label in found.groupdict().items() if label and name != "words")
    start, end = found.span("words")
    if slot != "text":
        end = start + len(re.split("[，。；]", found["words"])[0])
    said = bare(fill.marked.words(start, end)).strip('《》"')
    if not said:
        return False
    fill.slots[slot] = said
    fill.used.update(id(thing) for thing in fill.marked.things(start, end))
    return True


def _when(fill: Filling) -> None:
    """Fill the times that are new, or the new limit (截止改到周五)."""
    if _DUE.search(fill.marked.text) and (whens := fill.of("when")):
        fill.slots["due"] = moments.due(whens[-1].value[0])
        return
    asked_places.new_times(fill)


def _audience(fill: Filling) -> None:
    fill.meeting_audience()
    if "audience" in fill.slots or "type" in fill.slots:
        return
    if value := who.audience(fill.marked.text, fill.of("group"), fill.context):
        fill.slots["audience"] = value


def _person(fill: Filling) -> None:
    """Fill the person who is meant where no part is named: 名字错了，是褚文博."""
    people = fill.of("person")
    if not people or {"host", "speaker", "agenda", "audience"} & set(fill.slots) or not _ONE.search(fill.marked.text):
        return
    new = [thing for thing in people if not asked_places.is_denied(fill, thing)]
    who.put(fill.slots, fill.unsure, "person", new[-1:])


def _rules(fill: Filling) -> None:
    """Take how often: 改成每月第二个周三; 改到第二个周三 may be either, so both are given."""
    if found := _NTH.search(fill.marked.source):
        asked_values.rule(fill, found["day"])
    elif fill.of("rrule"):
        fill.slots.update(moments.recurring(fill.of("rrule")[-1].value[0]))
