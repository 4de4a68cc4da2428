"""Words that complete something open: a check-in, a notice, a quiz, a vote, an evaluation.

They are whole messages; what only resembles them (我签到过了吗, ABC三个方案都行) is not read here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from understanding.dialogue import answers_to_notice
from understanding.intents.matching import Match, captures
from understanding.intents.table import Intent, table
from understanding.slots import choices
from understanding.slots.fillers import SPECIAL
from understanding.slots.filling import Filling

if TYPE_CHECKING:
    import re
    from datetime import datetime

    from understanding.intents.templates import Template
    from understanding.words.marked import Marked
    from vocabulary.readings import Context

_ANSWERS: dict[str, tuple[tuple[str, str], ...]] = {
    "checkin": (("checkin", "checkin.do"),),
    "quiz": (("quiz", "quiz.answer"),),
    "exam": (("quiz", "quiz.answer"),),
    "vote": (("vote", "vote.cast"), ("choice", "vote.cast")),
    "evaluation": (("evaluation", "evaluation.cast"),),
}


def read(marked: Marked, now: datetime, context: Context) -> tuple[str, dict[str, Any], dict[str, list[Any]]] | None:
    """Return intent, slots and what is unsure where the whole message completes something open, else None."""
    for opened in reversed(context.open):
        if opened == "notice" and (answered := answers_to_notice.read(marked, now, context)):
            return answered
        for name, intent in _ANSWERS.get(opened, ()):
            for template in table().openings[name]:
                found = template.pattern.match(marked.text)
                if found and _whole(marked, found) and _fits(marked, name, found):
                    slots, unsure = _slots(marked, template, found, intent, now, context)
                    if name == "checkin" and "person" in captures(found) and not _is_sender(marked, context):
                        continue
                    return intent, slots, unsure
    return None


def _whole(marked: Marked, found: re.Match[str]) -> bool:
    return not marked.text[found.end() :].strip("，。！～、 \n了啊哈呀哦呢的吧")


def _fits(marked: Marked, name: str, found: re.Match[str]) -> bool:
    if "？" in marked.text or "?" in marked.text:
        return False
    return name != "quiz" or len(found[0]) < 16  # noqa: PLR2004  an answer is short


def _is_sender(marked: Marked, context: Context) -> bool:
    people = [thing for thing in marked.things() if thing.kind == "person"]
    return not people or (len(people) == 1 and people[0].value == (context.sender,)) or context.sender is None


def _slots(
    marked: Marked, template: Template, found: re.Match[str], intent: str, now: datetime, context: Context
) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    if intent in {"quiz.answer", "vote.cast"}:
        return {"choice": choices.choice(marked.source, intent)}, {}
    if intent == "checkin.do":
        return {}, {}
    match = Match(template, found, marked, captures(found))
    takes = frozenset({"person", "choice"})
    filling = Filling(marked, match, Intent(intent, takes, "", (), ()), now, context)
    SPECIAL[intent](filling)
    taken = {slot: value for slot, value in filling.slots.items() if slot in takes and value not in ("", [], None)}
    return taken, filling.unsure
