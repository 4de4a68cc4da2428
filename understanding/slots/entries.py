"""Which entry of a list is meant by its number: 第三条, 3号问题, 问题6、7."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from understanding.times.numbers import number

if TYPE_CHECKING:
    from understanding.words.marked import Marked

_N = "(?:\\d{1,4}|[一二三四五六七八九十]{1,3})"
_UNIT = "(?:条|个|项|号|份|篇|门|课|讲|章|节|集|期|件|点|部|本)"
_FURTHER = (
    f"(?:{_UNIT}?(?:、(?:第|问题|#)?{_N}|(?:，|和|跟|与|及|以及|还有)(?:第|问题|#)?{_N}(?={_UNIT}|"
    f"[，、。都已也全整可销办解的]|$)))*"
)
_REF = re.compile(
    f"第(?P<a>{_N}{_FURTHER}){_UNIT}?|(?:编号|序号|#|No\\.?)(?:为|是|：)?(?P<b>{_N}{_FURTHER})(?:号|条|项)?"
    f"|(?:问题|整改项|整改事项|材料|资料)(?P<c>{_N}{_FURTHER})(?![半下些直定般起块同并共次轮遍月年天个道名位\\d])(?:号|条)?"
    f"|(?<![\\d月])(?P<d>{_N}{_FURTHER})(?:号|#)(?=整改|问题|事项|那|这|已|可以|完成|销|的|，|材料|资料|课|学)",
    re.IGNORECASE,
)
_FIGURE = re.compile(_N)
_DAY = re.compile(f"(?P<n>{_N})号")
_LIMIT = re.compile("(?:到|至|在|于|限|期|截止|：|为|成)$")

_NAMED = re.compile(
    "(?:^|(?<=[，。]))(?:关于|那个?|这个?|就是|上次|说一下|把|将|给)*(?P<name>[^，。；：！]{3,18}?)"
    "(?:的(?:那|这)?[个条项]?|(?:那|这)一?[个条项]的?|这)(?:整改)?(?:问题|整改项?|事项|事儿?)(?=$|[，。：啊呢吧嘛哈的]|[\ue000-\ue018]|现在|目前|已经?|责任|期限|时限|我|进[展度]|更新|汇报|反馈|有)"
)
"""An entry that is named by what is wrong (档案缺页的问题，…)."""


def named(marked: Marked) -> tuple[int, int, int] | None:
    """Return where the words stand by which an entry is named, and where what names it ends; None without such."""
    found = _NAMED.search(marked.text)
    return (*found.span("name"), found.end()) if found else None


def referred(marked: Marked) -> tuple[list[str], list[tuple[int, int]]]:
    """Return the numbers by which entries are named, and where they stand in the marked text.

    What looks like a day (5号问题) is a number where no limit leads up to it.
    """
    numbers: list[str] = []
    spans: list[tuple[int, int]] = []
    for found in _REF.finditer(marked.text):
        said = next(filter(None, found.groups()))
        numbers += [str(number(one)) for one in _FIGURE.findall(said)]
        spans.append(found.span())
    for at, thing in marked.behind.items():
        if thing.kind != "when":
            continue
        day = _DAY.fullmatch(marked.source[thing.start : thing.end])
        if day and not _LIMIT.search(marked.text, 0, at) and marked.text[at + 1 : at + 2] not in {"前", "之"}:
            numbers.append(str(number(day["n"])))
            spans.append((at, at + 1))
    return list(dict.fromkeys(numbers)), spans
