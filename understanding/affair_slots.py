"""The slots of rectification, votes, study, and questions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from understanding import meeting_slots, moments, who
from understanding.plain_slots import EDGES, due, plain, rest
from understanding.things import TYPES

if TYPE_CHECKING:
    from collections.abc import Callable

    from understanding.filling import Filling


def _problem(fill: Filling) -> None:
    due(fill)
    source = fill.marked.source
    text = fill.captured("text") or rest(fill)
    found = re.search("责任人[是为：改换成]*([\ue003])|([\ue003])(?:负责|整改|牵头|来改)", fill.marked.text)
    if found:
        at = found.start(1) if found[1] else found.start(2)
        who.put(fill.slots, fill.unsure, "person", fill.marked.things(at, at + 1))
    if "due" not in fill.slots:
        limit = re.search(
            "(?:期限|限期|完成时间|截止|延期到|延到|改到|推迟到)[是为：到改成]*([\ue000])|([\ue000])(?:之前|以前|前|完成|整改到位|到期)",
            fill.marked.text,
        )
        if limit:
            at = limit.start(1) if limit[1] else limit.start(2)
            fill.slots["due"] = moments.due(fill.marked.things(at, at + 1)[0].value[0])
    if "which" in fill.intent.slots:
        said = meeting_slots.which(fill, [], source)
        if said:
            fill.slots["which"] = said
    cut = re.search(
        "[，；。]\\s*(?:责任人|由?[^，]{2,4}负责|期限|限期|[^，]{0,8}前(?:完成|整改)?$|月底前|完成时间)", text
    )
    if cut:
        text = text[: cut.start()]
    if (
        fill.intent.name == "problem.update"
        and ("person" in fill.slots or "due" in fill.slots)
        and not fill.captured("text")
    ):
        text = ""
    text = re.sub("^(?:[：，]|一?[条个项]|是)+", "", text.strip(EDGES)).strip(EDGES)
    fill.slots["text"] = text


def _problem_close(fill: Filling) -> None:
    said = meeting_slots.which(fill, [], fill.marked.source)
    if said:
        fill.slots["which"] = said
    elif (item := fill.captured("item")) and not re.fullmatch("(?:这个|那个|该|上次的?|整改|问题|已经|可以)+", item):
        fill.slots["which"] = [item.strip('《》"')]


def _problem_list(fill: Filling) -> None:
    plain(fill)
    source = fill.marked.source
    if re.search("逾期|超期|过期", source):
        fill.slots["status"] = "overdue"
    elif re.search("没完成|未完成|没销号|未销号|没整改|未整改|还有|还剩", source):
        fill.slots["status"] = "open"
    elif re.search("已完成|已销号|完成的|销号的|已整改", source):
        fill.slots["status"] = "closed"


def _vote(fill: Filling) -> None:
    source = fill.marked.source
    if re.search("无记名|不记名|匿名", source):
        fill.slots["secret"] = True
    title = fill.captured("title") or fill.captured("item")
    letters = re.split("[：，；]\\s*(?=选项|[AaＡ1][.、：]?|.{1,12}[、/])", title, maxsplit=1)
    options = re.search("选项[是有：]*(.+)$", source) or (
        re.match("(.+[、/].+)$", letters[1]) if len(letters) > 1 else None
    )
    if options:
        several = [
            re.sub("^[A-Fa-f1-9][.、：]", "", option).strip(EDGES)
            for option in re.split("[、/，；]|还是|和", options[1])
        ]
        fill.slots["options"] = [option for option in several if option]
        title = letters[0]
    title = re.sub("[的]?(?:进行|开始|开展|发起|来个?|组织)$", "", title.strip(EDGES))
    title = re.sub("^(?:[：，]|一下|是否(?=$)|表决|关于)+|(?:进行|开始)$", "", title.strip(EDGES)).strip(
        '《》"' + EDGES
    )
    if title:
        fill.slots["title"] = title


def _learn(fill: Filling) -> None:
    said = meeting_slots.which(fill, fill.of(*TYPES), fill.marked.source)
    words = re.sub(
        "^(?:我|今天|刚|已经|一下|，|了|的|把)+|(?:都|已经|今天|我|刚|也|吧|了)+$", "", fill.captured("item")
    ).strip('《》"' + EDGES)
    if not said and words:
        said = [words]
    if said:
        fill.slots["which"] = said
    if "duration" in fill.intent.slots:
        fill.duration()


def _ask(fill: Filling) -> None:
    text = re.sub(
        "^(?:请问|我想问一?下?|问一下|想问一下|问下|请教一下|咨询一下|那个|你好|您好|[，：])+", "", fill.marked.source
    )
    fill.slots["topic"] = re.sub("(?:[吗呢啊呀？?。！，]|是吗|对吗|谢谢)+$", "", text).strip("《》" + EDGES)


def _help(fill: Filling) -> None:
    found = re.search(
        "签到|请假|销假|补签|绑定|答题|开会|召集会议|发通知|发起会议|创建会议|召开会议|查学时|查积分|投票|导出|提醒|改时间|取消会议|会议记录|订会议室|预订会议室|排行|考试|学习|党费|整改|台账|主题党日|积分|学时|党日|通知|会议",
        fill.marked.source,
    )
    if found:
        fill.slots["topic"] = found[0]


SPECIAL: dict[str, Callable[[Filling], None]] = {
    "problem.add": _problem,
    "problem.update": _problem,
    "problem.close": _problem_close,
    "problem.list": _problem_list,
    "vote.open": _vote,
    "learn.open": _learn,
    "learn.done": _learn,
    "rule.ask": _ask,
    "help": _help,
}
