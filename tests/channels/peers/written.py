"""Writes into the database of a house that is not open, as a command finds it."""

from __future__ import annotations

from bot import premises
from storage.migrate import migrate
from storage.writer import Writer


def write(config, job):
    """Do a job in one transaction and return what it returns."""
    database = premises.database(config)
    migrate(database)
    writer = Writer(database)
    writer.start()
    try:
        return writer.run(job)
    finally:
        writer.stop()
        database.close()
