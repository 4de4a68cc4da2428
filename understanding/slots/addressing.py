"""Where words tell somebody something: whom they name, what stands before and behind, and the politeness around it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from understanding.slots import who
from understanding.words.things import MARKS

if TYPE_CHECKING:
    from understanding.slots.filling import Filling
    from understanding.words.marked import Marked

Span = tuple[int, int]
_PERSON, _GROUP, _COMMITTEE = MARKS["person"], MARKS["group"], MARKS["committee_meeting"]
TIMES = MARKS["when"] + MARKS["rrule"] + MARKS["duration"]
PARTICLES = "吧呗哈啊哦啦嘛呀噢哟呢哇"
_MEMBERS = "党员|同志|成员|组员|委员|人员?"
DOWN = "下(?![班午周月个次发达载楼列半雨雪乡基面旬])"
_ONE = (
    f"(?:自己|本人|(?:入党|积极分子|发展对象|预备党员)*{_PERSON}(?:同志|老师)?(?:他们|几个|两个)?"
    f"|(?:咱们?|我们)?{_GROUP}里?的?(?:全体|所有|各位)?(?:(?:{_MEMBERS})们?)?"
    f"|(?:全体|所有|各位?|几[位个]|咱们?|我们)*(?:支委|支部委员|班子成员|委员|{_COMMITTEE}的?(?:成员"
    "|委员|同志))(?:成员|同志)?们?(?!会)"
    "|(?:上次|这次|今天|昨天|[\ue000\ue010-\ue018]|那些|所有)*(?:还|都)*(?:没有?|未)(?:来|到会?"
    "|回复?|签到|参加|确认|缺席|答复)(?:开会|的会|会议|复|通知)?的(?:那?(?:几个|些))?(?:人|同志"
    "|党员)?们?"
    "|(?:未|没有?)(?:签到|到会|报名|回复)人员"
    "|(?:[全各每老]位?|全体|所有|支部|退休|离退休|流动|预备|入党)*(?:党?小?组组?长|预备党员"
    "|积极分子|发展对象|老党员|退休党员|流动党员)们?"
    "|(?:全体|所有|各位?|咱们?|我们|支部|全支部|本支部|群里|在座)*的?(?:大家伙儿?|大家|大伙儿?"
    "|各位(?:党员|同志)?|所有人|每个人|(?:支部|群里)(?:里|的)*人|每位党员|全员|全体|全支部|(?:党员同志|党员|同志|支部的?人)们?))"
)
_TOGETHER = "(?!谈|聊|见面|碰|沟通|对接|商|核对|对一?下|联系)"
WHO = (
    f"(?:我(?:自己|本人)?(?!们)(?:(?:、|和|以及|及|还有){_ONE}{_TOGETHER})?"
    f"|{_ONE}(?:(?:、|和|跟|与|以及|及|还有)(?:我(?!们)|{_ONE}))*)"
)
"""Whom words can address, over marked words."""
_PART = re.compile(
    "(?:预备党员|积极分子|发展对象)(?!|发展|积极)|组长|老党员|退休|流动|[没未](?!来|到|签到|参加|回|确认|答复)"
)
"""A part of the branch that the contract has no audience for: it stays in the text."""
_ALL = re.compile("党员|同志|全支部|全员|人")
_CLOSING = re.compile(
    "(?:[，。！、；\\s]*(?:谢谢你?|谢了|谢啦|多谢|辛苦了?|麻烦了?|拜托了?|就行|就好|就可以了?"
    f"|可以吗|行吗|好吗|行不行|好不好|可以不|能不能行|听到没|[{PARTICLES}]))+[。！，]*$"
)
_OPENING = re.compile(
    "^(?:[，。：；、！？\\s\\-~]|嗯+|那个|哎|诶|喂|小助手|助手|你好|您好|好的|请(?!假)|麻烦(?:你"
    "|您)?|帮我(?!们)|帮忙|劳驾|你(?!们)|您(?!们)|能不能|能否|可不可以|可以|是不是|我想(?=让"
    "|请|设|定)|到时候?|届时|记得|记着|"
    f"准时|按时|定时|就|都|再|还(?![书款钱车账清])|也|另外|然后|顺便|[{PARTICLES}])+"
)
_JOINS = (
    f"(?:[，、的起就都再要你您请在于给{PARTICLES}]|开始|以后|之后|之前|时候|左右|这天|那天|当天"
    "|整点?|帮我|帮忙|麻烦|记得|准时|按时|定时|统一|小助手|届时|到点|一定|[上下][班课][之以]?前)"
)
_RUN_END = re.compile(f"(?:[从到自等]?[{TIMES}]{_JOINS}*)+(?:到)?$")
_RUN_START = re.compile(f"^(?:[从到自等在于]?[{TIMES}](?:[，：、的起前]|开始|以后|之后|之前|时候|左右|整)*)+")
_DANGLING = re.compile(
    f"[，。\\s]*(?:也?就是)?(?:(?:提醒)?(?:时间|日期)[是为：]{{0,2}})?(?:[{TIMES}](?:[都要是得的{PARTICLES}]|一次|这样|如此)*)+$"
)


_LEADS = (
    "(?:[，：；、。\\s]|啊(?!呀)|一[次遍](?![性])|让(?:他们|她们|他|她|其)?(?!大家)|叫(?:他们|她们|他|她)|要求?(?:他们|她们)|一下子?|一声|一嗓子|一句话?"
    f"|个?(?:话|招呼|信儿?)(?=[，：。\\s])|[下出]?去(?=[，：。\\s])|就?说(?:是|一下|一声)?(?![明法服好不])|那个(?![人事会活])|内容(?:是|为|：)+|记得|我(?=[，：])"
    f"|子?[{PARTICLES}]+(?=[，：。\\s])|时候)+"
)
_LEAD_TEXT = re.compile(_LEADS)
"""What joins the words of telling to what they tell."""
_MATTER = re.compile(
    "(?:[，]|你|您|请|麻烦|记得|帮我|(?<=，)这个?(?=$|，|你|麻烦|帮我|请)|这个?(?:件|桩|档)?事儿?(?:情)?|那个?(?:件)?事儿?(?:情)?"
    "|的事儿?(?:情)?|一事|这块儿?|这茬|到时候?|到点|届时)+$"
)
"""What joins what is told to the words of telling behind it (交党费这事，…提醒我)."""


_THEM = re.compile("[他她](?:们|俩|[两三四]个)?(?![的家])")


def said_to(fill: Filling, start: int, end: int) -> tuple[Any, bool]:
    """Return the audience that a stretch of marked words names, and whether the words must stay in the text.

    They must where the contract has no audience for them (预备党员, 没交党费的).
    """
    words, things = fill.marked.text[start:end], fill.marked.things(start, end)
    if _PART.search(words):
        return None, True
    value = who.audience(words, things, fill.context)
    if value is None and (_ALL.search(words) or _COMMITTEE in words):
        value = "committee" if _COMMITTEE in words else "all"
    if isinstance(value, list) and re.search("我(?!们)|自己|本人", words):
        value = ["me", *value]
    if value is None and any(thing.kind == "person" for thing in things):
        who.put({}, fill.unsure, "audience", [thing for thing in things if thing.kind == "person"])
    return value, False


def named_before(fill: Filling, text: str, end: int) -> tuple[list[str] | None, str]:
    """Return the people who were named before a place, where a text begins with them (他俩, 她), and what follows."""
    found = _THEM.match(text)
    people = who.names(thing for thing in fill.marked.things(0, end) if thing.kind == "person")[0]
    return (people, text[found.end() :]) if found and people else (None, text)


def run_before(marked: Marked, end: int) -> int:
    """Return where the times begin that stand directly before a place; the place itself where none do."""
    found = _RUN_END.search(marked.text[:end])
    return found.start() if found else end


def run_after(marked: Marked, start: int) -> int:
    """Return where the times end that follow a place; the place itself where none do."""
    opening = _OPENING.match(marked.text[start:])
    at = start + opening.end() if opening else start
    found = _RUN_START.match(marked.text[at:])
    return at + found.end() if found else start


def run_at_end(marked: Marked, start: int, end: int) -> int:
    """Return where the times begin with which a stretch ends, apart from particles."""
    found = _DANGLING.search(marked.text, start, end)
    return found.start() if found else end


def opened(marked: Marked, start: int, end: int) -> int:
    """Return where the words begin that say something, after politeness and calling out."""
    found = _OPENING.match(marked.text[start:end])
    return start + found.end() if found else start


def closed(marked: Marked, start: int, end: int) -> int:
    """Return where the words end that say something, before thanks and particles."""
    found = _CLOSING.search(marked.text, start, end)
    return found.start() if found else end


def led_to(marked: Marked, start: int, end: int) -> int:
    """Return where what is told begins behind the words of telling, which end at `start`."""
    found = _LEAD_TEXT.match(marked.text, start, end)
    return found.end() if found else start


def matter(marked: Marked, start: int, end: int) -> Span:
    """Return what is told where it stands before the words of telling: neither 这事 nor courtesies belong to it."""
    found = _MATTER.search(marked.text, start, end)
    end = max(start, found.start() if found else end)
    return start, closed(marked, start, end)
