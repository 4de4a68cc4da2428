"""Who is to do something about a problem, and until when: for the rectification list."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from understanding.slots import moments, who
from understanding.words.clauses import clauses, leaves
from understanding.words.things import MARKS

if TYPE_CHECKING:
    from understanding.slots.filling import Filling
    from understanding.words.things import Thing

Span = tuple[int, int]
_P, _T = MARKS["person"], MARKS["when"]
_DUTY = (
    "(?:来负责|负责|牵头|来整改|整改|来改|来办|来弄|来抓|去办|去改|去落实|落实|跟进|督办|盯着|盯|"
    "接手|接管|处理|解决|认领|承办|办理|办|弄|管|改(?!为|成|到|期))"
)
_LINK = "(?:由|让|请|交给|交由|交|归|安排|指定|指派|派|给)"
_LABEL = "(?:(?:整改)?(?:责任人|负责人|责任领导|牵头人|经办人|承办人|整改人)|责任)"
_CHANGE = "(?:换成|改成|改为|变更为|变更成|调整为|调整成|调成|调为|换为|换|改|变成|写|定|就|是|为|：|，|由|还是|填|=)*"


def _who(name: str) -> str:
    several = "(?:同志|两个人|两人|俩|三人|三个人|一起|共同|他们)*"
    return f"(?P<{name}>(?:我[和跟、])?[{_P}](?:[和跟、]我)?|本人|我(?!们)){several}"


_BY = f"(?:[{_T}](?:之前|以前|前|底前|内)?)"
_DUTIES = re.compile(
    f"(?:这个|这事|此项|这块|该问题)?(?:{_LABEL}{_CHANGE}(?:[由从]?[{_P}](?:同志)?(?:换成|改成|改为|变更为|变更成|调整为|调整成|换为|换))?(?:{_LINK})?{_who('labelled')}(?:{_DUTY})?"
    f"|{_LINK}{_who('asked')}(?:{_BY}?{_DUTY}(?:[好完]|到位)?|(?=[，。；！]|$))|{_who('doing')}{_BY}?{_DUTY}(?:[好完]|到位)?"
    f"|(?:换成|改成|改为|转给|移交给?){_who('new')}(?:{_DUTY})?)(?:吧|的|哈|啦|呗|了)*"
)
_POST = "(?:副?书记|组长|(?:组织|宣传|纪检)委员|支委们?|大家)"
"""Who holds a post does it: nobody is named, so the person stays open."""
_DOES = re.compile(
    f"(?:由|让|请|归|交给|叫|找|给)?(?:(?:我[和跟、])?[{_P}](?:[和跟、]我)?|我(?!们)|本人|{_POST}(?={_DUTY}))(?:同志|一起|共同|[来去先把])*[^，。没不未无少差\ue000-\ue018]{{0,3}}"
)
"""A clause that says no more than who does something about it."""
_BY_THEN = re.compile(f"{_T}[^，。没不未无少差\ue000-\ue018]{{0,4}}")
"""A clause that says no more than when something is to be done."""
_TERM = (
    "(?:完成时限|整改时限|整改期限|完成期限|完成时间|截止日期|截止时间|截止|时限|期限|限期|限|时间|deadline|ddl|要求)"
)
_MOVED = (
    "(?:(?:往后|向后)?(?:延后|后延|延期|延长|顺延|延|推迟|推后|推|展期|宽限|放宽|调整|调|缓|挪|提前|改|定|写)"
    "(?:到|至|成|为|在)?|到|至|在|是|为|：|，)*"
)
_FINISH = (
    "(?:之前|以前|前|底前|之内|以内|内|务必|必须|要|得|需要|需|全部|整改完成|完成整改|整改到位|"
    "整改完毕|整改好|整改完|整改|完成销号|完成|搞完|搞定|搞好|改好|改完|改到位|弄好|弄完|办结|办完|"
    "解决|落实到位|落实|到位|销号|到期|截止|做完|做好)"
)
_DUES = re.compile(
    f"(?P<label>{_TERM})?(?P<moved>{_MOVED})(?P<when>[{_T}])(?P<finish>{_FINISH}*)(?:吧|哈|啦|呗|了)*", re.IGNORECASE
)


def duty(fill: Filling) -> list[Span]:
    """Fill who is to mend it; return where that is said."""
    taken: list[Span] = []
    for found in _DUTIES.finditer(fill.marked.text):
        name = str(found.lastgroup)
        things = [thing for thing in fill.marked.things(*found.span(name)) if thing.kind == "person"]
        _put(fill, things, found[name])
        taken.append(found.span())
    return taken


def _put(fill: Filling, things: list[Thing], words: str) -> None:
    """Fill the people who are named, the speaker among them where the words say 我."""
    who.put(fill.slots, fill.unsure, "person", things)
    if re.search("我|本人", words):
        others = fill.slots.get("person", []) if things else []
        fill.slots["person"] = ["me", *([others] if isinstance(others, str) else others)] if others else "me"


def alone(fill: Filling, taken: list[Span], commands: re.Pattern[str]) -> list[Span]:
    """Fill who mends it and until when from the clauses that say no more than that (… 冯媛改 4月25号)."""
    text, said, matter = fill.marked.text, [], False
    for clause in clauses(fill.marked):
        span = (clause.start, clause.end)
        words = text[slice(*span)]
        if any(low < span[1] and span[0] < high for low, high in taken):
            continue
        doing = _DOES.fullmatch(words) if matter else None
        if doing and not {"person"} & {*fill.slots, *fill.unsure}:
            _put(fill, fill.marked.things(*span), words)
            said.append(span)
        elif matter and _BY_THEN.fullmatch(words) and "due" not in fill.slots:
            fill.slots["due"] = moments.due(fill.marked.things(*span)[0].value[0])
            said.append(span)
        matter = matter or bool(leaves(commands.sub("", words)))
    return said


def limit(fill: Filling, refs: list[Span]) -> list[Span]:
    """Fill until when; return where that is said. A time without any sign of a limit belongs to the problem's words."""
    for found in _DUES.finditer(fill.marked.text):
        at = found.start("when")
        time = fill.marked.behind[at].value[0]
        said = found["label"] or found["finish"] or found["moved"].strip("，：是在到") or time.open_until
        if said and time.start is not None and (at, at + 1) not in refs:
            fill.slots["due"] = moments.due(time)
            return [found.span() if found["label"] or found["moved"].strip("，") else (at, found.end())]
    return []
