"""Brings a database to the newest form, or says how far it is."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from storage.faults import NewerDatabase

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

    from storage.database import Database

TURN = 7_102_013  # the advisory lock that stands for the shape of the database


def migrate(database: Database) -> None:
    """Run every migration that is still owed; nothing to do is cheap (one look). Two programs take turns.

    Raises:
        storage.faults.NewerDatabase: a newer program has made it; nothing was touched.
        sqlalchemy.exc.DBAPIError: it cannot be opened; `storage.faults.describe` says why.
    """
    with database.writing().begin() as connection:
        if not database.is_sqlite:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({TURN})")
        stands = standing(connection)
        if stands == newest():
            return
        if stands is not None and stands > newest():
            raise NewerDatabase(stands)
        from alembic import command

        command.upgrade(_config(connection), "head")


def standing(connection: Connection) -> str | None:
    """The revision the database stands at; None for an empty one."""
    from sqlalchemy import inspect, text

    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def newest() -> str:
    """The newest revision, read from the migrations' file names (`v0001_first.py`)."""
    names = (entry.name for entry in files("storage.migrations.versions").iterdir())
    return max(name[1:5] for name in names if name.startswith("v0"))


def _config(connection: Connection) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "storage:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
