"""A zhibu that is killed again and again, and people who say everything until it is acknowledged."""

from __future__ import annotations

import http.client
import json
import multiprocessing
import os
import socket
import sqlite3
import tempfile
import threading
import time
from contextlib import closing, suppress
from multiprocessing import forkserver

import pytest

from bot.commands.running import run

LOADED = ["__main__", "bot.server", "bot.commands.running", "httptools", "uvloop", "websockets"]
"""What a program has read before it begins: a process that has read it once is the parent of each, so that the time
goes by with what they do and is not spent on reading the same files."""


class Program:
    """`zhibu run --sample` in a folder of its own."""

    def __init__(self, folder, parent):
        self.parent = parent
        self.settings = folder / "config.toml"
        self.settings.write_text(f'folder = "{folder / "data"}"\n', "utf-8")
        self.path = folder / "data" / "sample.db"
        self.up = threading.Event()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process = None

    def start(self):
        how = {"config": self.settings, "sample": True, "port": self.port}
        self.process = self.parent.Process(target=run, kwargs=how)
        self.process.start()
        end = time.monotonic() + 60
        while time.monotonic() < end and self.process.is_alive():
            with suppress(OSError, http.client.HTTPException), closing(self.connection()) as asking:
                asking.request("GET", "/")
                if asking.getresponse().status == 200:
                    self.up.set()
                    return
            time.sleep(0.01)
        pytest.fail("it does not start again")

    def connection(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def end(self):
        self.up.clear()
        self.process.kill()
        self.process.join(30)

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


@pytest.fixture(scope="session")
def parent():
    """The process of which each program is a child, without settings from the environment.

    It is tidied up when all else is, so its folder is in none that the tests take with them.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(LOADED)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", None)
        for name in [name for name in os.environ if name.startswith("ZHIBU_")]:
            patch.delenv(name)
        forkserver.ensure_running()
    return context


@pytest.fixture
def program(tmp_path, parent):
    found = Program(tmp_path, parent)
    yield found
    if found.process and found.process.is_alive():
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
