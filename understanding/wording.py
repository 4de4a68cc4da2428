"""What a message says beside its slots: the verb before a topic, that a meeting was held, a place that is none."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import datetime
from operator import eq
from typing import TYPE_CHECKING, Any

from understanding.tidy import script

if TYPE_CHECKING:
    from vocabulary.readings import Reading

FREE = ("text", "reason")
"""Slots whose words are passed on to others: exactly as they were typed."""
TYPED = frozenset({"text", "reason", "topic", "title", "agenda"})
_PUT_RIGHT = 0.2
"""So great a share of words may be typos that were put right."""
CLOSING = "。！？!?.…”’』」）)"
VERBS = ("讨论通过", "讨论", "审议", "研究", "通报", "传达", "部署", "听取", "表决", "总结", "布置")
RECORD = re.compile(r"补记|补录|补登|补上|补一(?:个|次)|已经开(?:过|完|了)|开过(?![吗没几多]|哪)")
UNDO = re.compile(r"取消|撤销|撤回|不要帮|别帮|先别|不用帮")
STANDING = re.compile(r"以后|今后|往后|每次|凡是|都(?:要)?提前|所有的?会|默认")
VAGUE = re.compile(
    r"老地方|老样子|老位置|原来的?地方|原地|上次(?:那|的|那个)?(?:地方|会议室|地儿)?|那(?:个|里|边)|这(?:里|边|儿)|还?是那(?:里|儿)|同上"
)
EARLY = re.compile(r"先走|早走|提前(?:走|离开|离场)|早退|先撤|先离开|得走|要走")
ROOM_WORDS = re.compile(r"(?:会议室|会议厅|活动室|办公室|教室|室|厅|号)+$")


def said_beside(text: str, reading: Reading) -> dict[str, Any]:
    """Return what a message adds to its slots: free words as typed, `agenda` with its verbs, `_record`.

    A meeting to be recorded lies in the past: a day that was read as next year's is this year's or the last.
    """
    beside: dict[str, Any] = {
        slot: as_typed(reading.slots[slot], text) for slot in FREE if isinstance(reading.slots.get(slot), str)
    }
    if reading.intent != "meeting.create":
        return beside
    if reading.slots.get("agenda"):
        beside["agenda"] = [_with_verb(text, topic) for topic in reading.slots["agenda"]]
    if RECORD.search(text):
        beside["_record"] = True
    return beside


def as_typed(words: str, text: str, closing: str = CLOSING) -> str:
    """Find words that were read (tidied) in the text as it was typed, and return them from there, signs and all.

    Letters and digits must agree, in any width and script; signs may differ. Of the signs behind them those in
    `closing` are taken along. Words that are not there in one piece are returned as they are.
    """
    wanted = _bare(words)
    places = [place for place, sign in enumerate(text) if sign.isalnum()]
    typed = "".join(_fold(text[place]) for place in places)
    where = typed.find(wanted) if wanted else -1
    if where < 0 and wanted:
        where = _nearly(wanted, typed)
    if where < 0 or len(typed) != len(places):
        return words
    first, last = places[where], places[where + len(wanted) - 1]
    if first and text[first - 1] == "《" and "》" in text[first:last]:
        first -= 1
    while last + 1 < len(text) and text[last + 1] in closing:
        last += 1
    return text[first : last + 1]


def _nearly(wanted: str, typed: str) -> int:
    """Return where words stand in a text that holds them with a few other characters: their typos put right."""
    least = len(wanted) * (1 - _PUT_RIGHT)
    alike = ((sum(map(eq, wanted, typed[at:])), -at) for at in range(len(typed) - len(wanted) + 1))
    most, at = max(alike, default=(0, 0))
    return -at if most and most >= least else -1


def typed(reading: Reading, text: str) -> Reading:
    """Return a reading whose free words stand as the speaker typed them."""
    slots = dict(reading.slots)
    for slot in TYPED & slots.keys():
        value = slots[slot]
        slots[slot] = (
            [as_typed(one, text, "%％") for one in value]
            if isinstance(value, list)
            else as_typed(str(value), text, "%％")
        )
    return replace(reading, slots=slots, then=tuple(typed(further, text) for further in reading.then))


def _bare(words: str) -> str:
    return "".join(_fold(sign) for sign in words if sign.isalnum())


def _fold(sign: str) -> str:
    """One sign as the tidying writes it: half width, simplified, small."""
    return unicodedata.normalize("NFKC", sign).translate(script()).lower()


def refine(text: str, reading: Reading) -> Reading:
    """Tell apart what the contract has no intent for.

    以后开会都提前一小时提醒 is about all meetings to come (`branch.remind`); 取消帮某某签到 registers nobody
    (`checkin.undo`, which no handler takes yet).
    """
    if reading.intent == "checkin.for" and UNDO.search(text):
        return replace(reading, intent="checkin.undo")
    if reading.slots.get("remind") is not None and STANDING.search(text):
        return replace(reading, intent="branch.remind", slots={"remind": reading.slots["remind"]})
    return reading


def as_past(start: str, now: datetime) -> str:
    """Turn a day that was taken to lie ahead into the latest one behind (3月18日 said on 20 March)."""
    moment = datetime.fromisoformat(start)
    while moment.replace(tzinfo=None) > now.replace(tzinfo=None):
        try:
            moment = moment.replace(year=moment.year - 1)
        except ValueError:
            moment = moment.replace(year=moment.year - 1, day=28)
    return moment.isoformat() if "T" in start else moment.date().isoformat()


def goes_early(text: str) -> bool:
    """Whether words say that someone leaves before the end (三点半得先走)."""
    return EARLY.search(text) is not None


def is_vague(place: str) -> bool:
    """Whether words name no place: 老地方."""
    return VAGUE.fullmatch(place.strip()) is not None


def same_place(one: str, other: str) -> bool:
    """Whether two ways of writing name the same room: 301 and 301会议室."""
    return one == other or (bool(one and other) and ROOM_WORDS.sub("", one) == ROOM_WORDS.sub("", other))


def _with_verb(text: str, topic: str) -> str:
    """Put the verb that stood before a topic back: 讨论年度工作计划."""
    where = text.find(topic)
    before = text[:where] if where > 0 else ""
    return next((verb + topic for verb in VERBS if before.endswith(verb) and not topic.startswith(verb)), topic)
