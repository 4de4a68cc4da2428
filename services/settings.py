"""A branch's customs: the house's defaults, overridden by what the branch has set."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import time
from typing import TYPE_CHECKING, Any

from rules.meetings import DEFAULTS, Settings
from services import people

if TYPE_CHECKING:
    from storage.database import Tx

KNOWN = {field.name for field in fields(Settings)}
HOURS = {"quiet_from", "quiet_until"}


def of_branch(tx: Tx, branch_id: int) -> Settings:
    """Read a branch's settings; what it has not set is the house's default."""
    return merged(tx, people.settings(tx, branch_id))


def merged(tx: Tx, own_settings: dict[str, Any] | None) -> Settings:
    """Complete what a branch has set itself by the house's defaults."""
    said = dict(tx.customs) | (own_settings or {})
    own = {name: value for name, value in said.items() if name in KNOWN}
    hours = {name: time.fromisoformat(own[name]) for name in HOURS & own.keys() if isinstance(own[name], str)}
    return replace(DEFAULTS, **own | hours)
