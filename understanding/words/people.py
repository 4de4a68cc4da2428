"""Finds people: by the roster's name, by a part of it, by a title, and names that no roster holds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vocabulary.readings import Context

_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章苏潘葛范彭鲁韦马苗凤方俞任袁柳史唐费薛雷"
    "贺倪汤滕殷罗毕郝邬安常乐于傅齐康伍余顾孟黄穆萧尹姚邵汪祁毛禹狄米贝臧戴宋庞熊纪舒屈项祝董梁杜阮蓝闵席季贾路娄江童颜郭梅盛林刁"
    "钟徐邱骆高夏蔡田樊胡凌霍虞万柯管卢莫房缪解应宗丁宣邓郁单洪包诸左石崔吉钮龚程邢裴陆荣翁荀惠曲封储靳段焦牧车侯全班仇"
    "宁甘厉祖武符刘景詹龙叶司黎薄白从卓蔺屠蒙池乔谭劳申冉桑桂牛边温庄柴瞿阎连茹习向古易廖耿匡文寇广沙聂晁敖冷辛那简饶曾关"
    "游佟涂苟肖覃丘"
)
_COMPOUND = "欧阳|上官|司马|诸葛|皇甫|尉迟|公孙|慕容|令狐|端木|司徒|夏侯"
_TITLES = (
    "副书记|书记|组织委员|宣传委员|纪检委员|组委|宣委|纪委|委员|小组长|组长|主任|老师|同志|局长|处长|科长|部长|院长|教授|经理|总监|"
    "所长|队长|班长|校长|行长|工程师|讲师|主席|师傅|大姐|大哥|姐|哥|工|总"
)
_TITLE = re.compile(f"(?:{_TITLES})(?![作结部共体会委裁局员地厂期程])")
_LED_BY = re.compile(
    "(?:同志|老师|师傅)?(?:[一二三四]季度的?)?(?:\\d{1,2}[月日号]|还?没|也没|人[在到还]|签到|请假|的(?:积分|学时|档案|绑定|党费)|到了|来了没|来没来"
    "|签了|交(?:[了过齐清上]|党费|[今本上去这]|[一二三四五六七八九十\\d]{1,3}[月块元季])|[今本上]?个?月?的?党费[交缴\\d])"
)
_POSTS = {"组委": "组织委员", "宣委": "宣传委员", "纪委": "纪检委员", "组长": "党小组组长", "小组长": "党小组组长"}
_NOT_NAMES = re.compile(
    "周[一二三四五六日天末几内期年]|高[度级效新温铁]|方[便案面式法向]|安[排全装]|时间|马上|应[到该当]|全[体部员会程]|任[务何]|关[于闭注]|文"
    "[件字章]|成员|常[委务]|于是|金额|程序|何[时人]|许多|万一|平时|施工|项目|白天|单位|应到|费用|路上|那[个次些边天我就]|解[决释散除]|广"
    "[播大]|连[续线]|包括|向[大各党]|简[报历单]|从[今明]|曾经|管理|宣[传讲誓布委]|章[程节]|温馨|段时|季度|纪[律检要委]|习题|史料|"
    "班[子长]|盛会|古|江山|封面|全国|武装|荣誉|童|别人|符合|游客|石头|黄色|白色|于[本上下今]|国|劳动|储存|计划|米|卓越|薄弱|车[坏"
    "子上票]|董事|房间|易|龙头|沙发|冷|那|左右|牛|桂|广|边|范围|洪水|池|汤|蓝|贝|曲|柴|石|田|康复|余[下额]|乐|解|应|文|"
    "路|申[请报]|管|景|屈|项|单|安|常|全|任|从|向|包|季|关|连|万|时|明|和|党|方[才]|高[兴]|任[职免]|毕业|严[格肃重]|华|何|许|尤其|金|江|胡[乱]|任[宣组纪支副书党]"
)
_BEFORE = (
    "(?:(?<=[帮给替由让叫请和跟与、及])|(?<=补签)|(?<=绑定)|(?<=解绑)|(?<=除了)|(?<=除)|(?<=主持)|(?<=主持人)|(?<=主持[换改是：])|(?<=主持人[换改是：])"
    "|(?<=主持[换改]成)|(?<=主持人[换改]成)|(?<=主讲)|(?<=主讲人)|(?<=主讲[是：])|(?<=主讲人[是：])|(?<=记录)|(?<=记录人)|(?<=记录人[是：])|(?<=责任人)|(?<=责任人[是：])"
    "|(?<=同意)|(?<=批准)|(?<=驳回)|(?<=领学)|(?<=领学人[：是])|(?<=发言)|(?<=签到)|(?<=签到：)|(?<=补登)|(?<=登记)|(?<=登记一下)|(?<=记一下)|(?<=查)|(?<=看)|(?<=把)|(?<=\\n)|(?<=[，。])|^)"
)
_AFTER = (
    "(?=$|[、，。！？和跟与及的：\n没也]|签|补|请[病事公]?[假了]|主持|主讲|讲[党课一微]|上[党微]课|来讲|领学|领读|发言|老师|师傅|[一二三四]季度|记[录一]|到[了会]|来[了没]|同志|出差|生病|绑定|做|负责|转正|交|销"
    "|今年|这[周个次]|[上本]个?月|[一二三四\\d]{1,2}[月季]|积分|学时|[的是]|什么|以外|外[，都]|之外|[都]|党费|档案|成为|调|改|换|整改|没|两|三|、|从|代|因|手机|微信|在|病|等|还|说|忘|人[在到还]|\\d{1,2}[月日号])"
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the words: a name, or several names where more than one fits."""

    names: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Roster:
    exact: re.Pattern[str]
    parts: dict[str, tuple[str, ...]]
    by_surname: dict[str, tuple[str, ...]]


