"""The verb that sets a branch's customs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services import people
from services.deeds import Deed, verb
from services.settings import KNOWN, of_branch
from storage import tables
from vocabulary.permissions import Permission
from vocabulary.refusals import Refusal

if TYPE_CHECKING:
    from rules.meetings import Settings


@verb(needs=Permission.CUSTOMS_SET)
def set_(deed: Deed, *, name: str, value: int) -> Settings:
    """Set one of the branch's customs from now on. Raises Refusal `setting_unknown`."""
    if name not in KNOWN:
        raise Refusal("setting_unknown")
    kept = people.settings(deed.tx, deed.branch_id) | {name: value}
    deed.update(tables.organizations, deed.branch_id, settings=kept)
    return of_branch(deed.tx, deed.branch_id)
