"""Tells whether a message holds several commands, and which of its clauses belong to each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import dropwhile
from typing import TYPE_CHECKING

from understanding.intents.belonging import belongs, is_occasion, is_repeated, takes_all
from understanding.intents.judging import allowed, judge
from understanding.intents.likeliest import likeliest
from understanding.intents.matching import weigh
from understanding.intents.parting import Clause, is_meeting, orders, parted, says, says_what, words
from understanding.intents.table import table
from understanding.words.clauses import TAKEN_BACK
from understanding.words.things import types

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from understanding.intents.matching import Match
    from understanding.words.marked import Marked
    from vocabulary.readings import Context

_STRONG, _EXPLAINED = 0.85, 0.5
"""How sure a clause must be of its intent, and how much of it a template must explain."""
_PARTLY, _WHOLLY, _FAINT = 0.3, 0.9, 0.001
"""How much it must explain at least, and how much unless the whole message hints at the same intent."""
_PLAIN = 0.1
"""So much the whole message must hint at what a clause may well be."""
_LIKELY, _HINTED = 0.6, 0.005
"""How sure a clause may be where no template fits: if the whole message hints at the same intent."""
_UNHINTED, _KIN = 0.01, 4.0
"""How much an intent counts in a clause that the whole message does not hint at, and one akin to the whole's."""
_CERTAIN, _MEANT = 0.98, 0.05
"""An order that can mean nothing else, and so much the whole message must hint at it."""
_OWN_AFFAIRS = frozenset({"checkin", "evaluation", "minutes", "record", "vote"})
"""What is said in few words (停录), in which nothing else can be meant."""
_REMINDS_ME = re.compile("[\ue000\ue002][再也就]?提醒我")
_FOR_ME = re.compile("发我|给我|帮我|看看|看下|看一|查|列|调出来|导|生成|取消|结束|关")
_QUESTIONS = frozenset({"help", "rule.ask"})
_OTHERS = re.compile("大家|他们|她们|老师|领导|人家|[多少]人|有人|几个人")
_FOLLOWS_ON = re.compile("改[天日期]再|另行|另[定议]|重新通知时间|等.{0,4}通知|时间(?:另|待|再)|再(?:定|议|说)")
_LISTS = re.compile("(?:议题|议程|内容|事项)[^，。：；]{0,4}[，：；]?$")
"""What goes on with the command before it: when it will be made up for, and the points of an agenda."""
_TAKEN_BACK = re.compile(f"{TAKEN_BACK}(?=[，。！\\s]*$|[是，])")
_COUNT = "\\d一二三四五六七八九十"
_ENTRY = re.compile(f"(?:问题|整改|会议|编号|第|#)([{_COUNT}]{{1,4}})(?![{_COUNT}季年月周届])")
_SHOWS = (".show", ".list", ".status", ".hours", ".rank", ".result")
"""Intents that show something; what else is to be shown needs no verb of its own (看看下周的会，还有我的积分)."""
_ENTRIES = frozenset({"problem.update", "problem.close", "minutes.make"})
"""What is done to an entry that is named by its number."""
_ONESELF = re.compile("[我\ue003]|都")


@dataclass(slots=True)
class _Command:
    """A command so far: from where to where it reaches, and what it means."""

    start: int
    end: int
    part: Marked
    match: Match


def commands(marked: Marked, whole: Match | None, context: Context) -> list[tuple[Marked, Match]]:
    """Return the commands of a message, each with the clauses that belong to it; empty where it is one at most.

    `whole` is what the message means if it is one command.
    """
    clauses = parted(marked)
    if len(clauses) < 2:  # noqa: PLR2004  one clause
        return []
    likely = [clause for clause in clauses if _may_be(clause)]
    if len(likely) < 2:  # noqa: PLR2004  one command
        return []
    if whole is not None and takes_all(whole.intent) and whole.found and whole.found.start() < clauses[0].end:
        clauses[0].match = whole
        likely = [*dropwhile(lambda clause: not _may_end(clause, whole.intent), likely)]
    if not _are_several(likely, clauses[0], _Hints(marked, whole, context), context):
        return []
    joined = _joined(marked, clauses)
    if len(joined) < 2:  # noqa: PLR2004  one command
        return []
    return [(command.part, _again(command, context)) for command in joined]


