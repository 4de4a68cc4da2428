"""Commands of one message that wait behind a question: they are kept with its form, and done once it is answered."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from handlers.turn import Draft

WAITING = "_then"


def behind(draft: Draft, waiting: list[Draft]) -> Draft:
    """Return a form that remembers the commands behind it."""
    return replace(draft, slots=draft.slots | {WAITING: [[each.intent, each.slots] for each in waiting]})


def waiting_behind(slots: dict[str, Any]) -> list[Draft]:
    """Return the commands behind a form, in their order; none behind most."""
    return [Draft(intent, dict(given)) for intent, given in slots.get(WAITING, ())]
