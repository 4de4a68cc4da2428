"""The one thread that writes: what has queued up is committed as one group, each job under a savepoint of its own."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar

from storage.database import Tx

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from storage.database import Database

T = TypeVar("T")
Job = tuple["Callable[[Tx], Any]", "Future[Any]"]
MOST_IN_A_GROUP = 64


class Writer:
    """Runs jobs on the writing connection, in order; a job's result is known only after COMMIT.

    No timer: a group is whatever waits when the thread is free. A job that raises is rolled back alone; one that was
    given up while it waited is not begun, and one that is begun is finished whoever gives it up. Where COMMIT itself fails (a full disk), every job of the group fails with that error and nothing of it is kept.
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
        return await asyncio.wrap_future(self.submit(job))

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
            self._commit(group)
            if ends:
                break

    def _commit(self, group: list[Job]) -> None:
        outcomes: list[tuple[Future[Any], Any, BaseException | None]] = []
        group = [job for job in group if job[1].set_running_or_notify_cancel()]
        try:
            with self._database.writing().begin() as connection:
                tx = Tx(connection, self._database.seal)
                outcomes.extend(self._one(connection, tx, *job) for job in group)
        except BaseException as error:  # noqa: BLE001  whoever waits must learn of it
            outcomes = [(future, None, error) for _, future in group]
        for future, result, failure in outcomes:
            if failure is None:
                future.set_result(result)
            else:
                future.set_exception(failure)

    def _one(
        self, connection: Connection, tx: Tx, job: Callable[[Tx], Any], future: Future[Any]
    ) -> tuple[Future[Any], Any, BaseException | None]:
        cursor = connection.connection.cursor()
        cursor.execute("SAVEPOINT job")
        try:
            tx.guard.lock()
            result = job(tx)
            tx.guard.unlock()
        except BaseException as error:  # noqa: BLE001  it is handed to whoever waits
            cursor.execute("ROLLBACK TO SAVEPOINT job")
            if self._database.is_sqlite:
                tx.guard.unlock()
            cursor.execute("RELEASE SAVEPOINT job")
            return future, None, error
        cursor.execute("RELEASE SAVEPOINT job")
        return future, result, None
