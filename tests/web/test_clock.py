"""The sample's clock moves forward only, tells every window, and what is due on the way happens in order."""

from __future__ import annotations

from datetime import timedelta

import pytest

LI, WANG = "李慧", "王晓明"


def now(web):
    return web.clock.now().astimezone().timestamp() * 1000


def test_an_hour_on(web):
    before = now(web)
    with web.window(LI) as mine, web.window(WANG) as other:
        mine.tell(type="clock", hours=1)
        for window in (mine, other):
            assert window.until("clock", busy=False)["now"] == before + 3_600_000


def test_what_is_due_on_the_way_happens_in_order(web):
    web.branch.due = [web.clock.now() + timedelta(hours=hours) for hours in (30, 2, 5)]
    with web.window(LI) as window:
        window.tell(type="clock", to="2026-03-07T09:00")
        heard = [window.until("message")["message"] for _ in range(3)]
        assert [m["text"] for m in heard] == ["到点：05 04:20", "到点：05 07:20", "到点：06 08:20"]
        assert [m["at"] for m in heard] == sorted(m["at"] for m in heard)
        window.until("clock", busy=False)
        assert web.clock.now().isoformat() == "2026-03-07T01:00:00+00:00"


def test_to_the_next_thing_due(web):
    due = web.clock.now() + timedelta(days=3)
    web.branch.due = [due]
    with web.window(LI) as window:
        window.tell(type="clock", next=True)
        window.until("message")
        assert window.until("clock", busy=False)["now"] == round(due.timestamp() * 1000)
        window.tell(type="clock", next=True)
        assert window.until("error")["error"] == "nothing_due"


@pytest.mark.parametrize(
    ("wish", "error"),
    [
        ({"to": "2026-03-05T10:00"}, "clock_back"),
        ({"hours": 0}, "clock_back"),
        ({"hours": -5}, "clock_back"),
        ({"hours": 10**9}, "clock_far"),
        ({"to": "2031-01-01T00:00"}, "clock_far"),
        ({"to": "9999-12-31T23:59"}, "clock_far"),
        ({"to": "0001-01-01T00:00"}, "malformed"),
        ({"to": "明天"}, "malformed"),
        ({"hours": True}, "malformed"),
        ({}, "malformed"),
    ],
)
def test_what_the_clock_cannot_do_is_said(web, wish, error):
    before = web.clock.now()
    with web.window(LI) as window:
        window.tell(type="clock", **wish)
        assert window.until("error")["error"] == error
        assert web.clock.now() == before
