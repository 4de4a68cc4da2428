"""From the command to the first answer, and how much memory the program holds at rest."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from bench.checkins import free_port
from bench.organization import words

if TYPE_CHECKING:
    from collections.abc import Iterator

ROUNDS = 3
MEGABYTE = 1 << 20
REST = 2


@dataclass(frozen=True)
class Starts:
    """Seconds to the first page and to the first answered message, on an empty folder and again; megabytes at rest."""

    first_page: float
    first_answer: float
    second_page: float
    second_answer: float
    resident: float


def starts() -> Starts:
    """Start on an empty folder and then again, three times."""
    first: list[tuple[float, float]] = []
    second: list[tuple[float, float]] = []
    resident: list[float] = []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory(prefix="zhibu-bench-") as name:
            for times in (first, second):
                with _running(Path(name)) as (process, port, began):
                    page = _until(port, began, "GET", "/")
                    times.append((page, _until(port, began, "POST", "/api/say")))
                    time.sleep(REST)
                    resident.append(_resident(process.pid))
    pages, answers = ([median(column) for column in zip(*times, strict=True)] for times in (first, second))
    return Starts(pages[0], pages[1], answers[0], answers[1], median(resident))


@contextmanager
def _running(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], int, float]]:
    port = free_port()
    where = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    began = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603  our own command
        [sys.executable, "-c", "from bot.command_line import main; main()", "run", "--sample", "--port", str(port)],
        cwd=folder,
        env=where,
        stdout=subprocess.DEVNULL,
    )
    try:
        yield process, port, began
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _until(port: int, began: float, method: str, path: str) -> float:
    """Ask until it is answered; returns the seconds since the command was given."""
    body = json.dumps(
        {"account": words()["someone"], "chat": f"p:{words()['someone']}", "text": words()["ask"], "id": "1"}
    )
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            connection.request(method, path, body.encode() if method == "POST" else None)
            answer = connection.getresponse()
            answer.read()
            assert answer.status == http.HTTPStatus.OK, f"{path}: {answer.status}"
            return time.perf_counter() - began
        except (ConnectionError, http.client.HTTPException):
            assert time.perf_counter() - began < 60, "it does not start"  # noqa: PLR2004
            time.sleep(0.005)
        finally:
            connection.close()


def _resident(pid: int) -> float:
    """Read the resident set in megabytes, where the system tells it."""
    status = Path(f"/proc/{pid}/statm")
    if not status.exists():
        return float("nan")
    return int(status.read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / MEGABYTE