@lru_cache(maxsize=64)
def _roster(people: tuple[str, ...]) -> _Roster:
    parts: dict[str, tuple[str, ...]] = {name: (name,) for name in people}
    surnames: dict[str, tuple[str, ...]] = {}
    for name in people:
        size = 2 if re.match(_COMPOUND, name) else 1
        surnames[name[:size]] = (*surnames.get(name[:size], ()), name)
        given = name[size:]
        if len(given) == 2 and given not in people and given != "天明":  # noqa: PLR2004  天明 is the dawn
            parts[given] = (*parts.get(given, ()), name)
    words = sorted(parts, key=len, reverse=True)
    return _Roster(re.compile("|".join(map(re.escape, words)) or "(?!)"), parts, surnames)


@lru_cache(maxsize=1)
def _titled() -> re.Pattern[str]:
    name = f"(?:{_COMPOUND})|[{_SURNAMES}]"
    return re.compile(
        f"(?<!其)(?P<nick>[小老](?P<of>[{_SURNAMES}])(?![{_SURNAMES}]?组|师|年|同|区|龄|干))|(?<!其)(?<!谢)(?P<name>{name})(?P<title>{_TITLES})(?![作结部共体会裁局地厂期程纲则])"
    )


@lru_cache(maxsize=1)
def _unknown() -> re.Pattern[str]:
    name = f"(?:(?:{_COMPOUND})[\u4e00-\u9fff]{{1,2}}|[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}?)"
    return re.compile(f"(?=[{_SURNAMES}{_COMPOUND}]){_BEFORE}(?P<name>{name}){_AFTER}")


def unlisted(text: str, context: Context, taken: list[tuple[int, int]]) -> list[Person]:
    """Return the people whom the words name by a title or by a name that no roster holds; none overlaps `taken`."""
    busy = taken
    found = [person for person in _by_title(text, context) if _free(person.start, person.end, busy)]
    busy = taken + [(person.start, person.end) for person in found]
    for match in _unknown().finditer(text):
        if _NOT_NAMES.match(match["name"]) or not _free(match.start(), match.end(), busy):
            continue
        starts = match.start() == 0 or text[match.start() - 1] in "，。\n"
        if starts and not _LED_BY.match(text, match.end()):
            continue
        found.append(Person((match["name"],), match.start(), match.end()))
    return sorted(found, key=lambda person: person.start)


def known(text: str, context: Context) -> Iterator[Person]:
    """Yield the people whom the words name by the roster, whole or in part."""
    roster = _roster(context.people)
    for match in roster.exact.finditer(text):
        end = match.end()
        title = _TITLE.match(text, end)
        if title and title[0] not in {"工", "总", "姐", "哥"}:
            end = title.end()
        yield Person(roster.parts[match[0]], match.start(), end)


def _by_title(text: str, context: Context) -> Iterator[Person]:
    roster = _roster(context.people)
    for match in _titled().finditer(text):
        if match["name"] == "任" and "委员" in match["title"]:
            continue
        if match["of"]:
            fits = roster.by_surname.get(match["of"], ())
            yield Person(fits or (match[0],), match.start(), match.end())
            continue
        post = _POSTS.get(match["title"], match["title"])
        posts = {name: context.posts.get(name, "").split("、") for name in roster.by_surname.get(match["name"], ())}
        fits = tuple(name for name, held in posts.items() if post in held) or tuple(
            name for name, held in posts.items() if any(one.endswith(post) for one in held)
        )
        yield Person(fits if len(fits) == 1 else (match["name"],), match.start(), match.end())


def _free(start: int, end: int, taken: list[tuple[int, int]]) -> bool:
    return all(end <= low or start >= high for low, high in taken)
