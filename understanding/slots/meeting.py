"""The slots of calling a meeting."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from understanding.slots import moments, naming, who
from understanding.slots.correcting import correct
from understanding.slots.identifying import which
from understanding.slots.points import added, agenda, points
from understanding.words.clauses import clauses
from understanding.words.things import MARKS, TYPES, types

if TYPE_CHECKING:
    from understanding.slots.filling import Filling

__all__ = ["added", "agenda", "create", "new_person", "points", "types", "which"]

_KIND = f"[{''.join(MARKS[kind] for kind in TYPES)}]"
_PERSON, _GROUP = MARKS["person"], MARKS["group"]
_TOGETHER = re.compile("一起|一块|一并|合并|连着|连在一起|套开|同时|联合|合开|结合")
_JOINED = re.compile(
    "(?:进行|开展|召开)?(?:[，]?(?:和|跟|与|及|加上?|带|连|套|、|暨|以及|接着|后接|\\+)|，)(?:开展|进行|召开)?"
)
BY_WHOM = re.compile(f"[经由]{_KIND}[^，。]{{0,2}}(?:研究|讨论|同意|决定|商议)|{_KIND}(?:研究|讨论)?(?:决定|同意)")
_TITLE = re.compile("(?:标题|题目|会议主题)(?:[：是叫为]|定为)*|(?:名称|会议名|名字|主题)(?:[：是叫为]|定为)+")
_LABELLED = re.compile('[《"]([^》"\n]{1,40})[》"]')
_EVERYONE = re.compile(
    "(?:通知|召集|叫上?|喊上?|约上?)(?:一下|下)?(?:支部|咱们?|我们)?(?:全体党员|所有党员|全体|所有人|大家伙?儿?|各位|党员们)|把(?:大家伙?儿?|全体党员|所有人)(?:都)?(?:叫|喊|召集)|(?:参加|参会|与会|出席)?(?:人员|对象|范围)[：是为](?:支部)?(?:全体|所有)|全体(?:党员|同志|人员)?(?:都|务必|准时|一起|来)*(?:参加|参会|出席|到场|来)|全体党员(?=$|[，。])|所有(?:党员|人)"
)
_EACH = re.compile("都来|都参加|都要[到来]|全员")
_COMMITTEE = re.compile(
    "(?<![选举])支委们?(?!会)|各?支委(?:会)?(?:成员|委员)|委员们|各?位?委员(?![会长])|支部委员(?!会)|班子成员|支委会(?:成员|委员)"
)
_CALLED = re.compile(
    f"给{_PERSON}开|(?:叫上?|喊上?|约上?|通知|召集|跟|参[加会]|出席|人员|对象|范围)(?:一下|下)?[：是为有包括]*{_PERSON}|{_PERSON}(?:[、，和]|他们|几个|[一二两三四五六]个?人?|同志|都|也|要|一起|一块)*(?:叫上|叫来|喊上|喊来|参加|来参加|参会|出席|列席|过来|碰|一起来)"
)


def create(fill: Filling) -> None:
    """Fill the slots of a meeting that is called."""
    slots, unsure = fill.slots, fill.unsure
    correct(fill)
    titled = _title(fill)
    named = None if types(fill.things()) else naming.name(fill.marked)
    if named:
        fill.used.update(id(thing) for thing in fill.marked.things(*named))
    said = agenda(fill, named)
    fill.people("host")
    fill.people("speaker")
    fill.remind()
    fill.end_clock()
    kinds = _kinds(fill)
    if kinds:
        slots["type"] = who.one_or_list(kinds)
    whens = [thing for thing in fill.things() if thing.kind == "when" and not fill.is_anchor(thing)]
    values, doubts = moments.place_in_time(whens, {"start", "daypart", "time", "end"})
    values.update({slot: value for slot, value in slots.items() if slot == "end"})
    slots.update(values)
    unsure.update(doubts)
    _duration(fill)
    fill.place()
    if said:
        slots["agenda"] = said
    if titled:
        slots["title"] = titled
    elif named and not kinds:
        slots["type"] = "other"
        slots["title"] = fill.marked.words(*named)
    if value := _audience(fill):
        slots["audience"] = value


def _duration(fill: Filling) -> None:
    """Fill how long it lasts; how much earlier people should come (提前十分钟入场) is something else."""
    for at, thing in fill.marked.behind.items():
        if thing.kind == "duration" and re.search("(?:提前|早|晚)$", fill.marked.text[:at]):
            fill.used.add(id(thing))
    fill.duration()


def _kinds(fill: Filling) -> list[str]:
    """Return the kind of the meeting; several only where they are said to be held together."""
    text = fill.marked.text
    by_whom = [found.span() for found in BY_WHOM.finditer(text)]
    free = {id(thing) for thing in fill.things()}
    said = [
        (at, thing)
        for at, thing in fill.marked.behind.items()
        if thing.kind in TYPES and id(thing) in free and not any(low <= at < high for low, high in by_whom)
    ]
    kinds = types(thing for _, thing in said)
    if len(kinds) < 2 or _TOGETHER.search(text):  # noqa: PLR2004  one kind is clear
        return kinds
    joined = [first.kind for (at, first), (further, _) in pairwise(said) if _JOINED.fullmatch(text, at + 1, further)]
    return kinds if joined else kinds[:1]


def _title(fill: Filling) -> str:
    """Return the title that is given as one (题目是, 主题：)."""
    found = _TITLE.search(fill.marked.text)
    if not found:
        return ""
    clause = next(iter(clauses(fill.marked, found.end())), None)
    if clause is None or not re.fullmatch("[：\\s]*", clause.after):
        return ""
    inside = fill.marked.things(clause.start, clause.end)
    words = fill.marked.words(clause.start, clause.end)
    quoted = _LABELLED.match(words)
    if not quoted and all(thing.kind in TYPES for thing in inside) and len(inside) == clause.end - clause.start:
        return ""
    fill.used.update(id(thing) for thing in inside)
    return quoted[1] if quoted else re.sub("(?:吧|哈|呗|哦|啊)+$", "", words.strip('《》"：，。 '))


def _audience(fill: Filling) -> object:
    """Return who is to come, where the words say so."""
    text = fill.unspent()
    if groups := fill.of("group"):
        return f"group:{who.group_name(str(groups[0].value), fill.context)}"
    if _EVERYONE.search(text):
        return "all"
    if _COMMITTEE.search(text):
        return "committee"
    if _EACH.search(text):
        return "all"
    called = [found.span() for found in _CALLED.finditer(text)]
    things = [
        thing
        for at, thing in fill.marked.behind.items()
        if thing.kind == "person" and id(thing) not in fill.used and any(low <= at < high for low, high in called)
    ]
    return who.names(things)[0] or None


_ASKED = re.compile("(?:让|由|请|换成?|改成?|改由|交给|派)$")


def new_person(fill: Filling) -> None:
    """The person after 主持换成 or before 来主持, where no rule has caught it."""
    if "host" in fill.slots or "speaker" in fill.slots:
        return
    slot = "host" if "主持" in fill.marked.text else "speaker" if re.search("主讲|来讲|讲课", fill.marked.text) else ""
    if slot:
        text, people = fill.marked.text, fill.of("person")
        asked = [at for at, thing in fill.marked.behind.items() if thing in people and _ASKED.search(text[:at])]
        who.put(fill.slots, fill.unsure, slot, [fill.marked.behind[at] for at in asked] or people)
        if slot not in fill.slots and slot not in fill.unsure and "我" in fill.marked.text:
            fill.slots[slot] = "me"


def step_back(fill: Filling) -> None:
    """Take the people off who are named only because they no longer do it (从陈思远换成吴丽娜)."""
    for at, thing in fill.marked.behind.items():
        if thing.kind == "person" and _steps_back(fill.marked.text, at):
            fill.used.add(id(thing))


def _steps_back(text: str, at: int) -> bool:
    return bool(re.search("(?:从|原来是?|不是|不让|不由)$", text[max(0, at - 3) : at])) or bool(
        re.match(
            "(?:同志)?(?:\ue000|那天|当天|临时|那会儿)*(?:来不了|有事|出差|不在|没空|值班|不能|不主持|不讲|请假|病了|换|改)",
            text[at + 1 :],
        )
    )
