"""The database: where it is, how it is opened for reading and for writing."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.pool import StaticPool

from storage.guard import Gate, Guard
from storage.prepared import Prepared
from storage.sealing import Seal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PAUSE = 0.01
"""Seconds between two tries to turn the write-ahead log on."""
STATEMENTS_KEPT = 512
"""How many statements SQLite keeps ready on a connection; the program has some hundreds."""


class Tx:
    """One transaction as the rooms above see it: a connection, its guard, the seal, and what to do after COMMIT."""

    def __init__(
        self, connection: Connection, seal: Seal, *, writes: bool = True, customs: Mapping[str, Any] | None = None
    ) -> None:
        self.conn = connection
        self.customs = customs or {}
        self.guard = Guard(connection, writes=writes)
        self.seal = seal

    def all(self, statement: Any, **values: Any) -> list[Any]:
        """Run a select and return its rows."""
        if isinstance(statement, Prepared):
            return statement.rows(self.conn, values)
        return list(self.conn.execute(statement, values).all())

    def first(self, statement: Any, **values: Any) -> Any | None:
        """Run a select and return its first row, or None."""
        if isinstance(statement, Prepared):
            return next(iter(statement.rows(self.conn, values, 1)), None)
        return self.conn.execute(statement, values).first()

    def one(self, statement: Prepared, **values: Any) -> Any:
        """Run a select that finds one row and return it. Raises LookupError where it finds none."""
        found = self.first(statement, **values)
        if found is None:
            raise LookupError(values)
        return found

    def value(self, statement: Any, **values: Any) -> Any:
        """Run a select and return the first column of its first row, or None."""
        if isinstance(statement, Prepared):
            return next((row[0] for row in statement.rows(self.conn, values, 1)), None)
        return self.conn.execute(statement, values).scalar()

    def run(self, statement: Prepared, **values: Any) -> int:
        """Run a statement that writes and return how many rows it has changed."""
        return statement.count(self.conn, values)


class Database:
    """A database by its URL (`sqlite:///path` or `postgresql://…`); opens nothing until it is used.

    `patience` is how many seconds a connection waits for another program that writes, or for a server that is silent.
    `customs` are the house's own settings by name, for branches that have set nothing else.
    What goes wrong is SQLAlchemy's `DBAPIError`, or of a `Prepared` the driver's own; `storage.faults.describe` says
    what it means.
    """

    def __init__(self, url: str, secret: str, patience: float = 10, customs: Mapping[str, Any] | None = None) -> None:
        self.customs = customs or {}
        self.url = make_url(url if not url.startswith("postgresql://") else url.replace("://", "+psycopg://", 1))
        self.seal = Seal(secret)
        self.patience = patience
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._writing: Engine | None = None
        self._reading: Engine | None = None

    @property
    def path(self) -> Path | None:
        """The database's file, where it is one."""
        return Path(self.url.database) if self.is_sqlite and self.url.database else None

    def writing(self) -> Engine:
        """The engine with the one connection that writes; created on first use."""
        if self._writing is None:
            self._writing = self._sqlite(write=True) if self.is_sqlite else self._postgres(write=True)
        return self._writing

    def reading(self) -> Engine:
        """The engine whose connections only read; created on first use."""
        if self._reading is None:
            self._reading = self._sqlite(write=False) if self.is_sqlite else self._postgres(write=False)
        return self._reading

    @contextmanager
    def read(self) -> Iterator[Tx]:
        """Look at one consistent state of the database; writing is refused."""
        with self.reading().connect() as connection, connection.begin():
            yield Tx(connection, self.seal, writes=False, customs=self.customs)

    def close(self) -> None:
        """Let every connection go."""
        for engine in (self._writing, self._reading):
            if engine is not None:
                engine.dispose()
        self._writing = self._reading = None

    def _sqlite(self, *, write: bool) -> Engine:
        if write and self.path is not None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        connecting = {"check_same_thread": False, "timeout": self.patience, "cached_statements": STATEMENTS_KEPT}
        pool: dict[str, Any] = {"poolclass": StaticPool} if write else {"pool_size": 4}
        engine = create_engine(self.url, connect_args=connecting, hide_parameters=True, **pool)

        @event.listens_for(engine, "connect")
        def prepare(raw: Any, record: Any) -> None:
            record.info["gate"] = gate = Gate()
            raw.isolation_level = None
            raw.create_function("gate_is_shut", 0, gate.is_shut)
            raw.set_authorizer(gate.judge)
            _write_ahead(raw, self.patience)
            raw.execute("PRAGMA synchronous = FULL")
            raw.execute("PRAGMA foreign_keys = ON")
            raw.execute("PRAGMA temp_store = MEMORY")
            if not write:
                raw.execute("PRAGMA query_only = 1")

        @event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

        return engine

    def _postgres(self, *, write: bool) -> Engine:
        engine = create_engine(
            self.url,
            pool_size=1 if write else 4,
            hide_parameters=True,  # an error that is logged tells no names and no words
            pool_pre_ping=True,  # a server that was restarted is noticed before a message is lost to it
            connect_args={"connect_timeout": max(2, round(self.patience))},
        )

        @event.listens_for(engine, "connect")
        def prepare(raw: Any, _record: Any) -> None:
            from psycopg import IsolationLevel

            if not write:
                raw.read_only = True
                raw.isolation_level = IsolationLevel.REPEATABLE_READ  # one state, however many questions

        return engine


def _write_ahead(raw: Any, patience: float) -> None:
    """Turn the write-ahead log on, which stays with the file; SQLite itself does not wait here for another who does."""
    until = monotonic() + patience
    while True:
        try:
            raw.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if monotonic() > until:
                raise
            sleep(PAUSE)
        else:
            return
