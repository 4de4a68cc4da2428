"""Why somebody cannot come: what is left of a message once the request, the meeting and the courtesies are cut away.

All of it works on marked words (`understanding.words.marked`), so that no name, place or time matters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from understanding.slots import naming
from understanding.words import leftover
from understanding.words.things import TYPES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from understanding.words.marked import Marked
    from understanding.words.things import Thing

CUT = "\ue0ff"
"""Stands where something was cut out; no thing has this mark."""
Span = tuple[int, int]
_WHEN, _PERSON, _KIND = "\ue000", "\ue003", "[\ue010-\ue018]"
_ENDS = "，。；！？\n"
_STARTS = f"(?:^|(?<=[{_ENDS}{CUT}]))"
_STOPS = f"(?=[{_ENDS}{CUT}]|$)"
_TO_WHOM = f"(?:您|你|书记|组长|党?支部|组织|领导|大家|同志们|各位|{_PERSON})"
MEETING = re.compile(
    f"(?:[这那本此下上](?:一?[次个场回])?的?|[{_WHEN}]的?|{_KIND}的?){{1,4}}(?:个?开的?|召开的)?"
    f"(?:会议(?!室)|活动(?!室)|(?<!有个)会(?![议场员计]|晚|迟)|学习(?!材料|资料))(?:那天|当天|期间)?的?"
    f"|(?:{_WHEN}的?|[这那本](?:一?[次个场回])的?)*{_KIND}的?(?:{_WHEN}的?)*(?:那天|当天|那次|活动|会议?)?"
    f"|[本这那此](?:次|场|个会|回)(?![一二三两])|\\d{{1,6}}号会议?|(?:编号|序号)[为是：]?\\d{{1,6}}号?的?(?:那个)?(?:会议?(?!室)|活动(?!室)|{_KIND})?"
    f"|{_STARTS}(?:会议?(?![室员])上?|活动(?!室)|开会|学习|集中学习)[：我就]?(?={CUT}|$|恐怕|可能|实在|我|{_WHEN})"
)
"""The meeting that is meant, as it is named in the words."""
COURTESY = re.compile(
    "(?:实在|真的?|真是|非常|很|十分|深表)?(?:不好意思|抱歉|对不[起住]|见谅|惭愧)(?:了|啊|哈)?"
    f"|(?:谢谢|多谢|感谢|辛苦|麻烦)(?:了|啦|啊|您|你|大家|各位|书记|组长|组织|支部|领导|理解|批准|通知|{_PERSON})*"
    f"|给{_TO_WHOM}添(?:个|点)?(?:麻烦|乱)了?"
    "|(?:请|望|盼|恳请|希望|还望|还请|敬请|敬希|请予|望予)(?:您|各位|大家|组织|党?支部|领导|书记|组长|能|予以|给予|予|多多?)*(?:批准|准予|准假|批假|谅解|见谅|理解|知悉|批示|审批|包涵|准许|批一下|同意|为盼)"
    f"|{_STARTS}(?:特|专)?此?(?:跟|向|和|给){_TO_WHOM}(?:说|报告|汇报|报备|讲|打|道)(?:一?下|一?声|个?招呼|声)?"
    "|(?:您看|看看?)?(?:行不行|行吗|行不|行么|可以吗|可不可以|可以不|可以么|好吗|好不好|成不成?|成吗|中不中|能行吗|没问题吧|是否可以)"
    "|你们(?:先|就)?(?:开|讲|进行)(?:吧|着)?|(?:不用|别)等我了?|(?:你们)?先开着?吧?|(?:帮我|给我|麻烦)?(?:登记|记|说)一[下声]"
    "|(?:病历|假条|证明|材料)?(?:回头|之后|过后)?(?:后补|再补|补上)|特此(?:说明|请假|告知|报告)|特此|请知悉"
)
HAILS = re.compile(
    f"{_STARTS}(?:尊敬的|敬爱的|各位|嗯|那个|喂|报告)*(?:{_PERSON}|书记|组长|领导|支书|主任|同志们|大家|各位)+"
    f"(?:们|您好|你好|好|早|晚上好)*[啊呀]?(?=[，。！：\n{CUT}我您本{_WHEN}]|{_KIND}|$)|{_STARTS}(?:您好|你好|大家好)[啊呀]?"
    f"|(?<![和跟陪])我(?:是|叫)?{_PERSON}(?![们家的和跟与同])"
)
_HEAD = re.compile(
    "(?:[了啊哈呗哦噢啦吧呢嘛呀哟嘞喽吗么的：、]|我们?(?![家妈爸爱老孩儿女父母岳公婆奶爷姐哥弟妹对丈媳姥外们院司单科组车腿腰])|本人|是?因为|由于|因(?!公|工|病|私|故)|主要是?"
    "|(?:请假)?(?:原因|理由|事由|缘由)(?:就?是|[：，]|[为系])|说是|嗯+|哎|唉|那个|这个|就是|就(?!诊|医|读)|都|也|最多|顶多|至多|最早|最晚|恐怕|可能|实在|确实|大概|大约|估计|所以|然后|关于|真的|不过|但是?|预计|差不多|约莫|左右|一步|还是)+"
)
_TAIL = re.compile(
    f"(?:本人|我们?|就|要|想|得|只好|只能|恐怕|可能|估计|估摸着?|大概|大约|怕是?|应该|预计|预估|目测|或许|没准|说不定|至少|最多|起码|必须|需要|不得不|先|再|所以|(?<![过回上下出进起])来|现|今|会|也|都|还|能不能|能|可以|可否|是否|帮忙|帮我?|给我?|替我?|麻烦|请|想要|打算|申请对?"
    f"|导致|实在|真的?|确实|这边|那边|因此|需|须|暂时|临时|(?:跟|向|和|给){_TO_WHOM}上?|[、的]|特此?|{_WHEN})$"
)
_TAIL_LENGTH = 6
_PARTICLES = "哈呗哦噢啊呀嘛吧哟嘞喽、： \"'"
_LEADS = re.compile("(?:原因|理由|事由|缘由)(?:就?是|[：，]|[为系]|$)|因为")
_TOPIC = re.compile(f"[跟和与]?我(?!们)|本人|实在|恐怕|可能|确实|怕是|估计|{_WHEN}")
_LEADS_TO_NAME = re.compile(f"(?:请[了的]?|{_WHEN}|的|那个|那场|[这那]次)*$")
_BEHIND_NAME = re.compile("(?:我|的|就|也|都|可能|恐怕|估计)*")
_SOFT = re.compile(
    "(?:恐怕|可能|实在|估计|应该|会|也|都|就)*(?:走不开身?|脱不开身|抽不[开出]身|回不[来去]|赶不(?:回[来去]|上|及|到|过[来去])|来不及|没空|没时间|动不了身?|过不[来去]|不在家?)(?:开[头场始]|前[半面]段?)?了?"
)
"""Words that say no more than that one cannot come; the reason where there is none other."""
_NOTHING = re.compile(
    "(?:书记|组长|会议?|可能|恐怕|大概|现场|活动|时间|时候|左右|开会|今天|各位|大家|好的?|行|可以|嗯+|一会儿?|马上|登记|报备|收到|情况"
    "|说明|申请|原因|理由|事由|刚才|之前|前面|原来|原先|会上|全部|所有人?|那几个|地点|姓名|OK|ok|没问题"
    "|[他她它](?:[俩仨们]|[两三]个)|[的了吧啊我您你要想就先再跟向个条一次下天这那还也])*+"
)


@dataclass(slots=True)
class Left:
    """What the cutting left: `words` joined, the stretches they stand in, and the text with what was cut."""

    words: str = ""
    spans: list[Span] = field(default_factory=list)
    text: str = ""

    def holds(self, at: int) -> bool:
        """Say whether a place in the marked text is part of what is left."""
        return any(start <= at < end for start, end in self.spans)


def cut(text: str, *patterns: re.Pattern[str]) -> str:
    """Return the text with all that the patterns match, one after the other, cut out; of the same length."""
    for pattern in patterns:
        text = pattern.sub(lambda found: CUT * len(found[0]), text)
    return text


def left(
    marked: Marked, commands: Sequence[re.Pattern[str]], subject: re.Pattern[str] | None = None, *, days: bool = True
) -> Left:
    """Return the reason that a message gives beside what it asks for.

    `commands` match what is asked, `subject` who it is about (else whoever is hailed). A day at the edge of the reason
    belongs to the meeting where `days` is true; a part of the day (下午要接客户) belongs to the reason.
    """
    text = cut(_without_name(marked, commands), *commands)
    hard = CUT in text
    text = cut(without_meeting(text, marked.spaces), COURTESY, subject or HAILS)
    stretches = [found.span() for found in re.finditer(f"[^{_ENDS}{CUT}]+", text)]
    led = next((start for start, end in stretches if _LEADS.match(text, start, end)), 0)
    spans: list[Span] = []
    for stretch in stretches:
        follows = bool(spans) and CUT not in text[spans[-1][1] : stretch[0]]
        span = _trimmed(marked, text, stretch, days=days, follows=follows) if stretch[0] >= led else None
        if span and follows:
            idle = _SOFT.fullmatch(text, *spans[-1]) is not None
            spans[-1] = (span[0] if idle else spans[-1][0], span[1])
        elif span:
            spans.append(span)
    full = [span for span in spans if not _SOFT.fullmatch(text[slice(*span)])]
    spans = full or (spans if hard else [])
    said = [marked.words(*span).strip(_PARTICLES) for span in spans]
    return Left("，".join(said), spans, text)


def _without_name(marked: Marked, commands: Sequence[re.Pattern[str]]) -> str:
    """Cut a meeting's name that stands right before or behind what is asked (读书会我去不了): it tells no reason."""
    text = marked.text
    named = naming.name(marked)
    if named is None or any(thing.kind in TYPES for thing in marked.behind.values()):
        return text
    lead, behind = _LEADS_TO_NAME.search(text, 0, named[0]), _BEHIND_NAME.match(text, named[1])
    start, at = lead.start() if lead else named[0], behind.end() if behind else named[1]
    asked = any(command.match(text, at) for command in commands)
    if not asked:
        before = (found for command in commands for found in command.finditer(text, 0, start))
        asked = any(found.end() == start and not found[0].endswith("假") for found in before)
    return text[:start] + CUT * (named[1] - start) + text[named[1] :] if asked else text


