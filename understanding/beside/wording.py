"""What the contract has no slot for and handlers want to know: a record, a standing wish, a vague place."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from understanding.words.typed import as_typed

if TYPE_CHECKING:
    from vocabulary.readings import Reading

FREE = ("text", "reason")
"""Slots whose words are passed on to others: exactly as they were typed."""
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


def _with_verb(text: str, topic: str) -> str:
    """Put the verb that stood before a topic back: 讨论年度工作计划."""
    where = text.find(topic)
    before = text[:where] if where > 0 else ""
    return next((verb + topic for verb in VERBS if before.endswith(verb) and not topic.startswith(verb)), topic)


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
