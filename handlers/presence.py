"""The program was let into a chat or put out of it: it says how to begin, or tells whoever keeps that group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.turn import Outcome
from services import binding, chats, deeds, delivery, letters, people
from texts import say
from vocabulary.permissions import clock

if TYPE_CHECKING:
    from collections.abc import Callable

    from services.deeds import Means
    from services.transactions import Tx
    from vocabulary.messages import Incoming

LET_IN = frozenset({"wecom"})
"""Doors whose administrator lets people in, a whole company at once: they have not come, and nobody greets them."""


def noticed(tx: Tx, incoming: Incoming, fresh: Callable[[], Means]) -> tuple[Outcome, int | None]:
    """Take note of a chat that opened or closed, or of a speaker whom nobody knows.

    Returns what is said there and the branch that it belongs to. Who opens a private chat themselves and is bound to
    nobody is told how to bind.
    """
    if incoming.event == "masked":
        return Outcome((say("binding.masked"),), intent="presence"), None
    if incoming.event == "bounced":
        return Outcome(intent="presence"), _bounced(tx, incoming, fresh)
    if incoming.chat.kind == "private":
        is_open = incoming.event == "joined"
        letters.reached(tx, incoming.channel, incoming.account, fresh().now, is_open=is_open)
        comes = is_open and incoming.channel not in LET_IN
        is_new = comes and people.of_account(tx, incoming.channel, incoming.account) is None
        return Outcome((say("refusal.stranger"),) if is_new else (), intent="presence"), None
    ties = chats.tied_within(tx, incoming.channel, incoming.chat.id)
    branch_id = ties[0].branch_id if ties else None
    if incoming.event == "joined":
        return _greeted(tx, incoming, branch_id), branch_id
    for branch, title in {tied.branch_id: tied.title or incoming.chat.title for tied in ties}.items():
        deeds.do(tx, clock(branch), fresh(), binding.left_group, title=title)
    return Outcome(intent="presence"), branch_id


def _bounced(tx: Tx, incoming: Incoming, fresh: Callable[[], Means]) -> int | None:
    """Note what did not arrive after all; returns the branch that it belongs to."""
    letter = letters.sent_as(tx, incoming.channel, incoming.chat.id, incoming.about)
    if not incoming.about or letter is None or letter.sent_id != incoming.about or letter.branch_id is None:
        return None
    deeds.do(tx, clock(letter.branch_id), fresh(), delivery.bounced, letter=letter, why=incoming.text)
    return letter.branch_id


def _greeted(tx: Tx, incoming: Incoming, branch_id: int | None) -> Outcome:
    """Say how the group is tied, where it is not; and what is heard in it, where that is not everything."""
    parts = []
    if branch_id is None:
        person = people.of_account(tx, incoming.channel, incoming.account)
        branch = people.organization(tx, person.branch_id).name if person else say("binding.your_branch")
        parts.append(say("refusal.group_unknown", branch=branch))
    if incoming.deaf:
        parts.append(say("binding.deaf"))
    return Outcome(tuple(parts), intent="presence")
