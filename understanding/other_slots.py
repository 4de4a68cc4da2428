"""The slots of all intents but calling and changing a meeting: one plain way, and the few that differ."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from understanding import meeting_slots, moments, who
from understanding.marked import FILLER
from understanding.things import TYPES

if TYPE_CHECKING:
    from collections.abc import Callable

    from understanding.filling import Filling

_FORMATS = (
    (re.compile("excel|xlsx|表格|Excel|EXCEL|xls", re.IGNORECASE), "xlsx"), (re.compile("word|docx?|文档", re.IGNORECASE), "docx"),
    (re.compile("pdf", re.IGNORECASE), "pdf"), (re.compile("csv", re.IGNORECASE), "csv"),
    (re.compile("zip|压缩包|打包", re.IGNORECASE), "zip"), (re.compile("png|图片|截图|长图", re.IGNORECASE), "png"),
)  # fmt: skip
_ROLES = "副书记|书记|组织委员|宣传委员|纪检委员|党小组组长|党小组长|小组长|组长|支委|委员|记录员"
_STATUSES = "预备党员|正式党员|流动党员|入党积极分子|积极分子|发展对象|离退休党员|离退休|不作硬性要求|转走|转出|转入|转来|调离|离职|退休|去世|失联"
_ME = re.compile(
    "(?<![帮给替发让问告叫诉咱醒到和跟])我(?!们|要?看|来|想|要|把|问|方|国|市|院|司|觉得|记得|说|建议|再|给|这边|查|先)"
)
_NUMBERS = {
    "一": 1,
    "两": 2,
    "二": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "十": 10,
    "十五": 15,
    "二十": 20,
    "三十": 30,
    "五十": 50,
}
_COUNT = re.compile(
    "(\\d{1,3}|二十|三十|五十|十五|[一两二三四五六七八九十])(?:道|个|题|条)(?!小时|半)(?:[单多]?选?题|判断题|题)?"
)
_AMOUNT = re.compile("(\\d+(?:\\.\\d{1,2})?)(?:元|块|圆|$|，|。)")
_CODE = re.compile("(?:绑定|验证|邀请)?码?[：是]?\\s*([A-Za-z0-9]{4,12})(?![A-Za-z0-9])")
_MODES = (
    ("qr", "二维码|扫码|签到码|扫描"),
    ("location", "位置|定位|现场定位|地点签到"),
    ("text", "文字|口令|回复签到"),
)
_EDGES = "，。；：！？、 \n\"'"
_POLITE = re.compile(
    "^(?:书记好?|组长|领导|各位|你好|您好|报告|不好意思|抱歉|对不起)[，：]|(?:[，]?(?:谢谢|抱歉|不好意思|望批准|请批准|请批假|请见谅|见谅|望准假?|辛苦了|麻烦了?|请知悉|特此请假|病历后补可以吗|可以吗|行吗|好吗|谢谢书记|麻烦书记|请领导批准|希望批准|望领导批准|请组织批准))+$"
)
_LEAVE_WORDS = re.compile(
    "(?:我?(?:要|想|得|需要|只能|必须|先|申请|特|再)?(?:跟|向|和)?(?:您|书记|组长|组织|你)?(?:要|想|来)?(?:请(?:个|一天|半天|一次|次|准|下|一下|一个)?[病事公产年]?假(?:条|一次|一天|一下|半天|了)?|告个?假))"
    "|(?:恐怕|可能|实在|就|确实|怕是|应该|只好|真的|估计)?(?:去不了|来不了|到不了|参加不了|不能参加|没法参加|无法参加|不能到会|没法到|不能来|无法到会|不能到|赶不上|不能去|没法去|没办法参加|没办法来|不能出席|无法出席|来不成|没空去|去不成|没时间参加|不去了|不参加了|不来了|无法前来|没办法去|参不了会|赶不过去|赶不过来)了?"
    "|(?:今天|明天|这次|下午|晚上|那天|上午|那次)?的?(?:会议?|活动|学习|课)(?=$|[，。]|恐怕|可能|我)|^(?:这次|那次|今天的)|(?:原因|理由|事由)[是：]|^(?:因为|由于|因)"
)
_LATE_WORDS = re.compile(
    "(?:我)?(?:可能|大概|大约|估计|恐怕|要|会|得|需要|必须|就|想|应该)*(?:晚到|迟到|晚来|晚|推迟|提前|早退|早走|先走|提早|先离开|先撤|先退)(?:大?约|大概|个|上|一会儿?|一下|一点|点|些|了)*[\ue001]?(?:左右)?(?:(?:再|才|能)*(?:到会?|到场|来|过来|过去|进场|入场|参加|走|离开|离会|退场|撤|退|结束))?"
    "|[\ue000](?:我|就|才|得|要|能|左右|再|可能|大概|需要|必须|前后)*(?:先走|走|离开|先离开|先撤|提前走|提前离开|撤|早退|先退|到会?|到场|赶到|过来|能来|能到)|[\ue001](?:左右|以后|之后|后)*(?:才|能|再|才能)*到"
)


def plain(fill: Filling) -> None:
    """Fill each slot of the intent in the way that most intents share."""
    takes = fill.intent.slots
    if "type" in takes and (kinds := meeting_slots.types(fill.things())):
        fill.slots["type"] = who.one_or_list(kinds)
    if "which" in takes:
        _which(fill)
    if fill.intent.name.startswith("minutes"):
        _one_or_several(fill)
    if takes & {"rrule"}:
        _recurrence(fill)
    if "due" in takes:
        _due(fill)
    if "range" in takes:
        _range(fill)
    fill.times(*(takes & {"start", "time", "daypart", "end"}))
    if "duration" in takes:
        fill.duration()
    if "place" in takes:
        fill.place()
    _groups(fill)
    if "person" in takes:
        _person(fill)
    if "audience" in takes and (value := who.audience(fill.marked.text, fill.of("group", "person"), fill.context)):
        fill.slots["audience"] = value
    _words(fill)
    if fill.intent.rest and fill.intent.rest not in fill.slots:
        fill.slots[fill.intent.rest] = rest(fill)


def _one_or_several(fill: Filling) -> None:
    """One record is `which`, several are `type` and `range`."""
    wide = any(thing.kind == "when" and moments.is_wide(thing.value[0]) for thing in fill.things())
    if wide or re.search("所有|全部", fill.marked.source):
        fill.slots.pop("which", None)
    elif "which" in fill.slots:
        fill.slots.pop("type", None)


def rest(fill: Filling) -> str:
    """Return what is left of the words once the template, the times and the courtesies are taken out."""
    text = fill.marked.text
    taken = [fill.match.found.span()]
    for thing_at, thing in fill.marked.behind.items():
        if thing.kind in {"when", "rrule", *TYPES}:
            taken.append((thing_at, thing_at + 1))
    pieces, at = [], 0
    for start, end in sorted(taken):
        pieces.append(fill.marked.words(at, start))
        at = max(at, end)
    pieces.append(fill.marked.words(at, len(text)))
    cleaned = (_POLITE.sub("", FILLER.sub("", piece).strip(_EDGES) and piece.strip(_EDGES)) for piece in pieces)
    return "，".join(filter(None, cleaned)).strip(_EDGES)


def _which(fill: Filling) -> None:
    things = [thing for thing in fill.things() if thing.kind in TYPES or thing.kind == "when"]
    if "range" in fill.intent.slots:
        things = [thing for thing in things if thing.kind != "when" or not moments.is_wide(thing.value[0])]
    if said := meeting_slots.which(fill, things, fill.marked.source):
        fill.slots["which"] = said
        fill.used.update(id(thing) for thing in things if thing.kind == "when")


def _recurrence(fill: Filling) -> None:
    for thing in fill.of("rrule"):
        fill.slots.update(moments.recurring(thing))
        fill.used.add(id(thing))
        return


def _due(fill: Filling) -> None:
    for thing in fill.of("when"):
        if thing.value[0].open_until:
            fill.slots["due"] = moments.due(thing.value[0])
            fill.used.add(id(thing))
            return


def _range(fill: Filling) -> None:
    for thing in fill.of("when"):
        time = thing.value[0]
        if time.start is not None and (time.has_day or not time.has_clock):
            fill.slots["range"] = moments.as_range(time)
            fill.used.add(id(thing))
            return


def _groups(fill: Filling) -> None:
    for slot in ("group", "branch"):
        if slot in fill.intent.slots and (things := fill.of(slot)):
            fill.slots[slot] = fill.said(things[0])


def _person(fill: Filling) -> None:
    things = fill.caught("person") or fill.of("person")
    if things:
        who.put(fill.slots, fill.unsure, "person", things)
    elif _ME.search(fill.marked.text):
        fill.slots["person"] = "me"


def _words(fill: Filling) -> None:
    """Fill the slots that are words, numbers or one of a few values."""
    text, takes = fill.marked.source, fill.intent.slots
    for slot in takes & {"title", "topic", "text", "reason"}:
        said = fill.captured(slot) or fill.rule_words(slot)
        if said and slot not in fill.slots:
            fill.slots[slot] = said.strip('《》"')
    if "format" in takes:
        fill.slots.update({"format": form for pattern, form in _FORMATS if pattern.search(text)})
    if "role" in takes and (found := re.search(_ROLES, text)):
        fill.slots["role"] = found[0]
    if "count" in takes and (found := _COUNT.search(fill.marked.text)):
        count = int(found[1]) if found[1].isdigit() else _NUMBERS[found[1]]
        if count > 1 or found[1].isdigit():
            fill.slots["count"] = count
    if "amount" in takes and (found := _AMOUNT.search(text)):
        fill.slots["amount"] = float(found[1]) if "." in found[1] else int(found[1])
    if "mode" in takes:
        fill.slots.update({"mode": mode for mode, words in _MODES if re.search(words, text)})
    if "code" in takes and (found := _CODE.search(text)):
        fill.slots["code"] = found[1]


def _cancel(fill: Filling) -> None:
    _which(fill)
    found = re.search(
        "(?:因为?|由于|原因是?[：，]?)(.{2,30}?)(?:[，。]|取消|不开|$)|(?:取消|不开)了?[，：](.{2,30})$",
        fill.marked.source,
    )
    if found:
        reason = re.sub("^(?:因为?|由于|原因是?)", "", (found[1] or found[2]).strip(_EDGES))
        if reason and not re.match("通知|另行|大家|改天|时间|告诉|下次", reason):
            fill.slots["reason"] = reason


def _notify(fill: Filling) -> None:
    _which(fill)
    value = who.audience(fill.marked.text, fill.of("group", "person"), fill.context)
    if value and (value != "all" or re.search("所有人|全体|大家", fill.marked.text)):
        fill.slots["audience"] = value


def _assign(fill: Filling) -> None:
    _which(fill)
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
    fill.slots["text"] = text.strip(_EDGES)


def _before(fill: Filling, thing: Any) -> bool:
    return bool(re.match("(?:之|以)?前", fill.marked.source[thing.end :]))


def _withdraw(fill: Filling) -> None:
    _which(fill)
    found = re.search("(?:因为|原因是?[：，]?|由于)([^，。]{2,30})", fill.marked.source)
    if found:
        fill.slots["reason"] = found[1]


def _leave(fill: Filling) -> None:
    _which(fill)
    fill.slots.pop("reason", None)
    reason = fill.captured("reason") or _left(fill, _LEAVE_WORDS)
    reason = _POLITE.sub("", reason).strip(_EDGES)
    reason = re.sub(
        "^(?:帮我记一下，?|麻烦记一下，?|要?请[事病公]假，?|我(?!家|妈|爸|爱|老|孩|儿|女|父|母|岳|公|婆|奶|爷|姐|哥|弟|妹|对)|原因[是：]?|因为|由于|因|理由[是：]?)+",
        "",
        reason,
    ).strip(_EDGES)
    kind = re.search("请[个一]?(事假|病假|公假|产假)", fill.marked.source)
    if reason and not re.fullmatch(
        r"(?:[的了吧啊我您你要想就先再跟向书记组长个条一次下天]|这次|那次|会议|会|恐怕|可能|特此|现场|活动)*", reason
    ):
        fill.slots["reason"] = reason
    elif kind:
        fill.slots["reason"] = kind[1]


def _left(fill: Filling, words: re.Pattern[str]) -> str:
    """Return the clauses that are neither the request itself, nor a time, nor the meeting's name."""
    pieces = []
    for clause in re.split("[，。；！\n]|(?<=假)(?=\ue0ff)", fill.marked.text):
        start = fill.marked.text.find(clause)
        bare = words.sub("", clause)
        bare = re.sub(f"[\ue000\ue010-\ue018](?:的|我|上午|下午)?(?={'|'.join(('$', '，'))})|^[\ue000](?=$)", "", bare)
        bare = re.sub("^我?[\ue000]我?(?=.)", "", bare) if bare == clause else bare
        if bare != clause:
            bare = re.sub("^我?[\ue000\ue010-\ue018的我]*[\ue000\ue010-\ue018]我?|^[\ue000\ue010-\ue018的]+|[\ue000\ue010-\ue018的]+$", "", bare)
        if not bare:
            continue
        at = clause.find(bare)
        said = (
            fill.marked.words(start + at, start + at + len(bare)) if at >= 0 else _restored(fill, start, clause, bare)
        )
        if FILLER.sub("", said).strip(_EDGES):
            pieces.append(said.strip(_EDGES))
    return "，".join(pieces)


