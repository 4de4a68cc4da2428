"""Which clauses belong to the command before them, and which are commands of their own."""

from __future__ import annotations

_ABSORBS: dict[str, frozenset[str] | None] = {
    "meeting.change": frozenset(
        {
            "agenda.assign",
            "leave.late",
            "meeting.accept",
            "meeting.change",
            "meeting.create",
            "meeting.list",
            "meeting.show",
        }
    ),
    "meeting.cancel": frozenset(
        {
            "checkin.for",
            "checkin.status",
            "leave.late",
            "leave.request",
            "learn.done",
            "meeting.accept",
            "meeting.list",
            "meeting.show",
            "notice.status",
            "room.list",
        }
    ),
    "leave.request": frozenset(
        {
            "checkin.for",
            "development.advance",
            "learn.done",
            "leave.late",
            "leave.withdraw",
            "meeting.accept",
            "meeting.change",
            "meeting.create",
            "meeting.list",
        }
    ),
    "leave.late": frozenset(
        {"agenda.assign", "checkin.do", "checkin.for", "leave.request", "meeting.accept", "meeting.create"}
    ),
    "leave.reject": frozenset({"meeting.create", "vote.open"}),
    "leave.withdraw": frozenset({"checkin.do", "leave.request", "meeting.accept"}),
    "notice.send": None,
    "reminder.create": None,
    "problem.add": None,
    "problem.update": None,
    "rule.ask": None,
    "vote.open": None,
    "checkin.for": frozenset({"checkin.do", "checkin.open", "leave.request"}),
    "themeday.set": frozenset({"meeting.change", "meeting.create", "meeting.list", "themeday.show"}),
    "quiz.start": frozenset({"dues.show", "exam.open", "exam.start", "help", "learn.list", "learn.open", "rule.ask"}),
    "quiz.schedule": frozenset({"meeting.change", "member.list", "quiz.start"}),
    "reminder.cancel": frozenset({"learn.done", "meeting.accept"}),
    "exam.open": frozenset(
        {"exam.start", "meeting.accept", "meeting.change", "meeting.notify", "quiz.start", "rule.ask"}
    ),
    "meeting.accept": frozenset({"leave.late"}),
    "dues.record": frozenset({"dues.show", "meeting.accept"}),
    "checkin.open": frozenset({"checkin.close", "meeting.accept", "meeting.create", "problem.close"}),
    "agenda.assign": frozenset({"learn.list", "meeting.accept", "meeting.create", "meeting.list", "meeting.show"}),
    "development.advance": frozenset(
        {"development.advance", "meeting.accept", "meeting.create", "meeting.list", "member.update", "rule.ask"}
    ),
    "dues.show": frozenset({"checkin.status", "dues.show", "notice.status"}),
    "learn.done": frozenset({"checkin.for", "learn.done", "meeting.accept"}),
    "learn.hours": frozenset({"learn.hours", "rule.ask"}),
    "problem.close": frozenset({"problem.close", "problem.update"}),
    "evaluation.cast": frozenset({"meeting.accept"}),
}
"""What may follow a command without being another; None: all that follows belongs to it."""
_APART = frozenset(
    {
        "archive.export",
        "checkin.close",
        "checkin.status",
        "leave.approve",
        "leave.reject",
        "meeting.cancel",
        "notice.status",
        "plan.status",
        "quiz.schedule",
        "reminder.cancel",
        "reminder.create",
        "report.export",
        "room.release",
        "themeday.set",
    }
)
"""What never belongs to calling a meeting; all else that is said after it does."""
_REPEATED = frozenset(
    {
        "agenda.assign",
        "checkin.for",
        "development.advance",
        "dues.record",
        "evaluation.cast",
        "leave.approve",
        "leave.reject",
        "meeting.cancel",
        "member.update",
        "notice.send",
        "reminder.create",
        "room.book",
    }
)
"""Two of these in one message are two commands."""


_OCCASIONS = {
    "meeting.create": frozenset({"agenda.assign"}),
    "minutes.approve": frozenset({"minutes.show"}),
    "minutes.make": frozenset({"meeting.list"}),
    "meeting.change": frozenset({"leave.late"}),
    "leave.withdraw": frozenset({"meeting.accept"}),
    "leave.late": frozenset({"meeting.accept"}),
    "leave.approve": frozenset({"leave.request", "leave.show"}),
    "leave.reject": frozenset({"leave.request", "leave.show"}),
    "checkin.open": frozenset({"checkin.do"}),
    "checkin.close": frozenset({"checkin.do"}),
    "checkin.for": frozenset({"checkin.status", "leave.late"}),
    "vote.open": frozenset({"development.advance", "member.update"}),
}
_DETAILS = frozenset(
    {
        "agenda.assign",
        "help",
        "leave.late",
        "meeting.accept",
        "meeting.change",
        "meeting.create",
        "meeting.notify",
        "meeting.show",
        "rule.ask",
    }
)
"""What belongs to calling a meeting even where another command is announced (另外请周建国主持)."""


def belongs(intent: str, before: str, *, announced: bool = False) -> bool:
    """Say whether a clause that could be a command of its own belongs to the command before it."""
    if before == "meeting.create":
        return intent in _DETAILS if announced else intent not in _APART
    return not announced and intent in (_ABSORBS.get(before, frozenset()) or ())


def is_occasion(before: str, intent: str) -> bool:
    """Say whether what is said first only leads to the command after it (能参加了，假销了吧)."""
    return before in _OCCASIONS.get(intent, frozenset())


def is_repeated(intent: str) -> bool:
    """Say whether two commands of one intent in a message can be two commands."""
    return intent in _REPEATED


_OVERTAKES = {
    "report.show": frozenset({"report.export"}),
}
"""What merely leads up to the command that stands after it: 参会统计，导个Excel."""


def overtakes(intent: str, before: str) -> bool:
    """Say whether a clause turns the one before it into its own object: the two are one command, the later."""
    return intent in _OVERTAKES.get(before, frozenset())


def takes_all(intent: str) -> bool:
    """Say whether all that follows a command belongs to it."""
    return _ABSORBS.get(intent, frozenset()) is None
