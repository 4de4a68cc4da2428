"""Looks that set a stage: who is a branch's secretary, which 党小组 has a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from services import people
from storage import tables
from vocabulary.people import Post
from vocabulary.refusals import NotFound

if TYPE_CHECKING:
    from storage.database import Tx
    from vocabulary.views.people import Person


def secretary(tx: Tx, branch: str) -> Person:
    """Find the secretary of a branch by the branch's name. Raises NotFound."""
    for found in people.organizations(tx):
        if found.name == branch:
            for person in people.of_branch(tx, found.id):
                if person.post is Post.SECRETARY:
                    return person
    raise NotFound("branch")


def group_id(tx: Tx, branch_id: int, name: str) -> int:
    """Find a 党小组 of a branch by its name. Raises NotFound."""
    table = tables.party_groups
    found: int | None = tx.value(select(table.c.id).where(table.c.branch_id == branch_id, table.c.name == name))
    if found is None:
        raise NotFound("group")
    return found


def verbs_since(tx: Tx, after: int) -> list[tuple[int, str]]:
    """Read the audit's verbs after an id, as (id, verb)."""
    table = tables.audit
    return [
        (row.id, row.verb)
        for row in tx.all(select(table.c.id, table.c.verb).where(table.c.id > after).order_by(table.c.id))
    ]
