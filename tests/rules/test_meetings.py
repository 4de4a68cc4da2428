from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from rules import meetings

ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 3, 11, 15, 30, tzinfo=ZONE)


def local(day, hour, minute=0, second=0):
    return datetime(2026, 3, day, hour, minute, second, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (meetings.check_in_opens, local(11, 15, 15)),
        (meetings.late_from, local(11, 15, 40)),
        (meetings.planned_end, local(11, 17)),
    ],
)
def test_the_instants_of_a_meeting(function, expected):
    assert function(START) == expected


def test_a_said_end_holds():
    assert meetings.planned_end(START, START + timedelta(minutes=20)) == local(11, 15, 50)


def test_settings_move_the_instants():
    brisk = meetings.Settings(opens_before=5, late_after=0)
    assert meetings.check_in_opens(START, brisk) == local(11, 15, 25)
    assert meetings.is_late(START, local(11, 15, 30, 1), brisk)


@pytest.mark.parametrize(
    ("at", "late"),
    [(local(11, 15, 21), False), (local(11, 15, 40), False), (local(11, 15, 40, 1), True), (local(11, 15, 44), True)],
)
def test_late_is_after_the_grace(at, late):
    assert meetings.is_late(START, at) is late


@pytest.mark.parametrize(
    ("moment", "speaks_at"),
    [
        (local(11, 20, 59), local(11, 20, 59)),
        (local(11, 21), local(12, 8)),
        (local(11, 23, 30, 15), local(12, 8)),
        (local(12, 0), local(12, 8)),
        (local(12, 7, 59, 59), local(12, 8)),
        (local(12, 8), local(12, 8)),
    ],
)
def test_nothing_is_said_unasked_at_night(moment, speaks_at):
    assert meetings.after_quiet(moment.astimezone(UTC), ZONE) == speaks_at
    assert meetings.is_quiet(moment, ZONE) is (moment != speaks_at)


def test_a_quiet_that_does_not_pass_midnight():
    noon = meetings.Settings(quiet_from=time(12), quiet_until=time(14))
    assert meetings.after_quiet(local(11, 13), ZONE, noon) == local(11, 14)
    assert not meetings.is_quiet(local(11, 23), ZONE, noon)


def test_no_quiet_at_all():
    never = meetings.Settings(quiet_from=time(0), quiet_until=time(0))
    assert not any(meetings.is_quiet(local(11, hour), ZONE, never) for hour in range(24))
