"""The one thread that writes: what has queued up is committed as one group, each job under a savepoint of its own."""

from __future__ import annotations

import asyncio
import threading
from collections import defaultdict
from concurrent.futures import Future
from contextlib import suppress
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar

from storage.database import Tx
from storage.faults import describe
from storage.guard import arm

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.database import Database

T = TypeVar("T")
Waiting = Future[Any] | asyncio.Future[Any]
Job = tuple["Callable[[Tx], Any]", Waiting]
Outcome = tuple[Any, BaseException | None]
MOST_IN_A_GROUP = 64
MOST_TRIES = 3


class Writer:
    """Runs jobs on the writing connection, in order; a job's result is known only after COMMIT.

    No timer: a group is whatever waits when the thread is free. A job that raises is rolled back alone; one that was
    given up while it waited is not begun, and one that is begun is finished whoever gives it up. Where COMMIT itself
    fails (a full disk), every job of the group fails with that error and nothing of it is kept. A job may run again
    where PostgreSQL found that it and another process waited for each other: it changes nothing but the database.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread; may be called again."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="writer", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Finish what is queued, then end the thread."""
        if self._thread is not None:
            self._jobs.put(None)
            self._thread.join()
            self._thread = None

    def submit(self, job: Callable[[Tx], T]) -> Future[T]:
        """Queue a job; the future is done after COMMIT."""
        future: Future[T] = Future()
        self._jobs.put((job, future))
        return future

    def run(self, job: Callable[[Tx], T]) -> T:
        """Run a job and wait for its COMMIT (not from the event loop)."""
        return self.submit(job).result()

    async def do(self, job: Callable[[Tx], T]) -> T:
        """Run a job from the event loop; returns after COMMIT."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._jobs.put((job, future))
        return await future

    def _work(self) -> None:
        while (first := self._jobs.get()) is not None:
            group = [first]
            ends = False
            while len(group) < MOST_IN_A_GROUP and not self._jobs.empty():
                job = self._jobs.get()
                if job is None:
                    ends = True
                    break
                group.append(job)
            wanted = [(job, future) for job, future in group if _is_wanted(future)]
            if wanted:
                self._settle(wanted)
            if ends:
                break

    def _settle(self, group: list[Job], tries: int = MOST_TRIES) -> None:
        """Commit a group and tell those who wait; what crossed another process's transaction is tried again, alone."""
        crossed = []
        told: dict[Any, list[tuple[Waiting, Outcome]]] = defaultdict(list)
        for (job, future), outcome in zip(group, self._commit(group), strict=True):
            if outcome[1] is not None and tries > 1 and describe(outcome[1]) == "crossed":
                crossed.append((job, future))
            else:
                told[None if isinstance(future, Future) else future.get_loop()].append((future, outcome))
        for loop, outcomes in told.items():
            if loop is None:
                _tell(outcomes)
            else:
                with suppress(RuntimeError):  # a loop that is closed: nobody waits any more
                    loop.call_soon_threadsafe(_tell, outcomes)
        for alone in crossed:
            self._settle([alone], tries - 1)

    def _commit(self, group: list[Job]) -> list[Outcome]:
        try:
            with self._database.writing().begin() as connection:
                arm(connection)
                tx = Tx(connection, self._database.seal, customs=self._database.customs)
                with tx.guard.shut():
                    return [_outcome(tx, job) for job, _ in group]
        except BaseException as error:  # noqa: BLE001  whoever waits must learn of it
            return [(None, error)] * len(group)


def _is_wanted(future: Waiting) -> bool:
    """Whether somebody still waits for a job that is about to begin."""
    return future.set_running_or_notify_cancel() if isinstance(future, Future) else not future.cancelled()


def _tell(outcomes: list[tuple[Waiting, Outcome]]) -> None:
    """Tell those who wait how it went; an event loop is woken once for a whole group."""
    for future, (result, failure) in outcomes:
        if future.done():
            continue
        if failure is None:
            future.set_result(result)
        else:
            future.set_exception(failure)


def _outcome(tx: Tx, job: Callable[[Tx], Any]) -> Outcome:
    """Run one job as a whole; an error is its outcome, unless the database has undone the entire group with it."""
    try:
        with tx.guard.whole():
            return job(tx), None
    except BaseException as error:
        if tx.guard.lost:
            raise
        return None, error
