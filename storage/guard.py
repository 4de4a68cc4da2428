"""The lock on the writer's connection: without a key in hand the database itself refuses to be written.

Two keys open it: the post (inbox, conversation, outbox, alarms) and a deed (everything else, with an audit row).
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection


class Guard:
    """Opens and shuts one connection for writing, inside its running transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._postgres = connection.dialect.name == "postgresql"
        self._open = False

    @contextmanager
    def key(self) -> Iterator[None]:
        """Write while this is held; a key within a key is the same key."""
        if self._open:
            yield
            return
        self.unlock()
        self._open = True
        try:
            yield
        finally:
            self._open = False
            self.lock()

    def lock(self) -> None:
        """Refuse writes from here on.

        PostgreSQL has no way back from read-only within a transaction but to roll back to a savepoint set before:
        nothing can have been written in between, so nothing is lost.
        """
        if self._postgres:
            self._run("SAVEPOINT reading")
            self._run("SET LOCAL transaction_read_only = on")
        else:
            self._run("PRAGMA query_only = 1")

    def unlock(self) -> None:
        """Allow writes again."""
        if self._postgres:
            self._run("ROLLBACK TO SAVEPOINT reading")
            self._run("RELEASE SAVEPOINT reading")
        else:
            self._run("PRAGMA query_only = 0")

    def _run(self, statement: str) -> None:
        """Go straight to the driver: this runs several times a message."""
        cursor = self._connection.connection.cursor()
        cursor.execute(statement)
        cursor.close()
