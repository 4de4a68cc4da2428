"""The daily quiz: its plan, the rounds that the clock opens and closes, answers, and one's own count.

A round is one question put to the branch, or to one person who asked for it.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, or_, select

from rules import days
from services import chats, people
from services.deeds import Deed, verb
from services.quiz_questions import LETTERS, fitting, judged, known, next_question
from storage import tables
from vocabulary.messages import Card, Choice, Live, Text
from vocabulary.people import Post
from vocabulary.permissions import Permission
from vocabulary.refusals import NotFound, Refusal
from vocabulary.views.quiz import Answered, DayBefore, QuizPlan, QuizRound, Score

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from storage.database import Tx
    from vocabulary.permissions import Actor

L, R, A = tables.quiz_plans, tables.quiz_rounds, tables.quiz_answers
EVERY_DAY = "FREQ=DAILY"
SILENT_WEEKS = 2
WORKING_DAYS = 5
SEARCHED = timedelta(days=120)
MOST_SHOWN = 5


@verb(needs=Permission.QUIZ_PLAN)
def schedule(deed: Deed, *, rrule: str, at: time) -> QuizPlan:
    """Fix when the branch gets its question: on working days of the rule, at a local hour.

    Raises Refusal `quiz_never` where the rule has no working day.
    """
    next_at = next_push(deed.tx, deed.actor, rrule, at, deed.now, deed.zone)
    new: dict[str, Any] = {"rrule": rrule, "time": f"{at:%H:%M}", "set_by": deed.actor.person_id, "state": "active"}
    row = _plan(deed.tx, deed.branch_id)
    if row is None:
        key = deed.insert(L, branch_id=deed.branch_id, **new)
    else:
        key = row.id
        deed.update(L, key, **new)
    deed.post.alarm("quiz.push", key, next_at)
    return QuizPlan(rrule, at, next_at)


@verb(needs=Permission.QUIZ_PLAN)
def stop(deed: Deed) -> bool:
    """End the daily question; one that is open is closed. Returns whether one was. Raises NotFound without a plan."""
    row = _plan(deed.tx, deed.branch_id)
    if row is None or row.state != "active":
        raise NotFound("quiz_plan")
    deed.update(L, row.id, state="stopped")
    deed.post.silence("quiz.push", row.id)
    return _close(deed, None)


@verb(needs=Permission.CLOCKWORK)
def push(deed: Deed, *, subject: int, due_at: datetime) -> None:
    """Close the question before and put the next one; late after downtime, only the newest.

    It goes to the branch's chats, and to each member where nobody could answer in those. What would be heard on a day
    off, or together with the next one, is left out.
    """
    del due_at
    row = deed.tx.first(select(L).where(L.c.id == subject))
    if row is None or row.state != "active":
        return
    at, today = time.fromisoformat(row.time), deed.post.speaks_at.astimezone(deed.zone).date()
    if _is_day(row.rrule, today) and not _had(deed.tx, deed.branch_id, today):
        _close(deed, None)
        card = Live("quiz.card", _open(deed, None, today))
        deed.post.to_branch(card)
        if not chats.are_heard(deed.tx, deed.branch_id):
            deed.post.to_people(told(deed.tx, deed.actor), card)
        _ask_whether_to_stop(deed, row)
    deed.post.alarm("quiz.push", subject, next_push(deed.tx, deed.actor, row.rrule, at, deed.now, deed.zone))


@verb(needs=Permission.QUIZ_ANSWER)
def start(deed: Deed) -> int:
    """Put a question to the actor alone; one of theirs that is still open is over. Returns the round's id."""
    _close(deed, deed.actor.person_id)
    return _open(deed, deed.actor.person_id, deed.now.astimezone(deed.zone).date())


