"""How a meeting is worded to those who are told of it: the notice, what changed, what someone else made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vocabulary.messages import Text

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from vocabulary.views.meetings import Meeting


def changed(old: Meeting, new: Meeting, zone: ZoneInfo) -> Text:
    """Word what changed between two states of a meeting: the first of time, place, agenda; the rest stays."""
    words = {
        "old": old.starts_at,
        "type": new.called,
        "start": new.starts_at,
        "place": new.place,
        "agenda": list(new.agenda),
    }
    moved, elsewhere, other = old.starts_at != new.starts_at, old.place != new.place, old.agenda != new.agenda
    same_day = old.starts_at.astimezone(zone).date() == new.starts_at.astimezone(zone).date()
    match moved, elsewhere, other:
        case True, True, _:
            return Text("meetings.changed_time_place", words)
        case True, False, _:
            return Text("meetings.changed_time" if same_day else "meetings.changed_day", words)
        case False, True, _:
            return Text("meetings.changed_place", words)
        case _:
            return Text("meetings.changed_agenda", words)


def notice_words(meeting: Meeting, zone: ZoneInfo) -> dict[str, Any]:
    """Fill a notice: time, place, kind, what it is about (a phrase of its own, absent where nothing was said)."""
    about = Text("meetings.about", {"agenda": list(meeting.agenda)}) if meeting.agenda else ""
    kind = (
        Text("meetings.kind_of_group", {"group": meeting.group, "type": meeting.called})
        if meeting.group
        else meeting.called
    )
    verb_ = Text(f"meeting_verb.{meeting.type}")
    return {
        "start": meeting.starts_at,
        "end": ending(meeting.starts_at, meeting.ends_at, zone),
        "place": meeting.place,
        "type": kind,
        "about": about,
        "verb": verb_,
    }


def ending(starts_at: datetime, ends_at: datetime | None, zone: ZoneInfo) -> Text | str:
    """Word when a meeting ends, where that was said: 到16:30, with the day where it is another one."""
    if ends_at is None:
        return ""
    same_day = ends_at.astimezone(zone).date() == starts_at.astimezone(zone).date()
    return Text("meetings.card_end" if same_day else "meetings.card_end_day", {"end": ends_at})


def turned(before: tuple[datetime, str], after: tuple[datetime, str], zone: ZoneInfo) -> Text:
    """Word in a few words what became of a meeting's start and place: 改到16:00, 改在302, or something else."""
    words = {"start": after[0], "place": after[1]}
    same_day = before[0].astimezone(zone).date() == after[0].astimezone(zone).date()
    match before[0] != after[0], before[1] != after[1]:
        case True, True:
            return Text("meetings.turned_time_place", words)
        case True, False:
            return Text("meetings.turned_time" if same_day else "meetings.turned_day", words)
        case False, True:
            return Text("meetings.turned_place", words)
        case _:
            return Text("meetings.turned_other")
