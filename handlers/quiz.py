"""The quiz in a conversation: planning the daily question, answering, asking for one, one's own count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from functools import reduce
from typing import TYPE_CHECKING, Any

from handlers.recurrence import in_words
from handlers.registry import handles, live, number, presses, word
from handlers.turn import Question, Turn
from rules.meetings import is_quiet
from rules.quorum import percent
from services import chats, quiz, settings
from services.quiz_questions import LETTERS
from texts import button, say
from understanding.beside.quiz import wants_stop
from vocabulary.messages import Card, Lines, Live, Quiz, Text
from vocabulary.permissions import Permission
from vocabulary.refusals import NotAllowed, NotFound, Refusal

if TYPE_CHECKING:
    from datetime import date

    from handlers.registry import Answer
    from services.transactions import Tx
    from vocabulary.views.quiz import Answered, DayBefore, QuizPlan, QuizRound

USUAL = time(8)
WORKING_WEEK = frozenset(range(5))


@dataclass(frozen=True)
class NewPlan:
    """A plan about to be fixed."""

    rrule: str
    time: time
    next_at: datetime


def new_plan(turn: Turn, slots: dict[str, Any]) -> NewPlan | dict[str, Any] | Question:
    """Read on which days and at which hour; what is not said stays as it is, else it is each working day at eight.

    The wish to end it is asked about first.
    """
    clock = _clock(slots)
    if slots.get("_stop") or (clock is None and wants_stop(turn.incoming.text)):
        return to_stop(turn, slots)
    before = turn.look(quiz.plan, now=turn.now, zone=turn.zone)
    if clock is None and not slots.get("rrule"):
        return _ask_time(before)
    rrule = _on_days(slots.get("rrule") or (before.rrule if before else quiz.EVERY_DAY))
    if rrule is None:
        return Question("rrule", (say("quiz.ask_days"),), slots={"rrule": None})
    at = clock or (before.time if before else USUAL)
    custom = settings.of_branch(turn.tx, turn.person.branch_id)
    if is_quiet(turn.at(datetime.combine(turn.local.date(), at)), turn.zone, custom):
        hours = {"from": f"{custom.quiet_from:%H:%M}", "until": f"{custom.quiet_until:%H:%M}"}
        silent: dict[str, Any] = {"time": None, "start": None, "rrule": rrule}
        return Question("time", (Text("quiz.ask_quiet", hours),), slots=silent)
    next_at = turn.look(quiz.next_push, rrule=rrule, at=at, now=turn.now, zone=turn.zone)
    return NewPlan(rrule, at, next_at)


def _clock(slots: dict[str, Any]) -> time | None:
    """Read the hour: as said alone, or with a day."""
    if slots.get("time"):
        return time.fromisoformat(slots["time"])
    start = str(slots.get("start") or "")
    return datetime.fromisoformat(start).time() if "T" in start else None


def _on_days(rrule: str) -> str | None:
    """Keep a rule that a plan can have; from Monday to Friday is every working day, worked weekends included."""
    found = quiz.weekdays(rrule)
    if not found or not found & WORKING_WEEK:
        return None
    return quiz.EVERY_DAY if found >= WORKING_WEEK else rrule


def _when(rrule: str) -> Text:
    if rrule == quiz.EVERY_DAY:
        return say("quiz.working_days")
    return say("quiz.some_days", rule=in_words(rrule))


def _where(turn: Turn) -> Text:
    """Word where the question goes: to the branch's chats, or to each of its members."""
    found = turn.look(chats.of_group)
    return say("quiz.to_chats", chats=found) if found else say("quiz.to_people", count=len(turn.look(quiz.told)))


def _ask_time(before: QuizPlan | None) -> Question:
    """Ask at which hour; where there is a plan, its end is offered beside it."""
    if before is None:
        return Question("time", (say("quiz.ask_time"),))
    words = {"when": _when(before.rrule), "time": f"{before.time:%H:%M}"}
    stop = ("buttons.quiz_stop_pushing", {"_stop": True, "_confirmed": True})
    return Question("time", (say("quiz.ask_time_now", **words),), (stop,))


