"""The slots of leave, of coming late, and of check-in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from understanding import meeting_slots, moments, who
from understanding.marked import FILLER
from understanding.plain_slots import EDGES, POLITE, which_one
from understanding.things import TYPES

if TYPE_CHECKING:
    from collections.abc import Callable

    from understanding.filling import Filling

_NAMES = ("when", *TYPES)
_LEAVE_WORDS = re.compile(
    "(?:我?(?:要|想|得|需要|只能|必须|先|申请|特|再)?(?:跟|向|和)?(?:您|书记|组长|组织|你)?(?:要|想|来)?(?:请(?:个|一天|半天|一次|次|准|下|一下|一个)?[病事公产年]?假(?:条|一次|一天|一下|半天|了)?|告个?假))"
    "|(?:恐怕|可能|实在|就|确实|怕是|应该|只好|真的|估计)?(?:去不了|来不了|到不了|参加不了|不能参加|没法参加|无法参加|不能到会|没法到|不能来|无法到会|不能到|赶不上|不能去|没法去|没办法参加|没办法来|不能出席|无法出席|来不成|没空去|去不成|没时间参加|不去了|不参加了|不来了|无法前来|没办法去|参不了会|赶不过去|赶不过来)了?"
    "|(?:今天|明天|这次|下午|晚上|那天|上午|那次)?的?(?:(?<!长)会议?|活动|学习|课)(?=$|[，。]|恐怕|可能|我)|^(?:这次|那次|今天的)|(?:原因|理由|事由)[是：]|^(?:因为|由于|因)"
)
_LATE_WORDS = re.compile(
    "(?:我)?(?:可能|大概|大约|估计|恐怕|要|会|得|需要|必须|就|想|应该)*(?:晚到|迟到|晚来|晚|推迟|提前|早退|早走|先走|提早|先离开|先撤|先退)(?:大?约|大概|个|上|一会儿?|一下|一点|点|些|了)*[\ue001]?(?:左右)?(?:(?:再|才|能)*(?:到会?|到场|来|过来|过去|进场|入场|参加|走|离开|离会|退场|撤|退|结束))?"
    "|[\ue000](?:我|就|才|得|要|能|左右|再|可能|大概|需要|必须|前后)*(?:先走|走|离开|先离开|先撤|提前走|提前离开|撤|早退|先退|到会?|到场|赶到|过来|能来|能到)|[\ue001](?:左右|以后|之后|后)*(?:才|能|再|才能)*到"
)
_EXCEPT = re.compile(
    "除了?[^\ue003]{0,4}(\ue003)|(?:就|只有|只|仅)(\ue003)[^，]{0,6}(?:没来|没到|缺席|没签到|没参加|不在)|^(\ue003)(?:没来|没到|缺席|请假|没参加)[，]?.*(?:都|全|其他|其余|别人|大家)"
    "|[都齐全].{0,4}，(\ue003)(?:没来|没到|缺席|请假|没签到|除外)"
)
_MISHAP = re.compile(
    "没带手机|手机没电了?|手机坏了|没扫上码?|扫码失败|忘了签到|忘记签到|忘签了?|忘了扫码|手机[^，]{1,6}"
)
_REASON = re.compile("(?:因为|因|原因[是：]?|，|：|理由[是：]?)(?:他|她)?([^，]{2,30}(?:，[^，]{2,20})?)$")


def _withdraw(fill: Filling) -> None:
    which_one(fill)
    found = re.search("(?:因为|原因是?[：，]?|由于)([^，。]{2,30})", fill.marked.source)
    if found:
        fill.slots["reason"] = found[1]


def _leave(fill: Filling) -> None:
    which_one(fill)
    fill.slots.pop("reason", None)
    reason = _bare(fill, fill.captured("reason")) or _left(fill, _LEAVE_WORDS)
    reason = re.sub("^(?:抱歉|不好意思)|(?:跟您|向您|特?向支部|哈)$", "", POLITE.sub("", reason).strip(EDGES)).strip(
        EDGES
    )
    reason = re.sub(
        "^(?:帮我记一下，?|麻烦记一下，?|要?请[事病公]假，?|我(?!家|妈|爸|爱|老|孩|儿|女|父|母|岳|公|婆|奶|爷|姐|哥|弟|妹|对)|原因[是：]?|因为|由于|因|理由[是：]?)+",
        "",
        reason,
    ).strip(EDGES)
    kind = re.search("请[个一]?(事假|病假|公假|产假)", fill.marked.source)
    if reason and not re.fullmatch(
        r"(?:[的了吧啊我您你要想就先再跟向书记组长个条一次下天]|这次|那次|会议|会|恐怕|可能|特此|现场|活动)*", reason
    ):
        fill.slots["reason"] = reason
    elif kind:
        fill.slots["reason"] = kind[1]


def _bare(fill: Filling, said: str) -> str:
    """Return a caught reason without whom it is said to, the meeting's name and day, and 来不了 at its end."""
    said = re.sub("^[\u4e00-\u9fff]?(?:书记|组长|主任)(?:好|您好)?[，]?", "", said.strip(EDGES))
    if not re.search("[\ue000\ue010-\ue018]", fill.marked.text):
        return said
    names = "|".join(re.escape(fill.said(thing)) for thing in fill.marked.behind.values() if thing.kind in _NAMES)
    said = re.sub(f"^我?(?:(?:{names})的?)+(?:(?:会议?|活动)(?!室)我?)?", "", said)
    said = re.sub(f"[，]?(?:(?:{names})的?)+(?:会议?|活动)?$", "", said)
    return re.sub("(?<=[^，])(?:来不了|去不了|参加不了|到不了|去不成)了?$", "", said)


