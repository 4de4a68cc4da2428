"""From a message to what it means: the public face is `read`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from understanding import answers, meeting_slots, openings, things
from understanding.belonging import belongs, takes_all
from understanding.filling import fill
from understanding.marked import Marked, ground, mark
from understanding.matching import Match, weigh
from understanding.table import bare, command, table
from understanding.tidy import Tidied, tidy
from vocabulary.readings import Context, Reading

if TYPE_CHECKING:
    from collections.abc import Sequence

NONE = Reading("none")
_ANY_DAY = datetime(2026, 3, 5)  # noqa: DTZ001  words are local time
_NAMELESS = frozenset({"签到", "到", "已到", "到了", "收到"})
_ENOUGH = 0.5
_SURE_PART = 0.62
_CLEAR_CLAUSE, _OCCASION, _FIRM = 0.8, 0.22, 4.0
_PARTS = re.compile(
    "[，。；！\n]+(?:然后|再|并且?|顺便|同时|另外|接着|还有|最后)?|(?<=[\u4e00-\u9fff])(?:然后再?|顺便|同时|接着)(?=[\u4e00-\u9fff])"
)
_CALLS = re.compile("(?<!散)(?<!几点)(?:召开|举行|开(?!会?到|始)|组织)|补记")
_HELP_ABOUT = re.compile("帮助(：?)([^，。？！]{1,8})")
_CORRECTS = re.compile("不是|不对|错了|应该|^[，好的]*但?是|改|换|还是")
_ASKS = re.compile("什么|哪些|有啥|[吗谁查看？]|几[个场次]")
_LIKELY, _CERTAIN, _WHOLE = 0.88, 0.95, 0.9
_REMINDS_ME = re.compile("(?:^|[，。；])[\ue000\ue002]提醒我")
_TWICE = {"checkin.for", "leave.approve", "leave.reject", "meeting.change", "meeting.create"}
_WORDS = {"reason", "text", "topic", "title", "agenda", "place", "person", "host", "speaker"}
_ALSO_WORDS = {"leave.request", "help", "rule.ask", "reminder.create"}
_ALSO_TIMES = {"meeting.list", "themeday.show", "meeting.show"}
"""What an answer in words, or a time, resembles too much for a new command to win."""


@dataclass(slots=True)
class Steps:
    """What was looked at on the way, for people who ask why."""

    tidied: Tidied = field(default_factory=lambda: Tidied("", frozenset(), mentioned=False))
    things: list[things.Thing] = field(default_factory=list)
    matches: list[Match] = field(default_factory=list)
    why: list[str] = field(default_factory=list)


def needs_names(text: str) -> bool:
    """Say whether people, rooms and groups can make a difference to what a message means.

    A word that nearly everyone says at nearly every meeting means the same whoever is on the roster.
    """
    return bare(text.strip()) not in _NAMELESS


def prepare() -> None:
    """Open the sentences and compile what nearly every message needs, so that the first need not wait for it."""
    read("下周三下午三点在301开支部党员大会，讨论年度工作计划", _ANY_DAY, Context())


def command_word(text: str) -> Reading | None:
    """Return what a message means that is nothing but a command word: it means that to anyone, anywhere.

    None for any other message; and where something was asked, the word may be an answer: then it takes `read`.
    """
    word = command(tidy(text).text)
    return None if word is None else Reading(word[0], 1.0, dict(word[1]))


def read(text: str, now: datetime, context: Context, steps: Steps | None = None) -> Reading:
    """Return what a message means in its context.

    `now` is the local instant without an offset that 明天 counts from. Never raises for any text; what is not meant for
    the program is `none`. `steps`, where given, is filled with what was looked at.
    """
    steps = steps or Steps()
    tidied = tidy(text, context.bot)
    steps.tidied = tidied
    if not tidied.text:
        steps.why.append("empty")
        return NONE
    word = command(tidied.text)
    if word is not None and not context.asked:
        steps.why.append("command")
        return Reading(word[0], 1.0, dict(word[1]))
    addressed = context.is_addressed or tidied.mentioned
    if not addressed and not context.open and not context.asked:
        steps.why.append("unaddressed")
        return NONE
    about = None if context.asked else _helped(tidied)
    if about is not None:
        steps.why.append("help")
        return Reading("help", 1.0, {"topic": about}) if addressed else NONE
    found = things.find(tidied, now, context)
    steps.things = found
    marked = mark(tidied, found)
    return _in_context(marked, now, context, steps, addressed=addressed)


def _helped(tidied: Tidied) -> str | None:
    """Return what help is wanted about where the message is 帮助, a gap, and a few words: they are no command here."""
    about = _HELP_ABOUT.fullmatch(tidied.text)
    return about[2] if about and (about[1] or about.end(1) in tidied.breaks) else None


def _in_context(marked: Marked, now: datetime, context: Context, steps: Steps, *, addressed: bool) -> Reading:
    opened = openings.read(marked, now, context) if context.open else None
    if opened is not None and not context.asked:
        steps.why.append("open")
        return _reading(opened, 0.97)
    answered = answers.read(marked, now, context) if context.asked else None
    word = command(marked.source)
    if word is not None and (answered is None or answered[0] == "answer"):
        steps.why.append("command")
        return Reading(word[0], 1.0, dict(word[1]))
    new = _command(marked, now, context, steps) if addressed else NONE
    if answered is not None and not _clearly_new(marked, new, answered, context.asked or ""):
        steps.why.append("asked")
        return _reading(answered, 0.95)
    if opened is not None:
        steps.why.append("open")
        return _reading(opened, 0.97)
    if addressed:
        return new
    steps.why.append("unaddressed")
    return NONE


def _clearly_new(
    marked: Marked, new: Reading, answered: tuple[str, dict[str, Any], dict[str, list[Any]]], asked: str
) -> bool:
    """Say whether a new command wins over an answer to what was asked."""
    intent, slots, _ = answered
    if new.intent == "none" or intent in {"confirm", "deny"}:
        return False
    if new.intent == "meeting.create":
        timed = "type" in new.slots and bool({"start", "time"} & set(new.slots))
        corrects = asked == "confirm" and _CORRECTS.search(marked.source)
        return timed and not corrects and (_CALLS.search(marked.source) is not None or set(slots) <= _WORDS)
    if new.intent == "meeting.change":
        return asked == "reason" and len(new.slots.get("which", ())) > 1
    if new.intent in {"meeting.accept", "agenda.assign", "leave.late", "quiz.start", "learn.done"}:
        return False
    if set(slots) <= _WORDS:
        return new.confidence >= _LIKELY and new.intent not in _ALSO_WORDS
    return new.confidence >= _CERTAIN and (new.intent not in _ALSO_TIMES or _ASKS.search(marked.source) is not None)


def _reading(read_: tuple[str, dict[str, Any], dict[str, list[Any]]], confidence: float) -> Reading:
    intent, slots, unsure = read_
    return Reading(intent, confidence, slots, unsure)


def _command(marked: Marked, now: datetime, context: Context, steps: Steps) -> Reading:
    """Read a message as one command or as several."""
    whole = _best(marked, context, steps)
    parts = _split(marked)
    if len(parts) > 1 and (whole is None or not takes_all(whole.intent) or _REMINDS_ME.search(marked.text)):
        several = _several(marked, parts, whole, context)
        if len(several) > 1:
            steps.why.append("several")
            readings = [_filled(part, match, now, context) for part, match in several]
            first = readings[0]
            return Reading(
                first.intent, first.confidence, first.slots, first.unsure, tuple(readings[1:]), first.assumed
            )
    if whole is None:
        steps.why.append("nothing fits")
        return NONE
    return _filled(marked, whole, now, context)


def _best(marked: Marked, context: Context, steps: Steps | None = None, enough: float = _ENOUGH) -> Match | None:
    matches = [match for match in weigh(marked, table()) if _allowed(match, context)]
    if steps is not None:
        steps.matches = matches
    for match in matches:
        if match.coverage >= enough or (
            match.local >= _CLEAR_CLAUSE and match.coverage >= _OCCASION and match.weight >= _FIRM
        ):
            return match
    return None


def _allowed(match: Match, context: Context) -> bool:
    """Some intents live only while something is open."""
    if match.intent == "evaluation.cast":
        return "evaluation" in context.open
    if match.intent == "leave.late":
        return _says_when(match)
    return True


def _says_when(match: Match) -> bool:
    """A day alone is no hour to come at (明天能来)."""
    whens = [
        match.marked.behind[at] for start, _ in match.captures.get("when", ()) if (at := start) in match.marked.behind
    ]
    return not whens or any(
        thing.value[0].has_clock or "后" in match.marked.words(*match.captures["when"][0]) for thing in whens
    )


def _split(marked: Marked) -> list[tuple[int, int]]:
    """Return where the clauses of a message stand."""
    parts, at = [], 0
    for found in _PARTS.finditer(marked.text):
        if found.start() > at:
            parts.append((at, found.start()))
        at = found.end()
    if at < len(marked.text):
        parts.append((at, len(marked.text)))
    return parts[:8]


def _several(
    marked: Marked, parts: Sequence[tuple[int, int]], whole: Match | None, context: Context
) -> list[tuple[Marked, Match]]:
    """Return the commands that the clauses are, each with the clauses that belong to it; empty where it is one."""
    joined: list[tuple[int, Marked, Match]] = []
    for start, end in parts:
        part = marked.part(start, end)
        match = _best(part, context, None, _SURE_PART)
        if joined and (match is None or (belongs(match.intent, joined[-1][2].intent) and not _apart(part, joined[-1]))):
            first, _, before = joined[-1]
            longer = marked.part(first, end)
            joined[-1] = (first, longer, _of_intent(longer, before.intent, context) or before)
        elif match is not None:
            joined.append((start, part, match))
        elif sum(ground(part)) > 1 and not _is_detail(part):
            return []
    same = len({match.intent for _, _, match in joined}) == 1
    if whole is not None and same and whole.coverage > _WHOLE and whole.intent not in _TWICE:
        return []
    return [(part, match) for _, part, match in joined]


def _apart(part: Marked, before: tuple[int, Marked, Match]) -> bool:
    """Say whether a clause is a command of its own although its kind goes with the one before it.

    Another meeting with its own hour is (九点支委会，三点党员大会), and a reminder for oneself after something to tell.
    """
    _, earlier, match = before
    if match.intent == "notice.send":
        return _REMINDS_ME.match(part.text) is not None
    kinds, others = meeting_slots.types(part.things()), meeting_slots.types(earlier.things())
    return match.intent == "meeting.create" and not set(kinds) & set(others) and bool(kinds and others) and _timed(part)


def _timed(part: Marked) -> bool:
    return any(thing.kind == "when" and thing.value[0].has_clock for thing in part.things())


def _is_detail(part: Marked) -> bool:
    """Say whether a clause holds nothing but things and filler: it belongs to the command beside it."""
    says = sum(ground(part))
    return says - len(part.behind) <= 2  # noqa: PLR2004


def _of_intent(marked: Marked, intent: str, context: Context) -> Match | None:
    return next((match for match in weigh(marked, table(), intent) if _allowed(match, context)), None)


def _filled(marked: Marked, match: Match, now: datetime, context: Context) -> Reading:
    slots, unsure = fill(marked, match, table().intents[match.intent], now, context)
    assumed = tuple(
        marked.source[thing.start : thing.end]
        for thing in marked.behind.values()
        if thing.kind in {"when", "rrule"} and thing.value[0].assumed
    )
    return Reading(
        match.intent,
        round(min(0.99, 0.3 + 0.69 * max(match.coverage, 0.8 * match.local)), 2),
        slots,
        unsure,
        (),
        assumed,
    )