class _Hints:
    """What the whole message says of the intents in it; asked for only where a clause needs it."""

    def __init__(self, marked: Marked, whole: Match | None, context: Context) -> None:
        self._text, self._open = marked.text, context.open
        self._family = whole.intent.partition(".")[0] if whole else ""
        self._chances: Mapping[str, float] | None = None

    def of(self, intent: str) -> float:
        """Return how much the whole message hints at an intent."""
        if self._chances is None:
            self._chances = likeliest(self._text, self._open)
        return self._chances.get(intent, 0.0)

    def akin(self, match: Match) -> bool:
        """Say whether an intent is of the same kind as that of the whole message (checkin.status, checkin.for)."""
        return match.intent.partition(".")[0] == self._family

    def likeliest(self, matches: Sequence[Match]) -> tuple[Match, float]:
        """Return the likeliest of what a clause may mean, and how likely it is, in this message."""
        worth = [
            match.chance * (self.of(match.intent) + _UNHINTED) * (_KIN if self.akin(match) else 1.0)
            for match in matches
        ]
        best = max(range(len(worth)), key=worth.__getitem__)
        return matches[best], worth[best] / (sum(worth) or 1.0)


def _may_be(clause: Clause) -> bool:
    """Say whether a clause can be a command: it says more than what things it is about, or is about somebody."""
    return says(clause.part) or is_meeting(clause.part) or _ONESELF.search(clause.part.text) is not None


def _are_several(likely: Sequence[Clause], first: Clause, hints: _Hints, context: Context) -> bool:
    """Find what clauses mean, and say whether two of them are commands.

    Those that order nothing are asked first: mostly they are none, and then the others need not be asked.
    """
    unread = sorted((clause for clause in likely if clause.match is None), key=lambda clause: orders(clause.part))
    lacking = 1 if first.match else 2
    for left, clause in zip(range(len(unread) - 1, -1, -1), unread, strict=True):
        clause.match = _meant(clause, hints, context)
        lacking -= clause.match is not None
        if lacking > left:
            return False
    return lacking <= 0


def _meant(clause: Clause, hints: _Hints, context: Context) -> Match | None:
    """Return the command that a clause is by itself; None where it is a thing, a reason, an occasion or unclear."""
    if _FOLLOWS_ON.match(clause.part.text) or not _may_be_wanted(clause):
        return None
    matches = judge(clause.part, context)
    if not matches:
        return None
    match, chance = matches[0], matches[0].chance
    if match.found is None:
        match, chance = hints.likeliest(matches)
    return match if _is_wanted(clause, match) and _is_sure(clause, match, chance, hints) else None


def _is_sure(clause: Clause, match: Match, chance: float, hints: _Hints) -> bool:
    """Say whether a clause's own words and the hints of the whole message are enough for an intent."""
    hint = hints.of(match.intent)
    if match.found is None:
        certain = match.chance >= _CERTAIN and match.intent.partition(".")[0] in _OWN_AFFAIRS
        hinted = clause.announced or ((hint >= _HINTED or certain) and says_what(clause.part))
        return hinted and match.intent not in _QUESTIONS and chance >= _LIKELY
    explained = match.coverage >= _EXPLAINED or clause.announced or (clause.followed and match.coverage >= _PARTLY)
    told = clause.announced or clause.followed or match.coverage >= _WHOLLY or hint >= _FAINT or hints.akin(match)
    if match.chance >= _CERTAIN and hint >= _MEANT and orders(clause.part):
        return True
    if chance >= _STRONG and told and match.coverage >= (0 if clause.announced else _PARTLY):
        return True
    return chance >= _LIKELY and explained and hint >= _PLAIN


def _is_wanted(clause: Clause, match: Match) -> bool:
    """Say whether a clause orders or asks something, or does what it says: 人不够 does neither."""
    if match.intent == "meeting.create" and "会" not in clause.part.source and not types(clause.part.things()):
        return False
    if orders(clause.part) or (clause.announced and clause.shown and match.intent.endswith(_SHOWS)):
        return True
    if match.intent not in words()[2] or (match.intent.startswith("leave") and _OTHERS.search(clause.part.source)):
        return False
    sure = clause.announced or clause.followed or match.coverage > _STRONG
    return sure or _ONESELF.search(clause.part.text) is not None


def _may_be_wanted(clause: Clause) -> bool:
    """Say, before a clause is judged, whether `_is_wanted` can say so of whatever it means."""
    if clause.announced or clause.followed or orders(clause.part) or _ONESELF.search(clause.part.text):
        return True
    said = words()[2]
    return any(template.intent in said for template in table().words.near(clause.part.text))


