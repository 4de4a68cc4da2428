"""Tidied words with their typed things replaced by marks, and the way back."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from understanding.things import MARKS, Thing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from understanding.tidy import Tidied

_KINDS = {mark: kind for kind, mark in MARKS.items()}
FILLER = re.compile(
    r"麻烦你?|告诉我|发给我|拜托|辛苦|帮个忙|帮我|帮忙|帮咱们?|给我|替我|请问|请你?|谢谢你?|多谢|感谢|那个|这个|一下|一个|你好|您好|好的|好吧|行吧|嗯嗯?|哎|唉|喂|额|呃"
    r"|小助手|支部助手|助手|机器人|咱们|我们|咱|我想|我要|想要|需要|书记好?|同志们?|各位|大家|就是|就|都|再|也|还|先|那么?|吧|呢|啊|呀|哦|噢|嘛|哈|了|的|地|得|是|在|要|把|将"
    r"|给|跟|和|对|有|个|下|请|您|你|我|来|去|到|现在|马上|立即|今天的|一次|场|次|能不能|能|可以|行吗|好吗|可以吗|吗|不好意思|抱歉|对不起|打扰了?|快|赶紧|尽快|准时|按时|时间|地点|进行"
    r"|支部|全体|党员|一起|统一|临时|突然|决定|安排|想|打算|计划|准备|拟|定|于|由|为|开会|会议|会|然后|因为|由于|所以|根据|有关|关于|以及"
)
_FACES = re.compile(r"[\s，。；！？、～：\"'（）【】\-—/\\|·.!?,;:*#_+=<>^&%$@`]")


@dataclass(frozen=True, slots=True)
class Marked:
    """The marked words: `text`, where each of its characters came from, and the thing behind each mark."""

    text: str
    origin: tuple[tuple[int, int], ...]
    behind: dict[int, Thing]
    source: str

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
            at - start: replace(thing, start=thing.start - low, end=thing.end - low)
            for at, thing in self.behind.items()
            if start <= at < end
        }
        origin = tuple((first - low, last - low) for first, last in self.origin[start:end])
        return Marked(self.text[start:end], origin, behind, self.source[low:high])


def mark(tidied: Tidied, found: Sequence[Thing]) -> Marked:
    """Replace each thing by its mark."""
    pieces: list[str] = []
    origin: list[tuple[int, int]] = []
    behind: dict[int, Thing] = {}
    at = 0
    for thing in found:
        pieces.append(tidied.text[at : thing.start])
        origin += [(index, index + 1) for index in range(at, thing.start)]
        behind[len(origin)] = thing
        pieces.append(MARKS[thing.kind])
        origin.append((thing.start, thing.end))
        at = thing.end
    pieces.append(tidied.text[at:])
    origin += [(index, index + 1) for index in range(at, len(tidied.text))]
    return Marked("".join(pieces), tuple(origin), behind, tidied.text)


def ground(marked: Marked) -> list[bool]:
    """Tell of each character whether it says something: punctuation and filler words do not."""
    says = [True] * len(marked.text)
    for pattern in (_FACES, FILLER):
        for found in pattern.finditer(marked.text):
            says[found.start() : found.end()] = [False] * (found.end() - found.start())
    return says


def kind_of(character: str) -> str | None:
    """Return the kind of thing that a character marks, None for an ordinary one."""
    return _KINDS.get(character)
