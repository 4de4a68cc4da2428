"""`zhibu run`: the program itself."""

from __future__ import annotations

import logging
import os
from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console

from bot.commands.console import LOG_FILE, Speech, spoken
from bot.config import load
from vocabulary.clock import SystemClock

SAMPLE_DATABASE = "sample.db"


def run(
    *,
    config: Annotated[Path | None, typer.Option(help="The settings; without it, the defaults.")] = None,
    sample: Annotated[bool, typer.Option("--sample", help="The invented sample branch, on the loopback only.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Start the sample over.")] = False,
    at: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d %H:%M"], help="When a new sample's clock begins.")
    ] = None,
    port: Annotated[int | None, typer.Option(help="The port, over the settings.")] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Where another runs already, take over when it ends.")] = False,
) -> None:
    """Serve zhibu until it is told to stop."""
    with spoken():
        settings = load(config, os.environ)
    if sample:
        database = f"sqlite:///{Path(settings.folder) / SAMPLE_DATABASE}"
        settings = settings.model_copy(update={"database": database})
    if port is not None:
        settings = settings.model_copy(update={"web": settings.web.model_copy(update={"port": port})})
    folder = Path(settings.folder)
    with spoken(folder):
        from bot import server

        speech = Speech(Console(), SystemClock().now(), ZoneInfo(settings.timezone))
        waits = (lambda: speech.tell("running.waits")) if wait else None
        with server.alone(settings, waits) as hold:
            listening = server.listen(settings.web.host, settings.web.port)
            if sample and fresh:
                _start_over(folder)
            _log_to(folder)
            begins = at.replace(tzinfo=ZoneInfo(settings.timezone)) if at else None
            house, app = server.build(settings, sample_mode=sample, begins=begins)
            actual = listening.getsockname()[1]
            speech.tell("running.sample" if sample else "running.real", host=settings.web.host, port=actual)
            server.serve(house, app, listening, hold.is_kept)


def _start_over(folder: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        (folder / f"{SAMPLE_DATABASE}{ending}").unlink(missing_ok=True)


def _log_to(folder: Path) -> None:
    """Write warnings into the folder's log; libraries that print whole addresses are kept quiet."""
    logging.basicConfig(
        filename=folder / LOG_FILE,
        level=logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
        encoding="utf-8",
    )
    for noisy in ("httpx", "httpcore", "alembic", "apscheduler", "aiohttp.access"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
