"""The slots of looking at one meeting, of sending its notice again, and of who has answered a notice."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from understanding.slots import who
from understanding.slots.plain import which_one
from understanding.words.things import TYPES

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
_TITLE = re.compile(
    "[\ue000]?[\u4e00-\u9fff]{2,10}?(?:[大总]会|座谈会|茶话会|联谊会|[\u4e00-\u9fff](?<![开个次场有的排这那本到参散例大总了回点下啥么些哪多])会)(?![议场员计晚上迟不没])"
)
_BEFORE_TITLE = re.compile(
    "^(?:请问|麻烦|帮我|给我|看一?[下看]|查一?[下查]|咱们?|我们|支部|关于|那个|这个|那场|这次|下次|上次|下一?次|把|将|的|再|发|一下|问一?下|想问|说|告诉我|哎|嗯|通知|提醒|大家|明年|今年|要开的?|开的|是)+"
)
_FESTIVAL = re.compile(
    "七一|八一|五四|五一|十一|三八|六一|国庆|元旦|春节|端午|中秋|重阳|清明|元宵|妇女节|青年节|建军节|建党节"
)
_TOLD = re.compile(
    "(?:^|[，。])([^，。\ue000-\ue0ff]{2,12}?)(?:的那?[个条份]?|那[个条份]?|这[个条份]?)(?:通知|消息|公告)"
)
_NO_NAME = re.compile(
    "(?:还有|还|有|都|谁|哪些|多少人?|几个人?|几位|大家|大伙|看看|看一?下|查一?[下查]|没|未|回复?|收到|请问|现在|目前|那|这|会议|开会|会|支部|我们?|咱们?|刚才|刚发|发|昨天|今天|上次|下发|最新|最近|刚刚|群里|的|了|出去)+"
)


def _known(fill: Filling) -> None:
    """Fill what identifies the meeting: its kind, day and number, else the name that it has."""
    which_one(fill)
    said = fill.slots.get("which", [])
    for found in _NUMBER.finditer(fill.marked.source):
        number = found[1] or found[2]
        if number not in said:
            said = [number, *said]
    if not any(thing.kind in TYPES for thing in fill.marked.things()) and not any(word.isdigit() for word in said):
        said = _named(fill, said)
    if said:
        fill.slots["which"] = said


def _named(fill: Filling, said: list[str]) -> list[str]:
    """Return what identifies a meeting with the name that it has (七一表彰大会); a festival in it is no day."""
    found = _TITLE.search(fill.marked.text)
    if not found:
        return said
    start, end = found.span()
    festival = fill.marked.behind.get(start)
    if festival is not None and not _FESTIVAL.fullmatch(fill.said(festival)):
        start, festival = start + 1, None
    if festival is None and (lead := _BEFORE_TITLE.match(fill.marked.text[start:end])):
        start += lead.end()
    title = fill.marked.words(start, end)
    if len(title) <= 2 or title.endswith(("开会", "的会")):  # noqa: PLR2004  开会 is no name
        return said
    days = [] if festival is not None else said
    return [*days, title]


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
