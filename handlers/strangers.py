"""Words from an account that is bound to nobody: a code binds it, anything else is told how; in a group, silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.turn import Outcome
from services import binding
from texts import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from services.deeds import Means
    from services.transactions import Tx
    from vocabulary.messages import Incoming


def meet(tx: Tx, incoming: Incoming, fresh: Callable[[], Means]) -> tuple[Outcome, int | None]:
    """Answer a stranger; returns the outcome and, where a code bound them, their branch."""
    if incoming.chat.kind == "group":
        return Outcome((), intent="stranger"), None
    bound = binding.by_code(tx, incoming, fresh())
    if bound is None:
        return Outcome((say("refusal.stranger"),), intent="stranger"), None
    words = {"name": bound.name, "branch": bound.branch, "group": bound.group or ""}
    return Outcome((say("binding.done", **words),), intent="member.bind"), bound.branch_id
