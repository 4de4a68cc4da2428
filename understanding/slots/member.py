"""The slots of members: accounts, posts, steps of joining, grades."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from understanding.slots import who
from understanding.slots.choices import choice
from understanding.slots.plain import plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from understanding.slots.filling import Filling

_STATUSES = re.compile(
    "预备党员|正式党员|流动党员|入党积极分子|积极分子|发展对象|入党申请人|申请人|离退休党员|离退休|"
    "退休党员|不作硬性要求|转走|转出|"
    "转入|转来|调离|离职|退休|去世|失联|停止党籍|出党"
)
_POSTS = re.compile(
    "(?:副书记|(?:第一)?书记(?!员)|(?:组织|宣传|纪检|纪律检查|统战|青年|群工|群众|生活|保密|保卫|"
    "学习|文体|文化|武装|妇女|安全|生产)委员|党小组组长|党小组长|小组长|组长|支部委员(?!会)|"
    "支委(?!会)|委员(?!会)|记录员|联络员|党务干事)"
)
_NOW_IS = re.compile(
    "(?:变更|调整|改|转|换|变|恢复|认定|更新|设|标|确定|升)(?:为|成|到|作)|→|现在是|如今是|该是|应该是|应为"
)
_FORMER = re.compile("(?:由|从|原来?是?|原先是?|不再担任|不再是|不再任|卸任|免去)$")
_CODE_LABEL = re.compile(
    "(?:(?:绑定|验证|邀请|激活|认证|校验|动态|识别|注册)?码|口令|编号|code|Code)(?:是|为|：|，|填|"
    "就是|给你|，|写)*\\s*([A-Za-z0-9]{4,12})(?![A-Za-z0-9])",
)
_ANY_CODE = re.compile("(?<![A-Za-z0-9])(?=[A-Za-z]*\\d)([A-Za-z0-9]{4,12})(?![A-Za-z0-9])")
_SELF = re.compile("(?<![帮给替])我(?!们)|本人|自己")
_MINE = re.compile("我(?:的|自己|个人|本人|现在|目前|入党|发展|到|走到|还要|转正|这[个边]|处[于在])")
_PRIVATE = re.compile("私聊|私信|单聊|单独给?我?发|私下给?我?发|私发|单发")


_STEP = re.compile(
    "(?:(?:(?:递交|提交|交)了?)?入党申请书?|(?:派人|组织|入党)?谈话|(?:确定|列|推荐|"
    "吸收)为?(?:入党)?积极分子|(?:确定|列|推荐)为?发展对象|(?:入党)?积极分子|发展对象|政审|政治审查|"
    "短期集中培训|集中培训|培训|公示|预审"
    "|(?:填写)?(?:入党)?志愿书|(?:接收|发展|吸收)为?(?:中共)?预备党员|入党宣誓|宣誓|(?:提交|"
    "递交)?转正申请书?|按期转正|延期转正|延长预备期|转正|备案|(?:确定)?培养联系人|"
    "(?:确定)?入党介绍人|培养考察|考察|思想汇报|(?:上级)?审批)(?:通过|合格|结业)?"
)


def _latest(words: str, pattern: re.Pattern[str]) -> str:
    """Return what somebody has become: what stands after 改为 and its like, else the first that is not the former."""
    several = list(pattern.finditer(words))
    new = [found for turn in _NOW_IS.finditer(words) for found in several if found.start() >= turn.end()]
    still = [found for found in several if not _FORMER.search(words, 0, found.start())]
    chosen = new or still or several
    return chosen[0][0] if chosen else ""


def _untitled(fill: Filling) -> str:
    """Return the words without people and groups: their titles and names are no posts (李书记, 党小组)."""
    words = list(fill.marked.source)
    for thing in fill.of("person", "group"):
        words[thing.start : thing.end] = "\ue003" * (thing.end - thing.start)
    return "".join(words)


def _update(fill: Filling) -> None:
    source = fill.marked.source
    if _PRIVATE.search(source):
        fill.slots["person"] = "me"
        fill.slots["status"] = "no_private" if re.search("别|不要|不用|关|停|不必", source) else "private"
        return
    plain(fill)
    for slot in ("group", "branch"):
        if len(fill.of(slot)) > 1:
            fill.slots[slot] = fill.said(fill.of(slot)[-1])
    words = _untitled(fill)
    fill.slots["status"], fill.slots["role"] = _latest(words, _STATUSES), _latest(words, _POSTS)
    if "branch" in fill.slots and fill.slots["status"].startswith("转"):
        del fill.slots["status"]


def _list(fill: Filling) -> None:
    plain(fill)
    words = _untitled(fill)
    fill.slots["status"], fill.slots["role"] = _latest(words, _STATUSES), _latest(words, _POSTS)


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
    if found := _STEP.search(fill.marked.source):
        fill.slots["step"] = found[0]


def _stage(fill: Filling) -> None:
    """Fill whose stage is asked for: one's own where nobody is named and the words say 我的."""
    plain(fill)
    if not {"person"} & {*fill.slots, *fill.unsure} and _MINE.search(fill.marked.source):
        fill.slots["person"] = "me"


def _choice(fill: Filling) -> None:
    fill.slots["choice"] = choice(fill.marked.source, fill.intent.name)


def _bind(fill: Filling) -> None:
    things = fill.caught("person") or fill.of("person")
    who.put(fill.slots, fill.unsure, "person", things)
    branches = fill.caught("branch") or fill.of("branch")
    if branches:
        fill.slots["branch"] = fill.said(branches[0])
    groups = fill.caught("group") or fill.of("group")
    if groups:
        fill.slots["group"] = who.group_name(str(groups[0].value), fill.context)
    if branches or groups:
        return
    source = fill.marked.source
    if found := _CODE_LABEL.search(source) or _ANY_CODE.search(source):
        fill.slots["code"] = found[1]
    if "person" not in fill.slots and "person" not in fill.unsure and _SELF.search(source):
        fill.slots["person"] = "me"


SPECIAL: dict[str, Callable[[Filling], None]] = {
    "member.update": _update,
    "member.list": _list,
    "development.advance": _advance,
    "development.show": _stage,
    "member.bind": _bind,
    "quiz.answer": _choice,
}
