"""The slots of questions and exams: how many, about what, called what, and which exam is meant."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from understanding.slots import meeting, moments
from understanding.slots.addressing import PARTICLES, WHO
from understanding.slots.plain import EDGES, count

if TYPE_CHECKING:
    from collections.abc import Callable

    from understanding.slots.filling import Filling
    from understanding.words.things import Thing

_TEST = (
    "(?:线上|在线|闭卷|开卷|模拟|网上|随堂)*(?:考试|测试|测验|小测验?|考核|知识竞赛|竞赛|月考"
    "|季考|统考|笔试|抽测|摸底|试卷|考卷|卷子)"
)
_KIND = (
    f"(?:{_TEST}|(?:单项?|多项?)?选择?题目?|(?:单|多)选|判断题?|填空题?|[试考]题|习题|题目|题库"
    "|(?<![问议主话标专课难])题(?!量)|题量|答题)"
)
_COUNTED = (
    "[零〇一二两三四五六七八九十百几\\d]+(?:道|个|条|套|张|份|场|次|组|点)?(?=题|判断|单选|多选"
    "|选择|$|[，。的来给吧做练])|[一几]?[些点]儿?|[零〇一二两三四五六七八九十百几\\d]+(?:道"
    "|套|张|份|场|次|组)"
)
_SPLIT = re.compile(f"[，。；！？：、\n\ue000-\ue018]|{_COUNTED}|{_KIND}|各位|方面|相关|有关|为主|这块儿?|那块儿?|部分")
_KINDS, _MANY = re.compile(_KIND), re.compile("[零〇一二两三四五六七八九十百几\\d]+[道个套题份张]")
_BESIDE = re.compile(f"(?:方面|相关|有关|为主|这块儿?|那块儿?|部分)?的?{_KIND}")
_GOES_ON = re.compile("[还也都就没不再又已怎发在是有给]")
"""What stands beside the noun is what the questions are about, known or not; elsewhere it must be a subject."""
_FRONT = re.compile(
    "^(?:[一二两三四五六七八九十百几\\d]+[道题套](?=.)|(?:考考|考一考|测测|测一测|考一?下|测一?下|考|问问?|给)我们?|再|先|快|烦?请|哎|麻烦|帮忙|帮我|给我们?|我们?(?!党)|咱们?|你|您|小助手|助手|现在|马上|今天"
    "|想要?|要(?!求)|能不能|可以|可不可以|有没有|有|来(?=.)|出|给|做|搞|整|弄|练练|练一练|练习"
    "|练|刷|抽|拿|换|发起|发布|发(?!展)|推(?!荐)|组织(?!工作|关系|生活|纪律|建设|原则|法|部"
    "|条)|安排|举行|举办|新建|创建|建(?![党设国军])|设置|设|布置|开始|开|办|定|进行|参加|"
    "考考|考一考|考(?!核)|测测|测一测|测(?!评)|问问|复习|巩固|一下|下|刚才|上次|[那这][种类]|一?(?:[个道套张份场次些点]|组(?!织))"
    f"|几[道个套]|随机|(?:给|让|请|为|叫){WHO}|大家|全体党员|新党员|关于|围绕|针对|对|就|从|范围"
    "|内容|主题|专题|学习(?=二|党|宪|民)|里|用|只|是|为|把|将|的|以|了|[：，])+"
)
_BACK = re.compile(
    "(?:(?:[出弄搞来给开设整建做拟发](?:一下)?)?[一几]?[个道套场张份次]|的(?:[几一]?[个些])?问题|的|了|里头?|中|上|出|来|做|练|一下|考考?我|我|大家|熟不熟悉?|熟悉不熟悉|掌握(?:得|情况"
    f"|程度|没)?(?:怎么样|如何|咋样|没)?|了解多少|懂不懂|会不会|热热身|手|[{PARTICLES}])+$"
)
_SUBJECT = re.compile(
    "党[章规史纪性建务课风费]|[国四军]史|史$|条例|准则|细则|规定|法典|法规|宪法|法律|法$"
    "|报告|讲话|精神|思想|理论|纪律|知识|常识|制度|章程|方针|政策|路线|十[八九]大|二十大|全会"
    "|两会|权利|义务|程序|流程|文件|决议|纲要|规划|教育|应知应会|办法|条文|业务|保密|消防|安全|民主"
    "|廉洁|廉政|初心|宗旨|誓词|预备党员|时事|组织"
)
_EMPTY = re.compile(
    "[你他她它咱吗们错闲这那谁么]|我|(?<![困艰灾克疑])难|简单|容易|动动|热身|时间|时长|限时|名字|名称|名为|名叫"
    "|标题|截止|开考|开始|结束|^支部$|大家|^(?:全体|入党|预备)?党员$|全体|上次|行$|(?<![中公])共(?![产同青和])|不用|每"
    "|收到|通知|模拟|积分|成绩|排名|准备|继续|接着|需要|及格|合格|脑|无聊|没事|学习$|测评|结果"
    "|随便|轮|最新|类型|方式|形式"
)
_ABOUT = re.compile(
    "(?:关于|有关|围绕|针对|(?:复习|巩固|温习)(?:一?下)?|(?:范围|主题|专题|题目)(?:就?是|就?为|：|就)+|范围|内容(?:是|为"
    "|：|就)*|题目?从|只考|(?:^|[，。])(?:就|主要|统一)?考(?:的是|查)?(?![试核完场卷一到题考]))(?P<item>[^，。；！？：\ue000-\ue018]{2,24})"
)
_NAME = re.compile(
    "(?:名字|名称|标题|考试名(?!称)|名为|名叫|命名|题目(?=叫)|叫做?|称为)(?:是|为|叫做?|：|就|定为)*(?P<name>[^，。；！？：]{2,24})"
)
_QUOTED = re.compile('《([^》]{1,60})》|"([^"]{1,60})"')
_END = re.compile(
    "(?:考到|做到|截止到?|截至|到)(?=[\ue000])|[\ue000](?:截止|结束|收卷|前(?:交|完成|做完)|之前|以前|前)"
)


def _start(fill: Filling) -> None:
    count(fill)
    quoted = _QUOTED.search(fill.marked.source)
    topic = (quoted[1] or quoted[2]) if quoted else _topic(fill, fill.marked.text)
    if topic:
        fill.slots["topic"] = topic


def _topic(fill: Filling, text: str) -> str:
    """Return what the questions are about: the words after 关于 or 考, else a subject that the field knows."""
    about = _ABOUT.search(text)
    if (
        about
        and (topic := _trimmed(fill, text, *about.span("item")))
        and not (_EMPTY.search(topic) or _MANY.fullmatch(topic))
    ):
        return topic
    found: list[tuple[str, bool]] = []
    at, behind = 0, False
    for low, high in (*(span.span() for span in _SPLIT.finditer(text)), (len(text), len(text))):
        if topic := _trimmed(fill, text, at, low):
            found.append((topic, behind or _BESIDE.match(text, low) is not None))
        at, behind = high, high > low and _KINDS.fullmatch(text, low, high) is not None
    said = [one for one in found if not _EMPTY.search(one[0])]
    known = [topic for topic, _ in said if _SUBJECT.search(topic)]
    beside = [topic for topic, is_beside in said if is_beside and not _GOES_ON.match(topic)]
    return next(iter((*reversed(known), *reversed(beside))), "")


def _trimmed(fill: Filling, text: str, start: int, end: int) -> str:
    kind = re.search(f"(?:的)?{_KIND}", text[start:end])
    end = start + kind.start() if kind and kind.start() > 1 else end
    front = _FRONT.match(text[start:end])
    start += front.end() if front else 0
    back = _BACK.search(text[:end], start)
    end = back.start() if back else end
    words = fill.marked.words(start, end).strip(EDGES + "《》的")
    return words if len(words) > 1 else ""


def _exam(fill: Filling) -> None:
    marked, text = fill.marked, fill.marked.text
    title = ""
    if quoted := _QUOTED.search(marked.source):
        title = quoted[1] or quoted[2]
    elif name := _NAME.search(text):
        title = re.sub(f"的{_TEST}$", "", _BACK.sub("", marked.words(*name.span("name"))).strip(EDGES))
        fill.used.update(id(thing) for thing in marked.things(*name.span("name")))
    _exam_times(fill)
    fill.duration()
    count(fill)
    if not title:
        if topic := _topic(fill, text):
            fill.slots["topic"] = topic
        return
    if not re.search(_KIND, title) and quoted and re.search(f"考《|》的?{_KIND}|关于《|测《", marked.source):
        fill.slots["topic"] = title
        return
    fill.slots["title"] = title
    about = _ABOUT.search(text)
    if about and (topic := _trimmed(fill, text, *about.span("item"))) and topic not in title:
        fill.slots["topic"] = topic


def _exam_times(fill: Filling) -> None:
    """Fill start and end; a limit (截止, 周五前) is the end alone."""
    for found in _END.finditer(fill.marked.text):
        at = found.start() if found[0][0] == "\ue000" else found.end()
        thing = fill.marked.behind.get(at)
        if thing is None or thing.kind != "when" or id(thing) in fill.used:
            continue
        time = thing.value[0]
        fill.used.add(id(thing))
        if time.open_until or time.has_day:
            fill.slots["end"] = moments.due(time)
        elif time.has_clock:
            fill.slots["end"] = f"{time.start:%H:%M}"
    for thing in fill.of("when"):
        if thing.value[0].open_until:
            fill.slots["end"] = moments.due(thing.value[0])
            fill.used.add(id(thing))
    fill.times("start", "end")


_NUMBER = re.compile(
    "(?<![月\\d])(\\d{1,4})号(?:考试|测试|测验|试卷)|(?:编号|序号)[为是：]?(\\d{1,4})|第(\\d{1,4}|[一二三四五六七八九十])[号场次个套张]"
)
_DIGITS = {han: str(at) for at, han in enumerate("一二三四五六七八九十", 1)}
_TITLE = re.compile(f"(?P<name>[^，。；！？：\n]{{1,24}}?)(?P<test>{_TEST}|[周月季年]考|党日)")
_BEFORE = re.compile(
    "^(?:全支部的|大家的|我们?的|请问|请|麻烦|帮我|我们?|咱们?|你|想要?|要|可以|能|现在|马上"
    "|准备|开始|来|去|参加|进入?|打开|做|考|作答|答|看一?下|看看|查一?下|查询|查看|查|报送|公布"
    "|发|把|给|的|那[个张场次套]|这[个张场次套]|一下|本|该|大家|全体|所有人|支部|党员|了|一?[个张场次套]"
    "|下|刚才|刚|[，。]|\ue000(?=[考做答开参进来]))+"
)
_NOT_A_NAME = re.compile(
    "[我你他她]|吗|谁|什么|怎|哪|没|吧|入口|成绩|准备|[上这本下]一?[次场回个]|第.[场次个]|^最近"
    "|开始|参加|^[的了]$|^今|^明|^昨"
)


def _exam_which(fill: Filling) -> None:
    source = fill.marked.source
    said = [number for one in _NUMBER.finditer(source) if (number := one[1] or one[2] or _DIGITS.get(one[3], one[3]))]
    said += [one[1] or one[2] for one in _QUOTED.finditer(source)]
    if not said:
        name = _exam_name(fill)
        said = [name] if name else meeting.which(fill, fill.of("when"), source)
    fill.slots["which"] = list(dict.fromkeys(said))


def _exam_name(fill: Filling) -> str:
    """Return what an exam is called: the words before 测试 with it (党章测试, 一季度测试)."""
    text = fill.marked.text
    for found in _TITLE.finditer(text):
        start, end = found.span("name")
        front = _BEFORE.match(text[start:end])
        start += front.end() if front else 0
        if start >= end and not re.match("[^考测]", found["test"]):
            continue
        name = text[start:end].strip("的")
        plain_days = [thing for thing in fill.marked.things(start, end) if not _is_named(fill, thing)]
        if not name or plain_days or _NOT_A_NAME.search(name):
            continue
        return fill.marked.words(start, found.end()).strip(EDGES)
    return ""


def _is_named(fill: Filling, thing: Thing) -> bool:
    """一季度 and 2026年 can be part of a name; 上次, 今天 and 3月20日 say when."""
    if thing.kind != "when":
        return True
    return moments.is_wide(thing.value[0]) and not re.match("[上这本下今明去当]", fill.said(thing))


SPECIAL: dict[str, Callable[[Filling], None]] = {
    "quiz.start": _start,
    "exam.open": _exam,
    "exam.start": _exam_which,
    "exam.result": _exam_which,
}
