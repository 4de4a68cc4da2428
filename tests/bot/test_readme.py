"""What the README shows is real: its conversation stands in a scenario, its files in the tree."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
READMES = ["README.md", "README.zh-CN.md"]


def conversation(name):
    blocks = (ROOT / name).read_text("utf-8").split("```")[1::2]
    return [line for block in blocks if "李慧>" in block for line in block.strip().splitlines()]


@pytest.mark.parametrize("name", READMES)
def test_the_conversation_is_taken_from_a_scene(name):
    said = iter((ROOT / "tests/scenarios/meetings/call.chat").read_text("utf-8").splitlines())
    shown = conversation(name)
    assert len(shown) > 10
    assert [line for line in shown if line not in said] == [], "in order, word for word"


@pytest.mark.parametrize("name", READMES)
def test_what_it_points_to_is_there(name):
    text = (ROOT / name).read_text("utf-8")
    targets = [target for target in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in target]
    assert len(targets) > 10
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_both_say_the_same():
    english, chinese = ((ROOT / name).read_text("utf-8") for name in READMES)
    assert conversation("README.md") == conversation("README.zh-CN.md")
    commands = [re.findall(r"make (?:run|test|lint|bench|prove)", text) for text in (english, chinese)]
    assert commands[0] == commands[1]
    assert re.findall(r"docs/[\w/.-]+", english) == re.findall(r"docs/[\w/.-]+", chinese)
