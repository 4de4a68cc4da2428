"""Written notices of a meeting: a heading, then when, where and what about."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from understanding.intents.judging import allowed
from understanding.intents.matching import unmatched, weigh
from understanding.intents.table import table

if TYPE_CHECKING:
    from understanding.intents.matching import Match
    from understanding.words.marked import Marked
    from vocabulary.readings import Context

_CREATE = "meeting.create"
_LIKELY = 0.88
_HEADED = re.compile(
    "^(?=[\\s\\S]{0,300}[\ue010-\ue018会])[【《]?(?:关于[^，。\n]{2,40}的)?[^，。\n]{0,10}通知[】》]?[：\n，。]"
    "[\\s\\S]{0,200}(?:时间[：是为]?|定于|拟于|[在于]|召开)\ue000"
)


def announced(marked: Marked, context: Context) -> Match | None:
    """Return the meeting that a written notice calls, None where the words are no such notice."""
    if not _HEADED.search(marked.text):
        return None
    fits = (match for match in weigh(marked, table(), _CREATE) if allowed(match, context))
    match = next(fits, None) or unmatched(marked, _CREATE, table())
    match.chance = max(match.chance, _LIKELY)
    return match if allowed(match, context) else None
