"""A durable check-in through the web door against an echo of the same server."""

from __future__ import annotations

import json
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from bench.organization import Size, account, build, words
from bench.serving import DATABASE
from storage import tables
from storage.database import Database

if TYPE_CHECKING:
    from collections.abc import Iterator

CONNECTIONS = 32
ROUNDS = 3
BRANCHES_A_ROUND = 25
ECHOES = 10_000


@dataclass(frozen=True)
class CheckIns:
    """What was measured: medians of the rounds; rates a second, latencies in milliseconds."""

    echo_rate: float
    echo_p99: float
    rate: float
    p99: float
    kept: int
    asked: int

    @property
    def throughput(self) -> float:
        """Check-ins a second over echoes a second."""
        return self.rate / self.echo_rate

    @property
    def latency(self) -> float:
        """The check-ins' p99 over the echoes'."""
        return self.p99 / self.echo_p99


def measure(profile: Path | None = None, rounds: int = ROUNDS, branches: int = BRANCHES_A_ROUND) -> CheckIns:
    """Measure in turns: echo, check-ins, echo, check-ins … on one server; the first turn only warms up."""
    size = Size(branches * (rounds + 1))
    with tempfile.TemporaryDirectory(prefix="zhibu-bench-") as name:
        folder = Path(name)
        build(folder / DATABASE, size).close()
        with serving(folder, profile) as port:
            turns = [_turn(port, turn, size, branches) for turn in range(rounds + 1)][1:]
        there = kept(folder / DATABASE)
    echoes, checked = zip(*turns, strict=True)
    return CheckIns(
        echo_rate=median(one["count"] / one["seconds"] for one in echoes),
        echo_p99=median(one["p99"] for one in echoes),
        rate=median(one["count"] / one["seconds"] for one in checked),
        p99=median(one["p99"] for one in checked),
        kept=there,
        asked=size.people,
    )


def _turn(port: int, turn: int, size: Size, branches: int) -> tuple[dict[str, Any], dict[str, Any]]:
    bodies = _bodies(turn, size, branches)
    echoed = load(port, [{"path": "/echo", "raw": body} for body in bodies * (ECHOES // len(bodies))])
    checked = load(port, [{"path": "/api/say", "raw": body} for body in bodies])
    assert checked["refused"] == echoed["refused"] == 0, "the server refused what it should take"
    return echoed, checked


def _bodies(turn: int, size: Size, branches: int) -> list[str]:
    """Everyone of this turn's branches says it in their group, in a mixed order."""
    first = turn * branches
    said = words()["say"]
    people = range(first * size.members, (first + branches) * size.members)
    bodies = [
        {"account": account(p + 1), "chat": f"g:{p // size.members + 1}", "text": said, "id": f"b{p}"} for p in people
    ]
    random.Random(turn).shuffle(bodies)  # noqa: S311  an order that is the same in every run
    return [json.dumps(body, ensure_ascii=False) for body in bodies]


def load(port: int, requests: list[dict[str, str]]) -> dict[str, Any]:
    """Send requests, each a path and a raw body, over as many connections as are measured; return what it took."""
    asked = json.dumps({"port": port, "requests": requests, "connections": CONNECTIONS})
    done = subprocess.run([sys.executable, "-m", "bench.load"], input=asked, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def kept(path: Path) -> int:
    """Count the check-ins that are in a database, once each, and signed."""
    database = Database(f"sqlite:///{path}", "bench")
    with database.read() as tx:
        attended = tx.value(select(func.count()).where(tables.attendances.c.checked_at.is_not(None)))
        counted = tx.value(select(func.sum(tables.meetings.c.present)))
        signed = tx.value(select(func.count()).where(tables.audit.c.verb == "checkin.check_in"))
    database.close()
    assert attended == counted == signed, "attendances, counters and audit disagree"
    return int(attended)


@contextmanager
def serving(folder: Path, profile: Path | None = None) -> Iterator[int]:
    """Run the server in a process of its own; yields its port."""
    with running("bench.serving", str(folder), *([str(profile)] if profile else [])) as port:
        yield port


@contextmanager
def running(module: str, *words: str) -> Iterator[int]:
    """Run `python -m MODULE PORT WORDS…` until it is not needed any more; yields its port, where it answers."""
    port = free_port()
    command = [sys.executable, "-m", module, str(port), *words]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603
    try:
        wait_for(port)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def free_port() -> int:
    """Find a port that is free just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, most: float = 30) -> None:
    """Wait until somebody listens and answers."""
    end = time.monotonic() + most
    while time.monotonic() < end:
        with socket.socket() as probe:
            probe.settimeout(5)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                probe.sendall(f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
                if probe.recv(16):
                    return
        time.sleep(0.01)
    raise TimeoutError(f"nobody answers at {port}")
