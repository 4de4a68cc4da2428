"""People as everyone above storage sees them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from vocabulary.people import MemberStatus, Post


@dataclass(frozen=True, slots=True)
class Organization:
    """A committee or a branch; `settings` are the branch's own, over the house's."""

    id: int
    name: str
    kind: str
    parent_id: int | None


@dataclass(frozen=True, slots=True)
class Person:
    """One person of the roster; `group` is the name of their 党小组."""

    id: int
    branch_id: int
    name: str
    status: MemberStatus
    post: Post
    upper_post: str = ""
    group_id: int | None = None
    group: str | None = None
    exempt: bool = False
    mobile: bool = False
    no_account: bool = False
    private_off: bool = False
    joined_on: date | None = None
    left_on: date | None = None
    voting_suspended: bool = False
