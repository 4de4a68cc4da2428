"""What a roster cannot mean: contradictions within its rows. What is merely unusual is no fault."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vocabulary.messages import Text
from vocabulary.people import MemberStatus, Post
from vocabulary.views.roster import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from vocabulary.views.roster import Row

OF_AGE = 18
"""Who is eighteen may apply: 《中国共产党章程》第一条."""


def contradictions(rows: Sequence[Row], today: date) -> list[Fault]:
    """Every contradiction, in the order of the rows. `today` is the branch's own day."""
    found = [fault for row in rows for fault in _of_row(row, today)]
    for check in (_committees, _doubles, _secretaries, _leaders, _accounts):
        found += check(rows)
    return sorted(found, key=lambda fault: fault.row or 0)


def _of_row(row: Row, today: date) -> Iterator[Fault]:
    status, post = MemberStatus(row.facts["status"]), Post(row.facts.get("post", ""))
    may_hold = status is MemberStatus.FULL if post.is_committee else status.is_member or post is Post.MEMBER
    if not may_hold:
        words = {"status": Text(f"member_status.{status}"), "post": Text(f"post.{post}")}
        yield Fault("post_without_membership", row.number, "post", words)
    if post is Post.GROUP_LEADER and "group" in row.facts and not row.facts["group"]:
        yield Fault("leader_without_group", row.number, "group")
    if row.facts.get("no_account") and row.accounts:
        yield Fault("no_account_but_one", row.number, "remark")
    yield from _dates(row, status, today)


def _dates(row: Row, status: MemberStatus, today: date) -> Iterator[Fault]:
    for name in ("born_on", "joined_on"):
        if row.facts.get(name) and row.facts[name] > today:
            yield Fault("in_future", row.number, name)
    yield from _membership(row, status, today) if status.is_member else _preparation(row, status, today)


def _preparation(row: Row, status: MemberStatus, today: date) -> Iterator[Fault]:
    """Who is being prepared has no dates of membership and is of age."""
    for name in ("joined_on", "full_on"):
        if row.facts.get(name):
            yield Fault("not_yet_member", row.number, name, {"status": Text(f"member_status.{status}")})
    born = row.facts.get("born_on")
    if born and born <= today and _years(born, today) < OF_AGE:
        yield Fault("under_age_today", row.number, "born_on")


def _membership(row: Row, status: MemberStatus, today: date) -> Iterator[Fault]:
    born, joined, full = (row.facts.get(name) for name in ("born_on", "joined_on", "full_on"))
    if joined and full and full < joined:
        yield Fault("before_joining", row.number, "full_on")
    if status is MemberStatus.PROBATIONARY and full and full < today:
        yield Fault("probationary_past", row.number, "full_on")
    if status is MemberStatus.FULL and full and full > today:
        yield Fault("full_in_future", row.number, "full_on")
    if born and joined and _years(born, joined) < OF_AGE:
        yield Fault("under_age", row.number, "joined_on")


def _years(since: date, until: date) -> int:
    return until.year - since.year - ((until.month, until.day) < (since.month, since.day))


def _committees(rows: Sequence[Row]) -> Iterator[Fault]:
    committees = {row.committee for row in rows if row.committee}
    for row in rows:
        if row.organization in committees:
            yield Fault("organization_differs", row.number, "organization", {"name": row.organization})


def _doubles(rows: Sequence[Row]) -> Iterator[Fault]:
    seen: dict[tuple[str, str], Row] = {}
    for row in rows:
        first = seen.setdefault((row.organization, row.name), row)
        if first is not row:
            yield Fault("twice", row.number, "name", {"other": first.number})


def _secretaries(rows: Sequence[Row]) -> Iterator[Fault]:
    seen: dict[str, Row] = {}
    for row in rows:
        if row.facts.get("post") == Post.SECRETARY:
            first = seen.setdefault(row.organization, row)
            if first is not row:
                yield Fault("two_secretaries", row.number, "post", {"other": first.name, "row": first.number})


def _leaders(rows: Sequence[Row]) -> Iterator[Fault]:
    seen: dict[tuple[str, str], Row] = {}
    for row in rows:
        group = row.facts.get("group")
        if group and row.facts.get("post") == Post.GROUP_LEADER:
            first = seen.setdefault((row.organization, group), row)
            if first is not row:
                words = {"group": group, "other": first.name, "row": first.number}
                yield Fault("two_leaders", row.number, "post", words)


def _accounts(rows: Sequence[Row]) -> Iterator[Fault]:
    seen: dict[tuple[str, str], Row] = {}
    for row in rows:
        for held in row.accounts:
            first = seen.setdefault((held.channel, held.account), row)
            if first is not row:
                yield Fault("account_twice", row.number, held.channel, {"account": held.account, "other": first.number})
