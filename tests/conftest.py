"""Databases for every test that wants one, SQLite and PostgreSQL, each a copy of a migrated template.

What a run writes lies in memory, where there is room: no test is about what a disk keeps when the power fails.

PostgreSQL is a server that the tests start themselves (`pgserver`), or the one named in ZHIBU_TEST_DATABASE
(`postgresql://user@host/postgres`, by someone who may create databases). Where there is neither, those tests are
skipped. As root pgserver runs the server as a user `pgserver`, whom it adds where there is none.
"""

from __future__ import annotations

import itertools
import os
import shutil
import sqlite3
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from storage.database import Database
from storage.migrate import migrate
from storage.writer import Writer

sys.path.insert(0, str(Path(__file__).parent / "channels" / "peers"))  # fakes, for whoever talks to a platform
SECRET = "a key for tests"  # noqa: S105  it opens nothing but a test's database
ROOM = 1 << 30
QUICK = ("ALTER SYSTEM SET fsync = off", "ALTER SYSTEM SET full_page_writes = off", "SELECT pg_reload_conf()")


def roomy_memory():
    """A folder in memory with room for a run's files, None where there is none."""
    memory = Path("/dev/shm")  # noqa: S108  Linux: a folder in memory
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM
    return memory if roomy else None


@pytest.fixture(scope="session", autouse=True)
def _in_memory():
    """Let temporary files lie in memory; `--basetemp` keeps those of the tests where it says."""
    memory = roomy_memory()
    if memory is None or "TMPDIR" in os.environ:
        yield
        return
    tempfile.tempdir = tempfile.mkdtemp(prefix="zhibu-tests-", dir=memory)
    yield
    shutil.rmtree(tempfile.tempdir, ignore_errors=True)
    tempfile.tempdir = None


class Server:
    """A PostgreSQL server, and the databases that the tests make on it."""

    def __init__(self, url):
        import psycopg

        self.url = make_url(url)
        self.admin = psycopg.connect(url, autocommit=True)
        self.dropping = psycopg.connect(url, autocommit=True)
        self.aside = ThreadPoolExecutor(1)
        self.dropped = []
        self.names = (f"zhibu_test_{os.getpid()}_{number}" for number in itertools.count())

    def make(self, template="template0"):
        """Make a database as a copy of another; its URL."""
        name = next(self.names)
        self.admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url.set(database=name).render_as_string(hide_password=False)

    def drop(self, url):
        """Drop a database while the tests go on (the server writes much down before one is gone); what tells when."""
        name = make_url(url).database
        statement = f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'
        self.dropped.append(self.aside.submit(self.dropping.execute, statement))
        return self.dropped[-1]

    def close(self):
        self.aside.shutdown()
        for dropped in self.dropped:
            dropped.result()
        self.dropping.close()
        self.admin.close()


def start():
    """Start a server in a folder of its own, in memory where there is room; returns it and how to end it."""
    runtime = tempfile.mkdtemp(prefix="zhibu-run-")  # mkdtemp makes it 0700, as XDG demands
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = runtime
    try:
        pgserver = pytest.importorskip(
            "pgserver", reason="PostgreSQL: pgserver is not here (no wheel for Python 3.13+); name ZHIBU_TEST_DATABASE"
        )
    finally:
        os.environ.pop("XDG_RUNTIME_DIR")
        if before is not None:
            os.environ["XDG_RUNTIME_DIR"] = before
    folder = tempfile.mkdtemp(prefix="zhibu-pg-", dir=roomy_memory())
    running = pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
    server = Server(running.get_uri())
    for statement in QUICK:
        server.admin.execute(statement)

    def end():
        server.close()
        running.cleanup()
        for path in (runtime, folder):
            shutil.rmtree(path, ignore_errors=True)

    return server, end


@pytest.fixture(scope="session")
def postgres():
    """The PostgreSQL server of this run; started when the first test asks for it."""
    named = os.environ.get("ZHIBU_TEST_DATABASE")
    if named:
        server = Server(named)
        yield server
        server.close()
        return
    if sys.platform == "win32":
        pytest.skip("PostgreSQL: name a server in ZHIBU_TEST_DATABASE")
    server, end = start()
    yield server
    end()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory):
    path = tmp_path_factory.mktemp("template") / "template.db"
    furnish(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres):
    url = postgres.make()
    furnish(url)
    yield make_url(url).database
    postgres.drop(url)


def furnish(url):
    database = Database(url, SECRET)
    migrate(database)
    database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    """Where a migrated database stands that belongs to this test alone."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "house.db")
        yield f"sqlite:///{tmp_path / 'house.db'}"
        return
    postgres = request.getfixturevalue("postgres")
    made = postgres.make(request.getfixturevalue("postgres_template"))
    yield made
    postgres.drop(made)


@pytest.fixture(params=["sqlite", "postgresql"])
def bare_url(request, tmp_path):
    """Where a database may be made that has no tables yet."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'bare.db'}"
        return
    postgres = request.getfixturevalue("postgres")
    made = postgres.make()
    yield made
    postgres.drop(made)


@pytest.fixture
def database(url):
    """A migrated database, on SQLite and again on PostgreSQL."""
    database = Database(url, SECRET)
    yield database
    database.close()


@pytest.fixture
def writer(database):
    """The thread that writes to it."""
    writer = Writer(database)
    writer.start()
    yield writer
    writer.stop()


@pytest.fixture(scope="session")
def furnished(tmp_path_factory):
    """A migrated SQLite database with the sample branch, made once a run; a test plays on a copy of it."""
    from bot.stage import furnish

    path = tmp_path_factory.mktemp("sample-branch") / "furnished.db"
    furnish(path)
    return path


@pytest.fixture(scope="session")
def boards(furnished, tmp_path_factory):
    """How one database is made as the sample branch stands, before each of many plays.

    Its connections stay open: what they have prepared for one play is ready for the next.
    """
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('boards') / 'boards.db'}", "stage")

    def put_back():
        with closing(sqlite3.connect(furnished)) as source, closing(database.writing().raw_connection()) as raw:
            source.backup(raw.driver_connection)
        return database

    yield put_back
    database.close()
