"""What the guides tell people to say is understood, and where they point there is something."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.command_line import app
from bot.config import known_keys
from understanding.contract import sample
from understanding.reader import read

DOCS = Path(__file__).parents[2] / "docs"
GUIDES = ("members.md", "secretaries.md", "administrators.md", "telegram.md", "wecom.md")
NOW = datetime(2026, 3, 5, 10, 20)  # noqa: DTZ001  local
SAID = re.compile(r"`([^`]*[\u4e00-\u9fff][^`]*)`")


def phrases():
    """What stands first in a row, or is quoted as said at the beginning of a point."""
    for name in ("members.md", "secretaries.md"):
        for line in (DOCS / name).read_text("utf-8").splitlines():
            if line.startswith("> "):
                yield line[2:]
            elif line.startswith("| `"):
                yield from (said for said in SAID.findall(line.split("|")[1]) if not said.startswith("["))
            elif line.startswith("- `"):
                yield SAID.findall(line)[0]


@pytest.mark.parametrize("said", sorted(set(phrases())))
def test_what_the_guides_tell_to_say_is_understood(said):
    assert read(said, NOW, sample()).intent != "none"


@pytest.mark.parametrize("name", GUIDES)
def test_every_link_leads_somewhere(name):
    for target in re.findall(r"\]\(([^)#]+)\)", (DOCS / name).read_text("utf-8")):
        assert target.startswith("http") or (DOCS / target).exists(), target


@pytest.mark.parametrize("name", GUIDES)
def test_every_command_and_setting_is_there(name):
    text = (DOCS / name).read_text("utf-8")
    shown = CliRunner().invoke(app, ["--help"]).stdout
    for command in re.findall(r"zhibu ([a-z]+)", text):
        assert command in shown
    settings = set(known_keys())
    for table, key in re.findall(r"`\[(\w+)\] (\w+)`", text):
        assert f"{table}.{key}" in settings