@verb(needs=Permission.QUIZ_ANSWER)
def answer(deed: Deed, *, round_id: int, letters: str) -> Answered:
    """Answer a question with its letters; the first answer counts, a later one hears what was answered before.

    Raises NotFound `quiz_question`; Refusal `quiz_over` once it is closed, and those of `quiz_questions.fitting`.
    """
    person_id = deed.actor.person_id
    row = deed.tx.first(select(R).where(R.c.id == round_id))
    if row is None or row.branch_id != deed.branch_id or row.person_id not in {None, person_id}:
        raise NotFound("quiz_question")
    found = known(row.question)
    if found is None:
        raise Refusal("quiz_over")
    before = deed.tx.first(select(A).where(A.c.round_id == round_id, A.c.person_id == person_id))
    if before is not None:
        return judged(found, before.choice, again=True)
    if row.closed_at is not None:
        raise Refusal("quiz_over")
    done = judged(found, fitting(found, letters), again=False)
    new = {"choice": done.choice, "is_right": done.is_right, "at": deed.now}
    deed.insert(A, branch_id=deed.branch_id, round_id=round_id, person_id=person_id, **new)
    deed.add(R, round_id, answered=1, right=int(done.is_right))
    if row.person_id is not None:
        _close(deed, person_id)
    return done


def plan(tx: Tx, viewer: Actor, now: datetime, zone: ZoneInfo) -> QuizPlan | None:
    """Read the plan of the viewer's branch; None where there is none, or it was ended."""
    row = _plan(tx, viewer.branch_id)
    if row is None or row.state != "active":
        return None
    at = time.fromisoformat(row.time)
    return QuizPlan(row.rrule, at, next_push(tx, viewer, row.rrule, at, now, zone))


def told(tx: Tx, viewer: Actor) -> list[int]:
    """List who gets the question privately where the branch has no chat: its members, but who wants no such word."""
    roster = people.of_branch(tx, viewer.branch_id)
    return [person.id for person in roster if person.status.is_member and not person.private_off]


def next_push(tx: Tx, viewer: Actor, rrule: str, at: time, now: datetime, zone: ZoneInfo) -> datetime:
    """Return the next instant of a plan, in the zone: a working day of the rule that has had no question yet.

    Raises Refusal `quiz_never` where none comes.
    """
    today = now.astimezone(zone).date()
    for ahead in range(SEARCHED.days):
        day = today + timedelta(days=ahead)
        moment = datetime.combine(day, at, zone)
        if moment > now and _is_day(rrule, day) and not _had(tx, viewer.branch_id, day):
            return moment
    raise Refusal("quiz_never")


def waiting(tx: Tx, viewer: Actor, *, own: bool) -> QuizRound | None:
    """Find the open question that a word of the viewer's answers: one not answered yet first, then the newest.

    `own`: also one that was put to them alone.
    """
    whose = or_(R.c.person_id.is_(None), R.c.person_id == viewer.person_id) if own else R.c.person_id.is_(None)
    row = tx.first(
        select(R.c.id, A.c.id.label("answer_id"))
        .outerjoin(A, and_(A.c.round_id == R.c.id, A.c.person_id == viewer.person_id))
        .where(R.c.branch_id == viewer.branch_id, R.c.closed_at.is_(None), whose)
        .order_by(A.c.id.is_not(None), R.c.id.desc())
    )
    return show(tx, row.id, answered=row.answer_id is not None) if row else None


def show(tx: Tx, round_id: int, *, answered: bool = False) -> QuizRound | None:
    """Read a question as it stands now; None where the bank no longer has it."""
    row = tx.first(select(R).where(R.c.id == round_id))
    found = known(row.question) if row else None
    if row is None or found is None:
        return None
    return QuizRound(
        id=row.id,
        day=row.day,
        is_daily=row.person_id is None,
        is_closed=row.closed_at is not None,
        kind=found.kind,
        text=found.text,
        options=tuple(zip(LETTERS, found.options, strict=False)),
        answered=answered,
        answer="".join(found.answer),
        before=_before(tx, row) if row.person_id is None else None,
    )


