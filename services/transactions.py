"""The transaction as the rooms above see it: they pass it on to looks and verbs, and never look inside."""

from storage.database import Tx
from storage.faults import describe

__all__ = ["Tx", "is_troubled"]

TROUBLES = {"disk_full", "locked", "broken", "unreachable", "crossed"}


def is_troubled(error: BaseException) -> bool:
    """Whether an error is the database's own trouble: what was to be done is right, and is to be done again."""
    return describe(error) in TROUBLES
