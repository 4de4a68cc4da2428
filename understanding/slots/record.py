"""The slots of keeping the record of a meeting, and of the news brief of an activity."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from understanding.slots import naming
from understanding.slots.excuses import CUT, cut
from understanding.slots.plain import which_one
from understanding.words.clauses import ANY_MARK, leaves

if TYPE_CHECKING:
    from collections.abc import Callable

    from understanding.slots.filling import Filling

_BRIEF = (
    "(?:(?:宣传|活动|新闻|信息|工作|党建|会议|图文)*(?:简报|简讯|新闻稿?(?!联播)|宣传稿"
    "|通讯稿?(?!录)|报道|信息稿?|推文|美篇|公众号(?:文章|推文|稿子?)|文章|稿[子件]))"
)
_LEAD = (
    "(?:请|麻烦|劳驾|辛苦|帮个?忙|[帮给]我们?|帮|你|您|能不能|能否"
    "|可以|可不可以|现在|也|都|就|先|再|来|想|要|还|需要|抓紧|尽快|赶紧)"
)
_WRITE = (
    "(?:写(?:成|个|一)?|出(?!去|席|发)|做(?:成|个)?|弄|起草|起|整理(?:成|出)?|整|拟"
    "|编(?!号)写?|搞|发|生成|制作|撰写)(?:[一两]?[个份篇下条则]|一下|出来|[稿成好了呗吧哈哦])*"
)
_COMMAND = re.compile(
    f"{_LEAD}{{0,20}}+{_WRITE}(?:[^，。；！？\n]{{0,2}}的)??(?={_BRIEF}|$|[，。；！？\n])|的?{_BRIEF}(?:稿)?|{_LEAD}{{0,20}}+{_WRITE}(?=[^，。；！？\n]{{2,20}}?{_BRIEF})"
)
"""That it is to be written, and the brief itself: 写一篇…的新闻稿, …的简报起个稿."""
_HEAD = re.compile(
    f"(?:{ANY_MARK}|[的：给为把将就了]|{_LEAD}|关于|围绕|针对|根据|按照?|上周|刚[才刚]|[这那上本此]一?[次个场回]|这|咱们?|我们|党?支部(?=的|开展|组织|上次|昨天|今天)|大家|开展|组织|举办|举行|参加|一[篇份个]|编号\\d+|\\d+号|那?天)+"
)
_IS_OF = re.compile(f"的|[那这]|会|{ANY_MARK}|开始?记|记录|录音|纪要")
_TAIL = re.compile(
    f"(?:{ANY_MARK}|[的：了呢吧给把]|[这那]一?[次个场回](?:的?(?:活动|会议?))?|情况|内容|这件?事|{_LEAD})+$"
)


def _record(fill: Filling) -> None:
    """A day that is not the meeting's (今天就到这儿) identifies nothing."""
    text = fill.marked.text
    days = [(at, thing) for at, thing in fill.marked.behind.items() if thing.kind == "when"]
    fill.used.update(id(thing) for at, thing in days if not _IS_OF.match(text, at + 1))
    which_one(fill)


def _make(fill: Filling) -> None:
    """Fill what identifies the activity: a kind, a day, a number, else the words that the command leaves beside it."""
    which_one(fill)
    if naming.name(fill.marked):
        return
    text = cut(fill.marked.text, _COMMAND)
    for found in re.finditer(f"[^{CUT}，。；！？\n]+", text):
        beside = CUT in text[max(0, found.start() - 1) : found.end() + 1]
        title = _title(fill, text, *found.span()) if beside else ""
        if title and not fill.slots.get("which"):
            fill.slots["which"] = [title]
        elif title and title not in fill.slots["which"] and not any(title in str(one) for one in fill.slots["which"]):
            fill.slots["which"].append(title)


def _title(fill: Filling, text: str, start: int, end: int) -> str:
    if head := _HEAD.match(text, start, end):
        start = head.end()
    if start < end and (tail := _TAIL.search(text, start, end)):
        end = tail.start()
    words = text[start:end]
    return fill.marked.words(start, end).strip('《》"，：') if _names(words) else ""


def _names(words: str) -> bool:
    """Say whether words name an activity."""
    bare = re.sub("活动|会议?|学习|《|》", "", words)
    return len(leaves(bare)) > 1 and not re.search(f"[我你他{ANY_MARK[1:-1]}]|等着|要用|催|已经|一下|刚才", words)


SPECIAL: dict[str, Callable[[Filling], None]] = {"record.start": _record, "record.stop": _record, "brief.make": _make}
