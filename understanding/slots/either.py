"""What the speaker leaves open between two things of one sort: 下周三或者下周四下午三点, 我或者周建国主持, 301或302."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from understanding.slots.correcting import kept_day
from understanding.words.clauses import ANY_MARK

if TYPE_CHECKING:
    from understanding.words.marked import Marked
    from understanding.words.things import Thing
    from vocabulary.readings import Reading

_FIGURE = r"\d{1,5}(?:\.\d{1,2})?(?:元|块)?"
_OR = "(?:或者?是?|还是|要么是?|要不然?就?)"
_EITHER = re.compile(
    f"({ANY_MARK}|我)[，、]?{_OR}[，]?({ANY_MARK}|我)|(?<![\\d.])({_FIGURE}){_OR}({_FIGURE})(?![\\d.])"
)
_KINDS = frozenset({"when", "person", "place", "duration"})
_OPEN = frozenset(
    {"start", "time", "end", "place", "host", "speaker", "person", "amount", "duration", "remind", "shift"}
)
"""Slots that may be left open. Where the words of another slot differ, the two belong to those words."""


def either(marked: Marked) -> tuple[Marked, Marked] | None:
    """Return the message with the first of two things left open, and with the second; None where none are."""
    if not any(word in marked.text for word in ("或", "还是", "要么", "要不")):
        return None
    found = _EITHER.search(marked.text)
    if found is None:
        return None
    if found[3]:
        return _without(marked, found.end(3), found.end(4)), _without(marked, found.start(3), found.start(4))
    first, second = marked.behind.get(found.start(1)), marked.behind.get(found.start(2))
    if {_kind(first), _kind(second)} - _KINDS or _kind(first) != _kind(second):
        return None
    if first is not None and second is not None and first.kind == "when":
        marked = _sharing(marked, found.start(1), found.start(2))
    return _without(marked, found.end(1), found.end(2)), _without(marked, found.start(1), found.start(2))


def left_open(one: Reading, other: Reading) -> Reading | None:
    """Return the reading in which what the two differ in is unsure; None where they differ in more than may be open."""
    if one.intent != other.intent or one.then or other.then:
        return None
    slots = one.slots.keys() | other.slots.keys()
    open_ = {slot for slot in slots if one.slots.get(slot) != other.slots.get(slot)}
    if not open_ or open_ - _OPEN or any(slot not in one.slots or slot not in other.slots for slot in open_):
        return None
    unsure: dict[str, list[Any]] = {slot: [one.slots[slot], other.slots[slot]] for slot in sorted(open_)}
    return replace(
        one,
        slots={slot: value for slot, value in one.slots.items() if slot not in open_},
        unsure={**one.unsure, **unsure},
    )


def _kind(thing: Thing | None) -> str:
    """Name the sort of a thing; the speaker, who is no mark, is a person."""
    return "person" if thing is None else thing.kind


def _sharing(marked: Marked, first: int, second: int) -> Marked:
    """Give a day without a clock the clock of the other one, and a clock without a day the day before it."""
    one, other = marked.behind[first], marked.behind[second]
    mine, theirs = one.value[0], other.value[0]
    if mine.has_day and not mine.has_clock and theirs.has_clock and mine.start is not None and theirs.start is not None:
        start = mine.start.replace(hour=theirs.start.hour, minute=theirs.start.minute)
        end = start + (theirs.end - theirs.start) if theirs.end is not None else None
        one = replace(one, value=(replace(theirs, start=start, end=end),))
    elif mine.has_day and theirs.daypart and not (mine.daypart or mine.has_clock or theirs.has_clock):
        one = replace(one, value=(replace(mine, daypart=theirs.daypart),))
    else:
        other = kept_day(one, other)
    return replace(marked, behind={**marked.behind, first: one, second: other})


def _without(marked: Marked, start: int, end: int) -> Marked:
    """Return the message without a stretch; what stands behind it moves up."""
    text = marked.text[:start] + marked.text[end:]
    behind = {
        at if at < start else at - (end - start): thing for at, thing in marked.behind.items() if not start <= at < end
    }
    gaps = frozenset(at if at < start else at - (end - start) for at in marked.gaps if not start <= at < end)
    return replace(marked, text=text, origin=marked.origin[:start] + marked.origin[end:], behind=behind, gaps=gaps)
