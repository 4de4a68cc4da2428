"""Only our own pages get in: Host and Origin, and the headers that go out."""

from __future__ import annotations

import pytest
from websockets.exceptions import InvalidStatus

LI = "李慧"


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "", "[bad", "localhost@evil"]
)
def test_a_foreign_host_is_refused(web, host):
    assert web.ask("GET", "/", Host=host)[0] == 403
    assert web.ask("POST", "/api/say", {"text": "x"}, Host=host)[0] == 403


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:1", "[::1]:8000", "LOCALHOST:80"])
def test_loopback_names_are_ours(web, host):
    assert web.ask("GET", "/", Host=host)[0] == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", "http://localhost", ""])
def test_a_foreign_origin_changes_nothing(web, origin):
    frame = {"type": "say", "account": LI, "chat": f"p:{LI}", "text": "好", "id": "k"}
    assert web.ask("POST", "/api/say", frame, Origin=origin)[0] == 403
    assert not web.house.heard


def test_our_own_origin_and_scripts_without_one_get_in(web):
    frame = {"type": "say", "account": LI, "chat": f"p:{LI}", "text": "好", "id": "k"}
    assert web.ask("POST", "/api/say", frame, Origin=web.address)[0] == 200
    assert web.ask("POST", "/api/say", frame)[0] == 200


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Host": "evil.example"}])
def test_a_foreign_page_opens_no_socket(web, headers):
    host = headers.get("Host")
    options = {"additional_headers": {} if host else headers}
    if host:
        assert web.ask("GET", "/ws", Host=host, Upgrade="websocket", Connection="Upgrade",
                       Sec_WebSocket_Key="AAAAAAAAAAAAAAAAAAAAAA==", Sec_WebSocket_Version="13")[0] == 403  # fmt: skip
        return
    with pytest.raises(InvalidStatus) as caught, web.window(**options):
        pass
    assert caught.value.response.status_code == 403


def test_our_own_page_opens_a_socket(web):
    with web.window(LI, additional_headers={"Origin": web.address}) as window:
        window.tell(type="ping")
        window.until("pong")


def test_the_public_address_is_ours_too(closed_web):
    assert closed_web.ask("GET", "/", Host="zhibu.example")[0] == 401
    _, _, data = closed_web.ask("POST", "/api/say", {"text": "x"}, Host="10.0.0.5")
    assert b"wrong_host" in data
    behind = {"Host": "zhibu.example", "Origin": "https://zhibu.example"}
    assert closed_web.ask("POST", "/api/say", {"text": "x"}, **behind)[0] == 401


@pytest.mark.parametrize("path", ["/", "/static/x/chat.js", "/file/1", "/in/once"])
def test_every_answer_is_strict(web, path):
    _, headers, _ = web.ask("GET", path)
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert (headers["X-Content-Type-Options"], headers["X-Frame-Options"]) == ("nosniff", "DENY")
