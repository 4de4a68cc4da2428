"""Statements that run with every message: put into words once, then handed straight to the driver.

SQLAlchemy spends several times as long on a small statement as the database does. What it works out is the same every
time: the words, the order of the values, how each is written and read. This keeps it.
"""

from __future__ import annotations

from collections import namedtuple
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Connection, Dialect, Table


class Prepared:
    """A statement of SQLAlchemy's Core that is compiled on first use, once for each kind of database.

    `statement` may be a mapping by the dialect's name, where SQLite and PostgreSQL need one of their own; `columns` are
    those of an INSERT. Its parameters are given by name where it is run (`Tx.first`, `all`, `value`, `run`); one that
    is missing is a KeyError, and lists of any length cannot be given. Rows are named tuples. What goes wrong is the
    driver's own error, which `storage.faults.describe` knows too.
    """

    def __init__(self, statement: Any, columns: Iterable[str] | None = None) -> None:
        self._statement = statement
        self._columns = None if columns is None else list(columns)
        self._ready: dict[str, _Ready] = {}

    def rows(self, connection: Connection, values: Mapping[str, Any], most: int | None = None) -> list[Any]:
        """Run it on a connection's open transaction and return its rows, or the first `most` of them."""
        ready = self._on(connection.dialect)
        cursor = _driver(connection).execute(ready.words, ready.arguments(values))
        found = cursor.fetchall() if most is None else cursor.fetchmany(most)
        cursor.close()
        return [ready.row(row) for row in found]

    def count(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """Run it on a connection's open transaction and return how many rows it has changed."""
        ready = self._on(connection.dialect)
        cursor = _driver(connection).execute(ready.words, ready.arguments(values))
        changed: int = cursor.rowcount
        cursor.close()
        return changed

    def _on(self, dialect: Dialect) -> _Ready:
        ready = self._ready.get(dialect.name)
        if ready is None:
            own = self._statement[dialect.name] if isinstance(self._statement, dict) else self._statement
            ready = self._ready[dialect.name] = _Ready(own, dialect, self._columns)
        return ready


@cache
def adding(table: Table, columns: tuple[str, ...]) -> Prepared:
    """Prepare an INSERT of these columns once; it returns the new row's id."""
    return Prepared(table.insert().returning(table.c.id), columns)


class _Ready:
    """A statement as one driver takes it."""

    def __init__(self, statement: Any, dialect: Dialect, columns: list[str] | None) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=columns)
        given = [name for name, bind in compiled.binds.items() if bind.required]
        state = compiled.construct_expanded_state(dict.fromkeys(given))
        writing = {
            name: bind.type.dialect_impl(dialect).bind_processor(dialect) for name, bind in compiled.binds.items()
        }
        writing |= state.processors
        self.words: str = state.statement
        fixed = {name: value for name, value in state.parameters.items() if name not in given}
        self._names: list[str] | None = None if state.positiontup is not None else [*given, *fixed]
        self._order = [
            (name, writing.get(name), None)
            if name in given
            else (None, None, _processed(writing.get(name), fixed[name]))
            for name in self._names or state.positiontup or ()
        ]
        """Each value in its place: what it is given as and how it is written, or, where nobody gives it, the value."""
        columns_read = statement.exported_columns
        self._row = _shape(tuple(columns_read.keys()))
        found = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns_read]
        self._reading = [(place, process) for place, process in enumerate(found) if process]

    def arguments(self, values: Mapping[str, Any]) -> Any:
        """Write the values as the driver takes them."""
        written = [
            value if name is None else values[name] if process is None else process(values[name])
            for name, process, value in self._order
        ]
        return written if self._names is None else dict(zip(self._names, written, strict=True))

    def row(self, raw: Any) -> Any:
        """Read one row."""
        if not self._reading:
            return self._row(*raw)
        values = list(raw)
        for place, process in self._reading:
            values[place] = process(values[place])
        return self._row(*values)


def _shape(names: tuple[str, ...]) -> Any:
    return namedtuple("Row", names, rename=True)  # noqa: PYI024  the fields are the statement's


def _processed(process: Any, value: Any) -> Any:
    return process(value) if process else value


def _driver(connection: Connection) -> Any:
    return connection.connection.dbapi_connection
