"""The points of an agenda: after 议题 or 议程, after a verb (讨论, 学习), or as they are added to one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from understanding.words.clauses import ANY_MARK, Clause, clauses, leaves
from understanding.words.things import MARKS, TYPES

if TYPE_CHECKING:
    from understanding.slots.filling import Filling

_KIND = f"[{''.join(MARKS[kind] for kind in TYPES)}]"
_WHEN, _PERSON, _PLACE, _LONG = MARKS["when"], MARKS["person"], MARKS["place"], MARKS["duration"]
_LABEL = re.compile(
    "(?:主要|会议|活动|学习|研究|讨论)*(?:议题|议程|(?<=会议)事项|(?<=研究)事项|(?<=讨论)事项|内容)(?:初步|暂|就|大概|主要|这次)?(?:有|共|定)?(?:[一两二三四五六\\d][个项条件])?(?:[：，\n]|如下|安排|先放|先定|先写|暂定|先|写|是|有|为|包括|定为)*"
)
_UNDECIDED = re.compile("[^，。；\n]{0,4}(?:待定|另行|没定|未定|还没|再说|再定|不变|照旧|保密)")
_VERBS = (
    "专题研究|专题学习|集中学习|传达学习|学习贯彻|学习传达|研究讨论|讨论研究|讨论一?下|讨论|审议|研究一?下|研究|商量一?下|商量|商议|商讨|研讨|议一议|议一?下|议议|审核|审定|学一?下|学学|(?<![\u4e00-\u9fff])学(?![习时校员生分会说历])|接收|吸收|补选|改选|增补|评选|学习一?下|学习|传达|听取"
    "|选举|表决|说一下|说说|说下|聊聊|聊一?下|谈一谈|谈谈|谈一下|谈(?=体会|感受|心得|认识)|讲一下|讲讲|通报|部署|总结|布置|酝酿|推荐|推选|宣读|汇报|述职|征求|观看|参观|重温|开展|进行|过一下|过一遍"
)
_VERB = re.compile(f"(?P<verb>{_VERBS})(?P<what>[^，。；！？\n]|(?=$|[，：\n]))")
_DEALT = re.compile(
    "把(?P<what>[^，。；！？\n]{2,24}?)(?:再|都|先|也|好好)*(?:过一[遍下]|讨论|研究|审议|商量|商议|议一?议|议一下|敲定|定下来|学习?一[遍下]|学学|传达|说一?说|说一下|布置|部署|总结)"
)
"""What is dealt with, where it stands before the verb (把名单过一遍)."""
_NO_OBJECT = re.compile("会|室|班|日|完|后(?!勤|备|续)|时间|平台|强国|小组|院|者|员")
_NOUNS = re.compile("选举|表决|推荐|汇报|述职|总结|通报")
"""Verbs that end a noun as often (换届选举): they begin nothing where another word runs into them."""
_DETAIL = re.compile(
    "(?:[一二三四五六七八九十\\d]{1,2}[、.．)）])?(?:请|务必|希望|望|麻烦|谢谢|辛苦|收到|大家|各位|全体|所有人|同志们|参加|参会|出席|列席|对象|范围|主持|主讲|记录|时间|地点|地址|会场|场地|地方|时长|会期|提前|会前|开会前|开始前|另外通知|顺便"
    "|另外发|通知|不能|来不了|准时|按时|记得|特此|联系|备注|注意|要求|有关要求|有关事宜|携带|带上|带好|带着|线上(?=$)|腾讯|大概|大约|预计|开到|行不|可以吗|可以不|行吗|好吗|好不好|成吗|发个|发通知|都来|叫上|委员都|党员都|支委都"
    f"|就这|你看|您看|我主持|我来|帮我|然后|完了|弄好|主席|召集人|其他不变|会议由|由|会后|散会|集合|落款|散|@|[在到去于用放](?:{_PLACE})|{_LONG}|{_PERSON}(?:同志)?(?:主持|讲|来讲|主讲|记录|领学|参加|列席|负责|来主持))"
)
_GOES_ON = re.compile(
    f"还有|以及|另外|再|并|第?[一二三四五六七八九\\d]{{1,2}}(?:[是、.．]|个?议题)|最后|其次|同时|接着|(?:{_VERBS})"
)
_NUMBERED = (
    ("(", re.compile("[(（][一二三四五六七八九十\\d]{1,2}[)）]|[一二三四五六七八九十\\d]{1,2}[)）]")),
    ("1", re.compile("\\d{1,2}[、.．](?!\\d)")),
    ("一", re.compile("[一二三四五六七八九十]{1,2}、")),
    ("是", re.compile("[一二三四五六七八九]是")),
    ("第", re.compile("第[一二三四五六七八九](?:个|项)?")),
)
_TRAIL = re.compile(f"(?<=[\u4e00-\u9fff]{{2}})(?:[在到于去用就]*[{_WHEN}{_PLACE}{_LONG}](?:召开|举行|集合|开|吧)*)+$")
_INNER = re.compile(
    "(?<=[^，。：]{3})(?:会议)?(?:地点|地方(?=[在是定])|时间(?=[是定在就])|主持人?(?=[是由])|参加人员|参会人员|请(?:大家|各位)准时)"
)
_SHORT = 10
_CHATTER = re.compile("[了吧吗呢请要来去不我你您]|参加|主持|提醒|通知")
_COARSE = {"week", "month", "quarter", "half", "year", "season"}
_LIST = re.compile(
    "[、；;\n]|[，。](?=(?:第?[一二三四五六七八九\\d]{1,2}(?:是|[、.．]))|还有|以及|另外|再|并|讨论|研究|审议|表决|选举|学习|传达|推荐|听取|通报)|(?:^|(?<=[\\s，：；]))[一二三四五六七八九\\d]{1,2}[是、.．]|以及|再(?=表决|讨论|学习|研究|审议|谈|投票|选举)|(?<=[\u4e00-\u9fff])(?=[一二三四五]是|\\d[.．、](?!\\d))|加上?(?=[\u4e00-\u9fff]{2})|还有"
)
_LEAD = re.compile(
    "^(?:[：，。\\s]|[(（][一二三四五六七八九十\\d]{1,2}[)）]|[一二三四五六七八九十\\d]{1,2}[)）]|\\d{1,2}[、.．]|[一二三四五六七八九][是、]|第[一二三四五六七八九]项?(?![部章条节季])|主要|[一两二三四]件事|[一两二三四]个?(?:议题|事项|方面)|一下|再(?!次|生|度|就)|先(?![进锋辈烈])|然后|最后|是|有|还有|另外|并|以及|和|集中|专题|传达学习|研究讨论|讨论研究|讨论|审议|学(?![习雷生员校说术科])(?=[一-鿿《]{3})|表决(?=[一-鿿]{2})|研究|商量|商议|商讨"
    "|学习贯彻|学习传达|学习一下|学习(?=[\u4e00-\u9fff《]{3}|[^\u4e00-\u9fff]|原文)|传达|听取|通报|审核|审定|议一议|议一下|议下|议议|研讨|说一下|说下|说说|聊聊|聊一下|讲一下|进行|下(?![半周个月一])|过一遍|关于|就(?=[\u4e00-\u9fff]{4}))+"
)
_TAIL = re.compile(
    "(?:这?[一两二三四五几][个项件]?(?:方面)?的?(?:问题|议题|事项|事情|事儿?|内容))?(?:的?(?:这个事|这件事|事情|(?<!有关)事宜|事儿?|问题|议题)|工作吧)?(?:吧|了|啊|呢|等|哈|呗|哦|嘛|啦)*[。！，；\\s]*$"
)
_KINDS = re.compile(
    "[\u4e00-\u9fff\\d]{0,6}(?:党员大会|支委会|支部委员会|党小组会|主题党日|党课|组织生活会)(?:活动|的?通知|会议)?"
)


def agenda(fill: Filling, name: tuple[int, int] | None = None) -> list[str]:
    """Return the points of the agenda, without the verb that introduces them; `name` is where the meeting's stands."""
    text = fill.marked.text
    for label in _LABEL.finditer(text):
        if not _UNDECIDED.match(text, label.end()) and (said := _taken(fill, label.end(), labelled=True)):
            return said
    if found := _DEALT.search(text):
        fill.spent.append(found.span("what"))
        fill.used.update(id(thing) for thing in fill.marked.things(*found.span("what")))
        return points(fill.marked.words(*found.span("what")))
    for verb in _VERB.finditer(text):
        if name and name[0] <= verb.start() < name[1]:
            continue
        if _introduces(text, verb) and (said := _taken(fill, verb.start(), labelled=False)):
            return said
    return []


