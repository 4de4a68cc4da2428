"""The slots of changing a meeting: what tells which one it is, and what is new about it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from understanding.slots import identifying, moments, naming
from understanding.slots.correcting import correct
from understanding.slots.meeting import new_person, step_back
from understanding.slots.points import added
from understanding.words.clauses import Clause, clauses, leaves
from understanding.words.things import MARKS, TYPES

if TYPE_CHECKING:
    from understanding.slots.filling import Filling
    from understanding.words.things import Thing

_KIND = f"[{''.join(MARKS[kind] for kind in TYPES)}]"
_WHEN, _PLACE = MARKS["when"], MARKS["place"]
_MOVE = re.compile(
    "(?:往[前后]|向[前后])?(?:调整|变更|改|挪动|挪|移|调|换|推迟|推后|推|延期|延后|延迟|延|顺延|提前|提早|提|拖|搬|放|错开|定|变|转|升级)(?:至|到|成|为|在|去|回|了)|(?:改|换|调|挪)(?![了由]?主[持讲])(?:个|下|一下)?|推迟|延期|延后|顺延|提前|→|->|变动|有变|(?:就|还是|那就)(?:定|用|放|去|到|在)?(?=[\ue000\ue004])"
)
_LATER = re.compile("推迟|延后|延期|往后|向后|后移|顺延|延迟|推后|晚|拖|缓|后延|延|推|后")
_SOONER = re.compile("提前|往前|向前|前移|提早|早|提")
_UNCHANGED = re.compile(
    "[都也均仍]?(?:不变|照旧|待定|另行|不改|一样|同|还是|再定|再说|等|不动|没变|有变|[改换变]|要|得)"
)
_LEFT_ALONE = re.compile("(?:还是|[都也均仍])?(?:不变|照旧|不动|不改|照常)")
_OF_MEETING = re.compile(
    f"[\ue000，]*(?:的|那[个场次]?|这[个场次]?|那会儿的?|原定的?|召开的|举行的|开的)*(?:{_KIND}|会(?!议室)|活动|[一-鿿]{{1,8}}会(?=$|[，。？]))"
)
_BROKEN = "的?(?:灯|空调|投影仪?|话筒|设备|门)(?:坏|没|用不)"
_GIVEN_UP = re.compile(
    f"(?:不(?:行|方便|合适|开|能|成|去|用)|来不及|有人|没人|{_BROKEN}|被占|占用|占了|满了|太|的话|冲突|没空|停电|有事|要来|坏了|用不了|不够|撞|[坐装容]不下)"
)
_NO_GOOD = re.compile(f"{_BROKEN}|[坐装容]不下|不行(?!吗|？)|不方便|不合适|来不及|没空|有人|没人|被占|满了|的话不行")
_NOT = re.compile("(?:不在|不等|不是|不用到?|不到|别在|不要在|别到|不放在?|不用|别|不要|不再)$")
_ABOUT = re.compile(f"{_KIND}|会|活动|议题|时间|地点|主持|主讲|编号|\\d+号")
_DETAIL = re.compile(
    "时间|地点|地方|会场|会议室|开始?|召开|举行|到|结束|集合|那里|见|吧|不变|照旧|上午|定|主持|主讲|同志|行吗|可以吗|线上|换|改|一样|通知|大家|也"
)
_RATHER_MORE = 3


def change(fill: Filling) -> None:
    """Fill what identifies the meeting and what is new about it."""
    slots = fill.slots
    correct(fill)
    points = added(fill)
    step_back(fill)
    fill.people("host")
    fill.people("speaker")
    new_person(fill)
    fill.remind()
    fill.end_clock()
    _shift(fill)
    old, new = _parted(fill)
    _when(fill, new)
    if "time" in slots and re.search("(?:结束|散会)的?时间", fill.marked.text):
        slots["end"] = slots.pop("time")
    places = [thing for thing in new if thing.kind == "place"]
    if places:
        slots["place"] = fill.said(places[-1])
    elif (place := fill.rule_words("place", "item")) and not _UNCHANGED.match(place) and "地" in fill.marked.text:
        slots["place"] = re.sub("^(?:在|到|成|为|改|换|去)+", "", place)
    if points:
        slots["agenda"] = points
    _which(fill, old)


def _which(fill: Filling, old: list[Thing]) -> None:
    marked = fill.marked
    whens = [(at, thing) for at, thing in marked.behind.items() if thing.kind == "when"]
    close = [id(thing) for at, thing in whens if _OF_MEETING.match(marked.text, at + 1)]
    old = [thing for thing in old if thing.kind != "when" or id(thing) in close or (not close and _has_day(thing))]
    move = _MOVE.search(marked.text)
    end = move.start() if move and old else len(marked.text)
    about = [clause for clause in clauses(marked, 0, end) if _is_about(fill, clause)]
    words = "，".join(marked.words(clause.start, clause.end) for clause in about)
    fill.slots["which"] = identifying.meeting(fill, old, words)


def _shift(fill: Filling) -> None:
    """Fill by how long the meeting moves; the word nearest before the length tells which way."""
    text = fill.marked.text
    for at, thing in fill.marked.behind.items():
        if thing.kind != "duration" or id(thing) in fill.used or fill.is_anchor(thing):
            continue
        before = text[max(0, at - 12) : at]
        later = max((found.start() for found in _LATER.finditer(before)), default=-1)
        sooner = max((found.start() for found in _SOONER.finditer(before)), default=-1)
        if later < 0 and sooner < 0:
            later = 0 if _LATER.match(text, at + 1) else -1
        if later >= 0 or sooner >= 0:
            fill.slots["shift"] = moments.minutes(thing) * (-1 if sooner > later else 1)
            fill.used.add(id(thing))
            return


def _parted(fill: Filling) -> tuple[list[Thing], list[Thing]]:
    """Return the things that tell which meeting is meant, and those that are new about it."""
    old: list[Thing] = []
    new: list[Thing] = []
    marked = fill.marked
    moves = [found.span() for found in _MOVE.finditer(marked.text)]
    named = any(thing.kind in TYPES for thing in marked.behind.values()) or naming.name(marked) is not None
    for clause in clauses(marked):
        for at in range(clause.start, clause.end):
            thing = marked.behind.get(at)
            if (
                thing is None
                or id(thing) in fill.used
                or thing.kind not in (*TYPES, "when", "place")
                or fill.is_anchor(thing)
            ):
                continue
            if thing.kind in TYPES:
                if not _LEFT_ALONE.match(marked.text, at + 1):
                    old.append(thing)
                continue
            side = _side(fill, clause, at, moves, named=named)
            if side:
                (new if side > 0 else old).append(thing)
    return [thing for thing in old if thing.kind != "place"], new


def _side(fill: Filling, clause: Clause, at: int, moves: list[tuple[int, int]], *, named: bool) -> int:  # noqa: PLR0911  one return a case
    """Say whether a time or place is new (1), tells which meeting (-1), or neither (0: it was given up, or is why)."""
    text, thing = fill.marked.text, fill.marked.behind[at]
    moved = [span for span in moves if span[1] <= at]
    here = any(clause.start <= low for low, _ in moved)
    ahead = [span for span in moves if span[0] > at]
    if moved and not here and any(low < clause.end for low, _ in ahead):
        moved = []
    if _NOT.search(text, max(0, at - 4), at) or (_NO_GOOD if here else _GIVEN_UP).match(text, at + 1):
        return 0
    if _OF_MEETING.match(text, at + 1) and not (here and re.search("[到成至在为→]$", text[max(0, at - 1) : at])):
        return -1
    if moved:
        words = text[clause.start : clause.end]
        return int(here or len(leaves(_DETAIL.sub("", words))) < _RATHER_MORE)
    if not ahead:
        if "shift" in fill.slots and not _is_about(fill, clause):
            return 0
        if "shift" in fill.slots or (thing.kind == "when" and _is_first(fill, at) and not thing.value[0].has_clock):
            return -1
        return 1 if named or thing.kind == "place" or fill.of("place") else -1
    if any(low < clause.end for low, _ in ahead):
        direct = min(low for low, _ in ahead) == at + 1
        only_clock = thing.kind == "when" and not thing.value[0].has_day and thing.value[0].has_clock
        return 0 if direct and only_clock else -1
    return -1 if _is_about(fill, clause) else 0


def _has_day(thing: Thing) -> bool:
    """Say whether a time can tell which meeting is meant where it stands apart: an hour alone is what it was."""
    time = thing.value[0]
    return bool(time.has_day) or not time.has_clock


def _is_first(fill: Filling, at: int) -> bool:
    return not any(other < at for other in fill.marked.behind)


def _is_about(fill: Filling, clause: Clause) -> bool:
    words = fill.marked.text[clause.start : clause.end]
    return bool(_ABOUT.search(words)) or not leaves(words)


def _when(fill: Filling, new: list[Thing]) -> None:
    """Fill when it will be."""
    whens = [thing for thing in new if thing.kind == "when"]
    values, doubts = moments.place_in_time(whens, {"start", "daypart", "time", "end"})
    fill.slots.update({slot: value for slot, value in values.items() if slot != "end" or "end" not in fill.slots})
    fill.unsure.update(doubts)
