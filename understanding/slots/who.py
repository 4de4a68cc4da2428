"""People, audiences and groups in the forms of the contract."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from understanding.words.things import Thing
    from vocabulary.readings import Context

_ALL = re.compile(
    "全体|所有人|所有党员|大家|各位|全支部|支部的人|大伙儿?|大家伙|同志们|党员们|每个人|每人|全员|所有同志|人人"
)
_COMMITTEE = re.compile("支委们?(?!会)|各?支委成员|委员们|各?位?委员(?![会长])|支部委员(?!会)|班子成员")
_UNANSWERED = re.compile("(?:没有?|未)(?:回|回复|答复|确认|收到|反馈|表态|看)")
_ABSENT = re.compile("没来|没到|缺席|未到|[没未]签到")


def names(things: Iterable[Thing]) -> tuple[list[str], list[tuple[str, ...]]]:
    """Return the names that are clear, and for each that is not the people whom it may mean."""
    clear: list[str] = []
    doubtful: list[tuple[str, ...]] = []
    for thing in things:
        for who in thing.value if isinstance(thing.value, list) else [thing.value]:
            if len(who) == 1:
                clear.append(who[0])
            else:
                doubtful.append(who)
    return list(dict.fromkeys(clear)), doubtful


def one_or_list(values: list[Any]) -> Any:
    """Return the value alone where there is one, else the list."""
    return values[0] if len(values) == 1 else values


def put(slots: dict[str, Any], unsure: dict[str, list[Any]], slot: str, things: Iterable[Thing]) -> None:
    """Fill a slot with people; where a name fits several the slot is left out and they are listed."""
    clear, doubtful = names(things)
    if doubtful:
        unsure[slot] = list(dict.fromkeys(name for several in doubtful for name in several))
    elif clear:
        slots[slot] = one_or_list(clear)


def group_name(said: str, context: Context) -> str:
    """Return the group's name as the branch has it, where one fits; else the words."""
    digits = str.maketrans("1234567890", "一二三四五六七八九十")
    stem = re.sub("^第|党?小?组$", "", said).translate(digits)
    fits = [name for name in context.groups if stem and re.sub("^第|党?小?组$", "", name).translate(digits) == stem]
    return fits[0] if len(fits) == 1 else said


def audience(words: str, things: list[Thing], context: Context) -> Any:
    """Return whom the words address: all, unanswered, absent, committee, a group, names; None where they do not say."""
    if _UNANSWERED.search(words):
        return "unanswered"
    if _ABSENT.search(words):
        return "absent"
    for thing in things:
        if thing.kind == "group":
            return f"group:{group_name(str(thing.value), context)}"
    if _COMMITTEE.search(words):
        return "committee"
    if _ALL.search(words):
        return "all"
    clear, _ = names(thing for thing in things if thing.kind == "person")
    return clear or None
