"""What a vote is between: options that are announced (选项有…), lettered, listed, or joined by 还是."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from understanding.slots.excuses import CUT
from understanding.words.clauses import ANY_MARK

if TYPE_CHECKING:
    from understanding.words.marked import Marked

Span = tuple[int, int]
Found = tuple[list[str], list[Span]]
"""The options, and the parts that they leave."""
_CUE = re.compile(
    "(?:备选(?:项|方案|对象|单位|地点)?|候选(?:项|人选?|对象|单位|名单)?|人选(?=[：有是为])|可选项?|供选择?的?|选项|选择项?)(?:分别|就|一?共|暂定|先)*(?:有?[两二三四五六\\d]个)?(?:[是有为设]|包括|：|如下|分别)*"
)
_LETTERS = tuple(
    re.compile(pattern)
    for pattern in (
        "(?<![A-Za-z0-9])([A-Fa-f])(?:选项)?[.。、：．)），\\-]?(?=[^A-Za-z0-9，。]|$)",
        "(?<![\\d:.])([1-6])(?:[.。、：．)）])(?!\\d)",
        "([一二三四五六])、",
    )
)
_LISTED = re.compile("(?:、|/|，|；|\n|\\s|还是|或者|或(?!许)|以及|(?i:(?<![a-z])(?:or|vs)(?![a-z])))+")
_POINTED = re.compile("[、/]|(?i:(?<![a-z])(?:or|vs)(?![a-z]))")
_OR = re.compile("[，、]?(?:还是|或者|(?i:(?<![a-z])(?:or|vs)(?![a-z])))[，、]?")
_JOINER = re.compile("还是|[/、]|(?i:or|vs)")
_ASKS = re.compile("哪[儿里个天家位些本种部]?|啥|谁|什么|怎么|几[点号个]|选[题书]|选哪")
_ASKED_WHOLE = re.compile(
    "(?P<title>.*(?:哪[儿里个天家位本种部]|吃啥|干啥|[选评]谁|什么时候|什么|哪))[，：]?(?P<rest>.{1,12}(?:还是).{1,12})"
)
_ALIKE = re.compile(f"(?P<first>{ANY_MARK})(?:[、/，和]?(?P=first))+")
"""Things of one kind in a row: 4月10日、4月17日."""
_PICK = re.compile(
    "[，：（]?(?:[二三四五六两]选[一二三]|任?选[一二]个?|单选|多选|哪个好|你们选|大家选|选一个|就?这[两三四五]个?)[）吧哈呗]*$"
)
_QUOTED = re.compile("《[^》]+》")
_LAST_TWO = re.compile("(?P<one>[^和跟与及]{2,})(?:和|跟|与|以及|及|还有)(?P<other>[^和跟与及]{2,})")
"""The last two of a list: A、B和C."""
_SHORT = 8
"""Words that stand after a question between spaces are options where none is longer."""


def options(marked: Marked, bare: str, parts: list[Span]) -> Found:
    """Return the options that words name and the parts that they leave; `bare` holds the words without the command."""
    parts = _joined(bare, parts)
    for way in (_announced, _lettered, _alternatives, _listed, _alike, _spaced):
        found = way(marked, bare, parts)
        if found and len(found[0]) > 1:
            return found
    return [], parts


def _joined(bare: str, parts: list[Span]) -> list[Span]:
    """Return the parts with those as one that 还是 or a slash between spaces joins."""
    joined: list[Span] = []
    open_ended = False
    for start, end in parts:
        joins = _JOINER.fullmatch(bare, start, end) is not None
        if joined and (joins or open_ended):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
        open_ended = joins
    return joined


def _announced(marked: Marked, bare: str, parts: list[Span]) -> Found | None:
    for number, (start, end) in enumerate(parts):
        for cue in _CUE.finditer(bare, start, end):
            first = cue.end()
            last = end
            for low, high in parts[number + 1 :]:
                if CUT in bare[last:low] or (
                    _POINTED.search(bare, first, last)
                    and _POINTED.search(bare, low, high) is None
                    and "；" not in bare[last:low]
                ):
                    break
                last = high
            if first >= last and number + 1 < len(parts):
                continue
            said = _lettered_words(marked.words(first, last)) or _split(marked, first, last)
            if len(said) > 1:
                before = [*parts[:number], (start, cue.start())] if cue.start() > start else parts[:number]
                return said, before
    return None


def _lettered(marked: Marked, bare: str, parts: list[Span]) -> Found | None:
    if not parts:
        return None
    start, end = parts[0][0], parts[-1][1]
    for pattern in _LETTERS:
        marks = _in_order(list(pattern.finditer(bare, start, end)))
        if len(marks) > 1:
            stops = [*(mark.start() for mark in marks[1:]), end]
            said = [_clean(marked.words(mark.end(), stop)) for mark, stop in zip(marks, stops, strict=True)]
            kept = [(low, min(high, marks[0].start())) for low, high in parts if low < marks[0].start()]
            return [one for one in said if one], kept
    return None


def _in_order(marks: list[re.Match[str]]) -> list[re.Match[str]]:
    """Return the marks that count on from the first: A, B, C."""
    names = "ABCDEF123456一二三四五六"
    row: list[re.Match[str]] = []
    for mark in marks:
        at = names.index(mark[1].upper())
        if (not row and mark[1] in "Aa1一") or (row and at == names.index(row[-1][1].upper()) + 1):
            row.append(mark)
    return row


def _lettered_words(words: str) -> list[str]:
    for pattern in _LETTERS:
        marks = _in_order(list(pattern.finditer(words)))
        if len(marks) > 1 and not words[: marks[0].start()].strip("：，、 "):
            stops = [*(mark.start() for mark in marks[1:]), len(words)]
            return [_clean(words[mark.end() : stop]) for mark, stop in zip(marks, stops, strict=True)]
    return []


def _alternatives(marked: Marked, bare: str, parts: list[Span]) -> Found | None:
    """红旗渠还是西柏坡: the last part where a title goes before it, or the end of a title that asks."""
    for number, (start, end) in enumerate(parts):
        found = _OR.search(bare, start, end)
        if not found:
            continue
        if number:
            return _split(marked, start, parts[-1][1]), parts[:number]
        if colon := bare.find("：", start, found.start()) + 1:
            return _split(marked, colon, end), [(start, colon - 1)]
        whole = _ASKED_WHOLE.fullmatch(bare, start, end)
        if whole:
            return _split(marked, whole.start("rest"), end), [whole.span("title")]
        one = _opposite(marked, bare, (start, found.start()), (found.end(), end))
        return ([one, _clean(marked.words(found.end(), end))], parts) if one else None
    return None


def _opposite(marked: Marked, bare: str, before: Span, after: Span) -> str:
    """Return what stands before 还是 of the same kind as what stands after it; the title keeps both."""
    thing, other = marked.behind.get(before[1] - 1), marked.behind.get(after[0])
    if thing and other and thing.kind == other.kind and after[1] - after[0] == 1:
        return marked.words(before[1] - 1, before[1])
    size = after[1] - after[0]
    if bare[before[0]] == bare[after[0]] and before[1] - before[0] <= size + 2:
        return marked.words(*before)
    verb = bare.rfind(bare[after[0]], before[0] + 1, before[1])
    if verb > 0:
        return marked.words(verb, before[1])
    return marked.words(before[1] - size, before[1]) if before[1] - size > before[0] + 1 else ""


def _listed(marked: Marked, bare: str, parts: list[Span]) -> Found | None:
    """A part after the title with 、 or / in it, or titles of books."""
    for number, (start, end) in enumerate(parts):
        colon = 0 if number else bare.find("：", start, end) + 1
        first = colon or start
        if (number or colon) and _POINTED.search(marked.words(first, end)):
            kept = [(start, colon - 1)] if colon else parts[:number]
            return _split(marked, first, parts[-1][1]), kept
        books = list(_QUOTED.finditer(bare, start, end))
        if len(books) > 1 and not bare[books[-1].end() : end] and (number or books[0].start() > start):
            kept = [*parts[:number], (start, books[0].start())] if books[0].start() > start else parts[:number]
            return [book[0][1:-1] for book in books], kept
    return None


def _alike(marked: Marked, bare: str, parts: list[Span]) -> Found | None:
    """Things of one kind in a row at the end: 团建时间4月10日、4月17日, 优秀小组 一组 二组."""
    if not parts:
        return None
    (start, end), rest = parts[0], parts[1:]
    row = None if rest else _ALIKE.search(bare, start, end)
    if row and row.start() > start and not _PICK.sub("", bare[row.end() : end]):
        return _split(marked, *row.span()), [(start, row.start())]
    if not rest or len({bare[low:high] for low, high in rest}) != 1 or rest[0][0] not in marked.behind:
        return None
    if len(rest) == 1 and not isinstance(marked.behind[rest[0][0]].value, list):
        return None
    return _split(marked, rest[0][0], rest[-1][1]), parts[:1]


def _spaced(marked: Marked, bare: str, parts: list[Span]) -> Found | None:
    """Short words after a question, or after the command: 团建吃啥 火锅 烤肉, 订报纸 投票 人民日报 光明日报."""
    rest = parts[1:]
    if len(rest) < 2 or any(high - low > _SHORT for low, high in rest):  # noqa: PLR2004  one is no choice
        return None
    if CUT in bare[parts[0][1] : rest[0][0]] or _ASKS.search(bare, *parts[0]):
        return _split(marked, rest[0][0], rest[-1][1]), parts[:1]
    return None


def _split(marked: Marked, start: int, end: int) -> list[str]:
    """Return the words of a stretch as a list of options."""
    low = marked.origin[start][0] if start < len(marked.origin) else len(marked.source)
    high = marked.origin[end - 1][1] if end else 0
    words = "".join(
        f"、{sign}" if at > low and at in marked.breaks else sign
        for at, sign in enumerate(marked.source[low:high], low)
    )
    words = _PICK.sub("", words.rstrip("，。；！？ "))
    said = [_clean(one) for one in _LISTED.split(words)]
    if len(said) > 1 and "、" in words and (last := _LAST_TWO.fullmatch(said[-1])):
        said[-1:] = [last["one"], last["other"]]
    if len(said) == 1:
        said = [_clean(one) for one in re.split("[和跟与及]", words)]
    return [one for one in said if one]


def _clean(words: str) -> str:
    words = re.sub(
        "^(?:[：、，。]|分别|是(?!否))+|(?:[，。；！？、]|吧|呗|哈|这?[两二三四五]个(?:选项|人|候选人)?|这?[两二三四五六]位(?:同志)?|等)+$",
        "",
        words.strip(),
    )
    quoted = re.fullmatch('[《"]([^》"]*)[》"]', words)
    return _PICK.sub("", quoted[1] if quoted else words).strip()
