"""Every topic of conversation; loading this module once registers them all."""

from __future__ import annotations

from importlib import import_module

TOPICS = (
    "answers",
    "attendance_report",
    "changes",
    "checkin",
    "customs",
    "help",
    "leave",
    "meetings",
    "members",
    "notices",
    "overview",
    "quiz",
    "registering",
    "reminders",
    "rule_answers",
    "themeday",
)


def load() -> None:
    """Import each topic, which registers its handlers; a second call does nothing."""
    for topic in TOPICS:
        import_module(f"handlers.{topic}")