def _introduces(text: str, verb: re.Match[str]) -> bool:
    """Say whether a verb has points behind it: not 经支委会研究, 学习会, 换届选举."""
    before, after = text[: verb.start()], text[verb.end("verb") :]
    if re.search(
        "经[^，。]{0,8}$|[用供]于?$|(?:请|要求|望)(?:全体|各位|大家|与会|参会|同志|提前|认真|做好)[^。\n]*$", before
    ) or _NO_OBJECT.match(after):
        return False
    if (
        _NOUNS.fullmatch(verb["verb"])
        and re.search("[\u4e00-\u9fff]$", before)
        and not re.search("[来要会并上先再后]$", before)
    ):
        return False
    return verb["verb"] not in {"开展", "进行"} or not re.match(f"[^，。]{{0,8}}{_KIND}", after)


def _taken(fill: Filling, start: int, *, labelled: bool) -> list[str]:
    """Return the points from a place on, as far as what follows still belongs to them."""
    text = fill.marked.text
    said: list[str] = []
    style = ""
    for clause in clauses(fill.marked, start):
        words = text[clause.start : clause.end]
        number = _style(words)
        if said:
            if style and (number != style if number else _is_new(clause.after)):
                break
            if not number and not _goes_on(fill, clause, labelled=labelled):
                break
        elif _is_detail(fill, clause) and not (labelled and _is_of_festival(fill, clause)):
            break
        style = style or number
        if inner := _INNER.search(words):
            words = words[: inner.start()]
        trail = _TRAIL.search(words) if not re.search(f"(?:参观|走访|慰问){_PLACE}$", words) else None
        end = clause.start + trail.start() if trail else clause.start + len(words)
        is_verb = not labelled and re.fullmatch(_VERBS, words)
        found = [] if is_verb else points(fill.marked.words(clause.start, end))
        if not found and not is_verb and not re.fullmatch("[\\d.、]+", words):
            break
        fill.used.update(id(thing) for thing in fill.marked.things(clause.start, end))
        fill.spent.append((clause.start, end))
        said += found
    return list(dict.fromkeys(said))


