"""The slots of looking at one meeting, of sending its notice again, and of who has answered a notice."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from understanding.slots import who
from understanding.slots.plain import which_one

if TYPE_CHECKING:
    from collections.abc import Callable

    from understanding.slots.filling import Filling

_UNANSWERED = re.compile(
    "(?:没有?|还没有?|未|尚未)(?:个)?(?:回|吭声|吭气|吱声|动静|表态|签收|反应|应声|答复|音信|响应|点确认|确认|看|读|搭理|说来|作答|反馈|表示|收到)|未读"
)
_TOLD_ABOUT = re.compile(
    "[\ue003\ue005](?:他们|她们|那[边儿]|这[边儿]|两个|两位|俩|几个|说|都|也|还|，)*(?:没有?|未)(?:看到|收到|见|接到)"
)
"""Somebody has not got the notice (卫东说没看到通知): it is for them, not for all who have not answered."""
_NUMBER = re.compile("编号(?:是|为|：)?(\\d{1,6})|第?(\\d{1,6})号(?:会(?!议室)|通知|活动)")
_TOLD = re.compile(
    "(?:^|[，。])([^，。\ue000-\ue0ff]{2,12}?)(?:的那?[个条份]?|那[个条份]?|这[个条份]?)(?:通知|消息|公告)"
)
_NO_NAME = re.compile(
    "(?:还有|还|有|都|谁|哪些|多少人?|几个人?|几位|大家|大伙|看看|看一?下|查一?[下查]|没|未|回复?|收到|请问|现在|目前|那|这|会议|开会|会|支部|我们?|咱们?|刚才|刚发|发|昨天|今天|上次|下发|最新|最近|刚刚|群里|的|了|出去)+"
)


def _known(fill: Filling) -> None:
    """Fill what identifies the meeting, by any number that it has."""
    which_one(fill)
    said = fill.slots.get("which", [])
    for found in _NUMBER.finditer(fill.marked.source):
        number = found[1] or found[2]
        if number not in said:
            said = [number, *said]
    if said:
        fill.slots["which"] = said


def _notify(fill: Filling) -> None:
    _known(fill)
    text = fill.marked.text
    things = fill.of("group", "person")
    people = who.names(thing for thing in things if thing.kind == "person")[0]
    told = things and (_TOLD_ABOUT.search(text) or not _UNANSWERED.search(text))
    if told and people:
        fill.slots["audience"] = people
    elif told and things[0].kind == "group":
        fill.slots["audience"] = f"group:{who.group_name(str(things[0].value), fill.context)}"
    elif _UNANSWERED.search(text):
        fill.slots["audience"] = "unanswered"
    elif value := who.audience(text, things, fill.context):
        fill.slots["audience"] = value


def _status(fill: Filling) -> None:
    _known(fill)
    told = _TOLD.search(fill.marked.text)
    name = _NO_NAME.sub("", told[1], count=1) if told and _NO_NAME.match(told[1]) else told[1] if told else ""
    if len(name) > 1 and "which" not in fill.slots:
        fill.slots["which"] = [name]


SPECIAL: dict[str, Callable[[Filling], None]] = {
    "meeting.show": _known,
    "meeting.notify": _notify,
    "notice.status": _status,
}
