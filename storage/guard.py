"""The lock on the writer's connection: without a key in hand the database itself refuses to be written.

Two keys open it: the post (`tables.POST`: inbox, conversation, outbox, alarms; that it writes nothing else is a
convention, kept in `services/letters.py`, `post.py`, `alarms.py` and their like) and a deed (everything, with an
audit row).

SQLite: every table has triggers, of this connection alone, that raise while the gate is shut. (`PRAGMA query_only`
would do it too, but each turn of it has SQLite prepare every statement anew.)

PostgreSQL has no way back from read-only within a transaction but to roll back to a savepoint set before it. Nothing
can have been written in between, so nothing is lost; but every other savepoint set in between would be. Hence whoever
needs one asks the guard (`whole`), which sets it where the rollback cannot reach it.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

LOCK = "SAVEPOINT reading; SET LOCAL transaction_read_only = on"
SCHEMA = {
    sqlite3.SQLITE_CREATE_TABLE,
    sqlite3.SQLITE_CREATE_INDEX,
    sqlite3.SQLITE_DROP_TABLE,
    sqlite3.SQLITE_DROP_INDEX,
    sqlite3.SQLITE_DROP_TEMP_TRIGGER,
    sqlite3.SQLITE_ALTER_TABLE,
}
UNSIGNED = "attempt to write without a key"
UNLOCK = "ROLLBACK TO SAVEPOINT reading; RELEASE SAVEPOINT reading"


class Gate:
    """Whether one SQLite connection may write just now; its triggers ask it.

    They ask for every row that is written, so what they call is no Python: the number of bolts, none or one.
    """

    def __init__(self) -> None:
        self._bolts: list[bool] = []
        self.is_shut = self._bolts.__len__

    @property
    def is_open(self) -> bool:
        """Whether it may be written."""
        return not self._bolts

    @is_open.setter
    def is_open(self, is_open: bool) -> None:
        self._bolts[:] = [] if is_open else [True]

    def judge(self, action: int, *_about: Any) -> int:
        """What SQLite asks when it prepares a statement: one that makes or drops tables needs the gate open too."""
        return sqlite3.SQLITE_DENY if action in SCHEMA and not self.is_open else sqlite3.SQLITE_OK


def arm(connection: Connection) -> None:
    """Give each table of a SQLite connection its triggers, once the tables are there; a second time does nothing."""
    if connection.dialect.name != "sqlite" or connection.info.get("armed"):
        return
    found = connection.exec_driver_sql(
        "SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    )
    for (table,) in found.all():
        for deed in ("INSERT", "UPDATE", "DELETE"):
            connection.exec_driver_sql(
                f'CREATE TEMP TRIGGER "unsigned_{deed}_{table}" BEFORE {deed} ON main."{table}" WHEN gate_is_shut() '
                f"BEGIN SELECT RAISE(ABORT, '{UNSIGNED}'); END"
            )
    connection.info["armed"] = True


class Guard:
    """Opens and shuts one connection for writing, inside its running transaction.

    `writes` False is a transaction that only looks: there is no key to it. `lost` says that the database has undone the
    whole transaction by itself (a full disk, a broken connection), so that nothing of it can be kept.
    """

    def __init__(self, connection: Connection, *, writes: bool = True) -> None:
        self._connection = connection
        self._postgres = connection.dialect.name == "postgresql"
        self._writes = writes
        self._open = writes
        self._gate: Gate = connection.info.get("gate") or Gate()
        self.lost = False

    @contextmanager
    def key(self) -> Iterator[None]:
        """Write while this is held; a key within a key is the same key.

        After an error of the database nothing more can be done on PostgreSQL until a `whole` around it is undone.

        Raises:
            PermissionError: this transaction only looks.
        """
        if self._open:
            yield
            return
        if not self._writes:
            raise PermissionError("a look holds no key")
        self._unlock()
        self._open = True
        try:
            yield
        finally:
            self._open = False
            if self._usable():
                self._lock()

    @contextmanager
    def shut(self) -> Iterator[None]:
        """Refuse writes in here, but under a key; the writer puts it around everything that it runs."""
        self._open = False
        self._lock()
        try:
            yield
        finally:
            self._open = True
            if self._usable():
                self._unlock()

    @contextmanager
    def whole(self) -> Iterator[None]:
        """Keep what is done in here as a whole, or, where it raises, nothing of it; the error goes on to the caller."""
        was_open = self._open
        self._mark("SAVEPOINT whole", was_open=was_open)
        try:
            yield
            self._mark("RELEASE SAVEPOINT whole", was_open=was_open)
        except BaseException:
            self._undo(was_open=was_open)
            raise

    def _mark(self, statement: str, *, was_open: bool) -> None:
        """Set or let go a savepoint outside of the stretch that is rolled back to write again."""
        if self._postgres and not was_open:
            statement = f"{UNLOCK}; {statement}; {LOCK}"
        self._run(statement)

    def _undo(self, *, was_open: bool) -> None:
        self._open = was_open
        try:
            self._run("ROLLBACK TO SAVEPOINT whole")
            self._run("RELEASE SAVEPOINT whole")
            if self._postgres and not was_open:
                self._lock()
        except Exception:  # noqa: BLE001  the error that brought us here is the one to tell
            self.lost = True

    def _lock(self) -> None:
        self._gate.is_open = False
        if self._postgres:
            self._run(LOCK)

    def _unlock(self) -> None:
        if self._postgres:
            self._run(UNLOCK)
        self._gate.is_open = True

    def _usable(self) -> bool:
        """Whether PostgreSQL still takes statements in this transaction; SQLite always does."""
        if not self._postgres:
            return True
        from psycopg.pq import TransactionStatus

        raw = self._connection.connection.dbapi_connection
        return raw is not None and raw.info.transaction_status == TransactionStatus.INTRANS

    def _run(self, statement: str) -> None:
        """Go straight to the driver: this runs several times a message."""
        cursor: Any = self._connection.connection.cursor()
        if self._postgres:
            cursor.execute(statement, prepare=False)  # several statements at once cannot be prepared
        else:
            cursor.execute(statement)
        cursor.close()
