"""Writes down how letters went: settled, failed, moved, to be tried again; and reports each batch that is done with."""

from __future__ import annotations

import logging
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from bot.post.ways import ELSEWHERE
from services import deeds, delivery, letters, moves
from vocabulary.permissions import clock as clock_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.post.lanes import Done
    from bot.post.ways import Ways
    from services.deeds import Means
    from storage.database import Tx

log = logging.getLogger("zhibu.post")
MOVED_TO = "moved_to"
"""In an outcome, beside the columns: the chat's new id."""
UNWORDED = "unworded"
"""Why a letter failed that could not be put into words: no fault of the account that it was for."""


def write_down(tx: Tx, now: datetime, outcomes: Done, fresh: Callable[[], Means], ways: Ways) -> None:
    """Write down how letters went, and report each batch that is settled by it."""
    settled: dict[tuple[str, int], list[int]] = defaultdict(list)
    for letter, outcome in outcomes:
        done = dict(outcome)
        if moved_to := done.pop(MOVED_TO, None):
            moves.moved(tx, letter.channel or "", letter.chat, moved_to)
        if done.pop(ELSEWHERE, False):
            done |= ways.sooner(tx, letter, now, done["due_at"])
        if outcome["state"] == "failed" and outcome["why"] != UNWORDED and letters.lost(tx, letter):
            done = {"state": "pending", "due_at": now, "attempts": 0, "why": outcome["why"]}
        letters.settle(tx, letter, **done)
        if done.get("attempts"):
            letters.hold(tx, letter, done["due_at"])
        if done["state"] == "failed" and letter.is_group and not letter.batch and letter.branch_id:
            where = {"channel": letter.channel or "", "chat": letter.chat}
            _tell(tx, letter.branch_id, fresh, delivery.unheard, letter_id=letter.id, **where, why=done["why"])
        if done["state"] != "pending" and letter.batch and letter.branch_id:
            settled[letter.batch, letter.branch_id] += [letter.id] if done["state"] == "failed" else []
    for (batch, branch_id), failed in settled.items():
        if not letters.unsettled(tx, batch):
            _tell(tx, branch_id, fresh, delivery.report, batch=batch, late=tuple(failed))


def _tell(tx: Tx, branch_id: int, fresh: Callable[[], Means], verb: Callable[..., None], **words: Any) -> None:
    """Tell a branch who was not reached; where that breaks, what was sent stays written down."""
    try:
        deeds.do(tx, clock_of(branch_id), fresh(), verb, **words)
    except Exception:
        if tx.guard.lost:
            raise
        log.exception("nobody is told of what branch %s did not get", branch_id)
