"""Addresses that open a platform's chat with the program and say a word there: a code that binds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services import house

if TYPE_CHECKING:
    from storage.database import Tx

KEY = "link.telegram"
"""Of Telegram alone: its bot says at each start what it is called."""


def keep(tx: Tx, address: str) -> None:
    """Remember the address to which a word is added."""
    if house.recall(tx, KEY) != address:
        house.remember(tx, KEY, address)


def saying(tx: Tx, word: str) -> str | None:
    """Return the link that says a word (64 letters, digits, _ and - at most); None where there is none."""
    address = house.recall(tx, KEY)
    return address and f"{address}{word}"
