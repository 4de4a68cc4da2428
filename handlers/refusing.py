"""Saying that something is not done: one sentence, and one thing that works."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services import people
from texts import say, sentences
from vocabulary.messages import Text
from vocabulary.people import Post
from vocabulary.permissions import Permission

if TYPE_CHECKING:
    from handlers.registry import Parts
    from handlers.turn import Turn
    from vocabulary.refusals import Refusal


def unknown_group(turn: Turn) -> Parts:
    """Say in a group that is tied to no branch what its secretary says to tie it."""
    return (say("refusal.group_unknown", branch=people.organization(turn.tx, turn.person.branch_id).name),)


def not_yet(turn: Turn, intent: str) -> Parts:
    """Say what cannot be done yet and what works instead; a group that did not ask the program hears nothing."""
    if turn.in_group and not turn.incoming.addressed:
        return ()
    key = f"not_yet.{intent.partition('.')[0]}"
    return (say(key if key in sentences() else "refusal.not_yet"),)


NEEDS = {
    Permission.MEETING_CALL: "refusal.meeting_call",
    Permission.MEETING_CHANGE: "refusal.meeting_call",
    Permission.THEMEDAY_SET: "refusal.themeday_set",
}
"""How it is worded that a role does not permit something, where there is more to say than who does."""


def refused(turn: Turn, refusal: Refusal) -> Parts:
    """Word a refusal: one sentence, and one thing that works."""
    key = NEEDS.get(refusal.code, f"refusal.{refusal.code}")  # type: ignore[call-overload]
    if key not in sentences():
        key = "refusal.not_allowed"
    return (Text(key, {"who": secretary(turn)} | refusal.words),)


def secretary(turn: Turn) -> str:
    """Name who could do it instead: the branch's secretary."""
    roster = people.of_branch(turn.tx, turn.person.branch_id)
    return next((p.name for p in roster if p.post is Post.SECRETARY), "")
