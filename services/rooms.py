"""The rooms in which a branch meets, by the names it uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from services.deeds import verb
from storage import tables
from vocabulary.permissions import Permission

if TYPE_CHECKING:
    from services.deeds import Deed

R = tables.rooms


@verb(needs=Permission.ROSTER_IMPORT)
def add(deed: Deed, *, names: tuple[str, ...]) -> None:
    """Add rooms to the branch's own; those it has already stay as they are."""
    known = {row.name for row in deed.tx.all(select(R.c.name).where(R.c.branch_id == deed.branch_id))}
    for name in names:
        if name not in known:
            deed.insert(R, branch_id=deed.branch_id, name=name)
