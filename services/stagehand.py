"""Looks that set a stage: who is a branch's secretary, which 党小组 has a name, whose code hangs on the wall."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select, true

from services import people
from services.scanning import PRESS
from storage import tables
from storage.prepared import Prepared
from vocabulary.people import Post
from vocabulary.refusals import NotFound

if TYPE_CHECKING:
    from storage.database import Tx
    from vocabulary.views.people import Person

_VERBS = Prepared(
    select(tables.audit.c.id, tables.audit.c.verb)
    .where(tables.audit.c.id > bindparam("after"))
    .order_by(tables.audit.c.id)
)


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


def code_on_the_wall(tx: Tx, branch_id: int | None) -> str | None:
    """What scanning the newest check-in's code of a branch (None: of any) presses; None where there was none."""
    table = tables.meetings
    here = table.c.branch_id == branch_id if branch_id is not None else true()
    opened = select(table.c.id).where(here, table.c.opened_at.is_not(None)).order_by(table.c.opened_at.desc()).limit(1)
    found = tx.value(opened)
    return f"{PRESS}{found}" if found is not None else None


def verbs_since(tx: Tx, after: int) -> list[tuple[int, str]]:
    """Read the audit's verbs after an id, as (id, verb)."""
    return [(row.id, row.verb) for row in tx.all(_VERBS, after=after)]
