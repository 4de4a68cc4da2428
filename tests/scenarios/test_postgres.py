"""On PostgreSQL the conversations go as they are written too."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot import transcript
from bot.replay import compare, play
from bot.stage import Stage

HERE = Path(__file__).parent
PLAYED = sorted(path for noun in ("checkin", "meetings", "quiz", "themeday") for path in (HERE / noun).glob("*.chat"))[
    ::3
]


@pytest.fixture
def url(postgres):
    made = postgres.make()
    yield made
    postgres.drop(made)


@pytest.mark.parametrize("file", PLAYED, ids=lambda file: str(file.relative_to(HERE)))
def test_it_goes_on_postgresql_as_written(file, url):
    steps = transcript.parse(file.read_text("utf-8"))
    assert compare(asyncio.run(play(steps, Stage(url=url)))) == ""
