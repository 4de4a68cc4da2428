"""Reads when and where, as people answer it or correct it: the day and hour that are new, the room that is new."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from understanding.dialogue.answer_words import any_of, bare
from understanding.slots import moments

if TYPE_CHECKING:
    from understanding.slots.filling import Filling
    from understanding.words.things import Thing

_ROOM = re.compile(
    "(?:^|换|换到|换成|改|改到|改在|改成|挪到|放|放在|在|用|去|到|是|还是|[，。])(?P<room>\\d{3,4}|[A-Za-z]\\d{2,4})"
    "(?![点:\\d年月日号块元分人个])(?=$|[^\\d]{0,4}$|[，。吧会开])"
)
_AROUND = re.compile("^[\u4e00-\u9fffA-Za-z\\d]{1,8}$")
_NO_NAME = re.compile("[我你他她是在去到放改换用定开会觉得想还就要能看行]")
_CALLED_PLACE = re.compile("地点|地址|会场|场地|地方|位置")
_NOT_YET_PLACE = re.compile("^[^，]{0,2}错了?[，]?|^(?:在|到|成|为|改|换)+")
_DENIED = re.compile("(?:不是|不要|不在|别在|非)$")
_UNFIT = re.compile(
    "(?:会议室|那边|那里)?(?:有点|可能|已经|都)*(?:太|坐不下|不够|不行|不合适|被?占|有人|有会|没空|在装修|坏了|不要|不用|不去)"
)
_MOVED = re.compile("改到|改成|改为|挪到|换到|换成|提前到|推迟到|延到|顺到|定在")


def new_times(fill: Filling) -> None:
    """Take the times that are new: those after 改到, else all but what is denied (不是三点，是四点)."""
    whens = [thing for thing in fill.of("when") if not fill.is_anchor(thing) and not is_denied(fill, thing)]
    moved = _MOVED.search(fill.marked.source)
    after = [thing for thing in whens if moved and thing.start >= moved.end()]
    values, doubts = moments.place_in_time(after or whens, {"start", "daypart", "time", "end"})
    for slot, value in values.items():
        fill.slots.setdefault(slot, value)
    fill.unsure.update(doubts)


def is_denied(fill: Filling, thing: Thing) -> bool:
    """Say whether a thing is what it is not to be: 三点 in 不是三点，是四点; 301 in 301太大."""
    source = fill.marked.source
    return _DENIED.search(source, 0, thing.start) is not None or _UNFIT.match(source, thing.end) is not None


def new_place(fill: Filling) -> None:
    """Fill the place that is new: the last one said, the words after 地点, or a bare room number."""
    places = [thing for thing in fill.of("place") if not is_denied(fill, thing)]
    numbers = [found for found in _ROOM.finditer(fill.marked.source) if not _inside_time(fill, found.start("room"))]
    if numbers and (not places or numbers[-1].start("room") > places[-1].start):
        fill.slots["place"] = numbers[-1]["room"]
    elif places:
        fill.slots["place"] = fill.said(places[-1])
    elif _CALLED_PLACE.search(fill.marked.text):
        fill.slots["place"] = bare(_NOT_YET_PLACE.sub("", fill.rule_words("place", "item")))


def _inside_time(fill: Filling, at: int) -> bool:
    return any(thing.start <= at < thing.end for thing in fill.marked.behind.values() if thing.kind == "when")


def place(fill: Filling) -> None:
    """Fill the place, and the time that is said with it."""
    places = [thing for thing in fill.of("place") if not is_denied(fill, thing)]
    if places:
        fill.slots["place"] = _whole_name(fill, places[-1])
        fill.used.update(id(thing) for thing in places)
        if any(thing.value[0].has_clock or thing.value[0].has_day for thing in fill.of("when")):
            new_times(fill)
        return
    words = bare(re.sub("[，。！？].*$", "", fill.marked.source.strip("，。！？ \n")) or fill.marked.source)
    if 0 < len(words) <= 16 and not any_of("nowhere").search(fill.marked.source.split("，")[0]):  # noqa: PLR2004  longer is no place
        fill.slots["place"] = words


def _whole_name(fill: Filling, room: Thing) -> str:
    """Return a place with the words before it that belong to its name: 园区四楼小会议室."""
    said = fill.said(room)
    clause = next((part for part in re.split("[，。！？]", fill.marked.source) if said in part), said)
    words = bare(clause)
    before = words.removesuffix(said)
    fits = words.endswith(said) and _AROUND.match(before) and not _NO_NAME.search(before)
    return words if fits and not fill.of("when", "person") else said
