"""One program at a time: whoever holds a database's place runs its clock, its post and its doors."""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import IO, TYPE_CHECKING

from sqlalchemy import create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

if TYPE_CHECKING:
    from sqlalchemy import Connection

PLACE = 7_102_014
"""The advisory lock that stands for the program that runs; `storage.migrate` has the number before it."""


class Hold:
    """The place of the one program that runs on a database: a locked file beside SQLite's, a session of PostgreSQL's.

    It is free again whenever its program ends, however it ends.
    """

    def __init__(self, url: str) -> None:
        self._url = make_url(url if not url.startswith("postgresql://") else url.replace("://", "+psycopg://", 1))
        self._file: IO[bytes] | None = None
        self._session: Connection | None = None

    def take(self) -> bool:
        """Take the place, or see that it is still ours; False where another program has it.

        Raises:
            sqlalchemy.exc.DBAPIError: the server cannot be asked.
        """
        if self._url.get_backend_name() != "sqlite":
            return self._take_session()
        if self._file is None and self._url.database:
            self._file = _locked(_beside(self._url.database))
        return self._file is not None or not self._url.database

    def is_taken(self) -> bool:
        """Say whether another program has the place. Looking makes no file, and an unreachable server has nobody."""
        if self._url.get_backend_name() == "sqlite" and not _beside(self._url.database).exists():
            return False
        try:
            return not self.take()
        except (DBAPIError, OSError):
            return False
        finally:
            self.leave()

    def is_kept(self) -> bool:
        """Say whether no other program has the place that was taken; a server that cannot be asked took nothing."""
        try:
            return self.take()
        except DBAPIError:
            return True

    def leave(self) -> None:
        """Let the next program have it; may be called twice."""
        if self._file is not None:
            self._file.close()
        if self._session is not None:
            self._session.close()
        self._file = self._session = None

    def _take_session(self) -> bool:
        """Hold a session that has the lock; one that the server has ended has lost it, and another may be quicker."""
        if self._session is not None:
            try:
                self._session.exec_driver_sql("SELECT 1")
            except DBAPIError:
                self._session.close()
                self._session = None
            else:
                return True
        engine = create_engine(self._url, poolclass=NullPool, isolation_level="AUTOCOMMIT", hide_parameters=True)
        session = engine.connect()
        if session.exec_driver_sql(f"SELECT pg_try_advisory_lock({PLACE})").scalar():
            self._session = session
            return True
        session.close()
        return False


def _beside(database: str | None) -> Path:
    return Path(f"{database}-lock")


def _locked(path: Path) -> IO[bytes] | None:
    """Return a file that is locked for this program alone; None where another has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file
