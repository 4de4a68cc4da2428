"""Every library has its reason, and no reason outlives its library."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import metadata, requires
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
REASONS = ROOT / "docs" / "decisions" / "0002-libraries.md"


def asked_for(*extras):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    optional = project["optional-dependencies"]
    lines = [*project["dependencies"], *(line for extra in extras or optional for line in optional[extra])]
    return [Requirement(line) for line in lines]


def test_every_library_has_a_row_and_every_row_a_library():
    rows = re.findall(r"^\| ([a-z][\w-]*) \| \d", REASONS.read_text("utf-8"), re.MULTILINE)
    assert sorted(rows) == sorted(requirement.name for requirement in asked_for())


def test_no_library_is_under_the_gpl():
    """Everything that is installed for zhibu, what is dragged in included."""
    waiting = [r for r in asked_for("dev") if r.marker is None or r.marker.evaluate()]
    seen: dict[str, str] = {}
    while waiting:
        name = waiting.pop().name
        if name in seen:
            continue
        about = metadata(name)
        classifiers = [line for line in about.get_all("Classifier", []) if line.startswith("License")]
        seen[name] = " ".join([about.get("License-Expression", ""), about.get("License", "")[:200], *classifiers])
        further = (Requirement(line) for line in requires(name) or [])
        waiting += [r for r in further if r.marker is None or r.marker.evaluate({"extra": ""})]
    assert len(seen) > 50
    assert [
        name for name, licence in seen.items() if re.search(r"(?<!L)\bA?GPL|(?<!Lesser )General Public", licence)
    ] == []
