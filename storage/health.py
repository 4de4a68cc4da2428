"""Looks at whether a database can be worked with, and changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from storage import tables
from storage.migrate import newest, standing

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Database


def age(database: Database) -> int:
    """How a database's form compares with this program's: 0 the same, below 0 older, above 0 newer.

    Raises LookupError where it holds no tables yet, and what the database raises where it cannot be read.
    """
    with database.reading().connect() as connection:
        found = standing(connection)
    if found is None:
        raise LookupError("empty")
    return (found > newest()) - (found < newest())


def fault(database: Database) -> str:
    """Return the first fault that the database finds in its own pages, empty where it finds none."""
    if not database.is_sqlite:
        return ""
    with database.reading().connect() as connection:
        found = str(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar())
    return "" if found == "ok" else found


def try_writing(database: Database) -> None:
    """Take the right to write and give it back; raises what the database raises where it is not given."""
    with database.writing().connect() as connection:
        connection.begin().rollback()


def last_heard(database: Database) -> dict[str, datetime]:
    """When the newest message of each channel came in."""
    inbox = tables.inbox
    with database.read() as tx:
        rows = tx.all(select(inbox.c.channel, func.max(inbox.c.at).label("at")).group_by(inbox.c.channel))
        return {row.channel: row.at for row in rows}
