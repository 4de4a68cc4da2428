"""帮助: by role and by topic, at most five lines, with examples that work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers.registry import handles
from texts import say, sentences
from vocabulary.messages import Lines
from vocabulary.permissions import Role

if TYPE_CHECKING:
    from handlers.registry import Answer
    from handlers.turn import Turn

TOPICS = ("checkin", "leave", "meeting", "notice", "reminder", "themeday", "quiz", "plan")


@handles("help")
def help_(slots: dict[str, Any], turn: Turn) -> Answer:
    """Say what one can do here, in one's own role; in a group two lines."""
    if turn.in_group:
        return (Lines((say("help.group.1"), say("help.group.2"))),)
    asked = str(slots.get("topic") or "")
    for topic in TOPICS:
        if asked and any(word in asked for word in sentences()[f"help.words.{topic}"].split(" ")):
            return (say(f"help.topic.{topic}"),)
    return (
        Lines(tuple(say(f"help.{_role(turn)}.{n}") for n in range(1, 6) if f"help.{_role(turn)}.{n}" in sentences())),
    )


def _role(turn: Turn) -> str:
    if turn.actor.leads_branch:
        return "secretary"
    if Role.LEADER in turn.actor.roles:
        return "leader"
    return "supervisor" if Role.SUPERVISOR in turn.actor.roles else "member"
