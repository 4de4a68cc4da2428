"""The slots of leave: asking for it, taking it back, coming late, who has asked, and the decision."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from understanding.slots import excuses, identifying, meeting, moments, who
from understanding.words.things import TYPES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from understanding.slots.excuses import Left
    from understanding.slots.filling import Filling
    from understanding.words.things import Thing

_WHEN, _LENGTH, _PERSON = "\ue000", "\ue001", "\ue003"
_COME = "(?:参加|出席|到会场?|到场|来|去|参会|与会|过[来去]|赶[到回]来?|前[来往]|开会|上课|到)"
_LEAVE_OF = f"(?:[事病公产年婚丧]|陪产|探亲|调休)?假(?:申请|条)?(?:一次|一天|一下|半天|[两几]天|{_LENGTH})?"
REQUEST = re.compile(
    f"(?:补(?:一?个|一下)?)?请(?:[了好过]?(?:一?[个次天]|半天|几天|两天|一?下|准个?|{_LENGTH}的?|[{_WHEN}\ue010-\ue018][{_WHEN}\ue010-\ue018的]{{0,3}})?){_LEAVE_OF}|告个?假|休假(?=$|[，。])|准我?(?:一?[个次天]|半天)?假"
)
CANNOT = re.compile(
    "(?<![客他她])(?:[去来到过参赶开出]|参加|出席|赶过|(?<=[\ue010-\ue018])上)不[了成上](?!门|国|城|手)(?:身|席|会场|现场|会(?!议))?|[参开][不]了会|赶不过[来去]"
    f"|(?:不能|没法子?|无法|没办法|不便|不方便|没空|没时间|不克|未能|不打算|难以|不好)(?:按时|准时|前往|前来|及时|亲自|如期|再|去|来)*{_COME}(?:参加|开会)?"
    "|(?<![客户他她下回上起进出])不(?:参加|出席|参会|到会|过[去来]|去|来)(?:[听开上凑]|参加)?(?=了|$|[，。啊哈吧]|开会|行[不吗么]|可以|好[吗不]|成[吗不]|[\ue000\ue010-\ue018]|[这那本]次)|缺席(?:一[下次])?|缺个?会"
)
_LATER = "(?:才|再|能|可能|左右|前后|上下|以后|之后|后|大?约|大概|估计|我|就|得|要|需要|必须)*"
_GET_IN = (
    "(?:到(?:会场?|场|位|达)?(?![家货期站点处底公单机医酒])|来|赶[到回]来?"
    "|赶过[来去]|赶得[到上]|[到来]得了|过[来去]|进(?:会?场|去|来)|入场|参加)"
)
_GO = "(?:先走|早走|走|离开|离会|离场|撤|早退|退场|退|闪|溜)(?:一步|人|一下|一会儿?)?"
_BIT = (
    f"(?:[了个上约到]|大概|大约|差不多|起码|最多|可能|估计)*"
    f"(?:{_LENGTH}(?:左右|上下|的样子|钟)?|一点点?|一会儿?|一小会儿?|点儿?|几分钟?|些|一下|一阵)"
)
LATE = re.compile(
    f"(?:会|要|得|可能|恐怕|稍微?|略微?)*(?:迟到|晚到|来晚|晚来|到晚|晚|迟|推迟|耽误|耽搁)(?:{_BIT}){{1,2}}(?:内|以内)?{_LATER}(?:{_GET_IN})?"
    f"|(?:稍微?|略|晚些|晚点|晚一点)+(?:晚|迟)?(?:{_BIT})?{_GET_IN}|(?:会|要|得|可能)*(?:迟到|晚到|来晚|晚来)了?"
    f"|(?:提前|提早|[早先]点?)(?:走|退|撤|离开|离[会场])(?:{_BIT})?|(?:提前|提早|早)(?:{_BIT})?{_LATER}{_GO}|(?:提前|提早|早){_LENGTH}"
    f"|(?:(?:只能|最多|就)?[待坐开听呆]到)?{_WHEN}{_LATER}(?:提前|先|早点?)?{_GO}|(?:只能|最多|顶多|就)*(?:[待坐听呆]到){_WHEN}"
    f"|{_WHEN}{_LATER}{_GET_IN}|{_LENGTH}(?:左右|以|之|后|再|才|能|我)*{_GET_IN}"
    f"|(?:会)?(?:开到一半|中途|半路|中间|半道)(?:我|就|得|要|可能|需要)*{_GO}"
    f"|(?:得|要|需要|必须|会|只能|想)(?:提前|先|早点?)?{_GO}(?=$|[，。了啊哈])"
)
_GOING = re.compile("走|离开|早退|离[会场]|撤|退场|先退|[早先]退|闪|溜|待到|坐到|听到")
_SOONER = re.compile("提前|提早|早[走退撤]")
_OFF = "(?:不用再?请|取消|撤[销回掉]?|作废|收回|[销消]掉?|不要|算了|用不[着上]|不算|不用|免)(?:了|掉|吧|一下)*"
WITHDRAW = re.compile(
    f"销个?假|消假|(?:{_OFF})[^，。；\n]{{0,16}}?(?:请的?假|假条|假)(?:申请|条)?|(?:请的?假|假条?|请假)(?:申请|条)?[，]?[^，。；\n]{{0,4}}?(?:{_OFF}|不请)了?"
    f"|(?:不用|不再?|先不|甭|不必|无需)(?:给我|帮我|替我|再)?请假?了?|[之]?[前]?请[了过]的?[^，。；\n]{{0,6}}假|请过?假|又?(?:能|可以)(?:按时|准时)?(?:{_COME}|赶上|去?得了|来得了)了?"
    f"|又{_COME}了|(?:能|可以)?(?:准时|按时|照常|照样|照旧|如期|还是){_COME}|改成?{_COME}|[去来赶]得[了上回]|赶?回来了|到时候?见|我过来"
)
BACK = re.compile(
    "(?:现?申请|来)?销个?假|消假|(?:取消|撤[销回掉]?|作废|收回|销掉?|不要)了?(?:一下)?(?:我?的?|那个|之前的?|刚才的?)*(?:请的?假|请假)(?:申请|条)?|(?:请的?假|假条?|请假)(?:申请)?(?:就|先|给我|都)*(?:不请|取消|撤[销回]|作废|不用请|不要|用不[着上]|不算)了?"
    f"|(?:不用|不再?|先不|不必)(?:给我|帮我)?请假?了|不请假|又(?:能|可以)(?:按时|准时)?{_COME}了?|(?:能|可以){_COME}(?:会议|会|[\ue010-\ue018])?了|把假[消销]了?|(?:请假)?前面的假销了?"
)
"""Taking leave back, as it is said in a group: what is left of it may be anything else."""
_HELD = f"(?:的|那几?个|这几?个|这|那|个|{_WHEN}|[\ue010-\ue018]|[会请]|要|想|提的?|又|，){{0,8}}"
_LEAVE_SAID = re.compile(
    f"(?:{_PERSON}(?:[、，和与跟]*{_PERSON})*(?:[两三四几]位)?(?:同志|委员|书记)?)?{_HELD}请?(?:[事病公年]?假(?:条|的?申请)?|{_PERSON}?不来)|(?:提出|递交|提交|申请)的|(?:请的?|那个|这个|他的|她的)假"
    f"|{_PERSON}(?:同志)?的?(?=[，。]|$)|(?:^|(?<=[，。]))(?:请|让|叫|要|祝|望)(?:他|她|他们|其)[^，。]*|我(?:说的?|是说|指的?)是?(?:的是)?"
)
_DECISION = re.compile(
    "(?:予以|给|他|她|们|先|别|都|就|不|能|予|没|法)*(?:同意|批准|批[了个]?|准了?|通过|允许|准许|驳回?|拒绝|退(?:回去?|掉|了)|打回去?|否了?决?|不行|没意见|没问题|可以|过(?=$|[，。了吧]))(?:一下|了|吧|掉|去|来)*"
    "|帮我点个?|点个?头|审批|处理|麻烦|告诉|经(?:支部|支委会)?研究(?:决定)?|(?:^|(?<=[，。]))(?:好的?|行)(?=，)"
)
_SUBJECT = re.compile(f"(?:^|(?<=[，。的\ue000\ue010-\ue018])){_PERSON}(?:同志)?[说讲]?(?=[\u4e00-\u9fff])")
_QUOTED = re.compile(f"{_PERSON}(?:同志)?[说讲]")
_SAID_BEFORE = re.compile(f"(?:之前|本来|原来|原先|刚才)*我?说(?:过|了|是|的)*(?={excuses.CUT})")
_ASKED_BEFORE = re.compile(f"{_WHEN}(?=(?:我|他|她|跟您|跟书记|向您|向组织|给您|和您)*(?:请|提交?|交|报|申请)的)")


def _name(fill: Filling, what: Left) -> None:
    """Fill what identifies the meeting from what is said beside the reason."""
    things = [thing for thing in excuses.outside(fill.marked, what) if _names_meeting(thing)]
    earlier = {found.start() for found in _ASKED_BEFORE.finditer(fill.marked.text)}
    things = [
        thing
        for thing in things
        if not (thing.kind == "when" and _place(fill, thing) in earlier and thing.value[0].start < fill.now)
        and id(thing) not in fill.used
    ]
    words = re.sub("刚才", "", excuses.words_outside(fill.marked, what))
    if said := identifying.meeting(fill, things, words, excuses.beside(fill.marked, what)):
        fill.slots["which"] = said


def _names_meeting(thing: Thing) -> bool:
    return thing.kind in TYPES or thing.kind == "when"


def _place(fill: Filling, thing: Thing) -> int:
    return next(at for at, other in fill.marked.behind.items() if other is thing)


def _excused(
    fill: Filling, commands: Sequence[re.Pattern[str]], subject: re.Pattern[str] | None = None, *, days: bool = True
) -> Left:
    """Fill the reason, and return what it was cut from."""
    fill.slots.pop("reason", None)
    what = excuses.left(fill.marked, commands, subject, days=days)
    if what.words:
        fill.slots["reason"] = what.words
    return what


def _leave(fill: Filling) -> None:
    what = _excused(fill, (REQUEST, CANNOT))
    _name(fill, what)
    kind = re.search("请[个一]?(事假|病假|公假|产假)", fill.marked.source)
    if kind and "reason" not in fill.slots:
        fill.slots["reason"] = kind[1]


def _withdraw(fill: Filling) -> None:
    _name(fill, _excused(fill, (WITHDRAW, CANNOT, _SAID_BEFORE)))


def _late(fill: Filling) -> None:
    what = _excused(fill, (LATE,))
    said = [found.span() for found in LATE.finditer(fill.marked.text)]
    things = excuses.outside(fill.marked, what)
    told = " ".join(fill.marked.text[start:end] for start, end in said)
    for thing in things:
        if thing.kind == "duration":
            fill.slots["shift"] = (-1 if _GOING.search(told) or _SOONER.search(told) else 1) * moments.minutes(thing)
            break
        if thing.kind == "when" and re.search("(?:分钟|小时|刻钟)[之以]?后", fill.said(thing)):
            fill.slots["shift"] = round((thing.value[0].start - fill.now).total_seconds() / 60)
            fill.used.add(id(thing))
            break
    clocks = [thing for thing in things if _is_clock(thing) and id(thing) not in fill.used]
    inside = [thing for thing in clocks if any(start <= _place(fill, thing) < end for start, end in said)]
    if clocks:
        fill.slots["time"] = (inside or clocks)[-1].value[0].clock
    elif "shift" not in fill.slots and what.spans:
        _leaves_for(fill, fill.marked.behind.get(what.spans[0][0]))
    fill.used.update(id(thing) for thing in clocks if not thing.value[0].has_day)
    _name(fill, what)


def _leaves_for(fill: Filling, thing: Thing | None) -> None:
    """Take the hour that a reason begins with for the hour of going (四点要接孩子，我得早退)."""
    if thing is not None and _is_clock(thing) and re.match("我?就?[要得需]", fill.marked.source[thing.end :]):
        fill.slots["time"] = thing.value[0].clock
        fill.slots["reason"] = re.sub(
            "^[我就要得需还]+(?=.{2})", "", fill.slots["reason"].removeprefix(fill.said(thing))
        )
        fill.used.add(id(thing))


def _is_clock(thing: Thing) -> bool:
    return thing.kind == "when" and bool(thing.value[0].has_clock)


def _leave_show(fill: Filling) -> None:
    _name(fill, excuses.Left())
    if fill.of("person"):
        who.put(fill.slots, fill.unsure, "person", fill.of("person"))
    elif re.search(
        "我(?!们)",
        re.sub(
            "(?:发|给(?!我[^，。]{0,2}(?:批|准|同意|通过))|告诉|让|帮|替)我|我(?=看|想|要|问|查)",
            "",
            fill.marked.source,
        ),
    ):
        fill.slots["person"] = "me"


def _decide(fill: Filling) -> None:
    things = fill.caught("person") or fill.of("person")
    who.put(fill.slots, fill.unsure, "person", things[:1])
    if not things and re.search("所有|全部?|大家|[那这]几个|都", fill.marked.source):
        fill.slots["person"] = "all"
    told = (CANNOT,) if _QUOTED.search(fill.marked.text) else ()
    for found in meeting.BY_WHOM.finditer(fill.marked.text):
        fill.used.update(id(thing) for thing in fill.marked.things(*found.span()))
    what = _excused(fill, (_LEAVE_SAID, *told, _DECISION), _SUBJECT, days=False)
    _name(fill, what)


SPECIAL: dict[str, Callable[[Filling], None]] = {
    "leave.request": _leave,
    "leave.withdraw": _withdraw,
    "leave.late": _late,
    "leave.show": _leave_show,
    "leave.approve": _decide,
    "leave.reject": _decide,
}
