from dataclasses import dataclass

import pytest

from rules import due
from rules.quorum import Due
from vocabulary.meetings import MeetingType
from vocabulary.people import MemberStatus, Post

FULL, PROBATIONARY = MemberStatus.FULL, MemberStatus.PROBATIONARY


@dataclass(frozen=True)
class Someone:
    name: str
    status: MemberStatus = FULL
    post: Post = Post.MEMBER
    group: str | None = None
    exempt: bool = False
    voting_suspended: bool = False


def twenty_three():
    """19 full members with a vote, one on probation within the Party, three probationary members."""
    return [
        *(Someone(f"full {n}") for n in range(19)),
        Someone("watched", voting_suspended=True),
        *(Someone(f"new {n}", PROBATIONARY) for n in range(3)),
        Someone("candidate", MemberStatus.CANDIDATE),
        Someone("activist", MemberStatus.ACTIVIST),
    ]


BRANCH = [
    Someone("secretary", post=Post.SECRETARY, group="one"),
    Someone("deputy", post=Post.DEPUTY, group="two"),
    Someone("organization", post=Post.ORGANIZATION, group="one"),
    Someone("publicity", post=Post.PUBLICITY, group="two"),
    Someone("discipline", post=Post.DISCIPLINE, group="one", voting_suspended=True),
    Someone("leader", post=Post.GROUP_LEADER, group="two"),
    Someone("old", group="two", exempt=True),
    Someone("new", PROBATIONARY, group="one"),
    Someone("activist", MemberStatus.ACTIVIST, group="one"),
]


def names(people):
    return [person.name for person in people]


def test_the_example_of_twenty_three():
    assert due.count_due(twenty_three(), MeetingType.MEMBER) == Due(23, 19)


@pytest.mark.parametrize(
    ("meeting_type", "group", "numbers"),
    [
        (MeetingType.MEMBER, None, Due(7, 6)),
        (MeetingType.COMMITTEE, None, Due(5, 4)),
        (MeetingType.GROUP, "one", Due(4, 2)),
        (MeetingType.GROUP, "two", Due(3, 4)),
        (MeetingType.LECTURE, None, Due(7, 6)),
        (MeetingType.THEME_DAY, None, Due(7, 6)),
        (MeetingType.ORG_LIFE, None, Due(7, 6)),
        (MeetingType.ORG_LIFE, "two", Due(3, 4)),
        (MeetingType.OTHER, None, Due(7, 6)),
    ],
)
def test_who_is_due_at_which_meeting(meeting_type, group, numbers):
    assert due.count_due(BRANCH, meeting_type, group) == numbers


def test_a_group_meeting_needs_its_group():
    with pytest.raises(ValueError, match="group"):
        due.count_due(BRANCH, MeetingType.GROUP)


def test_exempt_members_vote_and_are_not_due():
    meeting = due.expected(BRANCH, MeetingType.MEMBER)
    assert names(meeting.free) == ["old"]
    assert "old" in names(meeting.voting)
    assert "old" not in names(meeting.due)


def test_who_is_not_due_sits_in():
    assert names(due.expected(BRANCH, MeetingType.MEMBER).observers) == ["activist"]
    assert names(due.expected(BRANCH, MeetingType.COMMITTEE).observers) == ["leader", "old", "new", "activist"]


@pytest.mark.parametrize(
    ("name", "meeting_type", "group", "standing"),
    [
        ("leader", MeetingType.MEMBER, None, "due"),
        ("leader", MeetingType.COMMITTEE, None, "observer"),
        ("leader", MeetingType.GROUP, "one", "observer"),
        ("old", MeetingType.GROUP, "two", "free"),
        ("new", MeetingType.GROUP, "one", "due"),
        ("activist", MeetingType.GROUP, "one", "observer"),
    ],
)
def test_standing(name, meeting_type, group, standing):
    person = next(one for one in BRANCH if one.name == name)
    assert due.standing(person, meeting_type, group) == standing


@pytest.mark.parametrize(
    ("posts", "has"),
    [
        ([Post.SECRETARY, Post.MEMBER], False),
        ([Post.SECRETARY, Post.DEPUTY, Post.GROUP_LEADER], False),
        ([Post.SECRETARY, Post.ORGANIZATION, Post.PUBLICITY], True),
    ],
)
def test_a_committee_is_on_record_where_a_commissioner_is(posts, has):
    assert due.has_committee([Someone("x", post=post) for post in posts]) is has


def test_groups_come_once_and_in_order():
    assert due.groups_of(BRANCH) == ("one", "two")
    assert due.groups_of(twenty_three()) == ()


def test_words_come_back_from_their_keys():
    assert MemberStatus("probationary") is PROBATIONARY
    assert Post("") is Post.MEMBER