def _restored(fill: Filling, start: int, clause: str, bare: str) -> str:
    """Return the words of a clause from which a middle part was cut."""
    said, at = [], 0
    for character in bare:
        at = clause.find(character, at)
        said.append(fill.marked.words(start + at, start + at + 1))
        at += 1
    return "".join(said)


def _late(fill: Filling) -> None:
    text = fill.marked.text
    leaving = re.search("先走|离开|早退|早走|先撤|提前走|退场|离会|先退|[得要]走|撤", text)
    durations, whens = fill.of("duration"), fill.of("when")
    if durations:
        early = bool(leaving or re.search("提前|提早", text))
        fill.slots["shift"] = (-1 if early else 1) * moments.minutes(durations[0])
    for thing in whens:
        if not durations and re.search("(?:分钟|小时|刻钟)[之以]?后", fill.said(thing)):
            fill.slots["shift"] = round((thing.value[0].start - fill.now).total_seconds() / 60)
            fill.used.add(id(thing))
            whens = []
    clocks = [thing for thing in whens if thing.value[0].has_clock and not thing.value[0].open_until]
    if clocks:
        fill.slots["time"] = clocks[-1].value[0].clock
    fill.used.update(id(thing) for thing in clocks)
    things = [
        thing for thing in fill.things() if thing.kind in TYPES or (thing.kind == "when" and thing.value[0].has_day)
    ]
    if said := meeting_slots.which(fill, things, re.sub("刚才", "", fill.marked.source)):
        fill.slots["which"] = said
    fill.slots.pop("reason", None)
    reason = _POLITE.sub("", _left(fill, _LATE_WORDS)).strip(_EDGES)
    reason = re.sub(
        "^(?:我(?!家|妈|爸|爱|老|孩|儿|女|父|母|送|在)|因为|由于|因|大概|大约|可能|估计)+|(?:我|大概|大约|可能|估计|要|得|会|所以)+$",
        "",
        reason,
    ).strip(_EDGES)
    if len(reason) > 1 and not re.fullmatch(
        "(?:[十几二三]+[来几多]?分钟|会议|今天|左右|开会|一会儿?|请知悉|马上到?|请?登记|现在入场|先开着|你们先开|大家先开|会|的)+", reason
    ):
        fill.slots["reason"] = reason


