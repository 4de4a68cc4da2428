"""Outside the sample one comes in by a one-time link."""

from __future__ import annotations

import json

import pytest
from websockets.exceptions import ConnectionClosed

LI = "李慧"
COOKIE = {"Cookie": "zhibu_session=secret"}


def say(web, **headers):
    frame = {"type": "say", "account": "何平", "chat": f"p:{LI}", "text": "好", "id": "k"}
    status, _, data = web.ask("POST", "/api/say", frame, **headers)
    return status, json.loads(data)


def test_without_a_link_nobody_sees_anything(closed_web):
    status, _, data = closed_web.ask("GET", "/")
    assert status == 401
    assert "用管理员发给你的链接" in data.decode()
    assert say(closed_web)[1]["error"] == "signed_out"
    assert say(closed_web, Cookie="zhibu_session=guessed")[0] == 401
    for path in ("/file/1", "/text/1"):
        assert closed_web.ask("GET", path)[0] == 401


def test_looking_at_a_link_does_not_use_it_up(closed_web):
    for _ in range(2):
        status, headers, data = closed_web.ask("GET", "/in/once")
        assert status == 200
        assert "Set-Cookie" not in headers
        assert b'method="post"' in data
    assert closed_web.access.codes


def test_a_link_lets_its_person_in_once(closed_web):
    status, headers, _ = closed_web.ask("POST", "/in/once")
    assert (status, headers["Location"]) == (303, "/")
    cookie = headers["Set-Cookie"]
    assert all(mark in cookie for mark in ("zhibu_session=secret", "HttpOnly", "SameSite=strict", "Secure", "Path=/"))
    status, headers, data = closed_web.ask("POST", "/in/once")
    assert (status, "Set-Cookie" in headers) == (403, False)
    assert "用过了" in data.decode()


def test_a_session_speaks_for_its_own_person_whatever_the_frame_says(closed_web):
    closed_web.ask("POST", "/in/once")
    assert closed_web.ask("GET", "/", **COOKIE)[0] == 200
    assert say(closed_web, **COOKIE) == (200, {"ok": True})
    assert closed_web.house.heard[0].account == LI


def test_a_socket_without_a_session_is_told_so_and_closed(closed_web):
    with closed_web.window() as window:
        assert window.until("error")["error"] == "signed_out"
        with pytest.raises(ConnectionClosed) as closed:
            window.until("hello")
        assert closed.value.rcvd.code == 4401


def test_a_session_sits_down_by_itself_and_cannot_be_another(closed_web):
    closed_web.ask("POST", "/in/once")
    with closed_web.window(additional_headers=COOKIE) as window:
        hello = window.until("hello")
        assert (hello["people"], hello["clock"]) == ([], None)
        assert window.until("state")["me"]["name"] == LI
        window.tell(type="be", account="何平")
        assert window.until("error")["error"] == "malformed"
        window.tell(type="clock", hours=1)
        assert window.until("error")["error"] == "no_clock"
        window.tell(type="state")
        assert window.until("state")["me"]["name"] == LI
