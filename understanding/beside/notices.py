"""Whether a notice's own words ask for an answer."""

from __future__ import annotations

import re

ASKS = re.compile(
    r"(?:收到|看到|知悉).{0,4}(?:请|要|都|务必|望)?.{0,3}(?:回复|回一下|回个|报|吱)|请(?:大家)?回复|回复收到|收到回复|收到请"
)


def asks_for_answer(text: str) -> bool:
    """Whether the words of a notice ask those who read it to answer (收到请回复)."""
    return ASKS.search(text) is not None