def _leave_show(fill: Filling) -> None:
    _which(fill)
    if fill.of("person"):
        who.put(fill.slots, fill.unsure, "person", fill.of("person"))
    elif re.search("我(?!们)", re.sub("发我|给我|告诉我", "", fill.marked.source)):
        fill.slots["person"] = "me"


def _decide(fill: Filling) -> None:
    things = fill.caught("person") or fill.of("person")
    who.put(fill.slots, fill.unsure, "person", things[:1])
    if not things and re.search("所有|全部|大家", fill.marked.source):
        fill.slots["person"] = "all"
    found = re.search("(?:因为|理由是?|原因是?[：，]?|，)([^，。]{2,30})$", fill.marked.source)
    if (found and not re.search("请假|同意|可以|批准|准了|没问题|谢谢", found[1])) or fill.captured("reason"):
        fill.slots["reason"] = fill.captured("reason").strip(_EDGES) or (found[1] if found else "")
    things = [thing for thing in fill.things() if thing.kind in TYPES or thing.kind == "when"]
    words = fill.marked.source.replace(str(fill.slots.get("reason", "\0")), "")
    fill.slots["which"] = meeting_slots.which(fill, things, words)


_EXCEPT = re.compile(
    "除了?[^\ue003]{0,4}(\ue003)|(?:就|只有|只|仅)(\ue003)[^，]{0,6}(?:没来|没到|缺席|没签到|没参加|不在)|^(\ue003)(?:没来|没到|缺席|请假|没参加)[，]?.*(?:都|全|其他|其余|别人|大家)"
)
_REASON = re.compile("(?:因为|因|原因[是：]?|，|：|理由[是：]?)(?:他|她)?([^，]{2,30}(?:，[^，]{2,20})?)$")


