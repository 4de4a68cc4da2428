"""Files that people hand over and files that the bot sends."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from bot.channels.web.speech import file_name
from vocabulary.messages import Chat, Shown

LI, WANG, HE = "李慧", "王晓明", "何平"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


def hand_over(web, name, data, account=LI, chat="g:dev", key="f1"):
    query = f"chat={quote(chat)}&name={quote(name)}&id={key}&account={quote(account)}"
    status, _, answer = web.ask("POST", f"/api/file?{query}", data)
    return status, json.loads(answer)


def fetch(web, number, account):
    return web.ask("GET", f"/file/{number}?account={quote(account)}")


@pytest.mark.parametrize(
    ("name", "kind"), [("现场.jpg", "image"), ("发言.DOCX", "file"), ("发言.amr", "voice"), ("名单", "file")]
)
def test_a_file_reaches_the_house_and_the_chat(web, name, kind):
    with web.window(WANG) as window:
        assert hand_over(web, name, b"abc") == (200, {"ok": True})
        assert window.until("message")["message"]["file"] == {"name": name, "bytes": 3}
    [attached] = web.house.heard[0].attachments
    assert (attached.kind, attached.name, attached.url) == (kind, name, "/file/1")
    assert fetch(web, 1, WANG)[2] == b"abc"


def test_only_who_sees_the_chat_gets_its_files(web):
    hand_over(web, "名单.xlsx", b"abc")
    assert fetch(web, 1, HE)[0] == 404
    assert fetch(web, 7, LI)[0] == 404
    assert web.ask("GET", "/file/1")[0] == 403


def test_a_file_is_saved_and_a_picture_is_shown_whatever_they_are_called(web):
    hand_over(web, "坏.png", b"<html><script>alert(1)</script>", key="f1")
    hand_over(web, "好.dat", PNG, key="f2")
    _, headers, _ = fetch(web, 1, LI)
    assert headers["Content-Type"] == "application/octet-stream"
    assert headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''%E5%9D%8F")
    _, headers, _ = fetch(web, 2, LI)
    assert (headers["Content-Type"], headers["Content-Disposition"][:6]) == ("image/png", "inline")


def test_a_file_of_twenty_megabytes_is_taken_and_more_is_refused(web):
    assert hand_over(web, "大.bin", bytes(20_000_000))[0] == 200
    status, answer = hand_over(web, "更大.bin", bytes(20_000_001), key="f2")
    assert (status, answer["error"]) == (413, "too_long")
    assert len(web.house.heard) == 1


def test_a_file_into_another_chat_is_refused(web):
    assert hand_over(web, "a.txt", b"x", chat="g:market")[0] == 403
    assert hand_over(web, "a.txt", b"x", account="没有这个人")[0] == 403
    assert not web.store.messages


def test_the_bots_file_can_be_fetched(web):
    shown = Shown("会议记录草稿好了。", file_name="支部党员大会 2026-06-24.docx", file_data=b"docx")
    number = web.run(web.door.send(Chat("web", f"p:{LI}", "private"), shown))
    assert fetch(web, number, LI)[2] == b"docx"


def test_a_long_text_is_cut_in_the_chat_and_whole_on_its_own(web):
    long = "长" * 10_000
    web.say_as(LI, long)
    with web.window(LI) as window:
        window.tell(type="history", chat=f"p:{LI}", before=None)
        message = window.until("history")["messages"][0]
        assert (message["length"], len(message["text"])) == (10_000, 6000)
    _, headers, data = web.ask("GET", f"/text/1?account={quote(LI)}")
    assert (headers["Content-Type"], data.decode()) == ("text/plain; charset=utf-8", long)


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\名单\\a.xlsx", "a.xlsx"),
        ("a\x00\nb.txt", "a b.txt"),
        ("..", "file"),
        ("", "file"),
        ("长" * 300 + ".docx", "长" * 115 + ".docx"),
        ("x." + "y" * 300, "x." + "y" * 118),
    ],
)
def test_names_of_files_are_made_safe(given, safe):
    assert file_name(given) == safe
