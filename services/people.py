"""Looks at the roster: who someone is, what they are, and who belongs where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, or_, select

from storage import tables
from storage.prepared import Prepared
from vocabulary.people import MemberStatus, Post
from vocabulary.permissions import Actor, Role
from vocabulary.views.people import Organization, Person

if TYPE_CHECKING:
    from collections.abc import Iterable

    from storage.database import Tx

P = tables.people
ROSTER = select(P, tables.party_groups.c.name.label("group_name")).outerjoin(
    tables.party_groups, P.c.group_id == tables.party_groups.c.id
)
HERE = ROSTER.where(P.c.left_on.is_(None))
BY_ID = Prepared(ROSTER.where(P.c.id == bindparam("person")))
OF_ACCOUNT = HERE.join(tables.accounts, P.c.id == tables.accounts.c.person_id).where(
    tables.accounts.c.channel == bindparam("channel"), tables.accounts.c.account == bindparam("account")
)
BY_ACCOUNT = Prepared(OF_ACCOUNT)
OTHER = tables.accounts.alias("other")
SPEAKER = Prepared(
    OF_ACCOUNT.add_columns(
        or_(
            tables.accounts.c.reachable.is_(False),
            select(OTHER.c.id)
            .where(
                OTHER.c.person_id == tables.accounts.c.person_id,
                OTHER.c.id != tables.accounts.c.id,
                OTHER.c.used_at >= tables.accounts.c.used_at,
            )
            .exists(),
        ).label("elsewhere")
    )
)
OF_BRANCH = Prepared(HERE.where(P.c.branch_id == bindparam("branch")).order_by(P.c.id))
SETTINGS = Prepared(select(tables.organizations.c.settings).where(tables.organizations.c.id == bindparam("branch")))
POST_ROLES = {Post.SECRETARY: Role.SECRETARY, Post.DEPUTY: Role.DEPUTY, Post.GROUP_LEADER: Role.LEADER}


def view(row: Any) -> Person:
    """Make the frozen view of a roster row."""
    return Person(
        id=row.id,
        branch_id=row.branch_id,
        name=row.name,
        status=MemberStatus(row.status),
        post=Post(row.post),
        upper_post=row.upper_post,
        group_id=row.group_id,
        group=row.group_name,
        exempt=row.exempt,
        mobile=row.mobile,
        no_account=row.no_account,
        private_off=row.private_off,
        joined_on=row.joined_on,
        left_on=row.left_on,
    )


def of_account(tx: Tx, channel: str, account: str) -> Person | None:
    """Find the person that an account is bound to; nobody for a stranger or someone who has left."""
    found = tx.first(BY_ACCOUNT, channel=channel, account=account)
    return view(found) if found else None


def speaker(tx: Tx, channel: str, account: str) -> tuple[Person, bool] | None:
    """Find who speaks, as `of_account`; and whether what is sent to them would go elsewhere than where they speak."""
    found = tx.first(SPEAKER, channel=channel, account=account)
    return (view(found), bool(found.elsewhere)) if found else None


def person(tx: Tx, person_id: int) -> Person:
    """Read one person by id."""
    return view(tx.one(BY_ID, person=person_id))


def names(tx: Tx, people: Iterable[int]) -> list[str]:
    """Read names by ids, in roster order."""
    wanted = list(people)
    return [row.name for row in tx.all(select(P.c.id, P.c.name).where(P.c.id.in_(wanted)).order_by(P.c.id))]


def of_branch(tx: Tx, branch_id: int) -> list[Person]:
    """Everyone on a branch's roster today, in its order."""
    return [view(row) for row in tx.all(OF_BRANCH, branch=branch_id)]


def secretaries(tx: Tx, branch_id: int) -> list[Person]:
    """Whoever has the post of secretary on a branch's roster today."""
    return [person for person in of_branch(tx, branch_id) if person.post is Post.SECRETARY]


def organization(tx: Tx, organization_id: int) -> Organization:
    """Read a committee or branch."""
    table = tables.organizations
    row = tx.conn.execute(select(table).where(table.c.id == organization_id)).one()
    return Organization(row.id, row.name, row.kind, row.parent_id)


def organizations(tx: Tx) -> list[Organization]:
    """Every committee and branch, in order."""
    table = tables.organizations
    return [
        Organization(row.id, row.name, row.kind, row.parent_id) for row in tx.all(select(table).order_by(table.c.id))
    ]


def with_account(tx: Tx, people: Iterable[int]) -> set[int]:
    """Return those who are bound to an account, whether it can be reached or not."""
    table = tables.accounts
    return {row.person_id for row in tx.all(select(table.c.person_id).where(table.c.person_id.in_(list(people))))}


def settings(tx: Tx, branch_id: int) -> dict[str, Any]:
    """Read a branch's own settings."""
    return dict(tx.value(SETTINGS, branch=branch_id) or {})


def actor(tx: Tx, who: Person, channel: str = "", message_id: str = "") -> Actor:
    """Work out what a person may be today: roles from the posts on the roster."""
    roles = {Role.MEMBER if who.status.is_member else Role.GUEST}
    if who.post in POST_ROLES:
        roles.add(POST_ROLES[who.post])
    elif who.post.is_committee:
        roles.add(Role.COMMITTEE)
    oversees: frozenset[int] = frozenset()
    if who.upper_post:
        roles.add(Role.SUPERVISOR)
        oversees = _below(tx, who.branch_id)
    return Actor(who.id, who.name, who.branch_id, frozenset(roles), who.group_id, oversees, channel, message_id)


def _below(tx: Tx, branch_id: int) -> frozenset[int]:
    """Return the branches under the committee that a branch belongs to."""
    table = tables.organizations
    parent = tx.value(select(table.c.parent_id).where(table.c.id == branch_id))
    if parent is None:
        return frozenset()
    return frozenset(
        row.id for row in tx.all(select(table.c.id).where(table.c.parent_id == parent, table.c.kind == "branch"))
    )