def _checkin_for(fill: Filling) -> None:
    text = fill.marked.text
    found = _EXCEPT.search(text)
    if found:
        at = next(found.start(group) for group in (1, 2, 3) if found[group])
        clear, doubtful = who.names(fill.marked.things(at, at + 1))
        fill.slots["person"] = "all"
        fill.slots["except"] = clear
        if doubtful:
            fill.unsure["except"] = [name for several in doubtful for name in several]
    else:
        things = fill.caught("person") or fill.of("person")
        who.put(fill.slots, fill.unsure, "person", things)
        if not things:
            fill.slots["person"] = "all" if re.search("所有人|全部|全员|大家|全体|人都|到齐", text) else "me"
    _which(fill)
    reason = fill.captured("reason") or ""
    if not reason and not found and (said := _REASON.search(fill.marked.source)):
        reason = said[1]
    if (
        not reason
        and not found
        and (
            said := re.search(
                "(没带手机|手机没电[了]?|手机坏了|没扫上码?|扫码失败|忘了签到|忘记签到|忘签了?|忘了扫码|手机[^，]{1,6})",
                fill.marked.source,
            )
        )
    ):
        reason = said[1]
    reason = re.sub("，(?:[帮给替][他她忙我]|麻烦|请|谢谢|辛苦).*$", "", reason)
    reason = re.sub("^(?:了|他|她|原因[是：]?|因为|[，：])+|[了]?$", "", reason.strip(_EDGES)).strip(_EDGES)
    if fill.slots.get("person") == "all":
        reason = ""
    if len(reason) > 1 and not re.fullmatch(
        "(?:签到|到会|到了|已到|来了|补签|补一下|谢谢|麻烦|辛苦|帮.*签.*|登记.*|补登.*|也到了|都到了|给.*签.*|记上|补上|帮忙|已经|会议|的|会|在现场|帮.*记.*|[帮给替][他她].*)+",
        reason,
    ):
        fill.slots["reason"] = reason


