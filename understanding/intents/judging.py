"""Decides what words mean: the templates' word and that of the model together, and `none` where neither is sure."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from understanding.intents.likeliest import likeliest
from understanding.intents.matching import Match, unmatched, weigh
from understanding.intents.table import table
from understanding.words.marked import ground

if TYPE_CHECKING:
    from understanding.words.marked import Marked
    from vocabulary.readings import Context

NONE = "none"
_SEEN = 8
"""So many of the model's likeliest intents are looked at, beside every intent with a template that fits."""
LIKELY = 0.5
"""What no template fits is meant at least so likely, or it is not understood."""
_FLOOR = 1e-4
_SCORE, _MOST = 0.45, 12.0
"""What a template's score counts beside the logarithm of the model's chance, and up to which score."""
_COVERED = 1.0
_CLEAR, _APART = 0.999, 4.0
"""A template that explains every word, so far before the next, needs no second opinion."""
_ALONE = frozenset({"when", "duration", "place", "person", "group", "branch"})
"""Things that ask for nothing by themselves; a kind of meeting or what comes round may."""
_ONLY_WHILE = {"evaluation.cast": {"evaluation"}, "quiz.answer": {"quiz", "exam"}, "vote.cast": {"vote"}}
"""Intents that words have only while something is open."""
_COMES_ROUND = re.compile("[^，。；]{0,4}\ue002[^，。；]{0,8}(?:提醒|通知|告诉|说|喊|叫)")
"""What is told again and again is a reminder."""


def judge(marked: Marked, context: Context) -> list[Match]:
    """Return what words may mean, each intent once, likeliest first, with its `chance`; empty where it is `none`."""
    found = [match for match in weigh(marked, table()) if allowed(match, context)]
    if _is_clear(found):
        found[0].chance, found[0].worth = 1.0, _worth(1.0, found[0])
        return found
    by_intent = {match.intent: match for match in found}
    chances = likeliest(marked.text, context.open)
    for intent in list(chances)[:_SEEN]:
        if intent != NONE and intent not in by_intent:
            match = unmatched(marked, intent, table())
            if allowed(match, context):
                by_intent[intent] = match
    worth = {intent: _worth(chances.get(intent, 0.0), match) for intent, match in by_intent.items()}
    worth[NONE] = _worth(chances.get(NONE, 0.0), None)
    whole = sum(map(math.exp, worth.values()))
    for intent, match in by_intent.items():
        match.chance, match.worth = math.exp(worth[intent]) / whole, worth[intent]
    order = sorted(by_intent.values(), key=lambda match: match.chance, reverse=True)
    if not order or worth[order[0].intent] <= worth[NONE]:
        return []
    if order[0].found is None and (order[0].chance < LIKELY or not _says_something(marked, context)):
        return []
    return order


def _says_something(marked: Marked, context: Context) -> bool:
    """Say whether a message asks for anything: a date or a place alone does not, where nothing is under way."""
    named = {thing.kind for thing in marked.behind.values()}
    return bool(context.open) or sum(ground(marked)) > len(marked.behind) or not named <= _ALONE


def _is_clear(found: list[Match]) -> bool:
    if not found or found[0].coverage < _CLEAR:
        return False
    return len(found) == 1 or found[0].score - found[1].score >= _APART


def _worth(chance: float, match: Match | None) -> float:
    worth = math.log(chance + _FLOOR)
    if match is not None and match.found is not None:
        worth += _COVERED * match.coverage + _SCORE * max(0.0, min(match.score, _MOST))
    return worth


def allowed(match: Match, context: Context) -> bool:
    """Say whether an intent can be meant here: some live only while something is open, some need an hour."""
    while_open = _ONLY_WHILE.get(match.intent)
    if while_open is not None:
        return not while_open.isdisjoint(context.open)
    if match.intent == "notice.send":
        return not _COMES_ROUND.match(match.marked.text)
    return match.intent != "leave.late" or _says_when(match)


def _says_when(match: Match) -> bool:
    """A day alone is no hour to come at (明天能来)."""
    marked = match.marked
    return not match.captures.get("when") or any(
        thing.value[0].has_clock or "后" in marked.source[thing.start : thing.end]
        for thing in marked.behind.values()
        if thing.kind == "when"
    )
