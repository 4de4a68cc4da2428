"""Who must be present and how many must agree, in whole numbers: no fraction is ever rounded.

The denominator is the voting members due (应到), never those present, except for the votes of a base-level election.
Sources: 《支部工作条例》 11 and 12, 《发展党员工作细则》 2026, 19 and 20, 《基层组织选举工作条例》 2020.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from rules.basis import Basis
from vocabulary.meetings import MeetingType

Kind = Literal["general", "committee", "admission", "election"]


@dataclass(frozen=True, slots=True)
class Due:
    """How many are due at a meeting: `due_all` for the rate, `due_vote` of them or beside them with a vote."""

    due_all: int
    due_vote: int


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole, to be reached or, where `strict`, to be passed."""

    numerator: int
    denominator: int
    strict: bool

    def of(self, whole: int) -> int:
        """Return the fewest that are enough out of a whole; at least 1. Raises ValueError below 0."""
        if whole < 0:
            raise ValueError(f"no number of people: {whole}")
        product = self.numerator * whole
        fewest = product // self.denominator + 1 if self.strict else -(-product // self.denominator)
        return max(1, fewest)


@dataclass(frozen=True, slots=True)
class VoteRule:
    """What one kind of vote asks for.

    `present` is the share of the voting members due that must be there; `yes` the share that must agree, out of those
    `yes_of`. A basis of None: custom, no article says it.
    """

    present: Share
    present_basis: Basis
    yes: Share
    yes_of: Literal["due", "present"]
    yes_basis: Basis | None


_HALF = Share(1, 2, strict=False)
_MORE_THAN_HALF = Share(1, 2, strict=True)
_FOUR_FIFTHS = Share(4, 5, strict=False)

_GENERAL = Basis("branch_regulations", "2018", "11")
_COMMITTEE = Basis("branch_regulations", "2018", "12")
_ADMISSION_PRESENT = Basis("admission_rules", "2026", "19")
_ADMISSION_YES = Basis("admission_rules", "2026", "20")
_ELECTION = Basis("election_regulations", "2020", "")

RULES: dict[Kind, VoteRule] = {
    "general": VoteRule(_HALF, _GENERAL, _MORE_THAN_HALF, "due", _GENERAL),
    "committee": VoteRule(_HALF, _COMMITTEE, _MORE_THAN_HALF, "due", None),
    "admission": VoteRule(_MORE_THAN_HALF, _ADMISSION_PRESENT, _MORE_THAN_HALF, "due", _ADMISSION_YES),
    "election": VoteRule(_FOUR_FIFTHS, _ELECTION, _MORE_THAN_HALF, "present", _ELECTION),
}
"""The rule of each kind of vote: `RULES[kind].present_basis` is what a sentence cites."""

_VOTES_ON: dict[MeetingType, Kind] = {MeetingType.MEMBER: "general", MeetingType.COMMITTEE: "committee"}


def votes_on(meeting_type: MeetingType) -> Kind | None:
    """Return the kind of vote that a kind of meeting takes where nothing else is said; None where it takes none."""
    return _VOTES_ON.get(meeting_type)


def present_needed(kind: Kind, due_vote: int) -> int:
    """Return how many voting members must be present before a vote may be taken; at least 1."""
    return RULES[kind].present.of(due_vote)


def yes_needed(kind: Kind, due_vote: int, present_vote: int | None = None) -> int:
    """Return how many must agree for it to pass; at least 1.

    An election counts them out of the voting members present: `present_vote` is then asked for, and ValueError is
    raised without it. Every other vote counts them out of those due, whoever is there.
    """
    rule = RULES[kind]
    if rule.yes_of == "due":
        return rule.yes.of(due_vote)
    if present_vote is None:
        raise ValueError(f"{kind} counts the votes out of those present")
    return rule.yes.of(present_vote)


def is_met(kind: Kind, present_vote: int, due_vote: int) -> bool:
    """Return whether enough voting members are present; never where nobody with a vote is due."""
    return due_vote > 0 and present_vote >= present_needed(kind, due_vote)


def is_passed(kind: Kind, yes: int, present_vote: int, due_vote: int) -> bool:
    """Return whether a vote passed: enough were present and enough agreed.

    `yes` includes the written opinions of voting members who are absent, `present_vote` does not (细则 2026, 20).
    """
    return is_met(kind, present_vote, due_vote) and yes >= yes_needed(kind, due_vote, present_vote)


def rate(present: int, due: int) -> Decimal | None:
    """Return the share of those present in percent with one decimal, 88.2 for 15 of 17; None where nobody is due."""
    if due <= 0:
        return None
    return (Decimal(100 * present) / Decimal(due)).quantize(Decimal("0.1"), ROUND_HALF_UP)


def percent(present: int, due: int) -> str | None:
    """Return the rate as it is written, `88.2%`; None where nobody is due."""
    share = rate(present, due)
    return None if share is None else f"{share}%"
