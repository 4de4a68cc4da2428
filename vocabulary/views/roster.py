"""The roster as a file gives it, and what bringing it in would change."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Account:
    """A person's account on a platform, and the private chat that leads there, as the door names it."""

    channel: str
    account: str
    chat: str


@dataclass(frozen=True, slots=True)
class Row:
    """One person of a roster file, in line `number` (from 1, the header included).

    `facts` holds only what the file has a column for, so that a shorter file wipes nothing: `status`, `post`,
    `upper_post`, `group`, `gender` (female, male or empty), `born_on`, `joined_on`, `full_on`, `phone` (plain),
    `retired`, `mobile`, `exempt`, `no_account`. `committee` is the organization that `upper_post` names, or empty.
    """

    number: int
    organization: str
    name: str
    facts: Mapping[str, Any]
    accounts: tuple[Account, ...] = ()
    committee: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a file: `code` names the sentence (`roster.fault.<code>`), `words` fill it.

    `row` counts from 1, None for the whole file; `column` is the key of a column (`roster.column.<column>`).
    """

    code: str
    row: int | None = None
    column: str | None = None
    words: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RosterFile:
    """What was read of a file: rows without a fault, the faults, and headings that were not read."""

    rows: tuple[Row, ...] = ()
    faults: tuple[Fault, ...] = ()
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """A person on the roster whose facts differ: `old` and `new` hold just those; a new account is `account`."""

    person_id: int
    row: Row
    old: Mapping[str, Any]
    new: Mapping[str, Any]
    accounts: tuple[Account, ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """Someone on the roster, by name and branch."""

    person_id: int
    name: str
    organization: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file would change. With `faults` nothing may be written.

    `organizations` are names that would be added. `missing` are on the roster of a branch of the file and not in it:
    they stay. `leaving` are those of them who were said to have left.
    """

    organizations: tuple[str, ...] = ()
    new: tuple[Row, ...] = ()
    changed: tuple[Change, ...] = ()
    unchanged: tuple[Row, ...] = ()
    missing: tuple[Listed, ...] = ()
    leaving: tuple[Listed, ...] = ()
    faults: tuple[Fault, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Nothing would change."""
        return not (self.organizations or self.new or self.changed or self.leaving)
