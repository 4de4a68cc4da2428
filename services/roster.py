"""The roster: organizations, groups and people brought in from a list, as often as it comes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from services import binding, people
from services.deeds import Deed, do, verb
from services.roster_checks import contradictions
from storage import tables
from vocabulary.people import MemberStatus, Post
from vocabulary.permissions import Actor, Permission, Role
from vocabulary.refusals import Refusal
from vocabulary.views.roster import Change, Fault, Listed, Plan

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from services.deeds import Means
    from storage.database import Tx
    from vocabulary.views.people import Organization
    from vocabulary.views.roster import Account, Row

HOUSE = 0
"""The branch under which the founding of organizations is audited: it concerns the house as a whole."""
P, G, ORG, ACC = tables.people, tables.party_groups, tables.organizations, tables.accounts
LISTED = (
    select(P, G.c.name.label("group"), ORG.c.name.label("organization"))
    .join(ORG, ORG.c.id == P.c.branch_id)
    .outerjoin(G, G.c.id == P.c.group_id)
    .order_by(P.c.left_on.is_(None), P.c.id)
)
"""Everyone ever listed; who is there today comes last and so stands for the name."""
Key = tuple[str, str]


def plan(tx: Tx, rows: Sequence[Row], *, today: date, left: Iterable[str] = ()) -> Plan:
    """Work out what bringing in these rows would change; only looks.

    A person is who they are by name and branch; a new name is a new person. Who is on the roster of one of these
    branches and not in the rows is `missing`, and stays, but for the names in `left` (a name, or 支部名/姓名).
    """
    everyone = {(row.organization, row.name): row for row in tx.all(LISTED)}
    branches = {row.organization for row in rows}
    wanted = {(row.organization, row.name) for row in rows}
    here = {key: row for key, row in everyone.items() if row.left_on is None}
    leaving, faults = _leaving(everyone, wanted, left)
    gone = {found.person_id for found in leaving}
    staying = [row for key, row in here.items() if key not in wanted and row.id not in gone]
    faults = contradictions(rows, today) + _against(rows, staying) + _misplaced(tx, branches) + faults
    changes = [_change(tx, row, everyone[row.organization, row.name]) for row in rows if _key(row) in everyone]
    return Plan(
        organizations=tuple(name for name in _organizations(rows) if name not in _founded(tx)),
        new=tuple(row for row in rows if _key(row) not in everyone),
        changed=tuple(change for change in changes if change.new or change.accounts),
        unchanged=tuple(change.row for change in changes if not change.new and not change.accounts),
        missing=tuple(Listed(row.id, row.name, row.organization) for row in staying if row.organization in branches),
        leaving=tuple(leaving),
        faults=tuple(faults),
    )


def bring_in(tx: Tx, means: Means, rows: Sequence[Row], *, today: date, left: Iterable[str] = ()) -> Plan:
    """Write what `plan` says, in this one transaction; each branch's part is a deed of its own in its own audit.

    The same rows again change nothing. Raises Refusal `roster_faulty` where the plan has faults; nothing is written.
    """
    found = plan(tx, rows, today=today, left=left)
    if found.faults:
        raise Refusal("roster_faulty")
    do(tx, administrator(HOUSE), means, found_organizations, rows=rows)
    for organization in people.organizations(tx):
        mine = [row for row in found.new if row.organization == organization.name]
        changed = [change for change in found.changed if change.row.organization == organization.name]
        leaving = [listed.person_id for listed in found.leaving if listed.organization == organization.name]
        do(tx, administrator(organization.id), means, apply, new=mine, changed=changed, leaving=leaving)
    return found


@dataclass(frozen=True, slots=True)
class Count:
    """How many a branch has: members, those of them with a vote, and people without any account who could have one."""

    branch: str
    members: int
    votes: int
    unbound: int


def counts(tx: Tx, branches: set[str]) -> list[Count]:
    """Count who is on the rosters of these branches today."""
    bound = {row.person_id for row in tx.all(select(ACC.c.person_id))}
    found = []
    for organization in people.organizations(tx):
        if organization.name in branches:
            here = people.of_branch(tx, organization.id)
            found.append(
                Count(
                    organization.name,
                    members=sum(person.status.is_member for person in here),
                    votes=sum(person.status is MemberStatus.FULL for person in here),
                    unbound=sum(person.id not in bound and not person.no_account for person in here),
                )
            )
    return found


def named(tx: Tx, name: str, branch: str | None = None) -> list[Listed]:
    """Find everyone of a name who is on a roster today, in one branch or in all."""
    found = tx.all(LISTED.where(P.c.name == name, P.c.left_on.is_(None)))
    return [Listed(row.id, row.name, row.organization) for row in found if branch in {None, row.organization}]


def administrator(branch_id: int) -> Actor:
    """Whoever runs the program on its machine: nobody of the roster, brings in lists and hands out first codes."""
    roles = frozenset({Role.CLOCK, Role.SECRETARY})
    return Actor(person_id=None, name="administrator", branch_id=branch_id, roles=roles, channel="console")


@verb(needs=Permission.ROSTER_IMPORT)
def found_organizations(deed: Deed, *, rows: Sequence[Row]) -> None:
    """Add the committees and branches that are not there yet, and put branches under their committee."""
    committees, known = _committees(rows), _founded(deed.tx)
    for name in _organizations(rows):
        if name not in known:
            kind = "committee" if name in committees else "branch"
            deed.insert(ORG, name=name, kind=kind, parent_id=None, began_at=deed.now, settings={})
    known = _founded(deed.tx)
    for name in {row.organization: None for row in rows}:
        above = committees if len(committees) == 1 else _committees(row for row in rows if row.organization == name)
        if known[name].parent_id is None and len(above) == 1:
            deed.update(ORG, known[name].id, parent_id=known[next(iter(above))].id)


@verb(needs=Permission.ROSTER_IMPORT)
def apply(deed: Deed, *, new: Sequence[Row], changed: Sequence[Change], leaving: Sequence[int]) -> None:
    """Write one branch's part of a plan: its groups, its people, their accounts, and who has left."""
    groups = {row.name: row.id for row in deed.tx.all(select(G).where(G.c.branch_id == deed.branch_id))}
    for name in _groups(new, changed):
        if name not in groups:
            groups[name] = deed.insert(G, branch_id=deed.branch_id, name=name)
    for row in new:
        columns = _columns(deed, dict(row.facts), groups)
        person_id = deed.insert(P, branch_id=deed.branch_id, name=row.name, **columns)
        _bind(deed, person_id, row.accounts)
    for change in changed:
        if change.new:
            deed.update(P, change.person_id, **_columns(deed, dict(change.new), groups))
        _bind(deed, change.person_id, change.accounts)
    for person_id in leaving:
        deed.update(P, person_id, left_on=deed.now.astimezone(deed.zone).date())


