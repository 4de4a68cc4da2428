"""What an error of the database means for those who run it: one word, the same for SQLite and PostgreSQL."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

Fault = Literal["disk_full", "locked", "broken", "unreachable", "unsigned", "crossed", "newer", "unknown"]

SQLITE: dict[int, Fault] = {
    sqlite3.SQLITE_FULL: "disk_full",
    sqlite3.SQLITE_BUSY: "locked",
    sqlite3.SQLITE_LOCKED: "locked",
    sqlite3.SQLITE_CORRUPT: "broken",
    sqlite3.SQLITE_NOTADB: "broken",
    sqlite3.SQLITE_IOERR: "broken",
    sqlite3.SQLITE_CANTOPEN: "unreachable",
    sqlite3.SQLITE_READONLY: "unsigned",
}
"""By primary result code: https://www.sqlite.org/rescode.html."""

POSTGRES: dict[str, Fault] = {
    "53100": "disk_full",
    "55P03": "locked",
    "XX001": "broken",
    "XX002": "broken",
    "53300": "unreachable",  # too many connections
    "57P01": "unreachable",  # the server is shut down
    "57P02": "unreachable",
    "57P03": "unreachable",
    "25006": "unsigned",
    "40001": "crossed",
    "40P01": "crossed",
    "23505": "crossed",  # both wrote the same new row: the second one finds it there
}
"""By SQLSTATE: PostgreSQL's manual, appendix A."""


class NewerDatabase(Exception):  # noqa: N818  the administrator's answer, like a refusal
    """The database was made by a newer zhibu; its revision is the argument. An older one keeps its hands off it."""


def describe(error: BaseException) -> Fault:
    """Say in one word what an error means: of a driver, wrapped by SQLAlchemy or not, or whatever it was caused by.

    `disk_full`, `locked` (another program writes), `broken` (no database, or damaged), `unreachable` (no file, no
    server), `unsigned` (written without a key, or the file may not be written), `crossed` (two transactions waited for
    each other: to be tried again), `newer` (`NewerDatabase`), `unknown`.
    """
    return next((fault for cause in _causes(error) if (fault := _of(cause)) != "unknown"), "unknown")


def _causes(error: BaseException | None) -> Iterator[Any]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield getattr(error, "orig", None) or error
        error = error.__cause__ or error.__context__


def _of(error: Any) -> Fault:
    if isinstance(error, NewerDatabase):
        return "newer"
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", 0)
        if code == sqlite3.SQLITE_CONSTRAINT_TRIGGER:  # the only triggers are those of storage.guard
            return "unsigned"
        return SQLITE.get(code & 0xFF, "unknown")
    if hasattr(error, "sqlstate"):
        state: str | None = error.sqlstate
        if state is None:  # psycopg's own: the connection could not be made, or broke
            return "unreachable" if type(error).__name__ in {"OperationalError", "ConnectionTimeout"} else "unknown"
        return "unreachable" if state.startswith("08") else POSTGRES.get(state, "unknown")
    return "unknown"
