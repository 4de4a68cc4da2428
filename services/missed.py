"""What the program could not read, kept masked and counted, so that it can become a sentence in the data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from services import settings
from storage import tables

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Tx

M = tables.missed
LONGEST = 200
"""Characters of one message that are kept; the column takes no more."""
MOST_KEPT = 2000
"""Different words kept for a branch; of more, those said least and longest ago go."""


@dataclass(frozen=True, slots=True)
class Missed:
    """Words that were not understood: how often they were said in a branch, and when last."""

    words: str
    times: int
    last_at: datetime


def keep(tx: Tx, now: datetime, branch_id: int, words: str) -> bool:
    """Count words that were not understood, where the branch keeps such; returns whether it does.

    `words` are masked already (`understanding.words.masking`); what is longer than the column is cut.
    """
    if not words or not settings.of_branch(tx, branch_id).keep_missed:
        return False
    row = {"branch_id": branch_id, "words": words[:LONGEST], "times": 1, "first_at": now, "last_at": now}
    insert = (sqlite if tx.conn.dialect.name == "sqlite" else postgresql).insert(M).values(**row)
    again = insert.on_conflict_do_update(
        index_elements=["branch_id", "words"], set_={"times": M.c.times + 1, "last_at": now}
    )
    with tx.guard.key():
        tx.conn.execute(again)
        _drop_beyond(tx, branch_id)
    return True


def _drop_beyond(tx: Tx, branch_id: int) -> None:
    count = tx.value(select(func.count()).select_from(M).where(M.c.branch_id == branch_id))
    if count > MOST_KEPT:
        least = select(M.c.id).where(M.c.branch_id == branch_id).order_by(M.c.times, M.c.last_at, M.c.id)
        tx.conn.execute(delete(M).where(M.c.id.in_(least.limit(count - MOST_KEPT))))


def most_frequent(tx: Tx, most: int) -> list[Missed]:
    """Return the words of all branches, most frequent first, then the latest: for the administrator of the machine."""
    times, last_at = func.sum(M.c.times).label("times"), func.max(M.c.last_at).label("last_at")
    grouped = select(M.c.words, times, last_at).group_by(M.c.words).order_by(times.desc(), last_at.desc(), M.c.words)
    return [Missed(row.words, int(row.times), row.last_at) for row in tx.all(grouped.limit(most))]
