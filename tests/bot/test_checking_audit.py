"""`zhibu doctor` says it where somebody changed what was signed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from bot import sample
from bot.commands.checking_here import findings
from bot.settings import Config
from storage import tables
from storage.database import Database
from storage.migrate import migrate
from storage.writer import Writer
from vocabulary.clock import SetClock

NOW = datetime(2026, 3, 5, 2, 20, tzinfo=UTC)


@pytest.fixture
def config(tmp_path):
    """A house with the sample's branches, all of whose deeds are signed."""
    made = Config(database=f"sqlite:///{tmp_path / 'zhibu.db'}", folder=str(tmp_path), secret_key="invented")  # noqa: S106
    database = Database(made.database, "invented")
    migrate(database)
    writer = Writer(database)
    writer.start()
    sample.build(database, writer, SetClock(NOW), "web", groups=True)
    writer.stop()
    database.close()
    return made


def said(config):
    return {found.key: found.words for found in findings(config, NOW.date()) if "audit" in found.key}


def test_what_stands_as_it_was_signed_is_well(config):
    assert said(config) == {"doctor.audit": {}}


def test_a_row_that_was_changed_is_named(config):
    database = Database(config.database, "invented")
    with database.writing().begin() as connection:
        changed = connection.execute(tables.audit.select().order_by(tables.audit.c.id.desc())).first()
        connection.execute(update(tables.audit).where(tables.audit.c.id == changed.id).values(verb="another"))
    database.close()
    (words,) = said(config).values()
    assert words["row"] == changed.id
