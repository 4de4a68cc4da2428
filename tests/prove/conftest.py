"""A zhibu that is killed again and again, and people who say everything until it is acknowledged."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing, suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


class Program:
    """`zhibu run --sample` in a folder of its own."""

    def __init__(self, folder):
        self.folder = folder
        self.path = folder / "data" / "sample.db"
        self.up = threading.Event()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process = None

    def start(self):
        command = "from bot.command_line import main; main()"
        self.process = subprocess.Popen(  # noqa: S603  our own command
            [sys.executable, "-c", command, "run", "--sample", "--port", str(self.port)],
            cwd=self.folder,
            env={name: value for name, value in os.environ.items() if not name.startswith("ZHIBU_")}
            | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
        )
        end = time.monotonic() + 60
        while time.monotonic() < end and self.process.poll() is None:
            with suppress(OSError, http.client.HTTPException), closing(self.connection()) as asking:
                asking.request("GET", "/")
                if asking.getresponse().status == 200:
                    self.up.set()
                    return
            time.sleep(0.01)
        pytest.fail("it does not start again")

    def connection(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def end(self, how=signal.SIGKILL):
        self.up.clear()
        self.process.send_signal(how)
        self.process.wait(30)

    def rows(self, statement, *values):
        with closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=30)) as database:
            return database.execute(statement, values).fetchall()


class Client:
    """Sends frames of people; what is not acknowledged is sent again under the same id, as the page does."""

    def __init__(self, program):
        self.program = program
        self.acknowledged = []
        self.again = 0
        self.over = threading.Event()
        self.kept = None

    def send(self, frame):
        """Return True when the reply was read, None where everything is over before that."""
        while not self.over.is_set():
            if not self.program.up.wait(0.05):
                continue
            try:
                if self.once(frame):
                    self.acknowledged.append(frame)
                    return True
            except (OSError, http.client.HTTPException):
                self.hang_up()
                self.again += 1
        return None

    def once(self, frame):
        self.kept = self.kept or self.program.connection()
        self.kept.request("POST", "/api/say", json.dumps(frame))
        answer = self.kept.getresponse()
        told = json.loads(answer.read())
        assert answer.status in {200, 500, 503}, told
        return told == {"ok": True}

    def hang_up(self):
        if self.kept is not None:
            self.kept.close()
        self.kept = None


@pytest.fixture
def program(tmp_path):
    found = Program(tmp_path)
    yield found
    if found.process and found.process.poll() is None:
        found.end()


@pytest.fixture
def new_client(program):
    made = []

    def make():
        made.append(Client(program))
        return made[-1]

    yield make
    for client in made:
        client.hang_up()
