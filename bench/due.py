"""What falls due: one sweep among few and among many alarms, and ten thousand reminders at one instant."""

from __future__ import annotations

import asyncio
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from bench.organization import Size, account, build
from bot.channels.rehearsal import RehearsalDoor
from bot.house import House
from storage import tables
from vocabulary.clock import SetClock
from vocabulary.messages import Text
from vocabulary.packing import pack

if TYPE_CHECKING:
    from storage.database import Database, Tx

FEW, MANY = 1_000, 1_000_000
DUE = 500
REMINDERS = 10_000
LOOKS = 300
ROUNDS = 5
LATER = timedelta(days=30)
ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Sweeps:
    """Seconds of one sweep: with nothing due, and with 500 due, at 1,000 and at 1,000,000 pending alarms."""

    empty_few: float
    empty_many: float
    due_few: float
    due_many: float


@dataclass(frozen=True)
class Reminders:
    """Ten thousand at once: how many arrived, how many are not settled, and the seconds until the last had gone."""

    sent: int
    unsettled: int
    seconds: float


def sweeps() -> Sweeps:
    """Measure both sizes in turns."""
    with tempfile.TemporaryDirectory(prefix="zhibu-bench-") as name:
        few, many = (_pending(Path(name) / f"{size}.db", size) for size in (FEW, MANY))
        empty: list[tuple[House, list[float]]] = [(few, []), (many, [])]
        due: list[tuple[House, list[float]]] = [(few, []), (many, [])]
        for _ in range(LOOKS):
            for house, took in empty:
                took.append(_timed(house))
        for _ in range(ROUNDS):
            for house, took in due:
                _put(house, house.clock.now())
                took.append(_timed(house))
                _put(house, house.clock.now() + LATER)
        few.close()
        many.close()
    return Sweeps(*(median(took) for _, took in (*empty, *due)))


def reminders() -> Reminders:
    """Let everything fall due in one instant, sweep and send, and count what arrived."""
    with tempfile.TemporaryDirectory(prefix="zhibu-bench-") as name:
        size = Size(REMINDERS // 40)
        house = _house(build(Path(name) / "reminders.db", size))
        house.writer.run(lambda tx: _remind(tx, house.clock.now(), size))
        door = house.doors["web"]
        began = time.perf_counter()
        asyncio.run(_settle(house))
        seconds = time.perf_counter() - began
        wanted = {f"p:{account(n + 1)}" for n in range(REMINDERS)}
        sent = sum(heard.chat.id in wanted for heard in door.heard)  # type: ignore[attr-defined]
        with house.database.read() as tx:
            unsettled = tx.value(select(func.count()).where(tables.outbox.c.state == "pending"))
        house.close()
    return Reminders(sent, unsettled, seconds)


async def _settle(house: House) -> None:
    await house.sweep()
    await house.settle()


def _house(database: Database) -> House:
    clock = SetClock(datetime.now(UTC))
    house = House(database, clock, ZONE)
    door = RehearsalDoor(clock)
    door.name = "web"
    house.doors["web"] = door
    house.open()
    return house


def _pending(path: Path, size: int) -> House:
    """Make a house with so many alarms, all of them later."""
    house = _house(build(path, Size(1)))
    far = house.clock.now() + LATER

    def fill(tx: Tx) -> None:
        with tx.guard.key():
            for start in range(0, size, 50_000):
                rows = [_alarm(n, far + timedelta(seconds=n)) for n in range(start, min(size, start + 50_000))]
                tx.conn.execute(tables.alarms.insert(), rows)

    house.writer.run(fill)
    return house


def _alarm(n: int, at: datetime) -> dict[str, Any]:
    """An alarm about a check-in that is open already: it rings, the facts are looked at, nothing is to be done."""
    return {"branch_id": 1, "kind": "checkin.open", "subject": 1, "key": f"bench:{n}", "due_at": at}


def _put(house: House, at: datetime) -> None:
    """Let the same 500 fall due at an instant, whether they rang before or not."""
    table = tables.alarms

    def put(tx: Tx) -> None:
        with tx.guard.key():
            tx.conn.execute(table.update().where(table.c.id <= DUE).values(due_at=at, state=0))

    house.writer.run(put)


def _timed(house: House) -> float:
    """Time a sweep until nothing is due; returns seconds."""

    async def swept() -> float:
        began = time.perf_counter()
        await house.sweep()
        return time.perf_counter() - began

    return asyncio.run(swept())


def _remind(tx: Tx, now: datetime, size: Size) -> None:
    """A reminder to each person, as a meeting's reminder writes it, all due at one instant."""
    parts = pack((Text("meetings.remind_late", {"start": now, "place": "", "type": "member_meeting"}),))
    rows = [
        {"branch_id": n // size.members + 1, "person_id": n + 1, "parts": parts, "due_at": now, "created_at": now}
        for n in range(size.people)
    ]
    with tx.guard.key():
        tx.conn.execute(tables.outbox.insert(), rows)