def bare(words: str) -> str:
    """Return words without what only leads to them or away from them; empty where they say nothing."""
    before = ""
    while before != words:
        before = words
        words = words.strip(CUT + _WHEN + _PARTICLES)
        if found := _HEAD.match(words):
            words = words[found.end() :]
        if found := _TAIL.search(words, max(0, len(words) - _TAIL_LENGTH)):
            words = words[: found.start()]
    return "" if _NOTHING.fullmatch(words) else words


def without_meeting(text: str, spaces: frozenset[int] = frozenset()) -> str:
    """Cut the meeting's name where it is said with what is asked, or stands apart; elsewhere it is part of a reason.

    It stands apart alone in its clause, before the speaker or a time (周一的支委会我得去省里), or between `spaces`.
    """
    said, at = [], 0
    for clause in re.split(f"([{_ENDS}])", text):
        bare = cut(clause, MEETING)
        if not (CUT in clause or _SOFT.search(clause) or _NOTHING.fullmatch(re.sub(f"[{CUT}{_WHEN}]", "", bare))):
            edges = {0, len(clause), *(space - at for space in spaces)}
            bare = MEETING.sub(lambda found, edges=edges: _unless_apart(found, edges), clause)
        said.append(bare)
        at += len(clause)
    return "".join(said)


