"""The slots of calling off, telling, reminding, and of what comes round by itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from understanding import meeting_slots, moments, who
from understanding.plain_slots import EDGES, plain, recurrence, rest, which_one

if TYPE_CHECKING:
    from collections.abc import Callable

    from understanding.filling import Filling


def _cancel(fill: Filling) -> None:
    which_one(fill)
    found = re.search(
        "(?:因为?|由于|原因是?[：，]?)(.{2,30}?)(?:[，。]|取消|不开|$)|(?:取消|不开)了?[，：](.{2,30})$",
        fill.marked.source,
    )
    if found:
        reason = re.sub("^(?:因为?|由于|原因是?)", "", (found[1] or found[2]).strip(EDGES))
        if reason and not re.match("通知|另行|大家|改天|时间|告诉|下次", reason):
            fill.slots["reason"] = reason


def _notify(fill: Filling) -> None:
    which_one(fill)
    value = who.audience(fill.marked.text, fill.of("group", "person"), fill.context)
    if value and (value != "all" or re.search("所有人|全体|大家", fill.marked.text)):
        fill.slots["audience"] = value


def _assign(fill: Filling) -> None:
    which_one(fill)
    things = fill.caught("person") or fill.of("person")
    who.put(fill.slots, fill.unsure, "person", things)
    if "person" not in fill.slots and "person" not in fill.unsure and "我" in fill.marked.text:
        fill.slots["person"] = "me"
    if topic := re.sub("^(?:一下|[的：，《])+|(?:一下|[吧了》。])+$", "", fill.captured("topic")):
        fill.slots["topic"] = topic


def _notice(fill: Filling) -> None:
    text = fill.captured("text") or rest(fill)
    start = fill.match.captures.get("text", [(0, 0)])[0][0]
    inside = fill.marked.things(start) if "text" in fill.match.captures else fill.things()
    before = [thing for thing in fill.marked.things(0, start) if thing.kind == "when"]
    for thing in inside:
        if thing.kind == "when" and (thing.value[0].open_until or _before(fill, thing)):
            fill.slots["due"] = moments.due(thing.value[0])
            break
    values, doubts = moments.place_in_time(before, {"start"})
    fill.slots.update(values)
    fill.unsure.update(doubts)
    head = fill.marked.text[: start or len(fill.marked.text)]
    things = fill.marked.things(0, start) if start else []
    value = who.audience(head, things, fill.context)
    if value:
        fill.slots["audience"] = value
    fill.slots["text"] = re.sub("^(?:让(?=大家|各位|所有)|内容是?：?)", "", text.strip(EDGES))


def _before(fill: Filling, thing: Any) -> bool:
    return bool(re.match("(?:之|以)?前", fill.marked.source[thing.end :]))


def _themeday(fill: Filling) -> None:
    recurrence(fill)
    for thing in fill.of("when"):
        time = thing.value[0]
        if time.has_clock:
            fill.slots.setdefault("time", f"{time.start:%H:%M}")
        elif time.daypart:
            fill.slots.setdefault("daypart", time.daypart)
    if "time" in fill.slots:
        fill.slots.pop("daypart", None)
    fill.place()
    topic = fill.captured("item") or fill.rule_words("topic")
    if topic:
        fill.slots["topic"] = topic.strip('《》"')


def _reminder(fill: Filling) -> None:
    recurrence(fill)
    start = fill.match.captures.get("text", [(len(fill.marked.text), 0)])[0][0]
    whens = [thing for thing in fill.marked.things(0, start) if thing.kind == "when"]
    inside = [thing for thing in fill.marked.things(start) if thing.kind == "when"]
    durations = [thing for thing in fill.marked.things(0, start) if thing.kind == "duration"]
    text = fill.captured("text") or rest(fill)
    if not whens and "rrule" not in fill.slots and inside and inside[0].start == fill.marked.origin[start][0]:
        whens = inside[:1]
        text = fill.marked.source[inside[0].end :]
    recurring = [thing for thing in fill.marked.things(start) if thing.kind == "rrule"]
    if recurring and "rrule" in fill.slots and text.startswith(fill.said(recurring[0])):
        text = text[len(fill.said(recurring[0])) :]
    last = inside[-1] if inside and not whens else None
    if last and last.end == len(fill.marked.source) and last.value[0].has_clock and not last.value[0].has_day:
        whens, text = [last], text.removesuffix(fill.said(last))
    values, doubts = moments.place_in_time(
        whens, {"start", "daypart", "time"} if "rrule" not in fill.slots else {"daypart", "time"}
    )
    for slot, value in values.items():
        fill.slots.setdefault(slot, value)
    fill.unsure.update(doubts)
    if not whens and durations and "rrule" not in fill.slots:
        _later(fill, durations[0])
    head = fill.marked.text[:start]
    value = who.audience(
        head, [thing for thing in fill.marked.things(0, start) if thing.kind in {"group", "person"}], fill.context
    )
    if value:
        fill.slots["audience"] = value
    text = re.sub("^(?:[，：的]|一下|一声|我|记得|把(?=我)|大家|到时候)+", "", text.strip(EDGES)).strip(EDGES)
    if text:
        fill.slots["text"] = text


def _later(fill: Filling, thing: Any) -> None:
    from datetime import timedelta

    fill.slots["start"] = moments.instant(fill.now.replace(second=0) + timedelta(minutes=moments.minutes(thing)))


def _reminder_cancel(fill: Filling) -> None:
    things = fill.things()
    said = meeting_slots.which(fill, things, fill.marked.source)
    words = fill.captured("item") or ""
    if not said and fill.of("rrule"):
        said = [fill.said(fill.of("rrule")[0])]
    found = re.search(
        "(?:取消|删除|删掉|关掉|停掉|关闭|停止|删了?|撤销|去掉)(?:了|掉)?(?:我的?|那个|这个)?(?P<what>[\u4e00-\u9fff]{2,16}?)的?提醒",
        fill.marked.source,
    )
    if found and not said and not re.fullmatch("所有的?|全部的?|刚才的?|刚设的|上次的?|每[天周月].*", found["what"]):
        words = found["what"]
    if re.search("每日一题|每天的题|题目推送|每日答题|的题", fill.marked.source):
        said = ["每日一题"]
    elif found_number := re.search("提醒(\\d{1,4})", fill.marked.source):
        said = [found_number[1]]
    elif re.search("所有|全部", fill.marked.source):
        said = ["all"]
    words = re.sub("^(?:[了吧我大家再]|催办)+|[了吧]+$", "", words)
    if words and not said:
        said = [words]
    if said:
        fill.slots["which"] = said


def _quiz_schedule(fill: Filling) -> None:
    plain(fill)
    if "time" not in fill.slots:
        for thing in fill.marked.behind.values():
            if thing.kind == "when" and thing.value[0].has_clock:
                fill.slots["time"] = f"{thing.value[0].start:%H:%M}"
    fill.slots.pop("start", None)


def _participation(fill: Filling) -> None:
    plain(fill)
    fill.slots.pop("which", None)
    if re.search("上次|上一次|最近一次|这次|本次", fill.marked.source) and "range" not in fill.slots:
        fill.slots["which"] = meeting_slots.which(fill, [], fill.marked.source)


SPECIAL: dict[str, Callable[[Filling], None]] = {
    "meeting.cancel": _cancel,
    "meeting.notify": _notify,
    "agenda.assign": _assign,
    "notice.send": _notice,
    "themeday.set": _themeday,
    "reminder.create": _reminder,
    "reminder.cancel": _reminder_cancel,
    "quiz.schedule": _quiz_schedule,
    "report.show": _participation,
}
