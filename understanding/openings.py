"""Words that complete something open: a check-in, a notice, a quiz, a vote, an evaluation.

They are whole messages; what only resembles them (我签到过了吗, ABC三个方案都行) is not read here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from understanding.filling import SPECIAL, Filling
from understanding.matching import Match, captures
from understanding.table import Intent, table

if TYPE_CHECKING:
    from datetime import datetime

    from understanding.marked import Marked
    from understanding.templates import Template
    from vocabulary.readings import Context

_LEAVE = frozenset({"which", "reason", "shift", "time"})
_DOUBT = re.compile(
    "[？?]|吗(?:[。！]|$)|怎么|如何|咋|制度|规定|流程|规则|谁|多少|哪些|几个|的人|的同志|算不算|算吗|能不能|可不可以|是不是|他们|她们|[他她]|大家|你|别人|不用|取消|为什么|什么|假期|批了|没批|条子|请假条(?!，)|条在"
    "|昨天|上次|以前|提前几|几天|之前|扣|老是|总是|经常|名单|情况|统计|列表|记录|都请假|又请假|请假多|单位|公司|领导说|听说|老板|学校"
)
_OTHERS = re.compile("^(?:我?(?:不同意|同意|不批准|批准|驳回|不批|不准|准)|\ue003[的也都要想又还]*请)")
"""The leave of somebody else: 同意冯媛的请假, 冯媛请假."""
_PUT_OFF = re.compile(
    "(?P<what>会|会议|活动|[\ue010-\ue018])[先就都要得再]*(?:推迟|提前|晚)|^(?:推迟|提前)[^到来走离退撤]*$"
)
"""The meeting itself is moved: 推迟半小时, by one who may."""
_MAY_MOVE = frozenset({"secretary", "committee", "leader"})
_VOTES = (
    (re.compile("弃权"), "弃权"),
    (re.compile("反对|不同意|不赞成"), "反对"),
    (re.compile("同意|赞成"), "同意"),
)
_VERDICTS = ((re.compile("不对|错|×"), False), (re.compile("^[^A-Fa-f]*[对正√][^A-Fa-f]*$"), True))
_LETTER = re.compile("[A-Fa-f]")
_ORDER = {
    word: letter
    for letter, words in zip("ABCDEF", ("一1", "二2", "三3", "四4", "五5", "六6"), strict=True)
    for word in words
}
_ANSWERS: dict[str, tuple[tuple[str, str], ...]] = {
    "checkin": (("checkin", "checkin.do"),),
    "notice": (
        ("notice", "meeting.accept"),
        ("withdraw", "leave.withdraw"),
        ("late", "leave.late"),
        ("leave", "leave.request"),
    ),
    "quiz": (("quiz", "quiz.answer"),),
    "exam": (("quiz", "quiz.answer"),),
    "vote": (("vote", "vote.cast"), ("choice", "vote.cast")),
    "evaluation": (("evaluation", "evaluation.cast"),),
}


def read(marked: Marked, now: datetime, context: Context) -> tuple[str, dict[str, Any], dict[str, list[Any]]] | None:
    """Return intent, slots and what is unsure where the whole message completes something open, else None."""
    for opened in reversed(context.open):
        for name, intent in _ANSWERS.get(opened, ()):
            for template in table().openings[name]:
                found = template.pattern.match(marked.text)
                if found and _whole(marked, found) and _fits(marked, name, found, context):
                    slots, unsure = _slots(marked, template, found, intent, now, context)
                    if name == "checkin" and "person" in captures(found) and not _is_sender(marked, context):
                        continue
                    return intent, slots, unsure
    return None


def _whole(marked: Marked, found: re.Match[str]) -> bool:
    return not marked.text[found.end() :].strip("，。！～、 \n了啊哈呀哦呢的吧")


def _fits(marked: Marked, name: str, found: re.Match[str], context: Context) -> bool:
    if name == "leave" and (re.search("不请|销假", marked.text) or _OTHERS.match(marked.text)):
        return False
    if name == "late" and (moved := _PUT_OFF.search(marked.text)) and (moved["what"] or context.role in _MAY_MOVE):
        return False
    if name in {"leave", "late", "withdraw"}:
        return not _DOUBT.search(marked.text) and len(marked.source) < 60  # noqa: PLR2004  a chat line
    if "？" in marked.text or "?" in marked.text:
        return False
    return name != "quiz" or len(found[0]) < 16  # noqa: PLR2004  an answer is short


def _is_sender(marked: Marked, context: Context) -> bool:
    people = [thing for thing in marked.things() if thing.kind == "person"]
    return not people or (len(people) == 1 and people[0].value == (context.sender,)) or context.sender is None


def _slots(
    marked: Marked, template: Template, found: re.Match[str], intent: str, now: datetime, context: Context
) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    if intent in {"quiz.answer", "vote.cast"}:
        return {"choice": choice(marked.source, intent)}, {}
    if intent in {"checkin.do", "meeting.accept"}:
        return {}, {}
    match = Match(template, found, marked, captures(found))
    takes = _LEAVE if intent.startswith("leave") else frozenset({"person", "choice"})
    filling = Filling(marked, match, Intent(intent, takes, "", (), ()), now, context)
    SPECIAL[intent](filling)
    taken = {slot: value for slot, value in filling.slots.items() if slot in takes and value not in ("", [], None)}
    if intent == "leave.request":
        taken.pop("shift", None)
        taken.pop("time", None)
    return taken, filling.unsure


def choice(words: str, intent: str) -> Any:
    """Return the option letters, true or false, or the vote that the words mean."""
    for pattern, value in _VOTES if intent == "vote.cast" else _VERDICTS:
        if pattern.search(words):
            return value
    ordinal = re.search("第([一二三四五六1-6])个", words)
    if ordinal:
        return [_ORDER[ordinal[1]]]
    return sorted({letter.upper() for letter in _LETTER.findall(words)})
