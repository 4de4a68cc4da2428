"""Every transcript below this folder is played, and what the program says is what stands there, whole."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot import transcript
from bot.replay import compare, play
from bot.stage import Stage

HERE = Path(__file__).parent
FILES = sorted(HERE.rglob("*.chat"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(HERE)))
def test_it_goes_as_written(file, boards):
    steps = transcript.parse(file.read_text("utf-8"))
    assert any(step.kind in {"answer", "send"} for step in steps), "a scenario says what it wants"
    assert compare(asyncio.run(play(steps, Stage(database=boards())))) == ""


def test_a_wrong_transcript_is_found_out(boards):
    wanted = "李慧> 这周有什么会\n机器人> 这周有三个会。\n"
    played = asyncio.run(play(transcript.parse(wanted), Stage(database=boards())))
    assert "三个会" in compare(played)
