"""The audit's own proof: whether what was signed still stands as it was signed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from services.deeds import GENESIS, digest_of, hash_of
from storage import tables

if TYPE_CHECKING:
    from storage.database import Tx

A = tables.audit


def verify(tx: Tx, branch_id: int) -> int | None:
    """Return the id of the first row of a branch that is not as it was signed, or whose forerunner is gone.

    None: all is well. A row whose diff and salt were erased still stands. Rows that are cut off at the end
    leave no trace here: whoever wants to know of those keeps the last hash elsewhere.
    """
    previous = GENESIS
    for row in tx.conn.execute(select(A).where(A.c.branch_id == branch_id).order_by(A.c.id)).mappings():
        told = row["diff"] is None or digest_of(row["salt"] or "", row["diff"]) == row["digest"]
        if not told or row["previous"] != previous or row["hash"] != hash_of(dict(row)):
            return int(row["id"])
        previous = row["hash"]
    return None
