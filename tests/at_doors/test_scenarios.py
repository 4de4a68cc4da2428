"""Every transcript of the scenarios is played at each door too: what is done and who is told what is the same."""

from __future__ import annotations

import asyncio
from functools import cache
from pathlib import Path

import pytest

from bot import doors, transcript
from bot.replay import play, same_deeds
from bot.stage import Stage
from vocabulary.messages import Can

SCENARIOS = Path(__file__).parents[1] / "scenarios"
FILES = sorted(SCENARIOS.rglob("*.chat"))


@cache
def played(file, can, hears_group, boards):
    """A play is the same each time: one that may do what the rehearsal may is the rehearsal."""
    steps = transcript.parse(file.read_text("utf-8"))
    return asyncio.run(play(steps, Stage(can=can, hears_group=hears_group, database=boards())))


@pytest.mark.parametrize("door", ["web", "telegram", "wecom", "wecom_bot", "wechat"])
@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(SCENARIOS)))
def test_it_goes_at_every_door(file, door, boards):
    can, hears_group = doors.abilities(door)
    rehearsed = played(file, Can(), hears_group=True, boards=boards)
    assert same_deeds(rehearsed, played(file, can, hears_group=hears_group, boards=boards)) == ""
