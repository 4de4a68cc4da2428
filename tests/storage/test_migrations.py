"""A database that was migrated is the one that the tables describe."""

from __future__ import annotations

import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from storage import tables
from storage.database import Database
from storage.faults import NewerDatabase, describe
from storage.migrate import migrate, newest, standing

OWED = "a change of the tables needs a migration of its own"


@pytest.fixture
def bare(bare_url):
    database = Database(bare_url, "key")
    yield database
    database.close()


def test_migrations_lead_to_the_tables(database):
    with database.reading().connect() as connection:
        options = {"compare_type": True, "compare_server_default": not database.is_sqlite}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, tables.metadata) == [], OWED


def test_defaults_and_partial_indexes_are_as_the_tables_say(database):
    with database.reading().connect() as connection:
        inspector = inspect(connection)
        for table in tables.metadata.tables.values():
            found = {column["name"]: column for column in inspector.get_columns(table.name)}
            with_default = {name for name, column in found.items() if column["default"] is not None}
            wanted = {column.name for column in table.columns if column.server_default is not None}
            assert with_default - {"id"} == wanted, (table.name, OWED)
            partial = {
                index["name"]
                for index in inspector.get_indexes(table.name)
                if index.get("dialect_options", {}).get(f"{connection.dialect.name}_where") is not None
            }
            assert partial == {i.name for i in table.indexes if i.dialect_kwargs.get("sqlite_where") is not None}, (
                table.name,
                OWED,
            )


def test_a_database_is_empty_then_newest_and_may_be_migrated_again(bare):
    with bare.writing().connect() as connection:
        assert standing(connection) is None
    migrate(bare)
    migrate(bare)
    with bare.writing().connect() as connection:
        assert standing(connection) == newest()


def test_two_programs_may_migrate_at_once(bare_url):
    broken = []

    def one():
        database = Database(bare_url, "key")
        try:
            migrate(database)
        except Exception as error:  # noqa: BLE001  the test looks at it
            broken.append(error)
        database.close()

    threads = [threading.Thread(target=one) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert broken == []


def test_a_newer_database_is_left_alone(database):
    with database.writing().begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerDatabase) as told:
        migrate(database)
    assert describe(told.value) == "newer"


def test_every_table_but_the_house_s_has_a_branch():
    for table in tables.metadata.tables.values():
        assert ("branch_id" in table.c) is (table not in tables.HOUSEWIDE), table.name