def to_stop(turn: Turn, slots: dict[str, Any]) -> dict[str, Any] | Question:
    """Ask before the daily question is ended. Raises NotAllowed or NotFound where there is nothing to ask."""
    if slots.get("_confirmed"):
        return slots
    if not turn.actor.may(Permission.QUIZ_PLAN):
        raise NotAllowed(str(Permission.QUIZ_PLAN))
    if turn.look(quiz.plan, now=turn.now, zone=turn.zone) is None:
        raise NotFound("quiz_plan")
    choices = (
        ("buttons.confirm", {"_confirmed": True}),
        ("buttons.cancel", {"_confirmed": True, "_dropped": True}),
    )
    return Question("confirm", (say("quiz.confirm_stop"),), choices, slots={"_stop": True})


def plan_card(form: NewPlan | dict[str, Any], turn: Turn) -> Card | None:
    """Show when, where and the first one."""
    if isinstance(form, dict):
        return None
    lines = [say("quiz.confirm_set")]
    lines.append(say("quiz.card_when", when=_when(form.rrule), time=f"{form.time:%H:%M}", where=_where(turn)))
    lines.append(say("quiz.card_next", next=form.next_at))
    return Card((*lines, say("quiz.card_counts")))


@handles("quiz.schedule", form=new_plan, card=plan_card, needs=Permission.QUIZ_PLAN)
def schedule(form: NewPlan | dict[str, Any], turn: Turn) -> Answer:
    """Fix the daily question, or end it."""
    if isinstance(form, dict):
        return end(form, turn)
    made = turn.do(quiz.schedule, rrule=form.rrule, at=form.time)
    words = {"when": _when(made.rrule), "time": f"{made.time:%H:%M}", "next": made.next_at}
    return (say("quiz.set", **words, where=_where(turn)),)


def end(slots: dict[str, Any], turn: Turn) -> Answer:
    """End the daily question, where that was confirmed."""
    if slots.get("_dropped"):
        return (say("meetings.dropped"),)
    return (say("quiz.stopped_open" if turn.do(quiz.stop) else "quiz.stopped"),)


@presses("qs", word)
def press_stop(turn: Turn, arguments: list[str]) -> Answer:
    """What the secretary answers when nobody has for two weeks."""
    if arguments[0] == "stop":
        return end({}, turn)
    if turn.look(quiz.plan, now=turn.now, zone=turn.zone) is None:
        raise NotFound("quiz_plan")
    return (say("quiz.goes_on"),)


def about_to_start(turn: Turn, slots: dict[str, Any]) -> dict[str, Any] | Question:
    """Take the wish for a question; words that end the daily one (停止每日一题) are read as a wish for one too."""
    ends = slots.get("_stop") or wants_stop(turn.incoming.text)
    if not ends:
        return slots
    if turn.in_group and not turn.incoming.addressed and not turn.actor.may(Permission.QUIZ_PLAN):
        return {"_silent": True}
    return to_stop(turn, slots)


@handles("quiz.start", form=about_to_start)
def start(slots: dict[str, Any], turn: Turn) -> Answer:
    """Put a question privately: today's, where it waits for an answer, else one for the speaker alone."""
    if slots.get("_stop"):
        return end(slots, turn)
    if slots.get("_silent"):
        return ()
    daily = turn.look(quiz.waiting, own=False)
    round_id = daily.id if daily is not None and not daily.answered else turn.do(quiz.start)
    return turn.privately(Live("quiz.card", round_id))


@handles("quiz.answer")
def answer(slots: dict[str, Any], turn: Turn) -> Answer:
    """Answer by words: letters, or true and false. In a group only what can be meant for the question is heard."""
    choice = slots.get("choice")
    if turn.in_group and turn.chat_branch_id not in {None, turn.person.branch_id}:
        return ()
    waiting = turn.look(quiz.waiting, own=not turn.in_group)
    verdict = isinstance(choice, bool)
    if turn.in_group and not turn.incoming.addressed:
        fits = waiting is not None and (not verdict or (waiting.kind == "truth" and not waiting.answered))
        if not fits:
            return ()
    if waiting is None:
        return turn.privately(say("refusal.quiz_none"))
    if verdict:
        choice = [LETTERS[0 if choice else 1]] if waiting.kind == "truth" else []
    return _answered(turn, waiting.id, "".join(choice or ()))


