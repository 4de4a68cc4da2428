"""Tidied words with their typed things replaced by marks, and the way back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from understanding.words.things import MARKS, Thing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from understanding.words.tidy import Tidied

_KINDS = {mark: kind for kind, mark in MARKS.items()}
FILLER = re.compile(
    r"麻烦你?|告诉我|发给我|拜托|辛苦|帮个忙|帮我|帮忙|帮咱们?|给我|替我|请问|请你?|谢谢你?|多谢|感谢|那个|这个|一下|一个|你好|您好|好的|好吧|行吧|嗯嗯?|哎|唉|喂|额|呃"
    r"|小助手|支部助手|助手|机器人|咱们|我们|咱|我想|我要|想要|需要|书记好?|同志们?|各位|大家|就是|就|都|再|也|还|先|那么?|吧|呢|啊|呀|哦|噢|嘛|哈|了|的|地|得|是|在|要|把|将"
    r"|给|跟|和|对|有|个|下|请|您|你|我|来|去|到|现在|马上|立即|今天的|一次|场|次|能不能|能|可以|行吗|好吗|可以吗|吗|不好意思|抱歉|对不起|打扰了?|快|赶紧|尽快|准时|按时|时间|地点|进行"
    r"|支部|全体|党员|一起|统一|临时|突然|决定|安排|想|打算|计划|准备|拟|定|于|由|为|开会|会议|会|然后|因为|由于|所以|根据|有关|关于|以及"
)
_DONE = frozenset("消掉了吧哈呗啦哦退")
"""With these a command has been said to its end."""
_GOES_ON = re.compile("弄好|完了|然后|另外|顺便|再?通知|再?发|取消|提醒")
_DOES = re.compile("(?:来|负责|同志)*(?:领学|领读|汇报|记录|发言|介绍)")
_FACES = re.compile(r"[\s，。；！？、～：\"'（）【】\-—/\\|·.!?,;:*#_+=<>^&%$@`]")


@dataclass(frozen=True, slots=True)
class Marked:
    """The marked words: `text`, where each of its characters came from, and the thing behind each mark.

    `gaps` are the places in `text` where people left a space beside a thing: it may part clauses, or not.
    `breaks` are the places in `source` where a space stood between words.
    """

    text: str
    origin: tuple[tuple[int, int], ...]
    behind: dict[int, Thing]
    source: str
    gaps: frozenset[int] = frozenset()
    breaks: frozenset[int] = frozenset()

    @property
    def spaces(self) -> frozenset[int]:
        """The places in `text` before which a space stood, the ones too that are no pause for the templates."""
        return frozenset(at for at, (start, end) in enumerate(self.origin) if start in self.breaks and end > start)

    def words(self, start: int, end: int) -> str:
        """Return the tidied words of a stretch of the marked text."""
        if start >= end:
            return ""
        return self.source[self.origin[start][0] : self.origin[end - 1][1]]

    def things(self, start: int = 0, end: int | None = None) -> list[Thing]:
        """Return the things whose marks stand in a stretch, in order."""
        last = len(self.text) if end is None else end
        return [thing for at, thing in self.behind.items() if start <= at < last]

    def part(self, start: int, end: int) -> Marked:
        """Return a stretch as marked words of its own."""
        low, high = self.origin[start][0], self.origin[end - 1][1]
        behind = {
            at - start: Thing(thing.kind, thing.value, thing.start - low, thing.end - low)
            for at, thing in self.behind.items()
            if start <= at < end
        }
        origin = tuple((first - low, last - low) for first, last in self.origin[start:end])
        gaps = frozenset(at - start for at in self.gaps if start < at < end)
        breaks = frozenset(at - low for at in self.breaks if low < at < high)
        return Marked(self.text[start:end], origin, behind, self.source[low:high], gaps, breaks)


def mark(tidied: Tidied, found: Sequence[Thing]) -> Marked:
    """Replace each thing by its mark; a space between two words is a comma, because people type it for one."""
    pieces: list[str] = []
    origin: list[tuple[int, int]] = []
    behind: dict[int, Thing] = {}
    things = {thing.start: thing for thing in found}
    pauses = _pauses(tidied, found)
    gaps: set[int] = set()
    at = 0
    for stop in sorted({*things, *tidied.breaks, len(tidied.text)}):
        if stop < at:
            continue
        pieces.append(tidied.text[at:stop])
        origin += zip(range(at, stop), range(at + 1, stop + 1), strict=True)
        at = stop
        if at in pauses:
            pieces.append("，")
            origin.append((at, at))
        elif at in tidied.breaks:
            gaps.add(len(origin))
        if at in things:
            thing = behind[len(origin)] = things[at]
            pieces.append(MARKS[thing.kind])
            origin.append((at, thing.end))
            at = thing.end
    return Marked("".join(pieces), tuple(origin), behind, tidied.text, frozenset(gaps), tidied.breaks)


def _pauses(tidied: Tidied, found: Sequence[Thing]) -> set[int]:
    """Return the spaces that part clauses: those between words, not beside a thing nor around a single character."""
    if not tidied.breaks:
        return set()
    starts, stops = {thing.start: thing for thing in found}, {thing.end for thing in found}
    edges = {edge for thing in found for edge in range(thing.start, thing.end + 1)}
    breaks = sorted(tidied.breaks)
    ends = [0, *breaks, len(tidied.text)]
    return {
        at
        for number, at in enumerate(breaks, 1)
        if (at not in edges or _is_done(tidied.text, at, starts, stops))
        and min(at - ends[number - 1], ends[number + 1] - at) > 1
        and tidied.text[at - 1].isalnum()
        and tidied.text[at].isalnum()
    }


def _is_done(text: str, at: int, starts: Mapping[int, Thing], stops: set[int]) -> bool:
    """Say whether a space beside a thing parts two commands: 支委会取消 302也退掉, 一个半钟头 另外通知大家."""
    if at in stops:
        return _GOES_ON.match(text, at) is not None or (at in starts and _DOES.match(text, starts[at].end) is not None)
    return at in starts and (text[at - 1] in _DONE or _DOES.match(text, starts[at].end) is not None)


def ground(marked: Marked) -> bytearray:
    """Tell of each character whether it says something (1): punctuation and filler words do not."""
    says = bytearray(b"\1") * len(marked.text)
    for pattern in (_FACES, FILLER):
        for found in pattern.finditer(marked.text):
            says[found.start() : found.end()] = bytes(found.end() - found.start())
    return says


def kind_of(character: str) -> str | None:
    """Return the kind of thing that a character marks, None for an ordinary one."""
    return _KINDS.get(character)
