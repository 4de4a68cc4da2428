"""What people say in answer to a meeting's notice that is open: that they come, cannot, come late, or come after all.

The whole message is the answer: each clause says it, gives its reason, or names the meeting. What only resembles one
(请假条在哪下载, 飞机晚点了两小时, 来不了的提前说) is not read here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from understanding.intents.matching import Match
from understanding.intents.table import Intent, table
from understanding.slots import excuses, leave, plain
from understanding.slots.filling import Filling

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from understanding.words.marked import Marked
    from vocabulary.readings import Context

Answer = tuple[str, dict[str, Any], dict[str, list[Any]]]
_LONGEST = 60
"""A chat line; what is longer is talk."""
_SLOTS = {
    "meeting.accept": frozenset({"which"}),
    "leave.request": frozenset({"which", "reason"}),
    "leave.withdraw": frozenset({"which", "reason"}),
    "leave.late": frozenset({"which", "reason", "shift", "time"}),
}
_COMMANDS = (
    ("leave.withdraw", (leave.BACK,)),
    ("leave.late", (leave.LATE,)),
    ("leave.request", (leave.REQUEST, leave.CANNOT)),
)
_CLAUSES = re.compile("[^，。；！～\n]+")
_DAY = re.compile("\ue000的?")
_SPEAKER = frozenset({"我", "本人", "我们", "那我"})
_CLOSING = "了啊哈呀哦呢的吧嘞哟呗喽、 "
_DOUBT = re.compile(
    "[？?]|[也好真都]想请假|请[了过][^，]*假|吗(?:[。！]|$)|怎么|如何|咋|制度|规定|流程|规则|谁|多少|哪些|几个|的人|的同志|算不算|算吗|能不能|可不可以|是不是|他们|她们|[他她]|大家|你|别人|为什么|什么|假期|批了|没批|条子|请假条(?!，)|条在"
    "|昨天|上次|以前|提前几|几天|之前|扣|老是|总是|经常|名单|情况|统计|列表|记录|都请假|又请假|请假多|单位请|公司请|领导说|听说|老板|学校|找我|找小|打电话|我电话|联系"
    "|(?:来不了|去不了|参加不了|不能参加|不能来|没法来|请假|晚到|迟到)的"
)
_OTHERS = re.compile("^(?:我?(?:不同意|同意|不批准|批准|驳回|不批|不准|准)|\ue003[的也都要想又还]*请)")
"""The leave of somebody else: 同意冯媛的请假, 冯媛请假."""
_PUT_OFF = re.compile(
    "(?P<what>会|会议|活动|[\ue010-\ue018])[先就都要得再]*(?:推迟|提前|晚)|^(?:推迟|提前)[^到来走离退撤]*$"
)
"""The meeting itself is moved: 推迟半小时, by one who may."""
_MAY_MOVE = frozenset({"secretary", "committee", "leader"})
_VAGUE = re.compile(
    "我?(?:要|得)?[先早]点?(?:走|撤|闪|溜|退)一?步?|(?:晚|迟|稍微?|略)+(?:了|一)?(?:点|会|些|下)点?儿?$"
)
_NO_REASON = re.compile(
    "^(?:的|条|找|单|制|要|得|去哪|那[天次]|这|需|手续|系统|流程|网|别|真|太|好|难|麻烦|回来|是|不|没|扣|也|都)"
)
_CAUSE = re.compile(
    "[堵塞打修赶停]车|加班|出差|值班|开会|下[雨雪]|接[娃人]|送[娃人]|面试|排队|生病|感冒|发烧|[头牙肚胃腰]疼|头痛|住院|手术|看病|看牙|体检|打针|输液|有[事课会]|家[里中]|陪护|陪产|休假|调休|年假|公差|复查|产检|搬家|培训|考试"
)
_CARRIED = re.compile(
    "(?:快递|外卖|飞机|航班|火车|高铁|班车|公交车?|动车|列车|地铁|货|饭|菜|客户|师傅|网|车|[爸妈]|儿子|女儿|老公|老婆|同事|聚餐|饭局)$"
)
"""What else comes late or cannot come."""


def read(marked: Marked, now: datetime, context: Context) -> Answer | None:
    """Return intent, slots and what is unsure where the whole message answers the notice, else None."""
    if len(marked.source) >= _LONGEST:
        return None
    if _accepts(marked, context):
        return _filled(marked, "meeting.accept", now, context)
    if _DOUBT.search(marked.text) or _OTHERS.match(marked.text):
        return None
    for intent, commands in _COMMANDS:
        if intent == "leave.late" and _is_put_off(marked, context):
            continue
        if _says(marked, intent, commands, context):
            return _filled(marked, intent, now, context)
    return None


def _filled(marked: Marked, intent: str, now: datetime, context: Context) -> Answer:
    match = Match(table().openings["received"][0], None, marked, {})
    filling = Filling(marked, match, Intent(intent, _SLOTS[intent], "", (), ()), now, context)
    leave.SPECIAL.get(intent, plain.which_one)(filling)
    return (
        intent,
        {slot: value for slot, value in filling.slots.items() if slot in _SLOTS[intent] and value},
        filling.unsure,
    )


def _is_put_off(marked: Marked, context: Context) -> bool:
    moved = _PUT_OFF.search(marked.text)
    return moved is not None and (context.role in _MAY_MOVE or (moved["what"] or "") not in {"", "会"})


def _accepts(marked: Marked, context: Context) -> bool:
    """Say whether every clause agrees and one of them says so plainly."""
    if re.search("[？?吗]", marked.text) or any(
        thing.kind == "when" and thing.value[0].has_clock for thing in marked.things()
    ):
        return False
    text = excuses.cut(marked.text, excuses.MEETING, _DAY)
    kinds = set()
    for clause in _clauses(_without_sender(text, marked, context)):
        kind = next((name for name in ("received", "going", "agreed", "goes") if _is(name, clause)), "")
        if not kind:
            return False
        kinds.add(kind)
    return bool(kinds & {"received", "going"}) or {"agreed", "goes"} <= kinds


def _clauses(text: str) -> Iterator[str]:
    for found in _CLAUSES.finditer(text.replace(excuses.CUT, "，")):
        clause = found[0].strip("、 ")
        once = clause[: len(clause) // 2]
        clause = once if len(once) > 1 and clause == once * 2 else clause
        if clause.strip(_CLOSING) and clause not in _SPEAKER:
            yield clause


def _is(name: str, clause: str) -> bool:
    for template in table().openings[name]:
        found = template.pattern.match(clause)
        if found and not clause[found.end() :].strip(_CLOSING):
            return True
    return False


def _without_sender(text: str, marked: Marked, context: Context) -> str:
    """Take out the speaker's own name (卫东收到); whoever else is named stays and makes it no answer."""
    for at, thing in marked.behind.items():
        if thing.kind == "person" and context.sender in (
            None,
            *(thing.value if isinstance(thing.value, tuple) else ()),
        ):
            text = f"{text[:at]}{excuses.CUT}{text[at + 1 :]}"
    text = "".join("，" * (at in marked.spaces) + sign for at, sign in enumerate(text))
    return re.sub("(?:谢谢|感谢|辛苦)(?:书记|组长|组织|支部|领导|各位|通知|提醒|告知|\ue003|\ue006)*了?", "谢谢", text)