def _key(row: Row) -> Key:
    return row.organization, row.name


def _committees(rows: Iterable[Row]) -> list[str]:
    return list({row.committee: None for row in rows if row.committee})


def _organizations(rows: Sequence[Row]) -> list[str]:
    """Every committee, then every branch, in the order of the rows."""
    return list(dict.fromkeys([*_committees(rows), *(row.organization for row in rows)]))


def _founded(tx: Tx) -> dict[str, Organization]:
    return {found.name: found for found in people.organizations(tx)}


def _groups(new: Sequence[Row], changed: Sequence[Change]) -> dict[str, None]:
    named = [row.facts.get("group") for row in new] + [change.new.get("group") for change in changed]
    return {name: None for name in named if name}


def _columns(deed: Deed, facts: dict[str, Any], groups: dict[str, int]) -> dict[str, Any]:
    """What a row's facts are in the table: the group by its id, the phone sealed."""
    if "group" in facts:
        facts["group_id"] = groups.get(facts.pop("group"))
    if "phone" in facts:
        facts["phone"] = deed.tx.seal.close(facts["phone"])
    return facts


def _bind(deed: Deed, person_id: int, accounts: Sequence[Account]) -> None:
    for held in accounts:
        binding.bind_account(deed, person_id, held.channel, held.account, held.chat)


def _change(tx: Tx, row: Row, listed: Any) -> Change:
    """Compare a row with who stands on the roster by its name."""
    before = listed._asdict() | {"group": listed.group or "", "phone": tx.seal.open(listed.phone)}
    wanted = dict(row.facts) | ({"left_on": None} if listed.left_on else {})
    new = {name: value for name, value in wanted.items() if before[name] != value}
    holders = {
        (held.channel, held.account): tx.value(
            select(ACC.c.person_id).where(ACC.c.channel == held.channel, ACC.c.account == held.account)
        )
        for held in row.accounts
    }
    accounts = tuple(held for held in row.accounts if holders[held.channel, held.account] != listed.id)
    return Change(listed.id, row, {name: before[name] for name in new}, new, accounts)


def _leaving(everyone: dict[Key, Any], wanted: set[Key], left: Iterable[str]) -> tuple[list[Listed], list[Fault]]:
    """Find who was said to have left; who left before is passed over, so that the same word can be said twice."""
    leaving: list[Listed] = []
    faults: list[Fault] = []
    for name in dict.fromkeys(left):
        meant = [row for row in everyone.values() if name in {row.name, f"{row.organization}/{row.name}"}]
        here = [row for row in meant if row.left_on is None]
        choices = [f"{row.organization}/{row.name}" for row in here]
        if not meant:
            faults.append(Fault("left_unknown", words={"name": name}))
        elif len(here) > 1:
            faults.append(Fault("left_several", words={"name": name, "choices": choices}))
        elif here and (here[0].organization, here[0].name) in wanted:
            faults.append(Fault("left_in_file", words={"name": name}))
        else:
            leaving += [Listed(row.id, row.name, row.organization) for row in here]
    return leaving, faults


def _against(rows: Sequence[Row], staying: Sequence[Any]) -> list[Fault]:
    """What the rows cannot mean beside those who stay: a branch has one secretary."""
    seated = {row.organization: row.name for row in staying if row.post == Post.SECRETARY}
    return [
        Fault("secretary_stays", row.number, "post", {"other": seated[row.organization]})
        for row in rows
        if row.facts.get("post") == Post.SECRETARY and row.organization in seated
    ]


def _misplaced(tx: Tx, branches: set[str]) -> list[Fault]:
    """Nobody's branch is a committee."""
    committees = [name for name, found in _founded(tx).items() if found.kind == "committee" and name in branches]
    return [Fault("organization_differs", column="organization", words={"name": name}) for name in committees]
