"""The clock that ticks: APScheduler with a handful of fixed jobs in memory; what is due stands in the database."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

log = logging.getLogger("zhibu.clock")


class Ticking:
    """Runs the sweep every second and the tidying once a night.

    Jobs are made anew at every start and never stored: the rows are the truth, and a tick that is missed is made up
    for by the next (coalesced, never dropped for lateness, never two at once).
    """

    def __init__(self, zone: ZoneInfo, sweep: Callable[[], object], tidy: Callable[[], object]) -> None:
        never_dropped = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        self._scheduler = BackgroundScheduler(
            timezone=zone, executors={"default": ThreadPoolExecutor(2)}, job_defaults=never_dropped
        )
        self._scheduler.add_job(sweep, "interval", seconds=1, id="sweep")
        self._scheduler.add_job(tidy, "cron", hour=3, minute=10, id="tidy")
        logging.getLogger("apscheduler").setLevel(logging.ERROR)

    def start(self) -> None:
        """Begin to tick."""
        self._scheduler.start()

    def stop(self) -> None:
        """Stop ticking; a sweep that runs is waited for."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)