def score(tx: Tx, viewer: Actor) -> Score:
    """Count the viewer's own answers, with the latest."""
    mine = A.c.person_id == viewer.person_id
    answered = tx.value(select(func.count()).select_from(A).where(mine))
    right = tx.value(select(func.count()).select_from(A).where(mine, A.c.is_right))
    rows = tx.all(
        select(R.c.day, A.c.choice, A.c.is_right)
        .join(R, A.c.round_id == R.c.id)
        .where(mine)
        .order_by(A.c.id.desc())
        .limit(MOST_SHOWN)
    )
    return Score(answered, right, tuple((row.day, row.choice, row.is_right) for row in rows))


def weekdays(rrule: str) -> frozenset[int] | None:
    """Return on which weekdays (Monday is 0) a plan's rule falls; None for a rule that no plan has.

    Every day and every week on named days are known: what lies on a day off is left out anyway.
    """
    parts = dict(piece.split("=", 1) for piece in rrule.split(";") if "=" in piece)
    if parts == {"FREQ": "DAILY"}:
        return frozenset(range(7))
    names = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
    named = parts.get("BYDAY", "").split(",")
    if parts.keys() != {"FREQ", "BYDAY"} or parts["FREQ"] != "WEEKLY" or not set(named) <= set(names):
        return None
    return frozenset(names.index(name) for name in named)


def _is_day(rrule: str, day: date) -> bool:
    return day.weekday() in (weekdays(rrule) or ()) and days.is_working(day)


def _had(tx: Tx, branch_id: int, day: date) -> bool:
    these = (R.c.branch_id == branch_id, R.c.person_id.is_(None), R.c.day == day)
    return tx.first(select(R.c.id).where(*these)) is not None


def _plan(tx: Tx, branch_id: int) -> Any:
    return tx.first(select(L).where(L.c.branch_id == branch_id))


def _open(deed: Deed, person_id: int | None, day: date) -> int:
    """Put the next question."""
    found = next_question(deed.tx, deed.branch_id, person_id, day)
    new = {"person_id": person_id, "question": found.id, "day": day, "opened_at": deed.now}
    return deed.insert(R, branch_id=deed.branch_id, **new)


def _close(deed: Deed, person_id: int | None) -> bool:
    """Close what is open: the branch's question, or a person's own; its card loses its buttons."""
    these = (R.c.branch_id == deed.branch_id, R.c.closed_at.is_(None), R.c.person_id.is_not_distinct_from(person_id))
    rows = deed.tx.all(select(R.c.id).where(*these))
    for row in rows:
        deed.update(R, row.id, closed_at=deed.now)
        deed.post.touch(Live("quiz.card", row.id).slot)
    return bool(rows)


def _before(tx: Tx, row: Any) -> DayBefore | None:
    """Read how the branch's question before this one went; None where nobody answered it."""
    these = (R.c.branch_id == row.branch_id, R.c.person_id.is_(None), R.c.id < row.id)
    before = tx.first(select(R).where(*these).order_by(R.c.id.desc()))
    if before is None or not before.answered:
        return None
    found = known(before.question)
    return DayBefore(before.day, "".join(found.answer), before.answered, before.right) if found else None


def _ask_whether_to_stop(deed: Deed, row: Any) -> None:
    """After two weeks without an answer ask the secretary, once; an answer lets it be asked another time."""
    most = SILENT_WEEKS * min(len(weekdays(row.rrule) or ()), WORKING_DAYS)
    these = (R.c.branch_id == deed.branch_id, R.c.person_id.is_(None), R.c.closed_at.is_not(None))
    latest = [
        one.answered for one in deed.tx.all(select(R.c.answered).where(*these).order_by(R.c.id.desc()).limit(most))
    ]
    if row.asked_to_stop_at is not None:
        if any(latest):
            deed.update(L, row.id, asked_to_stop_at=None)
        return
    if len(latest) < most or any(latest):
        return
    roster = people.of_branch(deed.tx, deed.branch_id)
    secretary = next((person.id for person in roster if person.post is Post.SECRETARY), row.set_by)
    choices = (Choice(Text("buttons.quiz_stop"), "qs:stop"), Choice(Text("buttons.quiz_on"), "qs:on"))
    deed.post.to_person(secretary, Card((Text("quiz.ask_silent", {"count": most}),), choices))
    deed.update(L, row.id, asked_to_stop_at=deed.now)
