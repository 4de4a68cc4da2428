"""What identifies a meeting or another entry (`which`), what kind it is, and the name of a meeting of no kind."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from understanding.slots import moments
from understanding.words.clauses import ANY_MARK
from understanding.words.things import types

if TYPE_CHECKING:
    from collections.abc import Sequence

    from understanding.slots.filling import Filling
    from understanding.words.marked import Marked
    from understanding.words.things import Thing

_NOW_WORDS = {"当天", "现在", "目前", "刚才", "当前", "原来", "马上", "最近", "近期", "往后", "今后", "以后"}
_PERIODS = {"week", "month", "quarter", "year"}
_RELATIVE = (
    (
        re.compile(
            "上一?[次回场](?!.{0,3}说)|最近一次|上个会|上场|刚才?(?:开|散|结束|办|搞|上)[完了过的]|刚才开|刚才的?(?:那[个次场])?的?(?:会(?!儿)|活动|学习|课)"
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
_NAME = re.compile(
    f"[\u4e00-\u9fff\\d]{{2,20}}?会(?=$|[，。；！？：\n的{ANY_MARK[1:-1]}]|改|取消|推迟|延期|提前|挪|先|不|别|照|还|就|也|吧|哈|呗|了|撤|作废|算了|停|定|安排|时间|地点|通知|由|请|在|放)"
)
_VERB = (
    "(?:召开|举行|举办|组织|安排|发起|新建|创建|筹备召开|取消|撤销|撤掉|撤了|停掉|推迟|通知|参加"
    "|[开办搞整弄约定排加建拟])"
)
_CALLED = re.compile(
    f".*(?:{_VERB}(?:一下|了)?(?:[一这那]?[个次场期下]|一)|召开|举行|举办|取消(?:了|掉)?|撤销|把|将|关于|[的个次场](?=.{{2}})|(?:本|这)次|那个|这个|今[天晚]|晚上|下午|上午)|(?:请|麻烦|帮忙|帮我|要|想|拟|决定|准备|打算)*{_VERB}"
)
_OWN_TIME = re.compile("(?:[个次场]|召开|举行|举办|开展|关于)\ue000$")
"""A time between the verb and the name belongs to the name: 开个七一活动筹备会."""
_NO_NAME = re.compile(
    "(?:开|约|定|办|搞|组织|安排|通知|大|小|短|个|次|社|机|工|聚|学|协|班|一|都|召|就|不|要|再|也|临时|紧急|线上|视频|全体|集体|碰头|碰个头|[这那上]个|[这那上]场|[这那上]次|最近|咱们|我们|支部|党员|委员|帮忙|麻烦|最近|有|啥|什么|哪些|大家|各位)*(?:开)?会"
)


def which(fill: Filling, things: Sequence[Thing], words: str) -> list[str]:
    """Return what identifies a meeting or another entry: numbers, kinds, dates, titles, last, next or current."""
    said: list[str] = []
    for found in _NUMBER.finditer(words):
        number = found[1] or found[2] or found[3] or found[4] or _DIGITS.get(found[5], "")
        if number:
            said.append(number)
    said += types(things)
    whens = [thing for thing in things if thing.kind == "when" and thing.value[0].start is not None]
    has_day = any(_names_a_day(thing) for thing in whens)
    for thing in whens:
        if fill.said(thing) not in _NOW_WORDS and not (has_day and _says_little(thing)):
            said.append(_when(thing, fill))
    said += [found[1] or found[2] for found in _QUOTED.finditer(words)]
    said += [word for pattern, word in _RELATIVE if pattern.search(words)]
    return list(dict.fromkeys(filter(None, said)))


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


def name(marked: Marked, start: int = 0, end: int | None = None) -> tuple[int, int] | None:
    """Return where the name of a meeting of no known kind stands (七一活动筹备会), None where none does."""
    for found in _NAME.finditer(marked.text, start, len(marked.text) if end is None else end):
        low, high = found.span()
        inside = [at for at in range(low + 1, high) if marked.origin[at][0] in marked.breaks]
        low = inside[-1] if inside else low
        called = _CALLED.match(marked.text, low, high - 1)
        if called and called.end() < high - 1:
            low = called.end()
        elif (
            _OWN_TIME.search(marked.text, 0, low)
            and low - 1 in marked.behind
            and marked.origin[low][0] not in marked.breaks
        ):
            low -= 1
        while marked.text[low] in "的了吧" or marked.text[low].isdigit():
            low += 1
        if not _NO_NAME.fullmatch(marked.text, low, high) and not marked.text.startswith(("的会", "号会"), high - 2):
            return low, high
    return None
