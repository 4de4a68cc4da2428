"""The place of the one program that runs on a database: taken once, free when its program ends, never shared."""

import pytest
from sqlalchemy import create_engine, text

from storage.holding import Hold


@pytest.fixture
def holds(url):
    made = [Hold(url), Hold(url)]
    yield made
    for hold in made:
        hold.leave()


def test_one_has_it_and_the_next_when_that_one_ends(holds):
    first, second = holds
    assert first.take()
    assert first.take(), "what is ours stays ours"
    assert not second.take()
    first.leave()
    assert second.take()
    assert not first.take()
    assert not first.is_kept()


def test_looking_takes_nothing_and_makes_nothing(holds, tmp_path):
    first, second = holds
    assert not second.is_taken()
    assert not (tmp_path / "house.db-lock").exists()
    assert first.take()
    assert second.is_taken()
    first.leave()
    assert not second.is_taken()
    assert first.take()


def test_another_database_is_another_place(tmp_path):
    first, second = (Hold(f"sqlite:///{tmp_path / name}") for name in ("a.db", "b.db"))
    assert (first.take(), second.take()) == (True, True)
    first.leave()
    second.leave()


def test_who_lost_the_session_learns_that_another_was_quicker(postgres, postgres_template):
    url = postgres.make(postgres_template)
    first, second = Hold(url), Hold(url)
    assert first.take()
    _end_sessions(url)
    assert second.take()
    assert not first.is_kept()
    second.leave()
    assert first.is_kept(), "where nobody was quicker it is taken again"
    _end_sessions(url)
    assert first.is_kept()
    first.leave()
    postgres.drop(url)


def test_a_server_that_cannot_be_asked_has_not_given_the_place_away(postgres, postgres_template):
    url = postgres.make(postgres_template)
    hold = Hold(url)
    assert hold.take()
    postgres.drop(url).result()
    assert hold.is_kept()
    hold.leave()


def _end_sessions(url):
    """End every session of a database, as a server does that is restarted."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
    with engine.connect() as connection:
        connection.execute(text(f"{others} AND pid <> pg_backend_pid()"))
    engine.dispose()
