"""Who may do what: `docs/permissions.md`, the code's table and what verbs really do say the same."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot import sample
from bot.commands import permissions
from services import convening, meetings, notices, people
from services.deeds import VERBS, Means, do
from storage.database import Database
from storage.migrate import migrate
from storage.writer import Writer
from texts import sentences
from vocabulary.clock import SetClock
from vocabulary.meetings import MeetingType
from vocabulary.people import MemberStatus, Post
from vocabulary.permissions import GRANTS, Actor, Permission, Role
from vocabulary.refusals import NotAllowed, NotFound, Refusal

PAGE = Path(__file__).parents[2] / "docs" / "permissions.md"
NOW = datetime(2026, 3, 5, 2, 20, tzinfo=UTC)
MEANS = Means(NOW, ZoneInfo("Asia/Shanghai"), "salt")
SOON = NOW + timedelta(days=6)


@pytest.fixture(scope="module")
def writer(tmp_path_factory):
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('permissions') / 'sample.db'}", "key")
    migrate(database)
    writer = Writer(database)
    writer.start()
    sample.build(database, writer, SetClock(NOW), "rehearsal", groups=True, salt=lambda: "salt")
    yield writer
    writer.stop()
    database.close()


@pytest.fixture(scope="module")
def told():
    """What the page says: for each verb the roles that may do it."""
    rows = [
        [cell.strip() for cell in line.strip("|\n").split("|")]
        for line in PAGE.read_text("utf-8").splitlines()
        if line.startswith("|")
    ]
    names = {sentences()[f"permissions.role.{role}"]: role for role in Role}
    columns = [names[head] for head in rows[0][1:-1]]
    return {
        name: frozenset(role for role, cell in zip(columns, row[1:-1], strict=True) if cell)
        for row in rows[2:]
        for name in re.findall(r"`([\w.]+)`", row[-1])
    }


class Undone(Exception):  # noqa: N818  it takes a try back
    pass


def is_refused(writer, actor, verb, **words):
    """Whether permission is refused. Without its arguments an allowed verb fails later, in some other way."""

    def attempt(tx):
        try:
            do(tx, actor, MEANS, verb, **words)
        except NotAllowed:
            return True
        except Exception as later:
            raise Undone from later
        raise Undone

    try:
        return writer.run(attempt)
    except Undone:
        return False


def test_the_page_is_what_the_code_writes():
    assert permissions.page() == PAGE.read_text("utf-8"), (
        "write it anew: python -m bot.commands.permissions > docs/permissions.md"
    )


def test_the_page_and_the_verbs_name_the_same(told):
    permissions.verbs()
    assert set(told) == set(VERBS)
    assert told == {name: GRANTS[verb.needs] for name, verb in VERBS.items()}
    assert set(GRANTS) == set(Permission)


def test_every_verb_refuses_exactly_whom_the_page_refuses(writer, told):
    wrong = []
    for name, verb in VERBS.items():
        for role in Role:
            actor = Actor(person_id=1, name="someone", branch_id=1, roles=frozenset({role}), group_id=1)
            if is_refused(writer, actor, verb.run) is (role in told[name]):
                wrong.append(f"{name} {role}")
    assert wrong == []


def test_the_roster_makes_the_roles(writer):
    def look(tx):
        found = [person for place in people.organizations(tx) for person in people.of_branch(tx, place.id)]
        return [(person, people.actor(tx, person).roles) for person in found]

    for person, roles in writer.run(look):
        assert (Role.MEMBER in roles) is (person.status in {MemberStatus.FULL, MemberStatus.PROBATIONARY})
        assert (Role.GUEST in roles) is not (Role.MEMBER in roles)
        assert (Role.SECRETARY in roles) is (person.post is Post.SECRETARY)
        assert (Role.DEPUTY in roles) is (person.post is Post.DEPUTY)
        assert (Role.COMMITTEE in roles) is person.post.is_commissioner
        assert (Role.LEADER in roles) is (person.post is Post.GROUP_LEADER)
        assert (Role.SUPERVISOR in roles) is bool(person.upper_post)
        assert Role.CLOCK not in roles


def named(writer, name):
    """An actor of the sample by name."""

    def look(tx):
        for place in people.organizations(tx):
            for person in people.of_branch(tx, place.id):
                if person.name == name:
                    return people.actor(tx, person, "rehearsal", "1")
        raise LookupError(name)

    return writer.run(look)


def calling(group_id, kind=MeetingType.GROUP):
    return {"type": kind, "starts_at": SOON, "place": "301", "group_id": group_id, "tell": False}


def test_a_groups_leader_acts_for_that_group_alone(writer):
    leader, other = named(writer, "王晓明"), named(writer, "吴丽娜")
    assert leader.group_id != other.group_id
    assert not is_refused(writer, leader, convening.create, **calling(leader.group_id))
    assert is_refused(writer, leader, convening.create, **calling(other.group_id))
    assert is_refused(writer, leader, convening.create, **calling(None, MeetingType.MEMBER))
    words = {"text": "x", "people_ids": [], "wants_answer": False, "send_at": NOW, "whole": True}
    assert not is_refused(writer, leader, notices.create, group_id=leader.group_id, **words)
    assert is_refused(writer, leader, notices.create, group_id=other.group_id, **words)
    assert is_refused(writer, leader, notices.create, group_id=None, **words)


def test_a_supervisor_looks_into_the_branches_below_and_acts_only_at_home(writer):
    secretary, elsewhere = named(writer, "李慧"), named(writer, "何建平")
    above, both = named(writer, "陶然"), named(writer, "魏国强")
    words = calling(None, MeetingType.MEMBER)
    key = writer.run(lambda tx: do(tx, secretary, MEANS, convening.create, **words)).id
    for viewer in (above, both):
        assert secretary.branch_id in viewer.oversees
        assert writer.run(lambda tx, viewer=viewer: meetings.show(tx, viewer, key)).id == key
    assert is_refused(writer, above, convening.change, meeting_id=key, new={"place": "302"})
    with pytest.raises(NotFound):
        writer.run(lambda tx: meetings.show(tx, elsewhere, key))
    for stranger in (both, elsewhere):
        with pytest.raises(Refusal):
            writer.run(
                lambda tx, who=stranger: do(tx, who, MEANS, convening.change, meeting_id=key, new={"place": "x"})
            )
        with pytest.raises(Refusal):
            writer.run(lambda tx, who=stranger: do(tx, who, MEANS, convening.cancel, meeting_id=key))
