"""The slots of reminders: when and how often, whom, of what; and which one to stop."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from understanding.slots import meeting, moments
from understanding.slots.addressing import (
    DOWN,
    PARTICLES,
    TIMES,
    WHO,
    closed,
    led_to,
    matter,
    named_before,
    opened,
    run_after,
    run_at_end,
    run_before,
    said_to,
)
from understanding.slots.plain import EDGES, recurrence

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from understanding.slots.filling import Filling
    from understanding.words.things import Thing

_AGAIN = f"(?:一{DOWN}|一声|声|{DOWN}|到|个醒)*"
_TELL = re.compile(
    f"(?:提醒|提示|remind|叫|喊|通知|告诉|催){_AGAIN}@?(?P<who>{WHO}){_AGAIN}"
    f"|(?:跟|给|和|向)(?P<to>{WHO})(?:说|讲|提|打)(?:一声|一下|声|下|个招呼|个醒|句话)+"
)
_SET = re.compile(
    f"(?:(?:给|帮|替|为)(?P<who>{WHO}))?[，]?(?:再|先|也)?(?:设置|设定|设|定|弄|建立|创建|新建"
    "|建|加|添加|新增|增加|来|整|搞|安排|做|上|记|发|写|订|调)"
    "(?:成|为|上|了|好|一下|下)?(?:一?[个条次])?[^，。\ue000-\ue018]{0,5}?(?:提醒(?:事项)?|闹钟)"
)
_BARE = re.compile(f"(?:定时|到点|到时候?|日程|待办)?(?:提醒|提示)(?:事项)?{_AGAIN}|remind")
_FORGET = re.compile(
    "(?:别|不要|千万别)(?:让|叫)我忘了?|(?:帮|给|替)?我?记(?:一?个事儿?|着点?|一下|住|下)(?:[啊哈，]"
    "|$|(?=[\ue000-\ue002]))|别忘了"
)
_AHEAD = re.compile("[，]?(?:请|麻烦|记得|你|到时候?)*(?:提前|提早)$")
_SINCE = re.compile("^(?:起|开始|以后|之后|后)")


def create(fill: Filling) -> None:
    """Fill when, how often, whom and of what to remind."""
    start, end, whom = _command(fill)
    marked = fill.marked
    kept = end
    if whom:
        fill.slots["audience"], stays = said_to(fill, *whom)
        kept = whom[0] if stays else end
    first = run_before(marked, start)
    times, behind = _times_in(fill, first, start), kept
    ahead = _AHEAD.search(marked.text, 0, first) if times and times[0].kind == "duration" else None
    if ahead:
        first, sooner, times = ahead.start(), moments.minutes(times[0]), []
    if not times:
        behind = run_after(marked, kept)
        times = [thing for thing in _times_in(fill, kept, behind) if not _is_limit(thing)]
        kept = behind if times else kept
    last = _end_of_tail(fill, kept)
    if not times or (fill.marked.things(first, start) and not _has_clock(times)):
        at = run_at_end(marked, kept, last)
        extra = [thing for thing in _times_in(fill, at, last) if not times or _completes(thing, times)]
        if extra:
            times, last = [*times, *extra], closed(marked, kept, at)
    text = _text(fill, kept, last)
    if not text:
        text, more = _head(fill, first)
        times = times or more
        if times and all(thing.value[0].has_clock and not thing.value[0].has_day for thing in times):
            times = [*_days(fill, first)[:1], *times]
    _when(fill, times or _times_in(fill, 0, start)[:2])
    if ahead and "start" in fill.slots:
        fill.slots["start"] = _sooner(fill.slots["start"], sooner)
    fill.slots["text"] = text if fill.slots.get("audience") else _called(fill, text, start)


def _sooner(start: str, minutes: int) -> str:
    """Return a day or an instant so many minutes sooner (提前一天提醒我); a day moves by whole days alone."""
    moment = datetime.fromisoformat(start) - timedelta(minutes=minutes)
    return moment.isoformat() if "T" in start else moment.date().isoformat()


def _command(fill: Filling) -> tuple[int, int, tuple[int, int] | None]:
    """Return where the words of reminding stand, and whom they name."""
    text = fill.marked.text
    for pattern in (_TELL, _SET, _BARE, _FORGET):
        found = pattern.search(text)
        if found:
            groups = found.re.groupindex
            whom = next((found.span(name) for name in ("who", "to") if name in groups and found[name]), None)
            return found.start(), found.end(), whom
    return 0, 0, None


def _times_in(fill: Filling, start: int, end: int) -> list[Thing]:
    return [thing for thing in fill.marked.things(start, end) if thing.kind in {"when", "rrule", "duration"}]


def _days(fill: Filling, end: int) -> list[Thing]:
    """Return the days said before the words of reminding: the hour beside these is an hour of theirs."""
    days = [thing for thing in fill.marked.things(0, end) if thing.kind == "when" and thing.value[0].has_day]
    return [_without_clock(thing) for thing in days if not thing.value[0].open_until]


def _without_clock(thing: Thing) -> Thing:
    time = thing.value[0]
    start = moments.start_of(time).replace(hour=0, minute=0, second=0)
    return replace(
        thing,
        value=(
            replace(
                time,
                start=start,
                has_clock=False,
                daypart=None if time.has_clock else time.daypart,
                grain="day",
                end=None,
            ),
        ),
    )


def _has_clock(times: Sequence[Thing]) -> bool:
    return any(thing.value[0].has_clock for thing in times)


def _is_limit(thing: Thing) -> bool:
    """Say whether a time is the limit of what is to be done (周五之前把记录整理好): it stays in the text."""
    return thing.kind == "when" and bool(thing.value[0].open_until)


def _completes(thing: Thing, times: Sequence[Thing]) -> bool:
    """A clock time without a day, or a rule, belongs to the day said before, a day to a rule without one (每两周)."""
    if thing.kind != "when":
        return thing.kind == "rrule"
    rules = [rule.value[0].rrule for rule in times if rule.kind == "rrule"]
    return (bool(rules) and "BY" not in rules[0]) or (thing.value[0].has_clock and not thing.value[0].has_day)


def _end_of_tail(fill: Filling, start: int) -> int:
    """Return where the text ends: before thanks, and before 帮我设成提醒."""
    text, end = fill.marked.text, len(fill.marked.text)
    again = _SET.search(text, start)
    if again and not text[again.end() :].strip("，。！ " + PARTICLES):
        end = again.start()
        end = len(re.sub("[，]?(?:帮我|麻烦你?|请|你|帮忙)*$", "", text[:end]))
    return max(start, closed(fill.marked, start, end))


def _text(fill: Filling, start: int, end: int) -> str:
    return fill.marked.words(led_to(fill.marked, start, end), end).strip(EDGES)


def _head(fill: Filling, end: int) -> tuple[str, list[Thing]]:
    """Return what is said before the words of reminding (交党费这事，…提醒我), and the times it begins with."""
    marked = fill.marked
    start = opened(marked, 0, end)
    found = _FORGET.match(marked.text, start)
    start = opened(marked, found.end(), end) if found else start
    behind = run_after(marked, start)
    times = _times_in(fill, start, min(behind, end))
    start = opened(marked, min(behind, end), end) if times else start
    return marked.words(*matter(marked, start, end)).strip(EDGES), times


def _when(fill: Filling, times: Sequence[Thing]) -> None:
    slots, text = fill.slots, fill.marked.text
    rules = [thing for thing in times if thing.kind == "rrule"]
    whens = [thing for thing in times if thing.kind == "when"]
    if rules:
        recurrence(fill, rules[:1], fill.of("when"))
        whens = [thing for thing in whens if id(thing) not in fill.used]
        since = [thing for thing in whens if thing.value[0].has_day and _SINCE.match(fill.marked.source[thing.end :])]
        slots.update(moments.place_in_time(since[:1], {"start"})[0])
        whens = [thing for thing in whens if not thing.value[0].has_day or (thing.value[0].has_clock and not since)]
    values, doubts = moments.place_in_time(whens, {"daypart", "time"} if rules else {"start", "daypart", "time"})
    for slot, value in values.items():
        slots.setdefault(slot, value)
    if "time" in slots:
        slots.pop("daypart", None)
    fill.unsure.update(doubts)
    durations = [thing for thing in times if thing.kind == "duration"]
    if durations and not rules and not whens and "提前" not in text:
        later = fill.now.replace(second=0) + timedelta(minutes=moments.minutes(durations[0]))
        slots["start"] = moments.instant(later)


def _called(fill: Filling, text: str, end: int) -> str:
    """Take for the audience who was named before a place, or 全体, 大家 or 支委们 (碰头), that a text begins with."""
    fill.slots["audience"], text = named_before(fill, text, end)
    found = re.match(
        "(?:全体党员|全体同志|全体|所有人|大家|各位党员|各位)[，：]?|(?P<committee>支委们?)(?=碰|开)", text
    )
    if found is not None and len(text) > found.end():
        fill.slots["audience"] = "committee" if found["committee"] else "all"
        text = text[found.end() :]
    return text.strip(EDGES)


_LAST = re.compile(
    "刚才|刚刚|刚[设定加建弄]|上一?[个条次](?!月|星期|礼拜|季)|最近[那这的设]?|最后那?一?[个条]|最新|前面那?[个条]"
)
_NEXT = re.compile("下一?[个条次](?!月|星期|礼拜|季)|接下来")
_EVERY = re.compile("所有|全部|全都|一?个不留|统统|全给|全[取删清关停]|清空|清零")
_QUIZ = re.compile("每日一题|每天的题|题目推送|每日答题|的题|推题|[推发出]送?题")
_NUMBERED = re.compile(
    "(?:提醒|编号|序号)[第#是为]?(\\d{1,4}(?:(?:[、和，]|提醒|跟|及|号)+\\d{1,4})*)|[第#](\\d{1,4}(?:[、和，跟]第?\\d{1,4})*)(?:号"
    "|条|个)?|第([一二三四五六七八九十](?:[、和，跟]第?[一二三四五六七八九十])*)[条个]|(?:^"
    "|[把将，])(\\d{1,3})(?:[、和跟](\\d{1,3}))?号?(?:[这那]?[两俩几]?[条个])?的?提醒"
)
_COMMAND = re.compile(
    f"(?:不用|不要|别|不必|不需要|甭|无需|用不着|停止|取消)(?:再|了)?(?:[{TIMES}]|每天|老是|一直)*(?:提醒"
    f"|叫|喊|通知|催)(?:{WHO})?了?"
    "|(?:取消|删除|删|停|关闭|关|撤销|撤|去|清除|清空|移除|作废|不要|不用|停止|不需要|用不着"
    "|免|算|结束|终止)(?:掉|了|一下|下|停|吧)*"
    "|提醒(?:事项)?|(?:以后|今后|已经|现在|可以|先|就|都|给我|帮我|麻烦你?|请|谢谢|我(?:自己)?设的?|我的?"
    "|设置?的|那[个条]|这[个条]|关于|一下|把|将|再)"
)


_NAMED_BEFORE = re.compile(
    "(?:^|[，。；！\n])(?![把将]|取消|删|停|关[掉闭了]|撤|我|那|这|请|麻烦|帮|给)(?P<about>[^，。；！\ue000-\ue018]{2,20})的提醒"
    "(?:给我|帮我|可以|先|就|都|也)*(?:取消|删|停|关|撤|不|去|清|作废|免)"
)
"""What is named before 的提醒 is what it is about, even if it begins like a command (关灯的提醒取消)."""
_FRAME = re.compile(f"^[的了让叫大家]+(?=.{{2}})|[的了吧{PARTICLES}]+$")


def cancel(fill: Filling) -> None:
    """Fill which reminder is to stop: its number, its day, last, next, all, or what it is about."""
    source = fill.marked.source
    said: list[str] = []
    if _QUIZ.search(source):
        said = ["每日一题"]
    elif _EVERY.search(source):
        said = ["all"]
    else:
        said = _numbers(source) or meeting.which(fill, _named(fill), "")
        said += ["last"] if not said and _LAST.search(source) else []
        said += ["next"] if not said and _NEXT.search(source) else []
    if not said and (about := _about(fill)):
        said = [about]
    if not said and fill.of("rrule"):
        said = [fill.said(fill.of("rrule")[0])]
    fill.slots["which"] = said


def _numbers(source: str) -> list[str]:
    numbers: list[str] = []
    for found in _NUMBERED.finditer(source):
        numbers += [
            one if one.isdigit() else str("一二三四五六七八九十".find(one) + 1)
            for one in re.findall("\\d{1,4}|[一二三四五六七八九十]", "，".join(filter(None, found.groups())))
        ]
    return list(dict.fromkeys(numbers))


def _named(fill: Filling) -> list[Thing]:
    """The times that name the reminder: those in front of 提醒 or 那条, not those in what it is about."""
    found = re.search("提醒|那[个条]", fill.marked.text)
    end = found.end() if found else 0
    return [thing for at, thing in fill.marked.behind.items() if thing.kind == "when" and at < end]


def _about(fill: Filling) -> str:
    """Return what the reminder is about: the words of its clause that command nothing."""
    text = fill.marked.text
    if found := _NAMED_BEFORE.search(text):
        return fill.marked.words(*found.span("about")).strip(EDGES)
    at = text.find("提醒")
    clauses = [found.span() for found in re.finditer("[^，。；！\n]+", text)]
    clauses.sort(key=lambda span: (not span[0] <= at < span[1], span[0]))
    for start, end in clauses:
        pieces, begin = [], start
        for found in _COMMAND.finditer(text, start, end):
            pieces.append((begin, found.start()))
            begin = found.end()
        pieces.append((begin, end))
        words = [_FRAME.sub("", fill.marked.words(*piece)) for piece in pieces]
        if len(longest := max(words, key=len, default="").strip(EDGES)) > 1:
            return longest
    return ""


SPECIAL: dict[str, Callable[[Filling], None]] = {"reminder.create": create, "reminder.cancel": cancel}
