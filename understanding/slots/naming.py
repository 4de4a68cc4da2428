"""What a meeting or an activity of no known kind is called (七一活动筹备会, 志愿服务活动): where its name stands.

A name ends with a noun for people who gather. It runs back over plain words, and over a feast or a stretch of the year
that it begins with (国庆, 三季度), as far as a stop, a space, another thing, or a word of the command (开个, 关于).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from understanding.words.clauses import ANY_MARK
from understanding.words.leftover import trimmed
from understanding.words.marked import FILLER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from understanding.words.marked import Marked

    Span = tuple[int, int]

_WHEN = "\ue000"
_MEET = (
    "(?<![我你您他她它们谁人家都也就才不还又再可能应该将要肯定一机社协教委这那次个场号的开散到参与赴离完全总上下刚了聚没党组两])"
    "会(?!议|员|长|费|场(?!地)|儿|客|计|同|签(?!到)|标|所|旗)"
)
_GATHER = re.compile(
    f"{_MEET}|(?<=党组)会|(?<=联席|工作|专题|扩大)会议(?!室)|活动(?!室|中心|方案|经费|日|阵地)|仪式|典礼|讲座|培训班?|沙龙|论坛|联欢|(?:比|竞)赛"
)
_STOP = re.compile(f'[，。；：！？、\n\\s"《》（）【】]|{ANY_MARK}')
_PART = re.compile(
    "七一|八一|五四|五一|十一|三八|六一|一二九|国庆节?|元旦节?|春节|端午节?|中秋节?|重阳节?|清明节?|元宵节?|妇女节|劳动节|青年节|儿童节|建军节|建党节"
    "|教师节|新年|[\u4e00-\u9fff]{2,6}(?:节|(?<![周期末假生平当次每工今明昨前后度党])日)|年[终中底]|半?年度|\\d{4}年度?|[上下]半年|[一二三四]季度"
)
"""A time that can be part of a name."""
_CALL = (
    "(?:召开|举行|举办|组织|安排|发起|新建|创建|筹备召开|取消|撤销|撤掉|停掉|推迟|通知|参加|出席|筹备|预约|来|上|去|有|聚"
    "|[开办搞弄整约定排加建拟])"
)
_CUT = re.compile(
    f"{_CALL}(?:了|过|完|一下)?(?:[一这那两几]?[个次场期]|一下|下)|召开|举行|举办|取消(?:了|掉)?|撤销|关于|把(?!关)|在(?![职校线岗])|的"
    "|[这那本此该每首][一]?[个次场回]|(?:上|下)一?[次个场回]|(?<![整单])个(?!人|性|体)|(?:一|两|这|那)[场次]|今[天晚]|晚上|下午|上午|刚才?|正在"
    "|[没未]有?(?:收到|[答回]复?|确认|看|读)"
    f"|(?<={_WHEN}){_CALL}(?!会)|(?<=[要想在]){_CALL}|{_CALL}过?的"
)
_HEADS = (
    "要(?!素)|想|拟|决定|准备|打算|需要|要求|希望|帮|看看|看一?下|看(?!齐|护)|查看|查一?下|查|查询|想?问一?下|问|打听一?下|告诉我?|通知|提醒|转告|催一?下?|补[签登]?|公布|报名|参加|出席",
    "再|在|与|跟|和(?!谐)|同(?!心|步)|从(?!严|业)|为(?!民)|给|到|是|跟|以(?!案)|由|让|叫|你|我|他|大家(?!庭)|各位|支部(?=的|开|组织|举|要|想)|[这那]场?|本次|此次|今天|昨天|明天|调出|有(?!关)",
    "开(?!学|工|局|题|放|展|业)|办(?!公|事)|搞|弄|约|定|排|加(?!强|快)|建(?!党|设|军|国|功|言)|拟|列(?!席)|去|来|上(?!级)|发(?!展|布)|写|出(?!国|席)",
    "安排(?!部署)|组织(?!部|工作|生活|建设|委员|关系)|发起|新建|创建|筹备(?!会|工作)|预约|推迟|取消|撤销|开展|结束",
    "(?:开|上|办|搞|散|结)完的?|(?:不|别|先|没)(?:开|办|搞)?",
)
_GENERIC = re.compile(
    "(?:大|小|短|例|早|晚|晨|工作|本次|社|机|工|聚|协|班|一|全|都|就|不|要|会议?|开会?|[碰聚]个?头|商量|临时|紧急|线上|视频|现场|全体|集体|最近|咱们|我们|支部|支委|党员|群众|同志们?|委员|党组|帮忙|啥|什么|哪些?|谁|几|多少|其他"
    "|各类|各种|相关|有关|主题|大家|各位|各|所有|重要|一次|多次|内部|小型|简单|户外|室内|集中|学习(?=活动)|参加|组织|开展)*"
    "(?:会议?|活动|培训|联欢|比赛|竞赛)"
)
_ENOUGH = frozenset({"讲座", "仪式", "典礼", "论坛", "沙龙"})
"""Nouns that name a gathering by themselves."""
_LONGEST = 24


def name(marked: Marked, spans: Sequence[Span] | None = None) -> Span | None:
    """Return where the first name of a meeting stands in the marked words, or in some stretches of them."""
    for low, high in ((0, len(marked.text)),) if spans is None else spans:
        found: Span | None = None
        for head in _GATHER.finditer(marked.text, low, high):
            start = _start(marked, low, head.start(), head.end())
            if found and start > found[0]:
                break
            if (start < head.start() or head[0] in _ENOUGH) and not _GENERIC.fullmatch(marked.text, start, head.end()):
                found = (start, head.end())
        if found:
            return found
    return None


def _start(marked: Marked, low: int, at: int, end: int) -> int:
    """Return where the name begins whose last word stands from `at` to `end`."""
    text, low = marked.text, max(low, at - _LONGEST)
    for stop in _STOP.finditer(text, low, at):
        thing = marked.behind.get(stop.start())
        if thing is None or thing.kind != "when" or not _PART.fullmatch(marked.source, thing.start, thing.end):
            low = stop.end()
    low = max([low, *(space for space in marked.spaces if low < space < at)])
    for cut in _CUT.finditer(text, low, end):
        low = cut.end() if cut.end() <= at else low
    low, _ = trimmed(text, (low, end), heads=_HEADS)
    if at > low and FILLER.fullmatch(text, low, at):
        return at
    return low
