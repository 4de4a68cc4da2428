"""The slots of calling a meeting off, and of who does what at one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from understanding.slots import identifying, naming, who
from understanding.slots.correcting import correct
from understanding.words.clauses import clauses, leaves
from understanding.words.things import MARKS, TYPES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from understanding.slots.filling import Filling
    from understanding.words.clauses import Clause

_KIND = f"[{''.join(MARKS[kind] for kind in TYPES)}]"
_WHEN, _PERSON = MARKS["when"], MARKS["person"]
_OFF = re.compile(
    "取消|撤销|撤掉|撤了|撤一下|作废|不[再用要]?(?:召开|举行|开(?![放心门展])|办|搞|上|弄)了?|[别不](?:再)?安排了|别[开办搞上弄]|甭开|[开办上搞]不[成了]|没有?办法[开办上]|叫停|作罢|暂停|停(?=$|[了开办掉一吧])|算了|黄了|泡汤|删[了掉]?"
)
_FOLLOWS = re.compile(
    "真?是?抱歉|不好意思|对不起|那个什么|那啥|那什么|对了|话说|嗯|通知|另行|改天|时间|告诉|下次|改日|回头|再[定说议约]|重新|等(?:上级|我)?通知|等通知|别让|别[跑来等白]|不用来|不必来|转告|相互转告|互相转告|大家(?:不用|别|注意|相互|互相|早点|都?知)|请(?:大家|各位|互相|相互|知悉|周知|悉知|注意)|收到|知悉|周知|谢谢|辛苦|麻烦|帮忙|帮我|请处理|请安排|请协助|你看|您看|行吗|可以吗|好吗|特此|以后再|先这样|就这样"
)
_CAUSE = re.compile(
    "(?:主要)?(?:是|就是)?(?:因为|由于|鉴于|考虑到?|(?:原因|理由|缘由)(?:就)?(?:是|：)|因(?!此|故))[，：]?"
)
_EDGES = "，。；：！？、 \n\"'"
_SOFT = "(?:了?(?:吧|哈|呗|哦|啦|嘛|呢|啊|呀))+$"


def cancel(fill: Filling) -> None:
    """Fill which meeting is called off, and why."""
    correct(fill)
    marked = fill.marked
    several = clauses(marked)
    about = [clause for clause in several if _is_about(fill, clause)]
    reasons: list[str] = []
    spans: list[tuple[int, int]] = []
    for clause in several:
        reason = _reason(fill, clause, is_about=clause in about)
        if reason:
            said = marked.words(*reason)
            reasons.append(_CAUSE.sub("", said.strip(_EDGES), count=1).strip(_EDGES))
            spans.append(reason)
    things = [
        thing
        for at, thing in marked.behind.items()
        if not any(low <= at < high for low, high in spans)
        and thing.kind in (*TYPES, "when")
        and id(thing) not in fill.used
    ]
    words = "，".join(marked.words(clause.start, clause.end) for clause in about) or marked.source
    stretches = [(clause.start, clause.end) for clause in about]
    fill.slots["which"] = identifying.meeting(fill, things, words, stretches or None)
    fill.slots["reason"] = re.sub(_SOFT, "", "，".join(dict.fromkeys(filter(None, reasons))))


def _is_about(fill: Filling, clause: Clause) -> bool:
    """Say whether a clause names the meeting or calls it off: what else is said is why."""
    words = fill.marked.text[clause.start : clause.end]
    if _OFF.search(words) or re.search(f"{_KIND}|会议(?!室)|[的个场次号]会|《", words) or not leaves(words):
        return True
    return _led_by_name(fill, clause) > clause.start


def _led_by_name(fill: Filling, clause: Clause) -> int:
    """Return where the kind or the name ends with which a clause begins; its start where it begins otherwise."""
    text = fill.marked.text
    if found := re.compile(f"{_WHEN}*的?{_KIND}").match(text, clause.start, clause.end):
        return found.end()
    named = naming.name(fill.marked, [(clause.start, clause.end)])
    led = named and re.fullmatch(f"(?:{_WHEN}|的|[那这][个场次])*", text[clause.start : named[0]])
    return named[1] if named and led else clause.start


def _reason(fill: Filling, clause: Clause, *, is_about: bool) -> tuple[int, int] | None:
    """Return where a clause tells why: all of it, or what stands before the meeting or behind the verb."""
    words = fill.marked.text[clause.start : clause.end]
    cause = _CAUSE.search(words)
    if not is_about or (cause and not _OFF.search(words)):
        if _FOLLOWS.match(words.lstrip(_EDGES)) or not (leaves(words) or cause):
            return None
        low, high = clause.start + (cause.start() if cause else 0), clause.end
        return low, high
    if cause:
        end = re.compile(f"[，]|{_WHEN}|{_KIND}|原定|所以|因此|然后|{_OFF.pattern}|会议").search(words, cause.end() + 1)
        return clause.start + cause.start(), clause.start + (end.start() if end else len(words))
    led = _led_by_name(fill, clause)
    if not _OFF.search(words) and led > clause.start and leaves(fill.marked.text[led : clause.end]):
        return led, clause.end
    return None


_ROLES = (
    "交流发言|表态发言|会议记录|会议纪要|书面记录|记录|监票|计票|唱票|领誓|领学|领读|带学|主持|发言|汇报|介绍|司仪|签到"
)
_LEADS = (
    "(?:(?:同志|老师)?(?:来(?!自)|去(?!年)|负责|准备|先(?![进锋辈烈])|也|还是?|再|就|会|要(?!求)|[他她](?!们)|自己|给大家|给我们|给大伙|给咱们?|在会上|会上|上台"
    "|[带领]着?(?:我们|咱们?|大家|大伙儿?|同志们|党员们?)(?:一起|一块儿?)?|带着|领着|做(?!法)|作(?![风用品])|担任|当(?![前代地])|各自?|每人|一人|分别|一起|一块儿?|共同|现场"
    "|一下|第?一个|第[二三四五]个|个(?![人别])|下(?![半一个级周])|[一二两三四五]个人))*"
)
"""What stands between somebody and what he does: 来, 负责, 带着大家."""
_ROLE = re.compile(
    f"{_LEADS}(?P<role>{_ROLES})(?:的?(?:人|员))?(?:的?(?:人选|任务|工作|的?事儿?))?(?:一下|的|吧|了|哈|呗|哦|啊)*"
)
_MANY = "(?:一下|下(?![半一个级周基乡沉])|(?:[一两几]|[一两]?小)?[段份点篇些](?!名))?"
_TASK = re.compile(
    f"{_LEADS}(?:(?:学习|领学|发言|汇报)?(?:内容|题目)(?:就?是|为)?|(?:([读念讲学说谈聊])一?\\1|领学|领读|带学|带读|领誓|宣读|通读|报告(?!会)|汇报|介绍|主讲|授课|讲解?|说(?!明书)|谈(?!心)|读(?!本)|学习|学(?!习|雷|史)|念"
    f"|领(?!导|袖)|带(?!头)|整理|写|解读|分享|展示|点评|总结|起草|通报|传达|说明|部署|回顾)(?:的是|{_MANY}))[：]?"
)
"""That somebody tells, reads or leads something: what follows is what."""
_HEAD = re.compile(
    "^(?:麻烦您?|请|想|一[个位名]|让|由|安排|叫|派|指定|把|将|那个|那|就(?!业)|也|再|您|你|嗯|呃|这次|谁|关于|的|上(?![半级年周次月海])|会上|大会的?上?|议程[里中上]?|在|一下|[，。：；、\\s])+"
)
_FOOT = re.compile(
    "(?:(?:这回|这次)?(?:不[找用让请由是要]|别让)[^，]{2,4}了|[，。：；、\\s]|(?:想|要)?请|让|由|安排[一二两三四五六七八九十几]个人?|安排(?:的是|给)?|叫|派|指定|定为|(?<![规决制法评约确稳肯])定|改由|改成|改为|换成|换|(?<![修整])改|就|还|(?<!国)是|加一?[个位]|里?加上|里?增加|还没有?人|没人|这回|这次|[两三四五几][个位]人?|(?<![行作认成])为|的话|分给|交给|给|归|谁(?:来?[讲读说念]|负责)?|这[一个]?(?:块|项|部分|环节|段)|那[一个]?(?:块儿?|项|部分|环节|段)|的人|介绍人|组织委员|宣传委员|纪检委员|副书记|书记|组长|委员|同志|这个活儿?|的(?:活儿?|差事|任务)|[吧了哈呗哦啊呢嘛])++$"
)
_CHANGES = re.compile(
    f"(?:{_ROLES})?的?(?:人|员)?(?:要)?(?:换|改|定|调整)(?:一下|下|个人|人|了)*|(?:您|你|帮我|帮忙|给)*(?:记|安排|排|加)(?:一下|下|上|进去|好)+|谢谢您?|辛苦(?:了|一?下)?|麻烦您?了?|好吗|行吗|可以吗"
    "|我?看|我?觉得|(?:我看|[他她](?!们)).*"
)
_MEETING = re.compile(
    f"(?:在|于)?(?:[这那本下上]一?[次个场]|{_WHEN})*(?:的|那个|那场)?(?:[{_KIND[1:-1]}]|会议|开会|会)?(?:那天|的时候|时)?(?:会?上|里|中)?[的，：]*"
)
_LEADS_TO = re.compile(f"(?:^|(?<=[，。；\n])|[给在为])(?:{_WHEN}|的|[那这][个场次])*$")
_AT_IT = re.compile("(?:会?上|里|中|那天|当天|的时候|时)[的，：]*")
_MYSELF = re.compile("我(?=[来领做作记读讲汇负介谈说念]|自己)|(?<=[由让])我")
_NAMED = re.compile(
    "(?:请|让|由|安排(?:给|了|的是)?|叫|派|指定|交给|分给|归|[换改]成|[换改]由|[换改]为|领学人：|发言人：|记录人：)(?:了|一下)?$"
)
_AND = re.compile("(?:同志|老师)?(?:、|和|跟|与|以及|还有|，)$")
_NOT_DOER = re.compile(
    "(?:同志|老师)?(?:[的说定](?!话)|要求|安排|同意|指定|提议|转正|预备期|来不了|去不了|有事|请假|出差|不[讲读领做记])"
)
_NO_MORE = re.compile("(?:不[找用让请由是要]|代替|替换?|顶替|别让|从|原来(?:是|由|让)?)$")


def assign(fill: Filling) -> None:
    """Fill who does what, and at which meeting."""
    correct(fill)
    doers = _doers(fill)
    text = fill.marked.text
    meeting = [found.span() for found in _MEETING.finditer(text) if _says_meeting(fill, found)]
    meeting += [found.span() for found in re.finditer("(?:会议)?(?:编号|#)\\d+号?(?:的?会议?)?", text)]
    called = _called(fill)
    if called:
        meeting = [span for span in meeting if span[1] <= called[0] or span[0] >= called[1]] + [called]
    things = [
        thing
        for at, thing in fill.marked.behind.items()
        if thing.kind in (*TYPES, "when") and any(low <= at < high for low, high in meeting)
    ]
    numbers = "，".join(found[0] for found in re.finditer("(?:编号\\d+|#\\d+|\\d+号)(?:的?会议?)", fill.marked.source))
    beside = "，".join(filter(None, (numbers, *(fill.marked.words(low, high) for low, high in meeting))))
    fill.slots["which"] = identifying.meeting(fill, things, beside, [called] if called else [])
    who.put(fill.slots, fill.unsure, "person", (fill.marked.behind[at] for at in doers))
    if not doers and "我" in text:
        fill.slots["person"] = "me"
    fill.slots["topic"] = _topic(fill, doers, meeting)


def _called(fill: Filling) -> tuple[int, int] | None:
    """Return where a meeting of no known kind is named: with 上 or 那天 behind its name, or before all else."""
    found = naming.name(fill.marked)
    if found is None:
        return None
    text = fill.marked.text
    if re.search("(?:书记|主席|总理|领导)在$", text[: found[0]]):
        return None
    at, led = _AT_IT.match(text, found[1]), _LEADS_TO.search(text, 0, found[0])
    if at is None and led is None:
        return None
    return led.start() if led else found[0], at.end() if at else found[1]


def _says_meeting(fill: Filling, found: re.Match[str]) -> bool:
    """Say whether a stretch names the meeting: a time alone does only where a clause begins or ends with it."""
    words = found[0]
    if not words or not re.search(f"{_KIND}|{_WHEN}|会议|[次个场]", words):
        return False
    text = fill.marked.text
    if re.search(f"{_KIND}|[次个场]会|会议?上", words):
        return not re.search("代表|经$", text[max(0, found.start() - 2) : found.start()])
    starts = (
        found.start() == 0
        or text[found.start() - 1] in "，。；\n"
        or fill.marked.origin[found.start()][0] in fill.marked.breaks
    )
    whens = [thing for thing in fill.marked.things(found.start(), found.end()) if thing.kind == "when"]
    return bool(whens) and starts and all(thing.value[0].has_day for thing in whens) and not words.endswith("的")


def _doers(fill: Filling) -> list[int]:
    """Return where the people stand who are to do it: those after 请 or 让, where there are any, with who is joined."""
    text = fill.marked.text
    people = [at for at, thing in fill.marked.behind.items() if thing.kind == "person" and id(thing) not in fill.used]
    free = [at for at in people if not (_NOT_DOER.match(text, at + 1) or _NO_MORE.search(text[:at]))]
    asked: list[int] = []
    for at in people:
        joined = asked and _AND.fullmatch(text, asked[-1] + 1, at) and at in free
        if joined or (_NAMED.search(text[:at]) and not _NO_MORE.search(text[:at])):
            asked.append(at)
    return asked or free or people


def _topic(fill: Filling, doers: list[int], meeting: list[tuple[int, int]]) -> str:
    """Return what is told, read or led: the object of a verb behind the people, else what stands before them.

    Else what stands behind them without a verb; where nothing does, the part that is played.
    """
    told: list[str] = []
    before: list[str] = []
    behind: list[str] = []
    role = ""
    for words, had in _pieces(fill, doers, meeting):
        played = _ROLE.fullmatch(words)
        task = None if played else _TASK.match(words)
        if played:
            role = role or played["role"]
        elif had and task:
            told.append(_cut(words[task.end() :]))
        elif words and not _CHANGES.fullmatch(words):
            said = _cut(re.sub("^(?:领学|领读|带着|带领)(?=.{2})", "", words))
            behind.append(_cut(re.sub(f"^{_LEADS}", "", words))) if had else before.append(said)
    first = [*told, *reversed(before), *([] if role else behind)]
    return next(filter(None, first), role)


def _pieces(fill: Filling, doers: list[int], meeting: list[tuple[int, int]]) -> Iterator[tuple[str, bool]]:
    """Yield the words between the people and the meeting, and whether they stand behind somebody."""
    marked = fill.marked
    people = [(at, at + 1) for at in doers] or [found.span() for found in _MYSELF.finditer(marked.text)]
    had = False
    for clause in clauses(marked):
        at = clause.start
        for low, high in [*sorted(people + meeting), (clause.end, clause.end)]:
            if at <= low <= clause.end or low < at < high:
                words = _FOOT.sub("", _HEAD.sub("", marked.words(at, low)))
                yield _FOOT.sub("", re.sub("^我|我$", "", words)), had
                had = had or (low, high) in people
                at = high


def _cut(words: str) -> str:
    """Return a topic without the marks of a title and what only rounds it off."""
    words = re.sub("的(?:发言|领学|领读|介绍)$|(?:来讲|来念|来读)$", "", words.strip(_EDGES))
    words = re.sub("^《([^》]+)》$", r"\1", words)
    return re.sub(_SOFT, "", words).strip(_EDGES)


SPECIAL: dict[str, Callable[[Filling], None]] = {"meeting.cancel": cancel, "agenda.assign": assign}