def _checkin_status(fill: Filling) -> None:
    _which(fill)
    if fill.of("person"):
        who.put(fill.slots, fill.unsure, "person", fill.of("person"))
    elif re.search("我(?:今天|刚才|是不是|有没有|算不算|这次|已经|到底|签|到没到|来没来)", fill.marked.source):
        fill.slots["person"] = "me"


def _accept(fill: Filling) -> None:
    _which(fill)


def _themeday(fill: Filling) -> None:
    _recurrence(fill)
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
    _recurrence(fill)
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
    values, doubts = moments.place_in_time(whens, {"start", "time"} if "rrule" not in fill.slots else {"time"})
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
    text = re.sub("^(?:[，：的]|一下|我|要|去|记得|把(?=我)|大家|到时候)+", "", text.strip(_EDGES)).strip(_EDGES)
    if text:
        fill.slots["text"] = text


def _later(fill: Filling, thing: Any) -> None:
    from datetime import timedelta

    fill.slots["start"] = moments.instant(fill.now.replace(second=0) + timedelta(minutes=moments.minutes(thing)))


def _reminder_cancel(fill: Filling) -> None:
    things = fill.things()
    said = meeting_slots.which(fill, things, fill.marked.source)
    words = fill.captured("item") or ""
    found = re.search(
        "(?:取消|删除|删掉|关掉|停掉|关闭|停止|删了?|撤销|去掉)(?:了|掉)?(?:我的?|那个|这个)?(?P<what>[\u4e00-\u9fff]{2,16}?)的?提醒",
        fill.marked.source,
    )
    if found and not said and not re.fullmatch("所有的?|全部的?|刚才的?|刚设的|上次的?|每[天周月].*", found["what"]):
        words = found["what"]
    if re.search("所有|全部", fill.marked.source):
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


def _update(fill: Filling) -> None:
    source = fill.marked.source
    private = re.search("私聊|私信|单独发|私发|单发", source)
    if private:
        fill.slots["person"] = "me"
        fill.slots["status"] = "no_private" if re.search("别|不要|不用|关|停|不必", source) else "private"
        return
    plain(fill)
    if len(fill.of("group")) > 1:
        fill.slots["group"] = fill.said(fill.of("group")[-1])
    if found := re.search(_STATUSES, source):
        fill.slots["status"] = found[0]
    if found := re.search(_ROLES, re.sub("李书记", "", source)):
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


def _problem(fill: Filling) -> None:
    _due(fill)
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
    text = re.sub("^(?:[：，]|一?[条个项]|是)+", "", text.strip(_EDGES)).strip(_EDGES)
    fill.slots["text"] = text


