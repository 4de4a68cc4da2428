"""Runs a house for real: its doors on one web server, the post, and the clock that ticks."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import gc
import logging
import signal
import socket
import time
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO
from zoneinfo import ZoneInfo

import uvicorn
from starlette.applications import Starlette

from bot import doors, premises, sample
from bot.channels.web.door import WebDoor
from bot.house import House
from bot.web_house import SHIFT, Doorway, Lines, SamplePage, kept_shift
from scheduler.ticking import Ticking
from services import house as memory
from services import overview, tidying
from storage.holding import Hold
from storage.migrate import migrate
from storage.writer import Writer
from understanding.reader import prepare
from vocabulary.clock import ShiftedClock, SystemClock
from vocabulary.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from datetime import datetime
    from types import FrameType

    from bot.config import Config
    from storage.database import Database
    from vocabulary.clock import Clock

log = logging.getLogger("zhibu")
LOOK_SECONDS = 1.0
"""How often who waits for another program's place looks whether it is free."""
HELD_SECONDS = 10.0
"""How often who has the place looks whether it still has: a database server that was restarted has freed it."""
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def build(config: Config, *, sample_mode: bool, begins: datetime | None = None) -> tuple[House, Starlette]:
    """Put a house together as the settings say; the sample is built where the database is empty.

    `begins` is the instant at which a new sample's clock begins; an old one goes on from where it was.

    Raises Refusal: `sample_not_loopback`, `sample_not_ours` (a database that the sample did not make).
    """
    if sample_mode and config.web.host not in LOOPBACK:
        raise Refusal("sample_not_loopback", host=config.web.host)
    database = premises.database(config)
    migrate(database)
    standing = sample.standing(database)
    if sample_mode and standing == "other":
        raise Refusal("sample_not_ours", path=str(database.path or ""))
    if not sample_mode and standing == "sample":
        raise Refusal("sample_as_real", path=str(database.path or ""))
    if sample_mode and begins is not None and standing == "empty":
        _set_clock(database, begins)
    clock: Clock = ShiftedClock(kept_shift(database)) if sample_mode else SystemClock()
    house = House(database, clock, ZoneInfo(config.timezone))
    house.open()
    if sample_mode:
        sample.build(database, house.writer, clock, "web", groups=True)
    house.writer.run(lambda tx: overview.begin(tx, house.fresh()))
    web = _web_door(config, house, sample_mode=sample_mode)
    house.add(web)
    for door in doors.configured(config, house):
        house.add(door)
    routes = [route for door in house.doors.values() for route in getattr(door, "routes", [])]
    return house, Starlette(routes=routes, lifespan=_lifespan(house, config))


def _set_clock(database: Database, begins: datetime) -> None:
    """Let a new sample begin at an instant of its own."""
    writer = Writer(database)
    writer.start()
    shift = (begins - SystemClock().now()).total_seconds()
    writer.run(lambda tx: memory.remember(tx, SHIFT, str(shift)))
    writer.stop()


def _web_door(config: Config, house: House, *, sample_mode: bool) -> WebDoor:
    lines = Lines(house.database, house.writer, house.clock)
    page = SamplePage(house, house.clock) if sample_mode and isinstance(house.clock, ShiftedClock) else None
    access = None if page else Doorway(house.database, house.writer, house)
    return WebDoor(lines, page, access, house.clock, public_url=str(config.web.public_url), zone=config.timezone)


def get_ready() -> None:
    """Prepare what every message needs, and take it out of the garbage collector's rounds, for it stays.

    Each full round would look through all of it, and everyone who asks meanwhile waits a tenth of a second.
    """
    prepare()
    gc.collect()
    gc.freeze()


def _lifespan(house: House, config: Config) -> Callable[[Any], Any]:
    @asynccontextmanager
    async def lifespan(_app: Any) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()

        def sweep() -> None:
            asyncio.run_coroutine_threadsafe(house.sweep(), loop).result()

        def tidy() -> None:
            days = config.privacy.keep_text_days
            house.writer.run(lambda tx: tidying.forget(tx, house.clock.now(), days))

        ticking = Ticking(house.zone, sweep, tidy)
        await house.start()
        ticking.start()
        getting_ready = loop.run_in_executor(None, get_ready)
        try:
            yield
        finally:
            await getting_ready
            await asyncio.to_thread(ticking.stop)
            await house.stop()

    return lifespan


def serve(house: House, app: Starlette, listening: socket.socket, is_ours: Callable[[], bool]) -> None:
    """Serve until told to stop, or until the house is not ours any more.

    One signal stops the doors, the post and the writer in that order.
    """
    settings = uvicorn.Config(
        app,
        log_level="warning",
        lifespan="on",
        access_log=False,
        timeout_graceful_shutdown=3,
        ws="websockets-sansio",
        ws_max_size=4 << 20,
    )
    try:
        Stoppable(settings, is_ours).run(sockets=[listening])
    finally:
        house.close()


class Stoppable(uvicorn.Server):
    """Returns when a signal has stopped it, so that the house is closed; uvicorn would raise the signal once more."""

    def __init__(self, settings: uvicorn.Config, is_ours: Callable[[], bool]) -> None:
        super().__init__(settings)
        self.is_ours = is_ours

    async def main_loop(self) -> None:
        """Serve, and look now and then whether another program has taken over."""
        watching = asyncio.create_task(self._watch())
        try:
            await super().main_loop()
        finally:
            watching.cancel()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(HELD_SECONDS)
            if not await asyncio.to_thread(self.is_ours):
                log.error("another program runs on this database now: this one stops")
                self.should_exit = True
                return

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop; a second Ctrl-C waits for nobody."""
        del frame
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True


def listen(host: str, port: int) -> socket.socket:
    """Take the port before anything else is begun. Raises Refusal `port_taken` or `host_unknown`."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.socket(family, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(512)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise Refusal("port_taken", port=port) from None
        raise Refusal("host_unknown", host=host, port=port) from None
    return listening


@contextmanager
def alone(config: Config, waits: Callable[[], None] | None = None) -> Iterator[Hold]:
    """Hold the locks of folder and database: one program at a time runs the clock of a house and holds its doors.

    Where another does, `waits` is called once, and its place taken when it ends; without `waits` Refusal is raised:
    `running_already` (in this folder), `running_elsewhere` (on this database).
    """
    folder = Path(config.folder)
    folder.mkdir(parents=True, exist_ok=True)
    hold = Hold(config.database)
    with (folder / "zhibu.lock").open("w", encoding="ascii") as lock:
        try:
            _take(lambda: _is_locked(lock), waits, Refusal("running_already", folder=config.folder))
            _take(hold.take, waits, Refusal("running_elsewhere"))
            yield hold
        finally:
            hold.leave()


def _take(take: Callable[[], bool], waits: Callable[[], None] | None, refusal: Refusal) -> None:
    if take():
        return
    if waits is None:
        raise refusal
    waits()
    while not take():
        time.sleep(LOOK_SECONDS)


def _is_locked(lock: TextIO) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
