"""A branch's customs, set by words: how long before a meeting the group is reminded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers.meeting_card import ahead
from handlers.registry import handles
from handlers.turn import Question, Turn
from services import customs, settings
from texts import say
from vocabulary.messages import Card
from vocabulary.permissions import Permission

if TYPE_CHECKING:
    from handlers.registry import Answer


def lead_time(turn: Turn, slots: dict[str, Any]) -> int | Question:
    """Read the minutes; asks where none were said."""
    del turn
    minutes = slots.get("remind")
    return minutes if isinstance(minutes, int) else Question("remind", (say("customs.ask_remind"),))


def lead_time_card(minutes: int, turn: Turn) -> Card:
    """Show what changes from now on, and what does not."""
    now = settings.of_branch(turn.tx, turn.person.branch_id).remind_before
    return Card((say("customs.confirm_remind", ahead=ahead(minutes), now=ahead(now)),))


@handles("branch.remind", form=lead_time, card=lead_time_card, needs=Permission.CUSTOMS_SET)
def set_lead_time(minutes: int, turn: Turn) -> Answer:
    """Remind of every meeting that is called from now on so long before it."""
    turn.do(customs.set_, name="remind_before", value=minutes)
    return (say("customs.remind_set", ahead=ahead(minutes)),)
