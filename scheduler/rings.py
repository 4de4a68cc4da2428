"""What is done when an alarm rings: one verb for each kind, done by the Clock, after another look at the facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services import clockwork, notices, overview, quiz, reminders, themeday

if TYPE_CHECKING:
    from collections.abc import Callable


RINGS: dict[str, Callable[..., None]] = {
    "meeting.unanswered": clockwork.remind_unanswered,
    "meeting.remind": clockwork.remind_meeting,
    "checkin.open": clockwork.open_checkin,
    "checkin.close": clockwork.close_checkin,
    "notice.send": notices.send_due,
    "meeting.announce": themeday.announce_due,
    "themeday.month": themeday.month,
    "quiz.push": quiz.push,
    "reminder.fire": reminders.fire,
    "overview.warn": overview.warn,
    "overview.week": overview.week,
}
