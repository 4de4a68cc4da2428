"""The transaction as the rooms above see it: they pass it on to looks and verbs, and never look inside."""

from storage.database import Tx
from storage.faults import describe

__all__ = ["Tx", "is_passing", "is_troubled"]

TROUBLES = {"disk_full", "locked", "broken", "unreachable", "crossed"}
PASSING = {"disk_full", "locked", "unreachable"}


def is_troubled(error: BaseException) -> bool:
    """Whether an error is the database's own trouble: what was to be done is right, and is to be done again."""
    return describe(error) in TROUBLES


def is_passing(error: BaseException) -> bool:
    """Whether an error is a trouble of the database that has nothing to do with what was to be done, and ends."""
    return describe(error) in PASSING
