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
    "meeting.cancel": frozenset({"meeting.list"}),
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
    "leave.withdraw": frozenset({"checkin.do", "leave.late", "leave.request", "meeting.accept"}),
    "notice.send": None,
    "reminder.create": None,
    "problem.add": None,
    "problem.update": None,
    "rule.ask": None,
    "vote.open": None,
    "checkin.for": frozenset({"checkin.do", "checkin.for", "checkin.status", "leave.request"}),
    "themeday.set": frozenset({"meeting.create", "meeting.list", "themeday.show"}),
    "quiz.schedule": frozenset({"quiz.start"}),
    "exam.open": frozenset({"exam.start", "meeting.notify", "quiz.start"}),
    "meeting.accept": frozenset({"leave.late"}),
    "agenda.assign": frozenset({"agenda.assign"}),
    "dues.record": frozenset({"dues.show"}),
    "development.advance": frozenset({"development.advance"}),
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
        "dues.record",
        "leave.approve",
        "leave.reject",
        "meeting.cancel",
        "notice.send",
        "reminder.create",
        "room.book",
    }
)
"""Two of these in one message are two commands."""


def belongs(intent: str, before: str) -> bool:
    """Say whether a clause that could be a command of its own belongs to the command before it."""
    if before == "meeting.create":
        return intent not in _APART
    absorbs = _ABSORBS.get(before, frozenset())
    return absorbs is None or intent in absorbs or (intent == before and intent not in _REPEATED)


def takes_all(intent: str) -> bool:
    """Say whether all that follows a command belongs to it."""
    return _ABSORBS.get(intent, frozenset()) is None
