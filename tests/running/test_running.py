"""`zhibu run` as it is really started: a program of its own, in a folder of its own, on a port of its own."""

from __future__ import annotations

import http.client
import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from typer.testing import CliRunner

from bot.command_line import app

ROOT = Path(__file__).parents[2]
ZHIBU = Path(sys.executable).with_name("zhibu")
ROSTER = ROOT / "content" / "sample" / "roster.csv"
PATIENCE = 60.0
SAMPLE = ("--sample", "--port", "0")
CALL = "下周三下午三点在301会议室开支部党员大会，讨论年度工作计划"


def environment(folder, **more):
    return {"PATH": "/usr/bin:/bin", "HOME": str(folder), **more}


def refused(folder, *words, **more):
    """Start zhibu where it must refuse; returns the one sentence that it says."""
    done = subprocess.run(  # noqa: S603  our own program
        [str(ZHIBU), "run", *words],
        cwd=folder,
        env=environment(folder, **more),
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    return done.stderr.strip()


class Running:
    """A started zhibu: where it serves, and what it took to get there."""

    def __init__(self, folder, words, more):
        began = time.monotonic()
        self.errors = (folder / "stderr").open("w+", encoding="utf-8")
        self.process = subprocess.Popen(  # noqa: S603  our own program
            [str(ZHIBU), "run", *words],
            cwd=folder,
            env=environment(folder, **more),
            stdout=subprocess.PIPE,
            stderr=self.errors,
            encoding="utf-8",
        )
        watch = threading.Timer(PATIENCE, self.process.kill)
        watch.start()
        self.line = self.process.stdout.readline()
        watch.cancel()
        found = re.search(r"http://\S+:(\d+)", self.line)
        assert found, (self.line, self.stderr())
        self.port = int(found[1])
        self.status, _, self.page = self.ask("/")
        self.seconds = time.monotonic() - began

    def ask(self, path, method="GET", body=None, **headers):
        """Ask for a page; returns status, headers and body."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)) as connection:
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode("utf-8")

    def stderr(self):
        self.errors.seek(0)
        return self.errors.read()

    def end(self):
        """Ask it to stop; returns exit code, seconds until it had stopped, and what it printed on stderr."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(PATIENCE)
        said = self.stderr()
        return code, time.monotonic() - began, said


@contextmanager
def running(folder, *words, **more):
    """Start zhibu, and stop it cleanly: within five seconds, with nothing on stderr and nothing in the log."""
    house = Running(folder, words, more)
    try:
        yield house
        code, seconds, said = house.end()
    finally:
        house.process.kill()
        house.process.wait()
        house.process.stdout.close()
        house.errors.close()
    assert code == 0
    assert seconds < 5
    assert said == ""
    assert (folder / "data" / "zhibu.log").read_text("utf-8") == ""


def command(folder, *words, said=""):
    """Run another command beside it: exit code and what it printed on both outputs."""
    own = {"ZHIBU_FOLDER": str(folder / "data"), "ZHIBU_DATABASE": f"sqlite:///{folder / 'data' / 'zhibu.db'}"}
    done = CliRunner().invoke(app, words, input=said, env=own)
    return done.exit_code, done.stdout, done.stderr


def chat(folder, house, who, *lines):
    said = "".join(f"{line}\n" for line in lines)
    code, out, wrong = command(folder, "chat", "--as", who, "--port", str(house.port), said=said)
    assert (code, wrong) == (0, "")
    return out


def hour(said):
    return int(re.search(r"(\d+):\d\d。", said)[1])


def test_the_sample_serves_keeps_what_was_there_and_starts_over(tmp_path):
    with running(tmp_path, *SAMPLE) as first:
        assert first.line.startswith("样例支部已经开了")
        assert first.status == 200
        assert "支部助手" in first.page
        assert "已建立，正在通知研发群和16位党员" in chat(tmp_path, first, "李慧", CALL, "[确认]")
        now = chat(tmp_path, first, "王晓明", "/clock +1h")
        again = refused(tmp_path, "--sample", "--port", str(first.port))
        assert again.startswith("支部助手已经在运行（文件夹data）。")
    with running(tmp_path, *SAMPLE) as second:
        assert second.seconds < 10  # three on a quiet machine; another test may have the processor
        assert "301会议室" in chat(tmp_path, second, "王晓明", "下周有什么会")
        assert hour(chat(tmp_path, second, "王晓明", "/clock +1h")) == (hour(now) + 1) % 24
    with running(tmp_path, *SAMPLE, "--fresh") as third:
        assert "301会议室" not in chat(tmp_path, third, "王晓明", "下周有什么会")
    real = refused(tmp_path, "--port", "0", ZHIBU_DATABASE="sqlite:///data/sample.db")
    assert real == "data/sample.db里是样例，不能当真实的支部用。请在配置里另设 database。"


def test_a_taken_port_is_one_sentence(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert refused(tmp_path, "--sample", "--port", str(port)) == f"端口{port}已经被占用。换一个：make run PORT=8001"


def test_the_sample_listens_on_the_loopback_only(tmp_path):
    said = refused(tmp_path, *SAMPLE, ZHIBU_WEB__HOST="0.0.0.0")  # noqa: S104  that is what must be refused
    assert said == "样例没有登录，只在本机上开，不能在0.0.0.0上监听。"


@pytest.fixture(scope="module")
def roster(tmp_path_factory):
    """A folder into which a roster was brought."""
    folder = tmp_path_factory.mktemp("real")
    code, said, wrong = command(folder, "import", str(ROSTER), "--yes")
    assert (code, wrong) == (0, ""), said
    return folder


@pytest.fixture
def real(roster, tmp_path):
    return shutil.copytree(roster, tmp_path / "real")


def test_the_sample_refuses_a_database_that_it_did_not_make(real):
    (real / "data" / "zhibu.db").rename(real / "data" / "sample.db")
    assert refused(real, *SAMPLE).startswith("data/sample.db里是真实的支部，样例不会用它。")


def link_of(folder, name):
    code, said, wrong = command(folder, "bind", name, "--channel", "web")
    assert (code, wrong) == (0, "")
    found = re.search(r"http://\S+/in/\w+", said)
    assert found, said
    return found[0]


def test_a_one_time_link_opens_the_page_once(real):
    path = urlsplit(link_of(real, "李慧")).path
    with running(real, "--port", "0") as house:
        assert house.line.startswith("支部助手已经开了")
        assert house.status == 401
        assert house.ask(path)[0] == 200, "looking at the link uses nothing up"
        status, headers, _ = house.ask(path, "POST")
        assert status == 303
        cookie = headers["Set-Cookie"].partition(";")[0]
        assert house.ask("/", Cookie=cookie)[0] == 200
        assert house.ask(path, "POST")[0] == 403
        assert house.ask("/")[0] == 401
    with running(real, "--port", "0") as again:
        assert again.ask("/", Cookie=cookie)[0] == 200, "the session outlives the program"


def test_a_link_made_while_it_runs_opens_a_terminal_once(real):
    with running(real, "--port", "0") as house:
        link = link_of(real, "李慧")
        words = ("chat", "--port", str(house.port))
        code, said, wrong = command(real, *words, "--code", link, said="帮助\n")
        assert (code, wrong) == (0, "")
        assert said.startswith("李慧> 帮助\n支部助手> ")
        code, said, wrong = command(real, *words, "--code", link, said="帮助\n")
        assert (code, said) == (1, "")
        assert wrong.startswith("这个链接不对、用过了，或者过期了。")
        code, said, wrong = command(real, *words, said="帮助\n")
        assert (code, said) == (1, "")
        assert "zhibu chat --code" in wrong
        for path, method in (("/text/1", "GET"), ("/file/1", "GET"), ("/in/ABCDEFGH", "POST")):
            assert house.ask(path, method)[0] in {401, 403}, path
        frame = json.dumps({"type": "say", "account": "m1", "chat": "p:m1", "text": "x", "id": "1"})
        assert house.ask("/api/say", "POST", frame)[0] == 401
        assert house.ask("/", Host="evil.example.org")[0] == 403