def _says(marked: Marked, intent: str, commands: tuple[re.Pattern[str], ...], context: Context) -> bool:
    """Say whether clauses hold nothing but what is asked and reasons for it."""
    asked = excuses.cut(marked.text, *commands)
    text = excuses.cut(excuses.without_meeting(asked, marked.spaces), excuses.COURTESY, excuses.HAILS)
    found = False
    for start, end in _stretches(marked, asked):
        first, last = asked.find(excuses.CUT, start, end), asked.rfind(excuses.CUT, start, end)
        if first < 0:
            continue
        before, after = excuses.bare(text[start:first]), excuses.bare(text[last + 1 : end])
        if marked.text[start:first].endswith("\ue003") and not _names_sender(marked, context):
            return False
        if before and not _is_cause(before, marked, context):
            return False
        if after and not (
            not before
            and intent == "leave.request"
            and "假" in marked.text[first : last + 1]
            and _may_follow(after, marked.text[start:first])
        ):
            return False
        found = (
            found or not _VAGUE.fullmatch(marked.text[start:end].strip(_CLOSING)) or start > 0 or end < len(marked.text)
        )
    return found


def _stretches(marked: Marked, asked: str) -> Iterator[tuple[int, int]]:
    """Yield the clauses; a space beside what is asked parts them too (晚十分钟 车坏了)."""
    for clause in _CLAUSES.finditer(marked.text):
        start = clause.start()
        for at in sorted(marked.spaces):
            if start < at < clause.end() and (asked[at - 1] == excuses.CUT) != (asked[at] == excuses.CUT):
                yield start, at
                start = at
        yield start, clause.end()


def _may_follow(after: str, before: str) -> bool:
    """请假孩子发烧 gives a reason; 下午请假去接孩子 tells of another leave."""
    return not _NO_REASON.match(after) and "\ue000" not in before


def _is_cause(words: str, marked: Marked, context: Context) -> bool:
    if "\ue003" in words and not _names_sender(marked, context):
        return False
    return _CAUSE.search(words) is not None or (len(words) > 3 and not _CARRIED.search(words))  # noqa: PLR2004  shorter is a noun


def _names_sender(marked: Marked, context: Context) -> bool:
    return all(thing.value == (context.sender,) for thing in marked.things() if thing.kind == "person")