@presses("qz", number, word)
def press_letter(turn: Turn, arguments: list[str]) -> Answer:
    """A letter's button; where several are asked for, they are taken by words."""
    return _answered(turn, int(arguments[0]), arguments[1])


def _answered(turn: Turn, round_id: int, letters: str) -> Answer:
    """Answer, and tell what it came to: to the person alone."""
    try:
        done = turn.do(quiz.answer, round_id=round_id, letters=letters)
    except Refusal as refusal:
        return turn.privately(say(f"refusal.{refusal.code}", **refusal.words))
    result = _result(done)
    return turn.privately(say("quiz.again", choice=done.choice, result=result) if done.again else result)


def _result(done: Answered) -> Text:
    words = {"document": done.document, "version": done.version, "article": done.article}
    basis = say("quiz.basis" if done.article else "quiz.basis_whole", **words)
    return say("quiz.right" if done.is_right else "quiz.wrong", answer=done.answer, why=done.why, basis=basis)


@handles("credit.show")
def mine(slots: dict[str, Any], turn: Turn) -> Answer:
    """Tell one's own count and the latest answers, privately."""
    del slots
    found = turn.look(quiz.score)
    rate = percent(found.right, found.answered)
    if rate is None:
        return turn.privately(say("quiz.mine_none"))
    latest = [
        say("quiz.mine_right" if right else "quiz.mine_wrong", day=day, choice=choice)
        for day, choice, right in found.latest
    ]
    counts = say("quiz.mine", answered=found.answered, right=found.right, rate=rate)
    return turn.privately(Lines((counts, say("quiz.mine_latest", latest=latest))))


@handles("quiz.rank")
def rank(slots: dict[str, Any], turn: Turn) -> Answer:
    """There is no ranking; one's own count is there."""
    del slots
    return turn.privately(say("quiz.no_ranking"))


@live("quiz.card")
def card(tx: Tx, round_id: int) -> Card:
    """Compose a question: how the one before went, the question, its options, and a button a letter while open."""
    slot = Live("quiz.card", round_id).slot
    found = quiz.show(tx, round_id)
    if found is None:
        return Card((say("quiz.closed"),), slot=slot)
    lines = [_day_before(found.before, found.day)] if found.before else []
    if found.is_daily:
        lines.append(say("quiz.head", day=found.day))
    options = [say("quiz.option", letter=letter, option=words) for letter, words in found.options]
    lines += [say("quiz.question", text=found.text), reduce(_beside, options)]
    if found.is_closed:
        return Card((*lines, say("quiz.closed")), slot=slot)
    several = found.kind == "several"
    if found.is_daily:
        lines.append(say("quiz.free_several" if several else "quiz.free"))
    elif several:
        lines.append(say("quiz.several"))
    letters = tuple(
        button("buttons.quiz_letter", f"qz:{round_id}:{letter}", letter=letter) for letter, _ in found.options
    )
    return Card(tuple(lines), letters, slot, quiz=None if several else _own(found))


def _own(found: QuizRound) -> Quiz:
    """Return the question with its options for doors that have quizzes of their own."""
    letters = [letter for letter, _ in found.options]
    options = tuple(say("quiz.option_words", option=words) for _, words in found.options)
    return Quiz(say("quiz.question", text=found.text), options, letters.index(found.answer))


def _beside(left: Text, right: Text) -> Text:
    return say("quiz.beside", left=left, right=right)


def _day_before(before: DayBefore, day: date) -> Text:
    words = {"answer": before.answer, "answered": before.answered, "right": before.right}
    if (day - before.day).days == 1:
        return say("quiz.yesterday", **words)
    return say("quiz.day_before", day=before.day, **words)