def _unless_apart(found: re.Match[str], edges: set[int]) -> str:
    apart = found.start() in edges and (
        found.end() in edges or (not found[0].endswith("天") and _TOPIC.match(found.string, found.end()))
    )
    return CUT * len(found[0]) if apart else found[0]


def _trimmed(marked: Marked, text: str, span: Span, *, days: bool, follows: bool) -> Span | None:
    """Return a stretch without what only leads to it or away from it; None where nothing is left.

    One that `follows` another keeps its head.
    """
    start, end = span
    before, asked = (-1, -1), end < len(text) and text[end] == CUT
    while before != (start, end):
        before = (start, end)
        if not follows and (found := _HEAD.match(text, start, end)):
            start = found.end()
        while days and start < end and _is_day(marked, start) and not _goes_on(text, start, end):
            start += 3 if text.startswith(("那天", "当天"), start + 1, end) else 1
        if asked and (found := _TAIL.search(text, max(start, end - _TAIL_LENGTH), end)):
            end = found.start()
        while start < end and text[end - 1] in _PARTICLES:
            end -= 1
    said = text[start:end]
    says = [sign for at, sign in enumerate(said, start) if at not in marked.behind]
    return None if len(said) < 2 or not says or _NOTHING.fullmatch(said) else (start, end)  # noqa: PLR2004  one sign


def _is_day(marked: Marked, at: int) -> bool:
    thing = marked.behind.get(at)
    return thing is not None and (
        thing.kind in TYPES or (thing.kind == "when" and thing.value[0].has_day and not thing.value[0].has_clock)
    )


def _goes_on(text: str, at: int, end: int) -> bool:
    """A day that what follows cannot stand without: 3月9日到12日, 周五的火车."""
    return at + 1 < end and text[at + 1] in "到至的"


def outside(marked: Marked, what: Left) -> list[Thing]:
    """Return the things that do not belong to the reason."""
    return [thing for at, thing in marked.behind.items() if not what.holds(at)]


def beside(marked: Marked, what: Left) -> list[Span]:
    """Return the stretches that do not belong to the reason."""
    return leftover.outside(len(marked.text), what.spans)


def words_outside(marked: Marked, what: Left) -> str:
    """Return the words that do not belong to the reason."""
    return CUT.join(marked.words(*span) for span in beside(marked, what))
