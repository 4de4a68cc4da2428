"""What every slot is filled from: the words, the things in them, what the template and the slot rules caught."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from understanding.slots import moments, who
from understanding.words.things import MARKS

if TYPE_CHECKING:
    from datetime import datetime

    from understanding.intents.matching import Match
    from understanding.intents.table import Intent
    from understanding.words.marked import Marked
    from understanding.words.things import Thing
    from vocabulary.readings import Context

_END = re.compile(
    "(?:开到|延长到|结束时间[：是]?|持续到|上到|讲到)(?=[\ue000](?:结束|散会|$|[，。]))|(?:开到|讲到|上到|用到|占到|借到|持续到)(?=[\ue000])|[\ue000](?=结束|散会|前结束)"
)
_UNCHANGED = "[都也均仍]?(?:还?没|未定|不变|照旧|待定|另行|不改|一样|同|还是|再定|再说|等|不动|没变|有变)"
_NO_PLACE = re.compile(f"{_UNCHANGED}|[我咱你这那哪此下本上会线什原]|支部|大家|党小组|全[体县市省]|网上")
_AUDIENCE = re.compile(
    "参加人员|参会人员|参加对象|范围|参加[：是]|全体|所有|都参加|委员都|都来|参加$|叫上|通知|约|召集|各位|大家"
)


class Filling:
    """What is known while slots are filled: the words, the match, the speaker's context, and the slots so far."""

    def __init__(self, marked: Marked, match: Match, intent: Intent, now: datetime, context: Context) -> None:
        self.marked, self.match, self.intent = marked, match, intent
        self.now, self.context = now, context
        self.slots: dict[str, Any] = dict(intent.fixed)
        self.unsure: dict[str, list[Any]] = {}
        self.used: set[int] = set()
        self.spent: list[tuple[int, int]] = []

    def things(self) -> list[Thing]:
        """Return the things that no slot has taken yet."""
        return [thing for thing in self.marked.behind.values() if id(thing) not in self.used]

    def unspent(self) -> str:
        """Return the marked words with commas for what the agenda has taken, so that places stay what they are."""
        text = self.marked.text
        for start, end in self.spent:
            text = f"{text[:start]}{'，' * (end - start)}{text[end:]}"
        return text

    def of(self, *kinds: str) -> list[Thing]:
        """Return the untaken things of some kinds."""
        return [thing for thing in self.things() if thing.kind in kinds]

    def said(self, thing: Thing) -> str:
        """Return the words of a thing."""
        return self.marked.source[thing.start : thing.end]

    def is_anchor(self, thing: Thing) -> bool:
        """Say whether a time hangs on the meeting itself (会前半小时) or is a limit (周五前)."""
        return getattr(thing.value[0], "anchor", None) is not None

    def captured(self, slot: str) -> str:
        """Return the words that the template caught for a slot."""
        return "，".join(
            filter(
                None, (self.marked.words(*span).strip("，。；：！ \n") for span in self.match.captures.get(slot, ()))
            )
        )

    def caught(self, slot: str) -> list[Thing]:
        """Return the things that the template caught for a slot."""
        return [thing for span in self.match.captures.get(slot, ()) for thing in self.marked.things(*span)]

    def rule_words(self, slot: str, name: str = "", without: str = "\0") -> str:
        """Return the words that a slot's rules caught, without punctuation at the ends; none that hold a mark."""
        for found in self.match.rules.get(slot, ()):
            for group in found.re.groupindex:
                if found[group] and without not in found[group] and (not name or group.startswith(name)):
                    return self.marked.words(*found.span(group)).strip("，。；：！ \n")
        return ""

    def people(self, slot: str) -> None:
        """Fill host or speaker by its rules."""
        for found in self.match.rules.get(slot, ()):
            things = [
                thing
                for thing in self.marked.things(*found.span())
                if thing.kind == "person" and id(thing) not in self.used
            ]
            if things:
                who.put(self.slots, self.unsure, slot, things)
                self.used.update(id(thing) for thing in things)
                return
            if "我" in found[0]:
                self.slots[slot] = "me"
                return

    def remind(self) -> None:
        """Fill how long before the start to remind."""
        for found in self.match.rules.get("remind", ()):
            for thing in self.marked.things(*found.span()):
                if thing.kind == "duration":
                    self.slots.setdefault("remind", moments.minutes(thing))
                    self.used.add(id(thing))
                    return

    def end_clock(self) -> None:
        """Fill when it ends, where the words say 开到五点."""
        found = _END.search(self.marked.text)
        if not found or "end" not in self.intent.slots:
            return
        at = found.end() if found[0][-1] != "\ue000" else found.start()
        thing = self.marked.behind.get(at)
        if thing is None or not thing.value[0].has_clock or thing.value[0].end is not None:
            return
        time = thing.value[0]
        self.slots["end"] = moments.instant(time.start) if time.has_day else f"{time.start:%H:%M}"
        self.used.add(id(thing))

    def duration(self) -> None:
        """Fill how long it lasts, in minutes."""
        for thing in self.of("duration"):
            if not self.is_anchor(thing):
                self.slots["duration"] = moments.minutes(thing)
                self.used.add(id(thing))
                return

    def place(self) -> None:
        """Fill the place: a room found, else the words after 地点."""
        places = self.of("place")
        places = [thing for thing in places if self.said(thing) not in {"线上", "线下"}] or places
        if places:
            self.slots["place"] = self.said(places[0])
        elif (said := self.rule_words("place", "item", MARKS["when"])) and not _NO_PLACE.match(said):
            self.slots["place"] = re.sub("^(?:在|到|成|为|是)+", "", said)

    def meeting_audience(self) -> None:
        """Fill who is to come, where the words say so."""
        if "type" in self.slots and not _AUDIENCE.search(self.marked.text) and not self.of("group"):
            return
        groups = self.of("group")
        value = who.audience(self.marked.text if _AUDIENCE.search(self.marked.text) else "", groups, self.context)
        if (
            value == "all"
            and re.search("请?(?:各位|大家)|同志们", self.marked.text)
            and not re.search("全体|所有", self.marked.text)
        ):
            value = None
        if value:
            self.slots["audience"] = value

    def times(self, *slots: str) -> None:
        """Fill start, time, daypart, end as far as the intent takes them."""
        whens = [thing for thing in self.of("when") if not self.is_anchor(thing)]
        values, doubts = moments.place_in_time(whens, set(slots))
        for slot, value in values.items():
            self.slots.setdefault(slot, value)
        self.unsure.update(doubts)


def given(slots: dict[str, Any]) -> dict[str, Any]:
    """Leave out the slots that hold nothing: no words, an empty list, a length or count of 0."""
    return {slot: value for slot, value in slots.items() if value or value is False}
