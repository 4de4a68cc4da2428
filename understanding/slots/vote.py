"""The slots of a vote: what is put to it, between what, and whether it is secret; and the vote that is cast."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from understanding.slots import ballots, choices
from understanding.slots.excuses import CUT, cut
from understanding.words import sounds
from understanding.words.clauses import clauses, leaves
from understanding.words.things import MARKS, TYPES

if TYPE_CHECKING:
    from collections.abc import Callable

    from understanding.slots.filling import Filling

_KINDS = "".join(MARKS[kind] for kind in TYPES)
_SECRET = re.compile("[无不]记名|匿名|不署名|秘密|暗投|保密投")
_OPEN = re.compile("(?<![无不])记名|实名|公开(?:投票|表决|的?(?=[，。]|$))")
_MANNER = (
    f"(?:采[取用]|用|以|按|通过|实行|走|搞)?(?:{_SECRET.pattern}"
    "|(?<![无不])记名|实名|公开|举手|线上|在线|网上|群里?|现场|集体)(?:的?(?:方式|形式)|的(?=[，。]|$))?"
)
_EVERYBODY = (
    "(?:大家伙?|大伙儿?|各位|咱们?|我们|同志们|全体(?:党员|同志|委员)?"
    "|党员们|支委们?|委员们|有表决权的(?:党员|同志)?|所有人|每个人)"
)
_LEAD = (
    f"(?:{_MANNER}|{_EVERYBODY}|请予?|麻烦|劳驾|辛苦|帮个?忙|[帮给]我|帮|给(?={_EVERYBODY})|能不能|能否|可不可以|可以|能|要不|想要?|需要|我[想要]|让|叫|现在|马上|下面|接下来|[就来先再也都]|一起|统一|那个|嗯|额|好|在群里|群里"
    f"|拿出来|拿来|拿给|拿到会上|(?:上会|提[请交]|[交报]由?|交付|付诸|上|在)(?:{_EVERYBODY}|支部|党员|会上|大会|本次|[{_KINDS}]|审议)*|并|予以|进行|开展|组织|举行|开始|启动|启用|一下|[来]?发起|发布|发|搞|弄|建立?|设立?|开|起|整|做|创建|新建|设置|拉|安排|对此|一?[个项次场轮]|你|您|的)"
)
_POLL = (
    "(?:投票表决|表决|投票(?!站|率|箱)|票决|投个票|头票|投一?[下次]票?|投一投|投投票?|表个[决态]|匿名投|投(?=：))"
    "(?:一下子?|投票|表决|决定|[开来搞弄建发起设]一?个|看看|[一个]|下|哈|吧|呗|啊|呀|哦|啦|嘛|呢|了)*"
)
_COMMAND = re.compile(
    f"{_LEAD}{{0,20}}+{_POLL}|(?:^|(?<=[，。；！？\n])){_MANNER}(?=$|[，。；！？\n])|(?:^|(?<=[，。；！？\n]))(?:请|麻烦|帮忙)*(?:发起|组织|开始)(?:一下|吧|哈)?(?=$|[，。])"
)
"""What puts it to the vote: 发起一个无记名投票, 提交大会表决, 让大家投一投."""
_HEAD = re.compile(
    "(?:[：、的吧呗哈啊呀哦啦嘛呢了]|(?:投票|表决)?(?:题目|标题|主题|议题|内容|事项|名称|名字)(?:就?[是为叫]|定为|设为|：)+|一下|那个|嗯|[定选](?:一下|个)(?=.)|开始(?=[对就把将针关])|下面|现在|接下来|关于|针对|(?:征[求集]|听听|收集)(?:一下|下)?(?:大家|大伙|各位|党员)?的?(?:意见|想法)|征[求集]一?下|问(?:问|一?下)?(?:大家|大伙儿?|各位|同志们)(?:的?意见)?|看看?(?:大家|大伙儿?)|(?:大家|大伙儿?)(?=看|定|选|觉得)|请(?:大家|各位|全体党员)|让大家|问问?|就是|决定一下|要(?=表决|投))+"
)
_LABEL = re.compile("(?:投票|表决)?(?:题目|标题|主题|议题|内容|事项|名称)")
_HANDED = re.compile(
    f"(?:{MARKS['when']}|请|现在?|拟|麻烦|想|下面|接下来|那|今天)*(?:把|将|就(?![业餐地])|对于?|针对|关于|围绕|为了?|给(?=大家))|[请现]"
)
"""Leads to what is put to the vote where the command follows it: 就接收朱立, 把整改方案."""
_LAST = (
    "[的吧呗哈啊呀哦啦嘛呢了：，]|这[个件]?事儿?(?:情)?|[，]?(?:大家?)?(?:看看?|说说?|(?<![决规制法评约确稳肯假指选])定一?下?|选一[选下个]|表个?态)"
    "|[二三四五六]选[一二三]|单选|多选|任选[一二]?个?"
)
_TAIL = re.compile(f"(?:{_LAST})+$")
_HANDED_ON = re.compile(f"(?:进行|[交报]|提[请交]|拿|让|请|由|给|来|咱们?|我们|大家|{_LAST})+$")
"""What leads from it to the command: 整改方案交大家 表决."""
_DETAIL = re.compile(
    f"[请望]?(?:{_EVERYBODY}|每人|每位)?(?:选[一个两二三\\d]{{1,2}}[个项]?|都来|来|参与|踊跃|抓紧|看看|投一?下|谢谢|辛苦|麻烦)(?:吧|哈|了|啊|呗)*$|[^，]{{0,10}}(?:截止|结束|之?前投完?|之?前有效)$|谢谢|辛苦|[单多]选$|每人|只能选|可以?多选|不能弃权|怎么样$|行吗$|好吗$"
)


def _open(fill: Filling) -> None:
    """Fill what is put to the vote from what the command leaves, the options cut from it."""
    text = fill.marked.text
    if _SECRET.search(text):
        fill.slots["secret"] = True
    elif _OPEN.search(text):
        fill.slots["secret"] = False
    bare = cut(text, _COMMAND)
    if CUT not in bare:
        bare = cut(sounds.guessed(text), _COMMAND)
    said = _parts(fill, bare)
    options, kept = ballots.options(fill.marked, bare, said)
    fill.slots["options"] = options
    title = _title(fill, bare, kept)
    if title:
        fill.slots["title"] = title


def _parts(fill: Filling, bare: str) -> list[tuple[int, int]]:
    """Return the stretches that the command leaves and that say something."""
    parts: list[tuple[int, int]] = []
    days = _days(fill)
    for clause in clauses(fill.marked):
        for found in re.finditer(f"[^{CUT}]+", bare[clause.start : clause.end]):
            span = _trimmed(bare, clause.start + found.start(), clause.start + found.end())
            if span[1] > span[0] and (_says(fill, bare, span) or (parts and span in days)):
                parts.append(span)
    return parts


def _days(fill: Filling) -> list[tuple[int, int]]:
    """Return the clauses that are a time and nothing else, where several are: one is to be chosen (周三，周四)."""
    bare = [
        (clause.start, clause.end)
        for clause in clauses(fill.marked)
        if fill.marked.text[clause.start : clause.end] == MARKS["when"]
    ]
    return bare if len(bare) > 1 else []


def _says(fill: Filling, bare: str, span: tuple[int, int]) -> bool:
    words = bare[slice(*span)]
    holds = any(
        span[0] <= at < span[1] and thing.kind in {"person", "group", "place"}
        for at, thing in fill.marked.behind.items()
    )
    if _LABEL.fullmatch(words):
        return False
    if sum(span[0] <= at < span[1] for at in fill.marked.behind) > 1 and "、" in fill.marked.words(*span):
        return True
    return (bool(leaves(words)) or holds) and not _DETAIL.match(words)


def _trimmed(bare: str, start: int, end: int) -> tuple[int, int]:
    """Return a stretch without what only leads to it or from it to the command."""
    if found := _HEAD.match(bare, start, end):
        start = found.end()
    followed = (end < len(bare) and bare[end] == CUT) or CUT in bare[end : end + 2]
    if followed and (found := _HANDED.match(bare, start, end)) and found.end() < end:
        start = found.end()
    if found := (_HANDED_ON if followed else _TAIL).search(bare, start, end):
        end = found.start()
    return start, end


def _title(fill: Filling, bare: str, spans: list[tuple[int, int]]) -> str:
    if not spans:
        return ""
    first, last = spans[0], spans[0]
    for span in spans[1:]:
        if CUT in bare[last[1] : span[0]]:
            break
        last = span
    return _plain(fill.marked.words(first[0], last[1]))


def _plain(words: str) -> str:
    words = re.sub("^(?:投票|表决)?(?:题目|标题)[，：]?(?=..)", "", words.strip())
    quoted = re.fullmatch('[《"]([^《》"]*)[》"]', words)
    return (quoted[1] if quoted else words).strip("，。；：！？、 \n")


def _cast(fill: Filling) -> None:
    fill.slots["choice"] = choices.choice(fill.marked.source, fill.intent.name)


SPECIAL: dict[str, Callable[[Filling], None]] = {"vote.open": _open, "vote.cast": _cast}
