"""Who may import whom: the contracts of `.importlinter`."""

from __future__ import annotations

import configparser
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_import_keeps_the_walls():
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command as lint; lint()",
            "--no-logo",
            "--no-cache",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_every_room_stands_behind_the_walls(rooms):
    walls = configparser.ConfigParser()
    walls.read(ROOT / ".importlinter", "utf-8")
    assert walls["importlinter"]["root_packages"].split() == list(rooms)
    known = {*rooms, "tests", "bench", "docs"}
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert packages <= known
