"""Fills an intent's slots: each intent has its own function, or the plain one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from understanding.intents.matching import ruled
from understanding.intents.table import table
from understanding.slots import (
    agenda,
    announcement,
    changing,
    checkin,
    dues,
    evaluation,
    learn,
    leave,
    meeting,
    member,
    notice,
    plain,
    problem,
    question,
    quiz,
    record,
    recurring,
    reminder,
    report,
    vote,
)
from understanding.slots.directions import turned
from understanding.slots.filling import Filling, given

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from understanding.intents.matching import Match
    from understanding.intents.table import Intent
    from understanding.words.marked import Marked
    from vocabulary.readings import Context


def fill(
    marked: Marked, match: Match, intent: Intent, now: datetime, context: Context
) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    """Return the slots of a matched message and the readings of what is unsure."""
    filling = Filling(turned(marked, intent.name, now), ruled(match, table()), intent, now, context)
    special: Callable[[Filling], None] | None = SPECIAL.get(intent.name)
    (special or plain.plain)(filling)
    slots = {slot: value for slot, value in given(filling.slots).items() if slot in intent.slots}
    unsure = {slot: several for slot, several in filling.unsure.items() if slot in intent.slots and slot not in slots}
    return slots, unsure


SPECIAL: dict[str, Callable[[Filling], None]] = {
    "meeting.create": meeting.create,
    "meeting.change": changing.change,
    **agenda.SPECIAL,
    **checkin.SPECIAL,
    **record.SPECIAL,
    **evaluation.SPECIAL,
    **leave.SPECIAL,
    **announcement.SPECIAL,
    **notice.SPECIAL,
    **reminder.SPECIAL,
    **recurring.SPECIAL,
    **quiz.SPECIAL,
    **member.SPECIAL,
    **vote.SPECIAL,
    **question.SPECIAL,
    **dues.SPECIAL,
    **learn.SPECIAL,
    **problem.SPECIAL,
    **report.SPECIAL,
}
