"""What identifies a meeting or another entry (`which`), what kind it is, and the name of a meeting of no kind."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from understanding.slots import moments, naming
from understanding.words.things import types

if TYPE_CHECKING:
    from collections.abc import Sequence

    from understanding.slots.filling import Filling
    from understanding.words.things import Thing

_NOW_WORDS = {"当天", "现在", "目前", "刚才", "当前", "原来", "马上", "最近", "近期", "往后", "今后", "以后"}
_PERIODS = {"week", "month", "quarter", "year"}
_RELATIVE = (
    (
        re.compile(
            "上一?[次回场](?!.{0,3}说)|上一?[条个](?:会议)?通知|刚才?(?:那条|发的)通知|最近一次|上个会|上场|刚才?(?:开|散|结束|办|搞|上)[完了过的]|刚才开|刚才的?(?:那[个次场])?的?(?:会(?!儿)|活动|学习|课)"
        ),
        "last",
    ),
    (re.compile("下一?[次回场]|下个会|即将召开|接下来的会"), "next"),
    (re.compile("这一?[次场]|这回(?!事)|本次|当前|这个会|正在开|现在的会|此次|这场|今天这"), "current"),
)
_NUMBER = re.compile(
    "(?:编号|序号|号码|会议(?=\\d))[为是：]?(\\d{1,6})|第?#?(\\d{1,6})号?(?:会议(?!室)|条|个|项|题|篇|课|讲|章)|#(\\d{1,6})|(?<![\\d月])(\\d{1,6})号(?=会议(?!室)|会(?=$|[，。改取推延提挪不删撤的])|整改|问题)|第([一二三四五六七八九十]{1,2})(?:条|个|项|篇|课|讲|章)"
)
_QUOTED = re.compile('《([^》]{1,60})》|"([^"]{1,60})"')
_DIGITS = {han: str(at) for at, han in enumerate("一二三四五六七八九十", 1)}
_TOLD = re.compile(
    "(?:我们?|咱们?|你|您|他|她|书记|群里|会上)*(?:说|提|约|聊|商量|通知|建|新建|发起)(?:起|到|好|过|了)*(?:的|过)"
)
"""A time before these words tells when it was said, not which one it is (上午说的那个支委会)."""


def which(fill: Filling, things: Sequence[Thing], words: str) -> list[str]:
    """Return what identifies a meeting or another entry: numbers, kinds, dates, titles, last, next or current."""
    said: list[str] = []
    for found in _NUMBER.finditer(words):
        number = found[1] or found[2] or found[3] or found[4] or _DIGITS.get(found[5], "")
        if number:
            said.append(number)
    said += types(things)
    whens = [thing for thing in things if thing.kind == "when" and thing.value[0].start is not None]
    source = fill.marked.source
    whens = [
        thing
        for thing in whens
        if not _TOLD.match(source, thing.end) and not source.endswith(("几号", "哪天", "周几"), 0, thing.start)
    ]
    has_day = any(_names_a_day(thing) for thing in whens)
    for thing in whens:
        if fill.said(thing) not in _NOW_WORDS and not (has_day and _says_little(thing)):
            said.append(_when(thing, fill))
    said += [found[1] or found[2] for found in _QUOTED.finditer(words)]
    said += [word for pattern, word in _RELATIVE if pattern.search(words)]
    return list(dict.fromkeys(filter(None, said)))


def meeting(
    fill: Filling, things: Sequence[Thing], words: str, spans: Sequence[tuple[int, int]] | None = None
) -> list[str]:
    """Return what identifies a meeting: as `which`, and by its name where no kind and no number is said.

    `spans` are the stretches of the marked words in which a name can stand: all of them where none are given.
    """
    called = None if types(things) else naming.name(fill.marked, spans)
    if called is None:
        return which(fill, things, words)
    inside = {id(thing) for thing in fill.marked.things(*called)}
    said = which(fill, [thing for thing in things if id(thing) not in inside], words)
    title = fill.marked.words(*called)
    is_known = _QUOTED.search(words) or any(word.isdigit() for word in said)
    return said if is_known or title in said else [*said, title]


def _says_little(thing: Thing) -> bool:
    """Say whether a time is a part of the day, or open at its end (元旦后): beside a day it identifies nothing."""
    time = thing.value[0]
    is_part = time.daypart and not (time.has_day or time.has_clock)
    return bool(is_part) or (time.kind == "interval" and time.end is None)


def _names_a_day(thing: Thing) -> bool:
    time = thing.value[0]
    return bool(time.has_day) and time.grain not in _PERIODS and not (time.kind == "interval" and time.end is None)


def _when(thing: Thing, fill: Filling) -> str:
    time = thing.value[0]
    if time.has_clock:
        return moments.instant(time.start) if time.has_day else f"{time.start:%H:%M}"
    if time.grain in _PERIODS:
        if time.start <= fill.now < (time.end or time.start):
            return "current"
        words = fill.marked.source[thing.start : thing.end]
        if words.startswith(("上", "下")):
            return "last" if words[0] == "上" else "next"
        return f"{time.start:%Y-%m}" if time.grain == "month" else str(time.start.date())
    return str(time.start.date())
