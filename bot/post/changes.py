"""Remembers when live cards were changed: for a moment after a change they stand still."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic

KEPT = 60.0
"""Seconds that a change of a card is remembered, longer than any door wants it to stand still."""


@dataclass
class Changes:
    """When each card that lives was changed last, by the machine's own count of seconds."""

    _at: dict[int, float] = field(default_factory=dict)

    def note(self, card: int) -> None:
        """A card, by its letter's id, is changed now."""
        now = monotonic()
        self._at = {key: at for key, at in self._at.items() if now - at < KEPT}
        self._at[card] = now

    def is_fresh(self, card: int, seconds: float) -> bool:
        """Say whether a card was changed less than so many seconds ago."""
        return card in self._at and monotonic() - self._at[card] < seconds
