"""帮助: by role and by topic, at most five lines, with examples that work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers.registry import handles
from services import people
from texts import say, sentences
from vocabulary.messages import Lines
from vocabulary.permissions import Role

if TYPE_CHECKING:
    from handlers.registry import Answer
    from handlers.turn import Turn
    from vocabulary.messages import Text

TOPICS = ("checkin", "leave", "notice", "reminder", "themeday", "quiz", "plan", "binding", "rules", "meeting")
MOST_LINES = 5


@handles("help")
def help_(slots: dict[str, Any], turn: Turn) -> Answer:
    """Say what one can do here, in one's own role; in a group two lines."""
    if turn.in_group:
        return (Lines((say("help.group.1"), say("help.group.2"))),)
    asked, names = str(slots.get("topic") or ""), _names(turn)
    for topic in TOPICS:
        if asked and any(word in asked for word in sentences()[f"help.words.{topic}"].split(" ")):
            return (say(f"help.topic.{topic}", **names),)
    return (Lines(tuple(_lines(turn, names))),)


def _lines(turn: Turn, names: dict[str, str]) -> list[Text]:
    """List what a role can do; who also looks after the branches below hears of that in the last line."""
    role = _role(turn)
    keys = [f"help.{role}.{n}" for n in range(1, MOST_LINES + 1)]
    if role != "supervisor" and Role.SUPERVISOR in turn.actor.roles:
        keys[-1] = "help.supervisor.1"
    return [say(key, **names) for key in keys if key in sentences()]


def _role(turn: Turn) -> str:
    if turn.actor.leads_branch:
        return "secretary"
    if Role.LEADER in turn.actor.roles:
        return "leader"
    return "supervisor" if Role.SUPERVISOR in turn.actor.roles else "member"


def _names(turn: Turn) -> dict[str, str]:
    """Name one's own branch, another member of it, and a branch below, so that examples can be said as they stand."""
    own = turn.person.branch_id
    below = min(turn.actor.oversees - {own}, default=own)
    others = [p for p in people.of_branch(turn.tx, turn.person.branch_id) if p.id != turn.person.id]
    able = [p for p in others if p.status.is_member and not p.no_account] or others or [turn.person]
    branch, below_name = (people.organization(turn.tx, key).name for key in (own, below))
    return {"branch": branch, "below": below_name, "name": able[-1].name}
