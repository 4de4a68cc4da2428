"""Where someone else was quicker: a meeting is no longer what the card showed, so it is asked once more."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from handlers.turn import Question, Turn
from services import meetings
from services.meeting_words import turned
from texts import say

if TYPE_CHECKING:
    from vocabulary.messages import Text
    from vocabulary.views.meetings import Meeting

DROPPED = {"_confirmed": True, "_dropped": True}


def as_shown(meeting: Meeting, said: dict[str, Any]) -> dict[str, Any]:
    """Return what a draft keeps of the meeting on its card; what was seen first stays."""
    now = [meeting.revision, meeting.starts_at.isoformat(), meeting.place]
    return {"_meeting": meeting.id, "_seen": said.get("_seen") or now}


def revision_seen(said: dict[str, Any], meeting: Meeting) -> int:
    """Return the revision that the card showed; the present one where nothing was shown."""
    return int(said["_seen"][0]) if said.get("_seen") else meeting.revision


def still_change(turn: Turn, meeting: Meeting, new: dict[str, Any], said: dict[str, Any]) -> Question | None:
    """Ask whether to change it all the same; None where nobody was quicker."""
    if revision_seen(said, meeting) == meeting.revision or meeting.is_over:
        return None
    after = (new.get("starts_at", meeting.starts_at), new.get("place", meeting.place))
    mine = turned((meeting.starts_at, meeting.place), after, turn.zone)
    moved = after != (meeting.starts_at, meeting.place)
    words = {**_theirs(turn, meeting, said), "mine": mine if moved else say("meetings.turned_as_said")}
    again = {"_seen": None, "_confirmed": True}
    choices = (("buttons.change", again), ("buttons.leave_it", DROPPED))
    return Question("confirm", (say("meetings.changed_meanwhile", **words),), choices, again)


def still_cancel(turn: Turn, meeting: Meeting, said: dict[str, Any]) -> Question | None:
    """Ask whether to call it off all the same; None where nobody was quicker."""
    if revision_seen(said, meeting) == meeting.revision or meeting.is_over:
        return None
    again = {"_seen": None, "_confirmed": True}
    choices = (("buttons.call_off", again), ("buttons.do_not", DROPPED))
    return Question("confirm", (say("meetings.cancel_meanwhile", **_theirs(turn, meeting, said)),), choices, again)


def _theirs(turn: Turn, meeting: Meeting, said: dict[str, Any]) -> dict[str, str | Text]:
    """Word who was quicker, and what they made of it."""
    _, start, place = said["_seen"]
    theirs = turned((datetime.fromisoformat(start), place), (meeting.starts_at, meeting.place), turn.zone)
    return {"by": meetings.last_changer(turn.tx, meeting), "theirs": theirs}
