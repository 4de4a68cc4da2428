"""Who is due at a meeting (应到), who has a vote, who merely sits in (列席).

Leave never shrinks a number here: it explains an absence. Sources: 《支部工作条例》 11 to 14 for who belongs to what
kind of meeting, 《党员教育管理工作条例》 23 for members of whom nothing is strictly asked,
《基层组织选举工作条例》 5 for votes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Literal, Protocol, TypeVar

from rules.quorum import Due
from vocabulary.meetings import MeetingType
from vocabulary.people import MemberStatus, Post

if TYPE_CHECKING:
    from collections.abc import Iterable

Standing = Literal["due", "free", "observer"]


class Person(Protocol):
    """What these rules ask about a person of a branch on the day of the meeting.

    `group` is the key or name of the person's 党小组, None without one. `exempt`: an approved 不作硬性要求 (art. 23).
    `voting_suspended`: 留党察看, or rights suspended, or left out of this vote by a recorded decision.
    """

    @property
    def status(self) -> MemberStatus:
        """Their standing as a member."""
        ...

    @property
    def post(self) -> Post:
        """Their post in the branch."""
        ...

    @property
    def group(self) -> str | None:
        """Their 党小组."""
        ...

    @property
    def exempt(self) -> bool:
        """Nothing is strictly asked of them."""
        ...

    @property
    def voting_suspended(self) -> bool:
        """They have no vote for the time being."""
        ...


P = TypeVar("P", bound=Person)


@dataclass(frozen=True, slots=True)
class Expected(Generic[P]):
    """The people of one meeting, in the order they were given.

    `due` makes the rate, `voting` the quorum. `free` are members who belong there and of whom nothing is strictly
    asked: outside `due`, and inside `voting` where they have a vote. `observers` may come and count nowhere.
    """

    due: tuple[P, ...]
    voting: tuple[P, ...]
    free: tuple[P, ...]
    observers: tuple[P, ...]

    @property
    def numbers(self) -> Due:
        """How many are due and how many of the members have a vote."""
        return Due(len(self.due), len(self.voting))


def has_vote(person: Person) -> bool:
    """Return whether the person votes in their branch: full members whose rights are not suspended."""
    return person.status is MemberStatus.FULL and not person.voting_suspended


def belongs(person: Person, meeting_type: MeetingType, group: str | None = None) -> bool:
    """Return whether the meeting is this member's.

    A committee meeting is that of the committee's posts, a group meeting that of `group`, every other meeting, and
    any other one that is held for a group, that of all members of the branch or of the group.
    """
    if not person.status.is_member:
        return False
    if meeting_type is MeetingType.COMMITTEE:
        return person.post.is_committee
    return group is None or person.group == group


def standing(person: Person, meeting_type: MeetingType, group: str | None = None) -> Standing:
    """Return as what a person comes: due, free (a member of whom nothing is strictly asked), or observer (列席)."""
    if not belongs(person, meeting_type, group):
        return "observer"
    return "free" if person.exempt else "due"


def expected(people: Iterable[P], meeting_type: MeetingType, group: str | None = None) -> Expected[P]:
    """Return who is due, who votes and who may sit in, out of all people of a branch.

    Raises ValueError for a group meeting without its group.
    """
    if meeting_type is MeetingType.GROUP and group is None:
        raise ValueError("a group meeting needs its group")
    sorted_by: dict[Standing, list[P]] = {"due": [], "free": [], "observer": []}
    voting: list[P] = []
    for person in people:
        as_what = standing(person, meeting_type, group)
        sorted_by[as_what].append(person)
        if as_what != "observer" and has_vote(person):
            voting.append(person)
    return Expected(tuple(sorted_by["due"]), tuple(voting), tuple(sorted_by["free"]), tuple(sorted_by["observer"]))


def count_due(people: Iterable[Person], meeting_type: MeetingType, group: str | None = None) -> Due:
    """Return how many are due and how many have a vote. Raises ValueError for a group meeting without its group."""
    return expected(people, meeting_type, group).numbers


def has_committee(people: Iterable[Person]) -> bool:
    """Return whether a committee is on record: a branch without one has at most a secretary and a deputy (art. 20)."""
    return any(person.post.is_commissioner for person in people)


def groups_of(people: Iterable[Person]) -> tuple[str, ...]:
    """Return the 党小组 on record, each once, in the order they first appear."""
    return tuple(dict.fromkeys(p.group for p in people if p.group and p.status.is_member))
