"""The questions of the quiz: which one is next, what letters can answer it, whether they are right.

Which is next follows from the branch and from what it has had: none comes again before all have come. A document is
asked about from the day on which its text is in force.
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy import and_, or_, select

from content.quiz import Question, bank, question
from rules import regulations
from storage import tables
from vocabulary.refusals import Refusal
from vocabulary.views.quiz import Answered

if TYPE_CHECKING:
    from datetime import date

    from storage.database import Tx

R, A = tables.quiz_rounds, tables.quiz_answers
LETTERS = "ABCDEFGH"
FEWEST_OF_SEVERAL = 2


def next_question(tx: Tx, branch_id: int, person_id: int | None, day: date) -> Question:
    """Choose the question that came least often, in an order that is each branch's (or person's) own.

    `person_id` None: the branch's daily question. What a person has answered in the branch has come to them too.
    """
    if person_id is None:
        had = select(R.c.question).where(R.c.branch_id == branch_id, R.c.person_id.is_(None))
    else:
        theirs = and_(A.c.round_id == R.c.id, A.c.person_id == person_id)
        had = select(R.c.question).outerjoin(A, theirs).where(or_(R.c.person_id == person_id, A.c.id.is_not(None)))
    times: dict[str, int] = {}
    for row in tx.all(had):
        times[row.question] = times.get(row.question, 0) + 1

    def place(found: Question) -> tuple[int, str]:
        often = times.get(found.id, 0)
        seed = f"{branch_id}:{person_id or 0}:{often}:{found.id}"
        return often, sha256(seed.encode()).hexdigest()

    return min((found for found in bank() if _since().get((found.document, found.version), day) <= day), key=place)


@cache
def _since() -> dict[tuple[str, str], date]:
    """From which day on a document is asked about: the day of its text, by name and version."""
    return {(document.name, document.version): document.since for document in regulations.documents()}


def known(question_id: str) -> Question | None:
    """Return the question of that id; None where the bank no longer has it."""
    try:
        return question(question_id)
    except KeyError:
        return None


def fitting(found: Question, letters: str) -> str:
    """Put letters in order that can answer a question.

    Raises Refusal: `quiz_letters` where a letter has no option, `quiz_several` and `quiz_one` where it is one letter
    for several or the other way round.
    """
    given = "".join(sorted(set(letters)))
    known = LETTERS[: len(found.options)]
    if not set(given) <= set(known) or not (given or found.kind == "several"):
        raise Refusal("quiz_letters", last=known[-1])
    if found.kind == "several" and len(given) < FEWEST_OF_SEVERAL:
        raise Refusal("quiz_several")
    if found.kind != "several" and len(given) > 1:
        raise Refusal("quiz_one")
    return given


def judged(found: Question, choice: str, *, again: bool) -> Answered:
    """Judge letters: all the right ones and no other."""
    right = "".join(found.answer)
    return Answered(choice, choice == right, again, right, found.why, found.document, found.version, found.article)
