"""The tree of sources, read once for all rules of the house."""

from __future__ import annotations

import ast
import os
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = (
    "bot",
    "content",
    "documents",
    "handlers",
    "rules",
    "scheduler",
    "services",
    "storage",
    "texts",
    "understanding",
    "vocabulary",
)
NOT_OURS = {"__pycache__", "node_modules", "build", "data"}


@dataclass(frozen=True)
class Source:
    """One Python file: its path from the root, its room (`tests` and `bench` too), its words and its tree."""

    path: str
    room: str
    text: str
    tree: ast.Module

    def at(self, node):
        return f"{self.path}:{node.lineno}"


def files(*suffixes):
    """Every file of ours with such an ending, in folders of ours."""
    for folder, folders, names in os.walk(ROOT):
        folders[:] = sorted(
            f for f in folders if f not in NOT_OURS and not f.endswith(".egg-info") and (f == ".ci" or f[0] != ".")
        )
        for name in sorted(names):
            if Path(name).suffix in suffixes:
                yield Path(folder) / name


@pytest.fixture(scope="session")
def rooms():
    return ROOMS


@pytest.fixture(scope="session")
def sources():
    """Every Python file of ours, tests and benchmarks included."""
    found = []
    for path in files(".py"):
        relative = path.relative_to(ROOT)
        text = path.read_text("utf-8")
        found.append(Source(relative.as_posix(), relative.parts[0], text, ast.parse(text, str(relative))))
    return found


@pytest.fixture(scope="session")
def code(sources):
    """The files of the rooms: what runs when zhibu runs."""
    return [source for source in sources if source.room in ROOMS]


@pytest.fixture(scope="session")
def none():
    """Demands that a list of faults is empty, and shows them one a line."""

    def demand(faults):
        faults = list(faults)
        if faults:
            pytest.fail("\n".join(map(str, faults)), pytrace=False)

    return demand


@pytest.fixture(scope="session")
def list_files():
    return files
