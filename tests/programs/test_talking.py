"""`zhibu chat` beside a running sample: piped lines, numbered buttons, others' words, and a real terminal."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.command_line import app
from bot.commands.talking import clock_frame

ZHIBU = Path(sys.executable).with_name("zhibu")
PATIENCE = 30.0


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    """A running sample on a port of its own."""
    folder = tmp_path_factory.mktemp("talking")
    process = subprocess.Popen(  # noqa: S603  our own program
        [str(ZHIBU), "run", "--sample", "--port", "0"],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder)},
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    yield re.search(r":(\d+)", process.stdout.readline())[1]
    process.terminate()
    process.wait(PATIENCE)
    process.stdout.close()


def chat(port, *options, said=""):
    done = CliRunner().invoke(app, ["chat", "--port", port, *options], input=said)
    return done.exit_code, done.stdout, done.stderr


def test_piped_lines_are_said_and_numbers_press(port):
    code, said, wrong = chat(
        port, "--as", "李慧", said="下周三下午三点在301会议室开支部党员大会\n改到四点\n1\n6\n[取消]\n"
    )
    assert (code, wrong) == (0, "")
    assert "[1] 确认  [2] 修改  [3] 取消" in said
    assert "[4] 确认  [5] 修改  [6] 取消" in said, "numbers are never given twice"
    old, new = said.partition("李慧> 1\n")[2].split("李慧> 6\n")
    assert "要召开" in old or "不作数" in old, "an old card's button says so"
    assert "不开了" in new


def test_a_group_hears_and_a_stranger_to_it_does_not(port):
    assert chat(port, "--as", "王晓明", "--in", "研发群", said="大家好\n") == (0, "王晓明> 大家好\n", "")
    code, said, wrong = chat(port, "--as", "王晓明", "--in", "市场群", said="大家好\n")
    assert (code, said, wrong) == (1, "", "没有“市场群”这个群。可以用：研发群。\n")
    assert chat(port, "--as", "没有这个人")[0] == 1


def test_where_nothing_runs_is_one_sentence():
    code, said, wrong = chat("1", said="在吗\n")
    assert (code, said) == (1, "")
    assert wrong == "http://127.0.0.1:1没有支部助手在运行。先运行 make run（或 zhibu run），端口不同就加 --port。\n"


@pytest.mark.parametrize(
    ("to", "frame"),
    [
        ("+1h", {"type": "clock", "hours": 1}),
        ("+2d", {"type": "clock", "hours": 48}),
        ("next", {"type": "clock", "next": True}),
        ("2026-03-11 15:10", {"type": "clock", "to": "2026-03-11T15:10"}),
        ("2026-03-11 9:05", {"type": "clock", "to": "2026-03-11T09:05"}),
        ("2026-03-11", {"type": "clock", "to": "2026-03-11T00:00"}),
        ("-1h", None),
        ("", None),
    ],
)
def test_the_clock_is_moved_by_words(to, frame):
    assert clock_frame(to) == frame


class Terminal:
    """A real terminal with `zhibu chat` in it."""

    def __init__(self, *options):
        self.master, inside = pty.openpty()
        self.process = subprocess.Popen(  # noqa: S603  our own program
            [str(ZHIBU), "chat", *options],
            stdin=inside,
            stdout=inside,
            stderr=inside,
            env={**os.environ, "TERM": "xterm"},
            start_new_session=True,
        )
        os.close(inside)
        self.shown = ""

    def type(self, words):
        os.write(self.master, words.encode())

    def until(self, words):
        """Wait until something is shown, and return what was shown since the last time."""
        end = time.monotonic() + PATIENCE
        while words not in self.shown:
            assert time.monotonic() < end, self.shown
            if select.select([self.master], [], [], 0.1)[0]:
                self.shown += os.read(self.master, 4096).decode("utf-8", "replace")
        before, _, self.shown = self.shown.partition(words)
        return before

    def end(self):
        self.type("\x04")
        code = self.process.wait(PATIENCE)
        os.close(self.master)
        return code


def test_others_words_do_not_tear_a_half_typed_line(port):
    terminal = Terminal("--as", "冯媛", "--in", "研发群", "--port", port)
    terminal.until("在研发群。")
    terminal.until("冯媛> ")
    terminal.type("我马")
    terminal.until("我马")
    assert chat(port, "--as", "卫东", "--in", "研发群", said="到了没有\n")[0] == 0
    terminal.until("到了没有")
    terminal.until("冯媛> 我马")
    terminal.type("上到\n")
    terminal.until("\n")
    assert chat(port, "--as", "卫东", "--in", "研发群", said="好\n")[0] == 0
    terminal.until("好")
    assert terminal.end() == 0
