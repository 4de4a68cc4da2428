"""Who may do what: a table of roles and permissions. `docs/permissions.md` says it in words and is compared with it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person is in an organization; one person may be several things."""

    SECRETARY = "secretary"
    DEPUTY = "deputy"
    COMMITTEE = "committee"
    LEADER = "leader"
    MEMBER = "member"
    GUEST = "guest"
    SUPERVISOR = "supervisor"
    CLOCK = "clock"


class Permission(StrEnum):
    """What a verb needs; the name is noun and deed."""

    MEETING_CALL = "meeting.call"
    MEETING_CHANGE = "meeting.change"
    ANSWER = "answer"
    LEAVE_DECIDE = "leave.decide"
    CHECKIN_OPEN = "checkin.open"
    CHECKIN_SELF = "checkin.self"
    CHECKIN_FOR = "checkin.for"
    NOTICE_SEND = "notice.send"
    REMINDER_SET = "reminder.set"
    THEMEDAY_SET = "themeday.set"
    QUIZ_PLAN = "quiz.plan"
    QUIZ_ANSWER = "quiz.answer"
    GROUP_BIND = "group.bind"
    MEMBER_BIND = "member.bind"
    OWN_SETTINGS = "own.settings"
    ROSTER_IMPORT = "roster.import"
    CUSTOMS_SET = "customs.set"
    CLOCKWORK = "clockwork"


LEADERS = frozenset({Role.SECRETARY, Role.DEPUTY, Role.COMMITTEE, Role.LEADER})
HEADS = frozenset({Role.SECRETARY, Role.DEPUTY, Role.COMMITTEE})
EVERYONE = frozenset({*LEADERS, Role.MEMBER, Role.GUEST, Role.SUPERVISOR})

GRANTS: dict[Permission, frozenset[Role]] = {
    Permission.MEETING_CALL: LEADERS,
    Permission.MEETING_CHANGE: LEADERS,
    Permission.ANSWER: EVERYONE,
    Permission.LEAVE_DECIDE: frozenset({Role.SECRETARY, Role.DEPUTY, Role.LEADER}),
    Permission.CHECKIN_OPEN: LEADERS | {Role.CLOCK},
    Permission.CHECKIN_SELF: EVERYONE,
    Permission.CHECKIN_FOR: frozenset({Role.SECRETARY, Role.DEPUTY, Role.LEADER}),
    Permission.NOTICE_SEND: LEADERS,
    Permission.REMINDER_SET: EVERYONE,
    Permission.THEMEDAY_SET: HEADS,
    Permission.QUIZ_PLAN: HEADS,
    Permission.QUIZ_ANSWER: EVERYONE,
    Permission.GROUP_BIND: frozenset({Role.SECRETARY, Role.DEPUTY, Role.LEADER}),
    Permission.MEMBER_BIND: frozenset({Role.SECRETARY, Role.DEPUTY}),
    Permission.OWN_SETTINGS: EVERYONE,
    Permission.ROSTER_IMPORT: frozenset({Role.CLOCK}),
    Permission.CUSTOMS_SET: HEADS,
    Permission.CLOCKWORK: frozenset({Role.CLOCK}),
}
"""A group's leader has these for that group alone; the verb checks it (`convening.must_reach`, `notices.must_lead`)."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person of a branch with their roles, or the Clock (`person_id` None).

    `branch_id` is the branch in which they act; a supervisor looks into the branches below their committee
    (`oversees`). `channel` and `message_id` say through what, for the audit.
    """

    person_id: int | None
    name: str
    branch_id: int
    roles: frozenset[Role]
    group_id: int | None = None
    oversees: frozenset[int] = frozenset()
    channel: str = ""
    message_id: str = ""

    def may(self, permission: Permission) -> bool:
        """Whether any role of theirs grants it."""
        return bool(self.roles & GRANTS[permission])

    @property
    def leads_branch(self) -> bool:
        """Secretary, deputy or commissioner: acts for the whole branch."""
        return bool(self.roles & HEADS)


def clock(branch_id: int) -> Actor:
    """Return the actor whose hand the Clock lends when something falls due in a branch."""
    return Actor(person_id=None, name="clock", branch_id=branch_id, roles=frozenset({Role.CLOCK}), channel="clock")