def _problem_close(fill: Filling) -> None:
    said = meeting_slots.which(fill, [], fill.marked.source)
    if said:
        fill.slots["which"] = said
    elif item := fill.captured("item"):
        if not re.fullmatch("(?:这个|那个|该|上次的?|整改|问题|已经|可以)+", item):
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


def _cast(fill: Filling) -> None:
    things = fill.caught("person") or fill.of("person")
    who.put(fill.slots, fill.unsure, "person", things)
    if found := re.search("优秀|基本合格|不合格|合格", fill.marked.source):
        fill.slots["choice"] = found[0]


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
            re.sub("^[A-Fa-f1-9][.、：]", "", option).strip(_EDGES)
            for option in re.split("[、/，；]|还是|和", options[1])
        ]
        fill.slots["options"] = [option for option in several if option]
        title = letters[0]
    title = re.sub("[的]?(?:进行|开始|开展|发起|来个?|组织)$", "", title.strip(_EDGES))
    title = re.sub("^(?:[：，]|一下|是否(?=$)|表决|关于)+|(?:进行|开始)$", "", title.strip(_EDGES)).strip(
        '《》"' + _EDGES
    )
    if title:
        fill.slots["title"] = title


def _learn(fill: Filling) -> None:
    said = meeting_slots.which(fill, fill.of(*TYPES), fill.marked.source)
    words = re.sub(
        "^(?:我|今天|刚|已经|一下|，|了|的|把)+|(?:都|已经|今天|我|刚|也|吧|了)+$", "", fill.captured("item")
    ).strip('《》"' + _EDGES)
    if not said and words:
        said = [words]
    if said:
        fill.slots["which"] = said
    if "duration" in fill.intent.slots:
        fill.duration()


def _bind(fill: Filling) -> None:
    things = fill.caught("person") or fill.of("person")
    who.put(fill.slots, fill.unsure, "person", things)
    branches = fill.caught("branch") or fill.of("branch")
    if branches:
        fill.slots["branch"] = fill.said(branches[0])
    if not things and not branches:
        word = fill.captured("word") or fill.marked.source
        if found := _CODE.search(word):
            fill.slots["code"] = found[1]
        elif re.search("我", fill.marked.source):
            fill.slots["person"] = "me"


def _ask(fill: Filling) -> None:
    text = re.sub(
        "^(?:请问|我想问一?下?|问一下|想问一下|问下|请教一下|咨询一下|那个|你好|您好|[，：])+", "", fill.marked.source
    )
    fill.slots["topic"] = re.sub("(?:[吗呢啊呀？?。！，]|是吗|对吗|谢谢)+$", "", text).strip("《》" + _EDGES)


def _help(fill: Filling) -> None:
    found = re.search(
        "签到|请假|销假|补签|绑定|答题|开会|召集会议|发通知|发起会议|创建会议|召开会议|查学时|查积分|投票|导出|提醒|改时间|取消会议|会议记录|订会议室|预订会议室|排行|考试|学习|党费|整改|台账|主题党日|积分|学时|党日|通知|会议",
        fill.marked.source,
    )
    if found:
        fill.slots["topic"] = found[0]


def _participation(fill: Filling) -> None:
    plain(fill)
    fill.slots.pop("which", None)
    if re.search("上次|上一次|最近一次|这次|本次", fill.marked.source) and "range" not in fill.slots:
        fill.slots["which"] = meeting_slots.which(fill, [], fill.marked.source)


SPECIAL: dict[str, Callable[[Filling], None]] = {
    "meeting.cancel": _cancel, "meeting.notify": _notify, "agenda.assign": _assign, "notice.send": _notice,
    "leave.request": _leave, "leave.withdraw": _withdraw, "leave.late": _late, "leave.show": _leave_show, "leave.approve": _decide,
    "leave.reject": _decide, "checkin.for": _checkin_for, "checkin.status": _checkin_status, "themeday.set": _themeday,
    "reminder.create": _reminder, "reminder.cancel": _reminder_cancel, "quiz.schedule": _quiz_schedule, "member.update": _update,
    "development.advance": _advance, "problem.add": _problem, "problem.update": _problem, "problem.close": _problem_close,
    "problem.list": _problem_list, "evaluation.cast": _cast, "vote.open": _vote, "learn.open": _learn, "learn.done": _learn,
    "member.bind": _bind, "rule.ask": _ask, "help": _help, "report.show": _participation,
}  # fmt: skip
