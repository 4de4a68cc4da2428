"""Which way words of the calendar look.

A day without its year is the coming one for a meeting that is called, and the last one for its minutes
(3月11日的会议记录, said on 12 March).
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from understanding import times

if TYPE_CHECKING:
    from datetime import datetime

    from understanding.words.marked import Marked
    from understanding.words.things import Thing

BACK = frozenset(
    {
        "archive.export",
        "brief.make",
        "checkin.for",
        "credit.show",
        "development.advance",
        "dues.record",
        "evaluation.open",
        "evaluation.result",
        "exam.result",
        "learn.done",
        "learn.hours",
        "minutes.approve",
        "minutes.make",
        "minutes.show",
        "portrait.show",
        "quiz.rank",
        "report.export",
        "report.show",
    }
)
"""Intents that look at what has been."""
_HAS_BEEN = re.compile(
    "开过|(?<![不别用要])开了|上过|讲过|开展过|搞过|补记|补录|补登|那次|当时|参加过|召开过|到会率|谁来了|来了几|谁.{0,4}缺席|(?<![得要能会])缺席(?=的|了(?!$|[，。])|名|几|多少)"
)
_AHEAD = frozenset(
    {
        "agenda.assign",
        "meeting.cancel",
        "meeting.change",
        "meeting.create",
        "notice.send",
        "reminder.create",
        "room.book",
        "room.list",
    }
)
"""Intents whose day is always to come, unless the words say that it has been."""
_WEEKDAY = re.compile("^(?:周|星期|礼拜)[一二三四五六日天]")
_STEPS = (7, 31, 366)
"""Days to go back for the latest 周三, 18号 or 3月18日."""
_FAR = timedelta(days=183)


def turned(marked: Marked, intent: str, now: datetime) -> Marked:
    """Return the marked words with every day and month read in the direction that the intent looks."""
    back = intent in BACK or _HAS_BEEN.search(marked.source) is not None
    if intent in _AHEAD and not back:
        return marked
    behind = {
        at: _turned(thing, marked.source, now, back=back) if thing.kind == "when" else thing
        for at, thing in marked.behind.items()
    }
    return replace(marked, behind=behind)


def _turned(thing: Thing, source: str, now: datetime, *, back: bool) -> Thing:
    time = thing.value[0]
    if time.start is None or time.start <= now or time.open_until:
        return thing
    words = source[thing.start : thing.end]
    if time.has_year and not (back and _WEEKDAY.match(words)):
        return thing
    if not back and time.start - now <= _FAR:
        return thing
    return latest(thing, words, now)


def latest(thing: Thing, words: str, now: datetime) -> Thing:
    """Return a time that lies ahead as the latest such one behind; as it is where there is none."""
    for days in _STEPS:
        again = times.find(words, now - timedelta(days=days))
        if again and again[0].start is not None and again[0].start <= now:
            return replace(thing, value=tuple(again))
    return thing