def _style(words: str) -> str:
    return next((style for style, pattern in _NUMBERED if pattern.match(words)), "")


def _is_new(after: str) -> bool:
    """Say whether the signs before a clause end what went before."""
    return any(sign in after for sign in "。！？\n")


def _goes_on(fill: Filling, clause: Clause, *, labelled: bool) -> bool:
    """Say whether an unnumbered clause is a further point."""
    words = fill.marked.text[clause.start : clause.end]
    if _is_detail(fill, clause):
        return False
    if _GOES_ON.match(words) or "；" in clause.after or "、" in clause.after:
        return True
    if labelled:
        return not any(sign in clause.after for sign in "。！？")
    return not clause.after and len(words) <= _SHORT and not _CHATTER.search(words)


def _is_detail(fill: Filling, clause: Clause) -> bool:
    """Say whether a clause tells of something else than the agenda: who comes, when, where, a courtesy."""
    words = fill.marked.text[clause.start : clause.end]
    if _DETAIL.match(words) or (not leaves(words) and re.search(ANY_MARK, words)):
        return True
    thing = fill.marked.behind.get(clause.start)
    if thing is None or thing.kind not in {"when", "place"}:
        return False
    return thing.kind == "place" or thing.value[0].grain not in _COARSE


def _is_of_festival(fill: Filling, clause: Clause) -> bool:
    """Say whether a clause begins with a festival that only tells what the rest is for: 七一表彰, 国庆值班."""
    thing = fill.marked.behind.get(clause.start)
    if thing is None or thing.kind != "when" or re.search("[号日周点天晚早月拜期]", fill.said(thing)):
        return False
    return re.match("[一-鿿]{2}", fill.marked.text[clause.start + 1 : clause.end]) is not None


def points(words: str) -> list[str]:
    """Split an agenda into its points."""
    several: list[str] = []
    for piece in _LIST.split(words):
        for point in _and(_TAIL.sub("", piece or "")):
            cleaned = _TAIL.sub("", _LEAD.sub("", point).strip("，。；：！ \n")).strip("，。；：！ \n")
            cleaned = re.sub("^《(.*)》$", r"\1", cleaned)
            if cleaned and not _KINDS.fullmatch(cleaned):
                several.append(cleaned)
    return list(dict.fromkeys(several))


def _and(piece: str) -> list[str]:
    """Part two points that 和 joins; what belongs together (批评和自我批评) stays."""
    if re.search("批评[和与]自我批评|[小老][\u4e00-\u9fff][和与]|转正$", piece):
        return [piece]
    parts = re.split("和(?!谐|平|各)|与(?!会)", piece)
    long_enough = all(len(part) > 1 for part in parts)
    return parts if len(parts) == 2 and long_enough and max(map(len, parts)) <= 8 else [piece]  # noqa: PLR2004


_ADDED = re.compile(
    "(?:议题|议程|内容)(?:[^，。]{0,12}，)?(?:[再里中上还要就改需得想])*(?:多加|增加|添加|补充|加|改成|改为|换成|变更为|调整为|添|补|换)(?:上|个|了)?(?:[一两二三]?[条个项])?[为成了，：]*(?P<new>[^，：].*)"
    "|(?:加|增加|添加|补充|添|新增)(?:上|了)?(?:[一两二三]?[条个项])?议[题程][是，：]*(?P<more>.+)",
    re.DOTALL,
)
_ITEM = re.compile("(?:这|那)?(?:一|个|两)?(?:项|条|个|块)(?:议题|内容)?$")


def added(fill: Filling) -> list[str]:
    """Return the points that are added to the agenda (议题加一条)."""
    found = _ADDED.search(fill.marked.text)
    if not found:
        return []
    start = found.start("new") if found["new"] else found.start("more")
    return [cut for point in _taken(fill, start, labelled=True) if (cut := _ITEM.sub("", point))]
