"""Brings a database to the newest form, or says how far it is."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

    from storage.database import Database


def migrate(database: Database) -> None:
    """Run every migration that is still owed; nothing to do is cheap (one look)."""
    with database.writing().begin() as connection:
        if standing(connection) == newest():
            return
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
