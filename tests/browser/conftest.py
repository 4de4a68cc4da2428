"""A real zhibu with the sample branch, in a folder of its own, and windows in a real browser."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

CHROMIUM = Path("/usr/bin/chromium")
ARGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
WIDE = {"width": 1440, "height": 900}


@pytest.fixture(scope="session", autouse=True)
def a_browser_is_here():
    if not CHROMIUM.exists():
        assert not os.environ.get("ZHIBU_CI"), "the browser tests may not be skipped here: install chromium"
        pytest.skip("no browser: /usr/bin/chromium is missing (Debian: apt-get install chromium)")


@pytest.fixture(scope="module")
def zhibu(tmp_path_factory):
    """The address of a fresh sample that begins on 5 March 2026 at 10:20."""
    folder = tmp_path_factory.mktemp("sample")
    command = [sys.executable, "-m", "bot", "run", "--sample", "--at", "2026-03-05 10:20", "--port", "0"]
    with subprocess.Popen(  # noqa: S603  our own program
        command, cwd=folder, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONUNBUFFERED": "1"}
    ) as run:
        words = run.stdout.readline()
        yield re.search(r"http://\S+", words)[0]
        run.send_signal(signal.SIGTERM)
        run.wait(timeout=20)


@pytest.fixture(scope="module")
def browser(a_browser_is_here):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """Where pictures are kept: docs/images where ZHIBU_PICTURES says so, else a folder that goes."""
    return Path(os.environ.get("ZHIBU_PICTURES") or tmp_path_factory.mktemp("pictures"))


class Window:
    """One window of the page, with one person in front of it."""

    def __init__(self, browser, address, name, size=WIDE):
        self.context = browser.new_context(viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai")
        self.page = self.context.new_page()
        self.page.set_default_timeout(15000)
        self.faults = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.goto(address)
        self.page.wait_for_selector("#me-name:not(:empty)")
        if self.page.inner_text("#me-name") != name:
            self.page.click("#me-button")
            self.page.fill("#people-search", name)
            self.page.click(f"#people-list [role=option]:has-text('{name}')")
        self.page.wait_for_function("name => document.getElementById('me-name').textContent === name", arg=name)

    def enter(self, chat):
        if self.page.is_visible("#back"):
            self.page.click("#back")
        self.page.click(f".chat:has(.chat-title:text-is('{chat}'))")
        self.page.wait_for_function("chat => document.getElementById('chat-title').textContent === chat", arg=chat)

    def say(self, text):
        self.page.fill("#words", text)
        self.page.press("#words", "Enter")

    def sees(self, text, timeout=15000):
        return self.page.wait_for_selector(f".line .bubble:has-text('{text}')", timeout=timeout)

    def press(self, label):
        self.page.click(f"#log button:text-is('{label}') >> nth=-1")

    def go_to(self, when):
        self.page.fill("#clock-to", when)
        self.page.click("#clock-form button")
        self.page.wait_for_function(
            "when => document.getElementById('clock-now').getAttribute('datetime')?.startsWith(when) "
            "|| document.getElementById('clock-now').textContent.includes(when.slice(11))",
            arg=when,
            timeout=60000,
        )

    def close(self):
        self.context.close()
        assert self.faults == []


@pytest.fixture(scope="module")
def window(browser, zhibu):
    opened = []

    def open_(name, size=WIDE):
        opened.append(Window(browser, zhibu, name, size))
        return opened[-1]

    yield open_
    for one in opened:
        one.close()