def _left(fill: Filling, words: re.Pattern[str]) -> str:
    """Return the clauses that are neither the request itself, nor a time, nor the meeting's name."""
    pieces = []
    for clause in re.split("[，。；！\n]|(?<=假)(?=\ue0ff)", fill.marked.text):
        start = fill.marked.text.find(clause)
        bare = words.sub("", clause)
        bare = re.sub("[\ue000\ue010-\ue018](?:的|我|上午|下午)?(?=$|，)|^[\ue000](?=$)", "", bare)
        bare = re.sub("^我?[\ue000]我?(?=.)", "", bare) if bare == clause else bare
        if bare != clause:
            bare = re.sub(
                "^我?[\ue000\ue010-\ue018的我]*[\ue000\ue010-\ue018]我?|^[\ue000\ue010-\ue018的]+|[\ue000\ue010-\ue018的]+$",
                "",
                bare,
            )
        if not bare:
            continue
        at = clause.find(bare)
        said = (
            fill.marked.words(start + at, start + at + len(bare)) if at >= 0 else _restored(fill, start, clause, bare)
        )
        if FILLER.sub("", said).strip(EDGES):
            pieces.append(said.strip(EDGES))
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
    reason = POLITE.sub("", _left(fill, _LATE_WORDS)).strip(EDGES)
    reason = re.sub(
        "^(?:我(?!家|妈|爸|爱|老|孩|儿|女|父|母|送|在)|因为|由于|因|大概|大约|可能|估计)+|(?:我|大概|大约|可能|估计|要|得|会|所以)+$",
        "",
        reason,
    ).strip(EDGES)
    if len(reason) > 1 and not re.fullmatch(
        "(?:[十几二三]+[来几多]?分钟|会议|今天|左右|开会|一会儿?|请知悉|马上到?|请?登记|现在入场|先开着|你们先开|大家先开|会|的)+",
        reason,
    ):
        fill.slots["reason"] = reason


def _leave_show(fill: Filling) -> None:
    which_one(fill)
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
    if (found and not re.search("请假|同意|可以|批准|准了|没问题|谢谢|我是说", found[1])) or fill.captured("reason"):
        fill.slots["reason"] = fill.captured("reason").strip(EDGES) or (found[1] if found else "")
    things = [thing for thing in fill.things() if thing.kind in TYPES or thing.kind == "when"]
    words = fill.marked.source.replace(str(fill.slots.get("reason", "\0")), "")
    fill.slots["which"] = meeting_slots.which(fill, things, words)


def _excuse(said: str) -> str:
    """Return why somebody could not sign in, without what is asked for them (帮她签一下)."""
    said = re.sub("(?:^|，)(?:[帮给替][他她忙我]|麻烦|请|谢谢|辛苦).*$", "", said)
    return re.sub("^(?:了|他|她|一下|原因[是：]?|因为|[，：])+", "", said.strip(EDGES)).strip(EDGES)


def _checkin_for(fill: Filling) -> None:
    text = fill.marked.text
    found = _EXCEPT.search(text)
    if found:
        at = next(found.start(group) for group in (1, 2, 3, 4) if found[group])
        clear, doubtful = who.names(fill.marked.things(at, at + 1))
        fill.slots["person"] = "all"
        fill.slots["except"] = clear
        if doubtful:
            fill.unsure["except"] = [name for several in doubtful for name in several]
    else:
        things = fill.caught("person") or fill.of("person")
        who.put(fill.slots, fill.unsure, "person", things)
        if not things:
            fill.slots["person"] = (
                "all" if re.search("所有人|全都|都到|都来|全部|全员|大家|全体|人都|到齐", text) else "me"
            )
    which_one(fill)
    reason = _excuse(fill.captured("reason"))
    if not reason and not found and (said := _REASON.search(fill.marked.source)):
        reason = _excuse(said[1])
    if not reason and not found and (said := _MISHAP.search(fill.marked.source)):
        reason = said[0]
    if fill.slots.get("person") == "all":
        reason = ""
    if len(reason) > 1 and not re.fullmatch(
        "(?:签到|到会|到了|已到|来了|补签|补一下|谢谢|麻烦|辛苦|帮.*签.*|登记.*|补登.*|也到了|都到了|给.*签.*|记上|补上|帮忙|已经|会议|的|会|在现场|帮.*记.*|[帮给替][他她].*)+",
        reason,
    ):
        fill.slots["reason"] = reason


def _checkin_status(fill: Filling) -> None:
    which_one(fill)
    if fill.of("person"):
        who.put(fill.slots, fill.unsure, "person", fill.of("person"))
    elif re.search("我(?:今天|刚才|是不是|有没有|算不算|这次|已经|到底|签|到没到|来没来)", fill.marked.source):
        fill.slots["person"] = "me"


SPECIAL: dict[str, Callable[[Filling], None]] = {
    "leave.request": _leave,
    "leave.withdraw": _withdraw,
    "leave.late": _late,
    "leave.show": _leave_show,
    "leave.approve": _decide,
    "leave.reject": _decide,
    "checkin.for": _checkin_for,
    "checkin.status": _checkin_status,
}
