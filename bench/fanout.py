"""Ten thousand notices through outbox and door to a platform that takes 30 ms each, against a bare client."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import aiohttp

from bench.checkins import free_port, wait_for
from bench.organization import Size, account, build
from bench.serving import WECOM
from bot.channels.wecom.door import WeComDoor
from bot.house import House
from bot.post.postman import LANES
from services.post import Post
from vocabulary.clock import SystemClock
from vocabulary.messages import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.database import Tx

NOTICES = 10_000


@dataclass(frozen=True)
class FanOut:
    """Messages a second through the house and of a bare client with as many connections; how many came where."""

    rate: float
    bare_rate: float
    came: int
    accounts: int

    @property
    def ratio(self) -> float:
        """The house over the bare client."""
        return self.rate / self.bare_rate


def measure(notices: int = NOTICES) -> FanOut:
    """Send as many by a bare client, then through the house."""
    with tempfile.TemporaryDirectory(prefix="zhibu-bench-") as name, _platform() as address:
        bare = asyncio.run(_bare(address, notices))
        return asyncio.run(_house(Path(name) / "fanout.db", address, notices, bare))


async def _bare(address: str, notices: int) -> float:
    """Post the same messages over kept connections; returns messages a second."""
    waiting = iter(range(notices))
    connector = aiohttp.TCPConnector(limit=LANES)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def lane() -> None:
            for number in waiting:
                body = {"touser": account(number + 1), "msgtype": "text", "text": {"content": "x"}}
                async with session.post(f"{address}/cgi-bin/message/send", json=body) as answer:
                    await answer.read()

        began = time.perf_counter()
        await asyncio.gather(*(lane() for _ in range(LANES)))
        seconds = time.perf_counter() - began
        await _count(session, address)
    return notices / seconds


async def _house(path: Path, address: str, notices: int, bare: float) -> FanOut:
    size = Size(notices // Size(1).members)
    clock = SystemClock()
    house = House(build(path, size, channel="wecom"), clock, ZoneInfo("Asia/Shanghai"))
    house.open()
    app: dict[str, Any] = WECOM | {"api_base": address, "clock": clock}
    house.add(WeComDoor(**app))
    await house.doors["wecom"].start(house.desk.receive)

    def write(tx: Tx) -> None:
        for person in range(1, notices + 1):
            post = Post(tx, datetime.now(UTC), (person - 1) // size.members + 1)
            post.to_person(person, Text("meetings.none_week", {"range": "", "next": ""}))

    await house.writer.do(write)
    began = time.perf_counter()
    await house.settle()
    seconds = time.perf_counter() - began
    async with aiohttp.ClientSession() as session:
        came = await _count(session, address)
    await house.doors["wecom"].stop()
    house.close()
    return FanOut(notices / seconds, bare, came["messages"], came["accounts"])


async def _count(session: aiohttp.ClientSession, address: str) -> dict[str, int]:
    async with session.get(f"{address}/count") as answer:
        found: dict[str, int] = json.loads(await answer.read())
        return found


@contextmanager
def _platform() -> Iterator[str]:
    """Run the platform in a process of its own; yields its address."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "bench.slow_platform", str(port)])  # noqa: S603
    try:
        wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
