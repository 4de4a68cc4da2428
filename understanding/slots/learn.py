"""The slots of study: what there is, what is opened, what was read and for how long, hours and credits."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from understanding.slots.entries import referred
from understanding.slots.plain import plain
from understanding.slots.report import EVERYBODY, stretch
from understanding.words.leftover import cut_words, outside, says_something, trimmed, words

if TYPE_CHECKING:
    from collections.abc import Callable

    from understanding.slots.filling import Filling

Span = tuple[int, int]
_QUOTED = re.compile("《([^》]{1,60})》")
_NOUN = (
    "(?:学习|视频|音频|文字|课程|相关|线上|在线)*(?:材料|资料|文章|课件|课程|视频|音频|文件|书目|"
    "书籍|内容|微课|慕课|读本|学习包|资源|专题|目录|清单|列表|篇目|网课|课|书)"
)
_NOUNS = re.compile(_NOUN)
_TOPICAL = re.compile(
    f"(?:关于|有关|讲|讲解|介绍|涉及|围绕)(?P<a>.{{2,30}}?)(?:方面|相关|主题|专题)?的?(?:那|"
    f"这)?[一]?[篇个份课节部]?(?:{_NOUN})?$"
    f"|(?P<b>.{{2,30}}?)(?:方面|相关|主题|专题|有关)的?(?:那|这)?[一]?[篇个份课节部]?(?:{_NOUN})?$|"
    f"(?P<c>.{{2,30}}?)的(?:那|这)?[一]?[篇个份课节部]?(?:{_NOUN})?$"
)
_NAMED = re.compile(
    f"(?P<name>.{{2,40}}?)(?:的?(?:这|那)?[一]?[篇个份课节部门本])(?:{_NOUN})?$|"
    f"(?P<whole>.{{2,40}}?)(?:学习)(?:材料|资料|文章|课件|课程|视频|文件)$"
)
_GENERIC = re.compile(
    "(?:布置|安排|学习|今天|今日|本周|本月|这周|上周|昨天|要求|规定|任务|内容|材料|资料|课程|文件|"
    "篇目|视频|课件|目录|清单|列表|全部|所有|必修|必学|推送|书记|发|的|都|了|我|们|上次|这次|这个|"
    "那个|刚才|刚|一|篇|份|课|节|个|本|东西|全|已|经|该|要|学|看|读|完|毕|也|之前|把|给|差不多|大概|"
    "前后|花|用|时|共|总|约|左右)*"
)
_READ = re.compile(
    "(?:总算|终于|都|全部|全|已经|已|我|也|刚刚|刚|今天|今晚|昨天|昨晚|又|一口气|认真|"
    "从头到尾)*(?:给)?(?:自学|学习|学|看|读|听|补学|补)(?:完成|完毕|完|好|过|玩|毕|了|掉)(?:了|啦|毕|"
    "咯|喽|ok|OK|一遍|一?下|，)*|(?:完成了?|打卡)(?:学习)?"
)
_LISTED = re.compile(
    "(?:都)?(?:有|还有|推荐)?(?:哪些|什么|啥|没有|木有|多少|几[篇份个门课])|可选|可学|拉个|列|发|找|推荐|目录|清单"
)
_WISH = re.compile("学(?:习|点|些|学|一下|习一下)(?P<what>[^，。？！]{2,20})[，。]")
_BEFORE = re.compile(
    f"(?:上[次回节]|前[次一]次?|刚才)(?:学的?|看的?|没?[学看]完的?|没学完)*的?那?[一]?[篇个份课节门]?的?(?:{_NOUN})?(?=[，。吧啊]|$)"
)
"""What was open before is meant, whatever it is called (接着学上回那课)."""
_NO_TOPIC = re.compile(
    "(?:预备党员|发展对象|积极分子|党员|应|必|须|需|材料|资料|课件|课程|视频|文件|文章|内容|可|供|以|"
    "能|要|该|学|习|目前|现在|新|最|近|本|这|上|下|周|月|个|支部|党员|没|未|还|所有|全部|的|有|哪些|"
    "什么|啥|都|我们|大家|布置|必|选|修|任务|点|些|看|一|下|课|查|列|出|发|找|中|里|上传|推荐|今天|"
    "今年|给|我)*"
)


def _which(fill: Filling) -> bool:
    """Fill the entries named by number or in title marks; say whether there are any."""
    numbers, _ = referred(fill.marked)
    said = numbers + _QUOTED.findall(fill.marked.source)
    if said:
        fill.slots["which"] = list(dict.fromkeys(said))
    return bool(said)


def _open(fill: Filling) -> None:
    if _which(fill):
        return
    if _BEFORE.search(fill.marked.source):
        fill.slots["which"] = ["last"]
        return
    text = fill.marked.text
    for clause in _clauses(text):
        span = trimmed(text, clause, heads=cut_words("open_heads"), tails=cut_words("open_tails"))
        said = words(fill.marked, span)
        if len(said) < 2 or _GENERIC.fullmatch(said) or not says_something(said):  # noqa: PLR2004  one character names nothing
            continue
        if found := _NAMED.fullmatch(said):
            named = (found["name"] or found["whole"]).removesuffix("的")
            if found["whole"] and found["whole"] != named:
                fill.slots["topic"] = named
                return
            if (
                not re.match("讲|关于|有关|介绍", named)
                and not re.search("方面$|相关$", named)
                and "的" not in said[len(named) :]
            ):
                fill.slots["which"] = [named]
                return
        if found := _TOPICAL.fullmatch(said):
            topic = found["a"] or found["b"] or found["c"]
            if not _GENERIC.fullmatch(topic):
                fill.slots["topic"] = topic
            return
        fill.slots["which"] = [said]
        return


def _clauses(text: str) -> list[Span]:
    return [found.span() for found in re.finditer("[^，。；！？\n]+", text)]


def _done(fill: Filling) -> None:
    fill.duration()
    if _which(fill):
        return
    text = fill.marked.text
    lengths = [(at, at + 1) for at, thing in fill.marked.behind.items() if thing.kind == "duration"]
    found = _READ.search(text)
    if not found:
        return
    taken = [*lengths, found.span()]
    sides = outside(len(text), taken)
    for side in [
        *reversed([one for one in sides if one[1] <= found.start()]),
        *(one for one in sides if one[0] >= found.end()),
    ]:
        for clause in reversed(_clauses(text[: side[1]])) if side[1] <= found.start() else _clauses(text):
            span = trimmed(
                text,
                (max(clause[0], side[0]), min(clause[1], side[1])),
                heads=cut_words("done_heads"),
                tails=cut_words("done_tails"),
            )
            said = words(fill.marked, span) if span[0] < span[1] else ""
            if len(said) > 1 and not _GENERIC.fullmatch(said) and says_something(said):
                fill.slots["which"] = [said]
                return


def _list(fill: Filling) -> None:
    text = fill.marked.text
    if quoted := _QUOTED.search(fill.marked.source):
        fill.slots["topic"] = quoted[1]
        return
    for noun in _NOUNS.finditer(text):
        start = max((at + 1 for at, sign in enumerate(text[: noun.start()]) if sign in "，。；！？"), default=0)
        if about := re.search("(?:关于|有关)", text[start : noun.start()]):
            start += about.end()
        span = trimmed(text, (start, noun.start()), heads=cut_words("list_heads"), tails=cut_words("list_tails"))
        if _is_topic(said := words(fill.marked, span) if span[0] < span[1] else ""):
            fill.slots["topic"] = said
            return
    if wish := _WISH.search(text):
        span = trimmed(text, wish.span("what"), heads=("点", "些"), tails=cut_words("list_tails"))
        if _is_topic(said := words(fill.marked, span) if span[0] < span[1] else ""):
            fill.slots["topic"] = said


def _is_topic(said: str) -> bool:
    return len(said) > 1 and not _NO_TOPIC.fullmatch(said) and not _LISTED.search(said) and says_something(said)


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
