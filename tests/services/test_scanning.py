"""What a stranger scanned is remembered for whom they turn out to be: the last code, lately, and that of a meeting."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert

from services import letters, scanning
from storage import tables
from vocabulary.messages import Chat, Incoming

NOW = datetime(2026, 3, 6, 6, 55, tzinfo=UTC)
HOUR = timedelta(hours=1)


def scan(tx, pressed, account="oNew", at=NOW, person=None, channel="wechat"):
    chat = Chat(channel, account, "private")
    key = f"{account}:{pressed}:{at.timestamp()}"
    heard = Incoming(channel=channel, chat=chat, account=account, message_id=key, at=at, pressed=pressed)
    number = letters.take_in(tx, heard, at)
    letters.note_reading(tx, number, None, person, "stranger")


@pytest.mark.parametrize(
    ("scans", "found"),
    [
        ([], None),
        ([{"pressed": "in:12"}], 12),
        ([{"pressed": "in:12"}, {"pressed": "in:13"}, {"pressed": "cv:1:ok:7"}], 13),
        ([{"pressed": "in:12", "at": NOW - 11 * HOUR}], 12),
        ([{"pressed": "in:12", "at": NOW - 13 * HOUR}], None),
        ([{"pressed": "in:12", "account": "oOther"}], None),
        ([{"pressed": "in:12", "channel": "telegram"}], None),
        ([{"pressed": "in:12", "person": 7}], None),
        ([{"pressed": "in:99999999999"}], None),
        ([{"pressed": "in:x"}], None),
    ],
)
def test_what_a_stranger_scanned_is_remembered(writer, scans, found):
    def scene(tx):
        for one in scans:
            scan(tx, **one)
        return scanning.scanned_before(tx, "wechat", "oNew", NOW)

    assert writer.run(scene) == found


def test_only_the_code_of_an_open_check_in_counts(writer):
    meeting = {
        "branch_id": 1,
        "type": "member_meeting",
        "starts_at": NOW,
        "created_at": NOW,
        "place": "301",
        "agenda": [],
    }

    def scene(tx):
        with tx.guard.key():
            keys = [
                tx.conn.execute(insert(tables.meetings).values(**meeting, checkin=how)).inserted_primary_key[0]
                for how in ("none", "open", "closed")
            ]
        pressed = [f"in:{key}" for key in keys] + ["in:999", "in:99999999999", "ce:1", "", None]
        return [scanning.counts(tx, one) for one in pressed]

    assert writer.run(scene) == [False, True, False, *[False] * 5]
