"""Words from an account that is bound to nobody: a code binds it, anything else is told how; in a group, silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.checkin import told
from handlers.turn import Outcome
from services import binding, checkin, deeds, people, scanning
from texts import say
from vocabulary.messages import Lines
from vocabulary.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from services.deeds import Means
    from services.transactions import Tx
    from vocabulary.messages import Incoming, Text


def meet(tx: Tx, incoming: Incoming, fresh: Callable[[], Means]) -> tuple[Outcome, int | None]:
    """Answer a stranger; returns the outcome and, where a code bound them, their branch.

    Who came by the code of a check-in before they were bound is checked in as soon as they are.
    """
    if incoming.chat.kind == "group":
        return Outcome((), intent="stranger"), None
    bound = binding.by_code(tx, incoming, fresh())
    if bound is None:
        came = scanning.counts(tx, incoming.pressed)
        return Outcome((say("refusal.stranger_came" if came else "refusal.stranger"),), intent="stranger"), None
    words = {"name": bound.name, "branch": bound.branch, "group": bound.group or ""}
    lines = (say("binding.done", **words), *_scanned(tx, incoming, fresh))
    return Outcome((Lines(lines),), intent="member.bind"), bound.branch_id


def _scanned(tx: Tx, incoming: Incoming, fresh: Callable[[], Means]) -> tuple[Text, ...]:
    """Check in whoever scanned a code while they were a stranger, and say what it came to."""
    person = people.of_account(tx, incoming.channel, incoming.account)
    meeting_id = scanning.scanned_before(tx, incoming.channel, incoming.account, fresh().now)
    if person is None or meeting_id is None:
        return ()
    actor = people.actor(tx, person, incoming.channel, incoming.message_id)
    try:
        return (told(deeds.do(tx, actor, fresh(), checkin.check_in, meeting_id=meeting_id)),)
    except Refusal as refusal:
        return (say(f"refusal.{refusal.code}", **refusal.words),)
