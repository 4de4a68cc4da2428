"""The slots of study: what there is, what is opened, what was read and for how long, hours and credits."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from understanding.slots.entries import referred
from understanding.slots.plain import plain
from understanding.slots.report import EVERYBODY, stretch
from understanding.words.clauses import clauses
from understanding.words.leftover import cut_words, outside, says_something, trimmed, words
from understanding.words.subject import MANY, STUDY, Subject, subject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from understanding.slots.filling import Filling

Span = tuple[int, int]
_QUOTED = re.compile("《([^》]{1,60})》")
_AGAIN = "|".join(f"{verb}一?{verb}" for verb in "补看学听找列查翻放瞧")
_VERB = (
    f"(?:{_AGAIN}|读一?读|打开|点开|翻开|翻到|调出|调取|播放|阅读|收看|学习(?!贯彻|强国|教育|时报)|推荐|了解|列出|看(?!齐)|(?<![开研出])发(?!展|言|扬|挥)"
    "|(?<![科文哲教大])学(?!习|雷|生|员|史)|(?<!解)读(?!本|书)|听(?!党)|找(?!差距)|(?<!系)列(?!宁|席)|(?<![开解])放(?!管|心)|(?<![协强])调(?!查|研)|(?<![检巡审督调])查(?!处)|翻|拉个?|开开|open)"
)
_FURTHER = "(?:一?[下遍眼]|[完好过]|(?:[出过起]?来|出)|给?我(?!们|国|党))*"
_HEADS = (f"{_VERB}{_FURTHER}(?:{MANY})", f"给?我?来(?!自)(?:{MANY})")
_TAILS = (f"给?我?[来去]?{_VERB}{_FURTHER}", "(?<=[^，]{2})我(?!们|国|党|为|市|省|[的])[^，]{0,5}")
_READ = re.compile(
    "(?:自学|学习|补学|学|看|读|听|补)(?:完成|完毕|完|好|过|玩|毕|了|掉)(?:了|啦|毕|咯|喽|ok|OK|一遍|一?下)*"
    "|(?:完成了?|打卡)(?:学习)?"
)
_GENERIC = re.compile(
    "(?:布置|安排|学习|今[天日]|[本这上下]周|本月|昨天|要求|规定|任务|内容|材料|资料|课程|文件|篇目|视频|课件|目录|清单|列表|页面|资料库|所有|全部"
    "|必[修学]|推送|上传|书记|上次|[这那]次|这个|那个|之前|差不多|大概|前后|[花用时共总约左右发的都了我们刚才那这一几篇份课节个本全已经该要学看读完毕也把给]"
    "|东西|预备党员|发展对象|积极分子|党员|应|必须?|需|可|供|以|能|习|目前|现在|最?新|最?近|这|上|下|月|支部|没|未|还|有|没有|哪些|什么|啥"
    "|大家|选|点|些|列|出|找|中|里|推荐|今年|随便|好|长|多少|为|怎么样?|吗|呢)*"
)
_WISHES = re.compile("(?:想|要)(?:学习?|了解)[点些]?|(?:学习?|了解)[点些]")
_BEFORE = re.compile(
    f"(?:上[次回节]|前[次一]次?|刚才)(?:学的?|看的?|没?[学看]完的?|没学完)*的?那?[一]?[篇个份课节门]?的?(?:{STUDY})?(?=[，。吧啊再]|$)"
)
"""What was open before is meant, whatever it is called (接着学上回那课)."""
_ASKS = re.compile("哪些|什么|有啥|多少|没有|目录|清单")


def _which(fill: Filling) -> bool:
    """Fill the entries named by number or in title marks; say whether there are any."""
    numbers, _ = referred(fill.marked)
    said = numbers + _QUOTED.findall(fill.marked.source)
    if said:
        fill.slots["which"] = list(dict.fromkeys(said))
    return bool(said)


def _phrases(fill: Filling, *taken: Span) -> Iterator[tuple[Subject, str]]:
    """Yield what each clause names once the verbs of study and the courtesies are cut off, with the clause.

    What is `taken` is left out; what stands before it comes first, the nearest first.
    """
    text = fill.marked.text
    last = taken[0][0] if taken else len(text)
    spans = [
        (max(low, clause.start), min(high, clause.end))
        for clause in clauses(fill.marked)
        for low, high in outside(len(text), taken)
        if max(low, clause.start) < min(high, clause.end)
    ]
    if taken:
        spans.sort(key=lambda span: (span[0] > last, -span[0] if span[0] < last else span[0]))
    for span in spans:
        start, end = trimmed(
            text, span, heads=(*_HEADS, *cut_words("study_heads")), tails=(*_TAILS, *cut_words("study_tails"))
        )
        said = words(fill.marked, (start, end)) if start < end else ""
        found = subject(said)
        if len(found.words) > 1 and not _GENERIC.fullmatch(found.words) and says_something(found.words):
            yield found, text[slice(*span)]


def _open(fill: Filling) -> None:
    if _which(fill):
        return
    if _BEFORE.search(fill.marked.source):
        fill.slots["which"] = ["last"]
        return
    for found, _ in _phrases(fill):
        if found.about:
            fill.slots["topic"] = found.words
        else:
            fill.slots["which"] = [found.words]
        return


def _done(fill: Filling) -> None:
    fill.duration()
    read = _READ.search(fill.marked.text)
    if _which(fill) or not read:
        return
    lengths = [(at, at + 1) for at, thing in fill.marked.behind.items() if thing.kind == "duration"]
    for found, _ in _phrases(fill, read.span(), *lengths):
        fill.slots["which"] = [found.words]
        return


def _list(fill: Filling) -> None:
    if quoted := _QUOTED.search(fill.marked.source):
        fill.slots["topic"] = quoted[1]
        return
    for found, clause in _phrases(fill):
        named = re.sub(f"的?{STUDY}$", "", found.words)
        if (found.firm or named != found.words or _WISHES.search(clause)) and not (
            len(named) < 2 or _GENERIC.fullmatch(named) or _ASKS.search(named)  # noqa: PLR2004  one sign
        ):
            fill.slots["topic"] = named
            return


def _figures(fill: Filling) -> None:
    """Hours and credits: everybody is meant where the words say so and name nobody."""
    stretch(fill)
    plain(fill)
    if (
        not {"person"} & {*fill.slots, *fill.unsure}
        and "branch" not in fill.slots
        and EVERYBODY.search(fill.marked.source)
    ):
        fill.slots["person"] = "all"


SPECIAL: dict[str, Callable[[Filling], None]] = {
    "learn.list": _list,
    "learn.open": _open,
    "learn.done": _done,
    "learn.hours": _figures,
    "credit.show": _figures,
}
