"""The code that checks in whoever scans it: where a branch has people on a 公众号, which has no card to press."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from rules.meetings import planned_end
from services import settings
from storage import tables
from vocabulary.messages import Image, Made, Text

if TYPE_CHECKING:
    from datetime import datetime

    from services.deeds import Deed
    from storage.database import Tx
    from vocabulary.views.meetings import Meeting

CHANNEL = "wechat"
"""The door whose own codes bring a press along, from whoever follows and from whoever begins to."""
PRESS = "in:"
SCANNED = re.compile(rf"{PRESS}([0-9]{{1,9}})")
REMEMBERED = timedelta(hours=12)
"""So long a code that was scanned by a stranger counts for whom they turn out to be."""
MAKER = "checkin.code"
"""Who makes the picture of a code: of `press` and `until`, the instant at which it ends."""


def hand_out(deed: Deed, meeting: Meeting, *people: int | None) -> None:
    """Send the code of an open check-in to each of these people, where anyone of its branch could scan it.

    It ends with the check-in; one that is open beyond its planned end lasts as long as a meeting usually does.
    """
    table = tables.accounts
    here = (table.c.branch_id == meeting.branch_id, table.c.channel == CHANNEL)
    if deed.tx.value(select(table.c.id).where(*here).limit(1)) is None:
        return
    custom = settings.of_branch(deed.tx, meeting.branch_id)
    ends_at = planned_end(meeting.starts_at, meeting.ends_at, custom)
    until = ends_at if ends_at > deed.now else deed.now + timedelta(minutes=custom.duration)
    code = Made(MAKER, {"press": f"{PRESS}{meeting.id}", "until": until}, "checkin.code_failed")
    words = Text("checkin.code", {"type": meeting.called, "until": until})
    for person_id in sorted({person for person in people if person is not None}):
        deed.post.to_person(person_id, words, Image(f"in-{meeting.id}.png", code), expires_at=until)


def scanned_before(tx: Tx, channel: str, account: str, now: datetime) -> int | None:
    """Return the meeting whose code an account scanned last while it was bound to nobody; None where it did not."""
    table = tables.inbox
    own = (table.c.channel == channel, table.c.account == account, table.c.person_id.is_(None))
    lately = (table.c.at >= now - REMEMBERED, table.c.pressed.startswith(PRESS, autoescape=True))
    return _meeting_of(tx.value(select(table.c.pressed).where(*own, *lately).order_by(table.c.id.desc()).limit(1)))


def counts(tx: Tx, pressed: str | None) -> bool:
    """Whether what was pressed is the code of a check-in that is open."""
    table, meeting_id = tables.meetings, _meeting_of(pressed)
    return meeting_id is not None and tx.value(select(table.c.checkin).where(table.c.id == meeting_id)) == "open"


def _meeting_of(pressed: str | None) -> int | None:
    number = SCANNED.fullmatch(pressed or "")
    return int(number[1]) if number else None
