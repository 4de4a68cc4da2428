"""What this person was just asked: the value of a slot, a yes or a no, or a correction of a draft that waits."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from understanding.dialogue import asked_values, assent, corrections
from understanding.dialogue.answer_words import any_of
from understanding.intents.matching import Match, rules
from understanding.intents.table import Intent, table
from understanding.slots.filling import Filling

if TYPE_CHECKING:
    from datetime import datetime

    from understanding.words.marked import Marked
    from vocabulary.readings import Context, Reading

Answer = tuple[str, dict[str, Any], dict[str, list[Any]]]
_CLAUSES = re.compile("[，。；！？\n]+")
_MOVED = re.compile("(?:好的?|可以|行)?[，]?(?:但是?|不过)?[，]?(?:时间|日期)?(?:改到|改成|改为|推迟|提前|挪到)")
_BUTTON = frozenset({"确认", "确定"})
"""The words of a card's button, typed to a question that no yes answers: it is asked again."""
_STOPS = re.compile(
    "(?:取消|撤销|停止|停掉?|关闭|结束|截止)(?:所有|全部|我)?的?(?:提醒|签到|投票|表决|请假|通知|记录|推送|评议|考试)[了吧]?"
)
"""A command of its own wherever no draft waits for a yes."""
_LENGTHS = frozenset({"duration", "remind", "shift"})
_WORDS = frozenset({"reason", "text", "topic", "title", "agenda", "place", "person", "host", "speaker"})
_OWN_WORDS = frozenset({"text", "reason"})
"""Slots that take a whole message as it is: only a message that is nothing but a no is none."""
_NAMED, _ABOUT = frozenset({"title", "topic", "agenda", "text"}), re.compile("关于|有关")
_RESERVED = re.compile("[但不再先等改换就只缺少漏加差]")
_SHORT = 12
_CALLS = re.compile("(?<!散)(?<!几点)(?:召开|举行|开(?!会?到|始)|组织)|补记")
_ASKS = re.compile("什么|哪些|有啥|[吗谁查看？]|(?<![那这])几[个场次]")
LIKELY, _CERTAIN = 0.88, 0.95
_ALSO_WORDS = frozenset(
    {"leave.request", "help", "rule.ask", "reminder.create", "meeting.list", "room.book", "notice.send"}
)
_ALSO_TIMES = frozenset({"meeting.list", "themeday.show", "meeting.show"})
"""What an answer in words, or a time, resembles too much for a new command to win."""
_NEVER = frozenset({"meeting.accept", "agenda.assign", "leave.late", "quiz.start", "learn.done", "member.bind", "help"})


def read(marked: Marked, now: datetime, context: Context) -> Answer | None:
    """Return confirm, deny or answer with the slots given; None where the words are something else."""
    asked = context.asked or ""
    if not marked.source.strip("，。！？～、；： \n"):
        return None
    if asked == "confirm":
        return _confirm(marked, now, context)
    if _drops(marked, asked):
        return assent.NO, {}, {}
    if _MOVED.match(marked.source) and asked not in asked_values.TIMES | _LENGTHS | {"rrule"}:
        slots, unsure = corrections.read(_filling(marked, now, context, ""))
    else:
        slots, unsure = asked_values.read(_filling(marked, now, context, asked), asked)
    if slots or unsure:
        return "answer", slots, unsure
    return (assent.YES, {}, {}) if marked.source.strip("，。！ \n") in _BUTTON else None


def _drops(marked: Marked, asked: str) -> bool:
    """Say whether words give up what was asked about; 取消提醒 is a command of its own."""
    if _STOPS.fullmatch(marked.source.strip("，。！ \n")):
        return False
    if assent.verdict(marked.source) == assent.NO and (asked != "choice" or assent.is_firm(marked.source)):
        return True
    return asked not in _OWN_WORDS and any(map(assent.is_firm, clauses(marked)))


def _confirm(marked: Marked, now: datetime, context: Context) -> Answer | None:
    whole = assent.verdict(marked.source)
    if whole:
        return whole, {}, {}
    parts = clauses(marked)
    firm = any(map(assent.is_firm, parts))
    if not firm or any_of("corrects").search(marked.source):
        slots, unsure = corrections.read(_filling(marked, now, context, ""))
        if slots or unsure:
            return "answer", slots, unsure
    if firm or (assent.verdict(parts[0]) == assent.NO and not _ASKS.search(marked.source)):
        return assent.NO, {}, {}
    rest = "".join(parts[1:])
    if assent.verdict(parts[0]) == assent.YES and len(rest) <= _SHORT and not _RESERVED.search(rest):
        return assent.YES, {}, {}
    return None


def clauses(marked: Marked) -> list[str]:
    """Return the clauses of a message in its own words."""
    said, at = [], 0
    for found in (*_CLAUSES.finditer(marked.text), None):
        end = found.start() if found else len(marked.text)
        if end > at:
            said.append(marked.words(at, end))
        at = found.end() if found else end
    return said or [marked.source]


def split(marked: Marked) -> tuple[str, Marked] | None:
    """Part a yes or no from what is said after it; None where a message does not begin so."""
    found = _CLAUSES.search(marked.text)
    if found is None or found.end() >= len(marked.text):
        return None
    verdict = assent.verdict(marked.words(0, found.start()))
    return (verdict, marked.part(found.end(), len(marked.text))) if verdict else None


def goes_on(marked: Marked) -> bool:
    """Say whether words begin another command: 再帮我订302, 你把周五的会列给我."""
    return any_of("further").match(marked.source) is not None


def _filling(marked: Marked, now: datetime, context: Context, asked: str) -> Filling:
    template = table().openings["checkin"][0]
    anything = Intent("answer", corrections.SLOTS | ({asked} if asked else set()), "", (), ())
    weighed = Match(template, None, marked, {}, rules(marked, anything, table()))
    return Filling(marked, weighed, anything, now, context)


def gives_way(marked: Marked, answered: Answer, new: Reading, asked: str) -> bool:
    """Say whether a new command wins over an answer to what was asked."""
    intent, slots, _ = answered
    if new.intent == "none" or intent in {assent.YES, assent.NO} or (asked in _NAMED and _ABOUT.match(marked.source)):
        return False
    corrects = asked == "confirm" and any_of("corrects").search(marked.source)
    if new.intent == "meeting.create":
        timed = "type" in new.slots and bool({"start", "time"} & set(new.slots))
        return (
            timed
            and not corrects
            and asked not in {"which", "type"}
            and (_CALLS.search(marked.source) is not None or set(slots) <= _WORDS)
        )
    if new.intent == "meeting.change":
        return asked == "reason" and len(new.slots.get("which", ())) > 1
    if new.intent in _NEVER or (corrects and not _ASKS.search(marked.source)):
        return False
    if set(slots) <= _WORDS:
        return new.confidence >= LIKELY and new.intent not in _ALSO_WORDS
    return (
        new.confidence >= _CERTAIN
        and any_of("orders").search(marked.source) is not None
        and (new.intent not in _ALSO_TIMES or _ASKS.search(marked.source) is not None)
    ) or (new.confidence >= _CERTAIN and _ASKS.search(marked.source) is not None)
