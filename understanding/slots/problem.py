"""The slots of the rectification list: what is wrong, who mends it, until when, and which entry is meant."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from understanding.slots import meeting, who
from understanding.slots.duties import Span, alone, duty, limit
from understanding.slots.entries import named, referred
from understanding.slots.plain import plain
from understanding.words.leftover import outside, says_something, trimmed, words
from understanding.words.things import MARKS

if TYPE_CHECKING:
    from collections.abc import Callable

    from understanding.slots.filling import Filling

_LEAST = 3
"""So many characters say what is wrong, at the least."""
_P = MARKS["person"]
_LIST = (
    "(?:问题|整改)(?:整改|问题|事项|任务|项|内容)*(?:清单|台账|列表|库|单子|表|单)?(?:里面|里头|里边|里|中|上|当中)?"
)
_VERB = (
    "(?:新增|新建|建立|建|立|开|增加|增补|添加|添|加|记录|记|登记|登|录入|录|补充|补|列入|列|写|纳入|放|提|建|归|"
    "报|挂|收|存|算|当|入账|入|标)"
    "(?:到|进|入|为|在|上|下|个|了|一|条|项|笔|作|至|成|给|我|去|来|一下)*"
)
_MORE = "(?:再|又|还要|还|也|都|请|麻烦|帮我|帮忙|给我|给|那个|往|在|到|向|把|将|它|这|另外)*"
_ENDING = "(?:就是|内容是|是|，?记上|一下|吧|哈|呗|哦|啦|呢|嘛|了|，|去|\\+1|[一1]?[条个项])*"
_ADDS = re.compile(
    f"{_MORE}(?:{_LIST}，?(?:\\+\\s?1|{_MORE}{_VERB}(?:{_LIST})?)|"
    f"(?P<into>{_VERB})(?:新的|这么?个|这样一?个)?{_LIST}(?:新增|登记)?|有(?:一)?个(?:整改)?问题(?:想|要|需要?|"
    f"得)?{_VERB}|(?:新增|添加|登记|记|加|添|补)(?:上|下|到)?(?:一|1|"
    f"个)?[条项]){_ENDING}(?P<colon>：)?"
)
_HEADED = re.compile("^(?:新的?|又一个|一个)?(?:问题|整改)(?:问题|事项|项|内容)?(?P<colon>：)")
_SAME = re.compile("[，。](?:责任人|期限|时限|时间|其他的?|别的)(?:都|还)?(?:不变|照旧|不动|一样)")
_BY_WHOM = re.compile(
    "(?:这次|上次|本次)?(?:上级|上面|巡察|巡视|督查|督导|检查|自查|审计|党委|工委|民主评议|群众|党员|"
    f"对照检查|[{_P}](?:同志)?|我们?(?=发现|看))*组?(?:检查|反馈|反映|指出|提出|点出|查出|发现|看到|说)来?(?:的问题)?(?:的|了|说|，|：|是)*"
)
_ONE = ("问题是", "问题：", "问题就是", "一个问题", "有一?个问题", "个问题", "一条", "一项")
_THIS = (
    "现在?",
    "[你您]",
    "(?:(?<=，)这个?)?(?:也|还)?(?:要|得|需要|应该|应当)",
    "这个问题",
    "这一问题",
    "这项问题",
    "该问题",
    "这个情况",
    "这个事",
    "这件事",
    "这条",
    "这项",
    "这事",
    "的问题",
    "问题是",
    "这一条",
    "那个问题",
    "那条",
)
_PROGRESS = re.compile(
    "(?:更新|汇报|报告|报|反馈|上报|补充|说|记)?(?:一下)?(?:整改|问题|事项|情况|落实|最新|的|"
    "目前)*(?:进展|进度|近况|情况)(?:情况|更新|汇报|是|：|，|如下|为)*"
)
_ABOUT = (
    "(?:填|登记|更新)(?:一?下)?",
    "汇报",
    "报告",
    "反馈",
    "问题",
    "整改",
    "事项",
    "任务",
    "这条",
    "那条",
    "：",
    "的",
    "项",
    "改一下",
    "改",
    "帮我改",
    "(?:你|您|给我)?(?:[补加记添写]上?|写)一?[句笔条下](?:话)?",
    "那[边个块]",
    "(?:汇?报|说|讲|反馈)一下",
    "情况是",
)
_NOTED = ("(?:写|记|补|填|更新|登记?)(?:进去|上去|进来|上|下来|一下|在案)",)
_CLOSING = re.compile(
    "(?:已经|已|可以|能|都|现在|全部|也|差不多|我看|算|就|给|帮我|帮忙|予以|申请|同意|一起|直接|把它)*"
    "(?:补齐|补上|补好|补完|做好|装好|换好|建好|改到位|整改完成|整改完毕|整改到位|整改完|整改好|"
    "整改结束|完成整改|整改|解决|办结|搞定|完成|落实到位|落实|弄好|改好|改完|改到位|处理完|处理好|"
    "处理|验收通过|通过验收|验收|"
    "销一下号|销个号|销号|销掉|销了|销|核销|关闭|关掉|关了|结了|结掉|了结|勾掉|划掉|标记为完成|"
    "标为已完成|标记完成)(?:了|啦|掉|完毕|完|吧|呗|哈|，)*"
)
_ENTRY = re.compile(
    "(?:这个?|那个?|该)?(?:整改)?(?:这|那)?一?[条个项]?(?:的)?(?:问题|事项|整改项|整改任务|整改|条|"
    "项)$|(?:这个?|那个?)(?:事儿?)?[条项个]?$"
)
_QUOTED = re.compile('[：，]?"(?P<said>[^"]{4,60})"?$')
_OVERDUE = "逾期|超期|过期|超时|(?<![快要未没])到期|过了期|超了期|拖着|拖期"
_OPEN = (
    "(?:没|未|没有|尚未|还没).{0,2}(?:完成|销|整改|改|解决|办|关闭|结|弄|处理)|还有|还剩|剩下|剩余|在办|"
    "正在|进行中|待整改|整改中|开着的"
)
_CLOSED = (
    "(?:已经?|都)(?:完成|[销消]号?|整改|解决|办结|关闭|改)|(?:完成|销号|销掉|解决|办结|关闭|整改完)了?的|办结的|"
    "(?:销号|完成|解决|办结|关闭|整改)了(?:多少|几|哪些)"
)
_STATES = (("overdue", re.compile(_OVERDUE)), ("open", re.compile(_OPEN)), ("closed", re.compile(_CLOSED)))
"""The status that words ask for; the first that fits."""


def _add(fill: Filling) -> None:
    text = fill.marked.text
    taken = duty(fill) + limit(fill, [])
    taken += alone(fill, taken, _ADDS)
    command = next((found for found in _ADDS.finditer(text)), None) or _HEADED.search(text)
    quarry = (0, len(text))
    if command:
        taken.append(command.span())
        before, after = (0, command.start()), (command.end(), len(text))
        rest = [_first(fill, side, taken) for side in (before, after)]
        quarry = after
        if rest[0] and not command["colon"] and (not rest[1] or _is_into(command)):
            quarry = before
    if span := _first(fill, quarry, taken):
        fill.slots["text"] = words(fill.marked, span)


def _is_into(command: object) -> bool:
    """Say whether the words of a command follow what is to be entered (…记到整改清单)."""
    return bool(re.search("(?:到|进|入|为|作|成|算|当)[^，]*(?:问题|整改)", command[0]))  # type: ignore[index]


def _first(fill: Filling, side: Span, taken: list[Span]) -> Span | None:
    """Return where the words of a problem stand within a stretch: the first that no other slot took."""
    text = fill.marked.text
    left = []
    for start, end in outside(len(text), [(0, side[0]), *taken, (side[1], len(text))]):
        span = trimmed(text, (start, end), heads=_ONE, tails=_THIS)
        if span[1] - span[0] == 1 and text[span[0]] == _P and "person" not in fill.slots:
            who.put(fill.slots, fill.unsure, "person", fill.marked.things(*span))
            continue
        if span[0] < span[1] and says_something(fill.marked.words(*span)):
            left.append(span)
    if not left:
        return None
    if told := _BY_WHOM.match(fill.marked.text, *left[0]):
        left[0] = (told.end(), left[0][1]) if left[0][1] - told.end() > _LEAST else left[0]
    quoted = _QUOTED.search(fill.marked.text, *left[0])
    return quoted.span("said") if quoted else left[0]


def _update(fill: Filling) -> None:
    numbers, refs = referred(fill.marked)
    entry = None if numbers else named(fill.marked)
    said = [fill.marked.words(*entry[:2])] if entry else numbers or meeting.which(fill, [], fill.marked.source)
    if said:
        fill.slots["which"] = said
    refs += [(0, entry[2])] if entry else []
    text = fill.marked.text
    progress = _PROGRESS.search(text)
    taken = list(refs)
    if progress:
        taken.append(
            (0, progress.end()) if progress[0][-1] in "：，" or progress.end() < len(text) else progress.span()
        )
    else:
        taken += duty(fill) + limit(fill, refs)
    taken += [found.span() for found in _SAME.finditer(text)]
    left = [
        span
        for start, end in outside(len(text), taken)
        if (span := trimmed(text, (start, end), heads=_ABOUT, tails=("的", "问题", "整改", "[你您]", *_NOTED)))[0]
        < span[1]
        and says_something(fill.marked.words(*span))
    ]
    if numbers and refs and any(start >= refs[0][0] for start, _ in left):
        left = [span for span in left if span[0] >= refs[0][0]]  # what leads up to the entry tells nothing of it
    if left and (told := _BY_WHOM.match(text, *left[0])) and left[0][1] - told.end() > _LEAST:
        left[0] = (told.end(), left[0][1])
    if left and (progress or not {"person", "due"} & {*fill.slots, *fill.unsure}):
        fill.slots["text"] = words(fill.marked, (left[0][0], left[-1][1]))


def _close(fill: Filling) -> None:
    numbers, _ = referred(fill.marked)
    if said := numbers or meeting.which(fill, [], fill.marked.source):
        fill.slots["which"] = said
        return
    text = fill.marked.text
    taken = [found.span() for found in _CLOSING.finditer(text)]
    for start, end in outside(len(text), taken):
        span = trimmed(text, (start, end), heads=("问题", "整改项", "整改", "："), tails=("已", "的"))
        if entry := _ENTRY.search(text, *span):
            span = trimmed(text, (span[0], entry.start()), tails=("的",))
        if span[1] - span[0] > 1 and says_something(fill.marked.words(*span)):
            fill.slots["which"] = [words(fill.marked, span)]
            return


def _list(fill: Filling) -> None:
    plain(fill)
    if not {"person"} & {*fill.slots, *fill.unsure} and re.search("我(?:这[边儿里]|那[边儿里])", fill.marked.source):
        fill.slots["person"] = "me"
    status = next((status for status, said in _STATES if said.search(fill.marked.source)), None)
    if status:
        fill.slots["status"] = status


SPECIAL: dict[str, Callable[[Filling], None]] = {
    "problem.add": _add,
    "problem.update": _update,
    "problem.close": _close,
    "problem.list": _list,
}
