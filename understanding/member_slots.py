"""The slots of members: accounts, posts, steps of joining, grades."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from understanding import who
from understanding.plain_slots import CODE, ROLES, plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from understanding.filling import Filling

_STATUSES = (
    "预备党员|正式党员|流动党员|入党积极分子|积极分子|发展对象|离退休党员|离退休|不作硬性要求|转走|转出|"
    "转入|转来|调离|离职|退休|去世|失联"
)


def _update(fill: Filling) -> None:
    source = fill.marked.source
    private = re.search("私聊|私信|单聊|单独给?我?发|私下给?我?发|私发|单发", source)
    if private:
        fill.slots["person"] = "me"
        fill.slots["status"] = "no_private" if re.search("别|不要|不用|关|停|不必", source) else "private"
        return
    plain(fill)
    if len(fill.of("group")) > 1:
        fill.slots["group"] = fill.said(fill.of("group")[-1])
    if found := re.search(_STATUSES, source):
        fill.slots["status"] = found[0]
    if found := re.search(ROLES, re.sub("李书记", "", source)):
        if fill.of("person") and found.start() > fill.of("person")[0].start:
            fill.slots["role"] = found[0]
        else:
            fill.slots.pop("role", None)


def _advance(fill: Filling) -> None:
    things = fill.caught("person") or fill.of("person")
    who.put(fill.slots, fill.unsure, "person", things)
    for thing in fill.of("when"):
        if thing.value[0].has_day:
            day = thing.value[0].start.date()
            if day > fill.now.date() and not thing.value[0].has_year:
                day = day.replace(year=day.year - 1)
            fill.slots["date"] = str(day)
            break
    found = re.search(
        "(?:(?:递交|提交|交)了?)?入党申请书?|(?:派人)?谈话|确定为(?:入党)?积极分子|列为(?:入党)?积极分子|确定为发展对象|列为发展对象|(?:入党)?积极分子|发展对象|政审|政治审查|集中培训|公示|预审"
        "|填写(?:入党)?志愿书|接收为预备党员|发展为预备党员|入党宣誓|宣誓|(?:提交|递交)?转正申请|按期转正|转正|备案|培养联系人|入党介绍人|考察|思想汇报|(?:上级)?审批",
        fill.marked.source,
    )
    if found:
        fill.slots["step"] = found[0]


def _cast(fill: Filling) -> None:
    things = fill.caught("person") or fill.of("person")
    who.put(fill.slots, fill.unsure, "person", things)
    if found := re.search("优秀|基本合格|不合格|合格", fill.marked.source):
        fill.slots["choice"] = found[0]


def _bind(fill: Filling) -> None:
    things = fill.caught("person") or fill.of("person")
    who.put(fill.slots, fill.unsure, "person", things)
    branches = fill.caught("branch") or fill.of("branch")
    if branches:
        fill.slots["branch"] = fill.said(branches[0])
    groups = fill.caught("group") or fill.of("group")
    if groups:
        fill.slots["group"] = who.group_name(str(groups[0].value), fill.context)
    if not things and not branches and not groups:
        word = fill.captured("word") or fill.marked.source
        if found := CODE.search(word):
            fill.slots["code"] = found[1]
        elif re.search("我", fill.marked.source):
            fill.slots["person"] = "me"


SPECIAL: dict[str, Callable[[Filling], None]] = {
    "member.update": _update,
    "development.advance": _advance,
    "evaluation.cast": _cast,
    "member.bind": _bind,
}
