"""Weighs the templates against marked words: which intent explains them best, and how much of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from understanding.intents.templates import FREE
from understanding.words.marked import Marked, ground
from understanding.words.things import MARKS, TYPES

if TYPE_CHECKING:
    from understanding.intents.table import Intent, Table
    from understanding.intents.templates import Template

_TAKES = {
    "type": TYPES, "which": (*TYPES, "when"), "start": ("when",), "time": ("when",), "daypart": ("when",),
    "end": ("when",), "range": ("when",), "due": ("when",), "date": ("when",), "duration": ("duration",),
    "shift": ("duration",), "remind": ("duration",), "rrule": ("rrule", "when"), "person": ("person",),
    "except": ("person",), "host": ("person",), "speaker": ("person",), "audience": ("person", "group"),
    "place": ("place",), "group": ("group",), "branch": ("branch",),
}  # fmt: skip
_REST_COVERS = 0.6
_MARK_WEIGHT = 1.5
_CLAUSE = "，。；！？\n"
_CLAUSE_END = re.compile("[，。；！？\n]")


@dataclass(slots=True)
class Match:
    """A template that fits: what it captured and how well it explains the words.

    `found` is None where no template of the intent fits and the words are judged by the model alone. `chance` (0 to 1)
    is how likely the intent is among its rivals, `worth` how much speaks for it at all, once it was judged.
    """

    template: Template
    found: re.Match[str] | None
    marked: Marked
    captures: dict[str, list[tuple[int, int]]]
    rules: dict[str, list[re.Match[str]]] = field(default_factory=dict)
    weight: float = 0.0
    coverage: float = 0.0
    local: float = 0.0
    left: list[int] = field(default_factory=list)
    chance: float = 0.0
    worth: float = 0.0

    @property
    def intent(self) -> str:
        """The intent that it stands for."""
        return self.template.intent

    @property
    def score(self) -> float:
        """What decides: words explained by the template itself, less what nothing explains."""
        return self.weight + self.template.bonus - 0.6 * len(self.left) + 3 * self.coverage


def captures(found: re.Match[str]) -> dict[str, list[tuple[int, int]]]:
    """Return where each slot of a template stands; gaps are listed under `gap`."""
    taken: dict[str, list[tuple[int, int]]] = {}
    for name in found.re.groupindex:
        if found.start(name) >= 0:
            taken.setdefault(name.rpartition("_")[0], []).append(found.span(name))
    return taken


def weigh(marked: Marked, known: Table, only: str = "") -> list[Match]:
    """Return every intent that fits the words with its best template, best first; of one intent where it is given."""
    best: dict[str, Match] = {}
    says = ground(marked)
    barred: dict[str, bool] = {}
    by_intent: dict[str, dict[str, list[re.Match[str]]]] = {}
    by_slot: dict[str, list[re.Match[str]]] = {}
    for template in known.words.near(marked.text):
        if only and template.intent != only:
            continue
        found = template.pattern.search(marked.text)
        if found is None:
            continue
        intent = known.intents[template.intent]
        if intent.name not in barred:
            barred[intent.name] = any(never.pattern.search(marked.text) for never in intent.never)
        if barred[intent.name]:
            continue
        if intent.name not in by_intent:
            by_intent[intent.name] = rules(marked, intent, known, by_slot)
        match = _match(marked, says, template, found, by_intent[intent.name], intent)
        if intent.name not in best or match.score > best[intent.name].score:
            best[intent.name] = match
    return sorted(best.values(), key=lambda match: match.score, reverse=True)


def unmatched(marked: Marked, intent: str, known: Table) -> Match:
    """Return an intent that no template of its own fits; `ruled` completes it where it is chosen."""
    return Match(known.intents[intent].templates[0], None, marked, {})


def ruled(match: Match, known: Table) -> Match:
    """Return a match with what the rules of its intent's slots find."""
    if match.found is None:
        match.rules = rules(match.marked, known.intents[match.intent], known)
    return match


def rules(
    marked: Marked, intent: Intent, known: Table, seen: dict[str, list[re.Match[str]]] | None = None
) -> dict[str, list[re.Match[str]]]:
    """Return, by slot, where the rules of an intent's slots find something; `seen` remembers it for the next intent."""
    seen = {} if seen is None else seen
    for slot in intent.slots - seen.keys():
        seen[slot] = [found for rule in known.rules.get(slot, ()) if (found := _ruled(rule, marked.text))]
    return {slot: seen[slot] for slot in intent.slots if seen[slot]}


def _ruled(rule: Template, text: str) -> re.Match[str] | None:
    for word in rule.needs:
        if word in text:
            break
    else:
        if rule.needs:
            return None
    return rule.pattern.search(text)


def _match(
    marked: Marked,
    says: bytearray,
    template: Template,
    found: re.Match[str],
    rules: dict[str, list[re.Match[str]]],
    intent: Intent,
) -> Match:
    taken = captures(found)
    own, open_ = bytearray(len(says)), bytearray(says)
    _fill(own, found.span(), 1)
    for slot, spans in taken.items():
        for span in spans if slot == "gap" or slot in FREE else ():
            _fill(own, span, 0)
            if slot != "gap":
                _fill(open_, span, 0)
    for several in rules.values():
        for rule in several:
            _fill(open_, rule.span(), 0)
    weight = own.count(1) + (_MARK_WEIGHT - 1) * sum(own[at] for at in marked.behind)
    accepted = _accepted(intent.slots)
    left = [at for at, is_open in enumerate(open_) if is_open and not own[at] and marked.text[at] not in accepted]
    total = sum(says) or 1
    missing = len(left) * (1 - _REST_COVERS if intent.rest else 1)
    match = Match(template, found, marked, taken, rules, weight, max(0.0, 1 - missing / total))
    match.left = left if not intent.rest else left[: int(missing)]
    match.local = _local(marked.text, found, says, left)
    return match


def _fill(flags: bytearray, span: tuple[int, int], flag: int) -> None:
    start, end = span
    flags[start:end] = bytes((flag,)) * (end - start)


@lru_cache(maxsize=128)
def _accepted(slots: frozenset[str]) -> frozenset[str]:
    """The marks of things that slots take."""
    return frozenset(MARKS[kind] for slot in slots for kind in _TAKES.get(slot, ()))


def _local(text: str, found: re.Match[str], says: bytearray, left: list[int]) -> float:
    """How much of the clauses that the template touches is explained: what stands beside them may be its occasion."""
    start = next((at + 1 for at in range(found.start() - 1, -1, -1) if text[at] in _CLAUSE), 0)
    ending = _CLAUSE_END.search(text, found.end())
    end = ending.start() if ending else len(text)
    total = sum(says[start:end])
    return 1 - sum(start <= at < end for at in left) / total if total else 0.0
