"""The page as it is served: its texts inside, its files kept by the browser for ever, nothing inline."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from bot.web import pages

STATIC = Path(pages.__file__).parent / "static"
CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")


def page_data(html):
    return json.loads(re.search(r'id="page-data">(.*?)</script>', html, re.DOTALL)[1])


def test_the_page_holds_its_texts_and_settings(web):
    status, headers, data = web.ask("GET", "/")
    html = data.decode()
    assert (status, headers["Cache-Control"]) == (200, "no-store")
    found = page_data(html)
    assert (found["sample"], found["zone"]) == (True, "Asia/Shanghai")
    assert found["words"]["bot"] == "支部助手"
    assert "{{" not in html


def test_nothing_in_the_page_is_inline(web):
    html = web.ask("GET", "/")[2].decode()
    assert not re.search(r"\son\w+=|style=|javascript:", html)
    assert re.findall(r"<script(?![^>]*(?:src=|application/json))", html) == []


def test_a_text_cannot_end_the_script_that_holds_it(monkeypatch):
    evil = "</script><script>alert(1)</script>&<!--"
    words = {**pages.words(), "hint": evil}
    monkeypatch.setattr(pages, "words", lambda: words)
    html = pages.chat_page({"sample": True, "zone": "UTC"})
    assert page_data(html)["words"]["hint"] == evil
    assert "alert(1)</script>" not in html


def test_static_files_are_kept_by_their_version(web):
    html = web.ask("GET", "/")[2].decode()
    for path in set(re.findall(r'"(/static/[^"]+)"', html)):
        status, headers, data = web.ask("GET", path)
        assert (status, "immutable" in headers["Cache-Control"], bool(data)) == (200, True, True)
    assert web.ask("GET", "/static/old/chat.js")[1]["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("name", ["nothing.js", "index.html", "..%2Fpages.py", "%2Fetc%2Fpasswd"])
def test_nothing_else_is_served(web, name):
    assert web.ask("GET", f"/static/{pages.version()}/{name}")[0] == 404


def test_scripts_and_styles_hold_no_words_of_their_own():
    held = {path.name: CHINESE.findall(path.read_text("utf-8")) for path in STATIC.iterdir()}
    assert {name: found for name, found in held.items() if found} == {}


def test_every_text_that_scripts_and_pages_ask_for_is_there():
    asked = set()
    for path in STATIC.iterdir():
        source = path.read_text("utf-8")
        asked |= set(re.findall(r"\bt\(\s*\"(\w+)\"", source)) | set(re.findall(r"\{\{(\w+)\}\}", source))
    assert asked - set(pages.words()) == {"static", "line", "way"}


def test_nothing_is_fetched_from_elsewhere():
    outside = re.compile(r"""(?:src|href|url)\s*[=(]\s*["']?(?:https?:)?//""")
    assert [path.name for path in STATIC.iterdir() if outside.search(path.read_text("utf-8"))] == []