def _joined(marked: Marked, clauses: Sequence[Clause]) -> list[_Command]:
    """Join each clause that is no command of its own to the command that it belongs to."""
    joined: list[_Command] = []
    waiting: int | None = None
    for clause in clauses:
        last = joined[-1] if joined else None
        listed = last is not None and not clause.announced and _LISTS.search(last.part.text)
        own = clause.match is not None and (last is None or _is_another(clause, clause.match, last)) and not listed
        if own and clause.match is not None:
            start = clause.start if waiting is None else waiting
            if last is not None and is_occasion(last.match.intent, clause.match.intent) and not clause.announced:
                start = joined.pop().start
            joined.append(_Command(start, clause.end, marked.part(start, clause.end), clause.match))
            waiting = None
        elif last is None or (clause.announced and clause.match is None):
            waiting = clause.start if waiting is None else waiting
        elif waiting is None:
            last.end = clause.end
            last.part = marked.part(last.start, last.end)
    if waiting is not None and joined:
        joined[-1].end = clauses[-1].end
        joined[-1].part = marked.part(joined[-1].start, joined[-1].end)
    return joined


def _is_another(clause: Clause, match: Match, last: _Command) -> bool:
    """Say whether a clause that could be a command is one, and no detail of the command before it."""
    before = last.match.intent
    if match.intent == before:
        return _is_repeated(clause, match, last)
    if match.intent in _ENTRIES and before in _ENTRIES and _ENTRY.match(clause.part.text):
        return _names_another(clause.part, last.part)
    if takes_all(before):
        return _breaks_off(clause, match, before)
    if not belongs(match.intent, before, announced=clause.announced):
        return True
    if match.intent == "meeting.create":
        return _is_other_meeting(clause.part, last.part)
    return clause.stopped and before != "meeting.create" and _names_another(clause.part, last.part)


def _may_end(clause: Clause, before: str) -> bool:
    """Say, before a clause is judged, whether it can be another command than the one that takes all before it."""
    if clause.announced or _may_break_off(clause, before):
        return True
    return is_repeated(before) and any(thing.kind == "person" for thing in clause.part.things())


def _may_break_off(clause: Clause, before: str) -> bool:
    if before in {"notice.send", "problem.add", "reminder.create"} and _REMINDS_ME.search(clause.part.text):
        return True
    if before in _ENTRIES and _ENTRY.match(clause.part.text):
        return True
    stands_apart = clause.announced or clause.stopped
    return stands_apart and (before == "rule.ask" or _FOR_ME.search(clause.part.source) is not None)


def _breaks_off(clause: Clause, match: Match, before: str) -> bool:
    """Say whether a clause is no more of the words that the command before it passes on."""
    if not _may_break_off(clause, before):
        return False
    asked_on = match.intent != "help" and match.found is not None
    return before != "rule.ask" or asked_on or _FOR_ME.search(clause.part.source) is not None


def _is_repeated(clause: Clause, match: Match, last: _Command) -> bool:
    """Say whether the same is ordered twice: another meeting with its hour, other people, another thing."""
    if match.intent == "meeting.create":
        return _is_other_meeting(clause.part, last.part)
    if match.intent in _ENTRIES or match.intent == "meeting.change":
        begins = match.intent == "meeting.change" or _ENTRY.match(clause.part.text) is not None
        return begins and _names_another(clause.part, last.part)
    if not is_repeated(match.intent):
        return False
    if match.intent == "reminder.create" and _REMINDS_ME.search(clause.part.text):
        return True
    people = [thing.value for thing in clause.part.things() if thing.kind == "person"]
    others = [thing.value for thing in last.part.things() if thing.kind == "person"]
    return clause.announced or bool(people and others and people != others)


def _names_another(part: Marked, earlier: Marked) -> bool:
    """Say whether a clause names another kind of meeting, or another entry by its number, than the command before."""
    kinds, others = types(part.things()), types(earlier.things())
    numbers, before = _ENTRY.findall(part.text), _ENTRY.findall(earlier.text)
    return any(new and old and not set(new) & set(old) for new, old in ((kinds, others), (numbers, before)))


def _is_other_meeting(part: Marked, earlier: Marked) -> bool:
    taken_back = _TAKEN_BACK.search(earlier.text) or _TAKEN_BACK.match(part.text)
    return _names_another(part, earlier) and is_meeting(part) and not taken_back


def _again(command: _Command, context: Context) -> Match:
    """Return how a command's intent fits all of its clauses."""
    if command.part.text == command.match.marked.text:
        return command.match
    weighed = weigh(command.part, table(), command.match.intent)
    return next((match for match in weighed if allowed(match, context)), command.match)
