"""From a message to what it means: the public face is `read`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from understanding.dialogue import answers, assent, openings
from understanding.intents.announced import announced
from understanding.intents.judging import judge
from understanding.intents.several import commands
from understanding.intents.table import bare, command, table
from understanding.slots.either import either, left_open
from understanding.slots.fillers import fill
from understanding.words import people, sounds, taken_back, things
from understanding.words.marked import Marked, mark
from understanding.words.tidy import Tidied, tidy, uncalled
from understanding.words.typed import typed
from vocabulary.readings import Context, Reading

if TYPE_CHECKING:
    from understanding.intents.matching import Match

NONE = Reading("none")
_ANY_DAY = datetime(2026, 3, 5)  # noqa: DTZ001  words are local time
_NAMELESS = frozenset({"签到", "到", "已到", "到了", "收到"})
_ONE_WORD, _MORE_SENSE = 4, 0.7
_GREETING = re.compile(
    "(?:你好|您好|在吗|在不在|[早晚]上好|[上中下]午好|哈[喽啰]|hello|hi|嗨)[呀啊哈]?(?:，?小?助手)?[，。！]+(?=..)",
    re.IGNORECASE,
)
_RESTART = re.compile("(?<=..)[，。]?[哦噢啊呃不]*(?:我?说错了?|口误)[，。]?(?:应该)?是?[，]?(?=....)")
"""Said in the middle, they say that what was ordered is to be forgotten for what follows."""
_HELP_ABOUT = re.compile("帮助(：?)([^，。？！]{1,8})")


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
    tidied = uncalled(tidy(text, context.bot))
    steps.tidied = tidied
    if not tidied.text:
        steps.why.append("empty")
        return Reading("confirm") if context.asked == "confirm" and assent.signed(text) else NONE
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
    names = [(who.start, who.end) for who in people.known(tidied.text, context)]
    righted, guessed = sounds.righted(tidied.text, names)
    tidied = Tidied(righted, tidied.breaks, tidied.mentioned)
    found = things.find(tidied, now, context)
    guess = None
    if (meant := taken_back.righted(tidied, found)) is not None:
        steps.why.append("taken back")
        tidied, found = meant, things.find(meant, now, context)
    elif guessed != righted:
        other = Tidied(guessed, tidied.breaks, tidied.mentioned)
        guess = mark(other, things.find(other, now, context))
    steps.tidied, steps.things = tidied, found
    marked = mark(tidied, found)
    return typed(_in_context(marked, guess, now, context, steps, addressed=addressed), text)


def _helped(tidied: Tidied) -> str | None:
    """Return what help is wanted about where the message is 帮助, a gap, and a few words: they are no command here."""
    about = _HELP_ABOUT.fullmatch(tidied.text)
    return about[2] if about and (about[1] or about.end(1) in tidied.breaks) else None


def _in_context(
    marked: Marked, guess: Marked | None, now: datetime, context: Context, steps: Steps, *, addressed: bool
) -> Reading:
    opened = openings.read(marked, now, context) if context.open else None
    if opened is None and context.open and guess is not None and len(guess.text) <= _ONE_WORD:
        opened = openings.read(guess, now, context)
    if opened is not None and not context.asked:
        new = _command(marked, None, now, context, steps) if addressed and len(marked.source) > _ONE_WORD else NONE
        steps.why.append("open")
        return new if new.then else _reading(opened, 0.97)
    answered = answers.read(marked, now, context) if context.asked else None
    word = command(marked.source)
    if word is not None and (answered is None or answered[0] == "answer"):
        steps.why.append("command")
        return Reading(word[0], 1.0, dict(word[1]))
    new = _command(marked, guess, now, context, steps) if addressed else NONE
    reading = _answered(marked, answered, new, now, context, addressed=addressed) if context.asked else None
    if reading is not None:
        steps.why.append("asked")
    elif opened is not None:
        steps.why.append("open")
        reading = _reading(opened, 0.97)
    elif not addressed:
        steps.why.append("unaddressed")
    return reading or new


def _answered(
    marked: Marked, answered: answers.Answer | None, new: Reading, now: datetime, context: Context, *, addressed: bool
) -> Reading | None:
    """Return the answer to what was asked, with what is ordered after it; None where another command is meant."""
    if addressed and (both := _answered_first(marked, answered, now, context)) is not None:
        return both
    if answered is None or answers.gives_way(marked, answered, new, context.asked or ""):
        return None
    return _reading(answered, 0.95)


def _answered_first(marked: Marked, answered: answers.Answer | None, now: datetime, context: Context) -> Reading | None:
    """Return a yes or no with the command that is said after it (确认，再帮我订302); None where there is none."""
    parted = answers.split(marked)
    if parted is None or (answered is not None and answered[0] == parted[0] and not answers.goes_on(parted[1])):
        return None
    verdict, rest = parted
    if answered is not None and answered[0] == "answer" and not answers.goes_on(rest):
        return None
    new = _command(rest, None, now, context, Steps())
    if new.intent == "none" or new.confidence < answers.LIKELY or (verdict == "confirm" and not answers.goes_on(rest)):
        return None
    return Reading(verdict, 0.95, then=(replace(new, then=()), *new.then))


def _reading(read_: answers.Answer, confidence: float) -> Reading:
    intent, slots, unsure = read_
    return Reading(intent, confidence, slots, {slot: several for slot, several in unsure.items() if slot not in slots})


def _command(marked: Marked, guess: Marked | None, now: datetime, context: Context, steps: Steps) -> Reading:
    """Read a message; where it leaves something open between two (周三或者周四), what they differ in is unsure."""
    if (anew := _RESTART.search(marked.text)) is not None:
        given_up = _ordered(marked.part(0, anew.start()), None, now, context, Steps())
        meant = _ordered(marked.part(anew.end(), len(marked.text)), None, now, context, steps)
        if meant.intent == given_up.intent and meant.slots.keys() >= given_up.slots.keys() != set():
            steps.why.append("anew")
            return meant
    two = either(marked)
    if two is not None:
        looked = Steps(steps.tidied, steps.things)
        one = _ordered(two[0], None, now, context, looked)
        if (reading := left_open(one, _ordered(two[1], None, now, context, Steps()))) is not None:
            steps.matches = looked.matches
            steps.why += [*looked.why, "left open"]
            return reading
    return _ordered(marked, guess, now, context, steps)


def _ordered(marked: Marked, guess: Marked | None, now: datetime, context: Context, steps: Steps) -> Reading:
    """Read a message as one command or as several; with the words that were guessed where they make more sense."""
    notice = announced(marked, context)
    if notice is not None:
        steps.why.append("notice")
        return _filled(marked, notice, now, context)
    greeting = _GREETING.match(marked.text)
    if greeting:
        marked, guess = marked.part(greeting.end(), len(marked.text)), None
    whole = _best(marked, context, steps)
    if guess is not None:
        righted = _best(guess, context)
        if righted is not None and (whole is None or righted.worth > whole.worth + _MORE_SENSE):
            marked, whole = guess, righted
            steps.why.append("righted")
    several = commands(marked, whole, context)
    if several:
        steps.why.append("several")
        first, *others = (_filled(part, match, now, context) for part, match in several)
        return replace(first, then=tuple(others))
    if whole is None or (whole.found is None and assent.verdict(marked.source)):
        steps.why.append("nothing fits")
        return NONE
    if whole.found is None:
        steps.why.append("likeliest")
    return _filled(marked, whole, now, context)


def _best(marked: Marked, context: Context, steps: Steps | None = None) -> Match | None:
    matches = judge(marked, context)
    if steps is not None:
        steps.matches = matches
    return matches[0] if matches else None


def _filled(marked: Marked, match: Match, now: datetime, context: Context) -> Reading:
    slots, unsure = fill(marked, match, table().intents[match.intent], now, context)
    assumed = tuple(
        marked.source[thing.start : thing.end]
        for thing in marked.behind.values()
        if thing.kind in {"when", "rrule"} and thing.value[0].assumed
    )
    return Reading(
        match.intent,
        round(min(0.99, max(match.chance, 0.3 + 0.69 * max(match.coverage, 0.8 * match.local))), 2),
        slots,
        unsure,
        (),
        assumed,
    )
