"""Small things that nobody should have to look for in a review."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
MARKS = {"pytest.mark.skip", "pytest.mark.skipif", "pytest.mark.xfail"}
MAY_PRINT = ("bot/command", "bench/")
MAY_READ_THE_CLOCK = {"vocabulary/clock.py"}
LATER = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK|coming so" r"on)\b")
ELSEWHERE = re.compile(
    r"(?<![\w.])/(?:wo" r"rk|ho" r"me|ro" r"ot|Us" r"ers)/\w|\.\./sha" r"red\b|\bsha" r"red/(?:data|peers|reference)"
)


def dotted(node):
    """`a.b.c` of an expression, empty for anything else."""
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return node.id if isinstance(node, ast.Name) else ""


def calls(source):
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call):
            yield node, dotted(node.func)


def given(reasons):
    """One of the reasons is not an empty literal."""
    return any(not (isinstance(word, ast.Constant) and not word.value) for word in reasons)


def test_only_the_command_line_prints(sources, none):
    none(
        source.at(node)
        for source in sources
        if source.room != "tests" and not source.path.startswith(MAY_PRINT)
        for node, name in calls(source)
        if name == "print"
    )


def test_only_the_clock_reads_the_machines_clock(code, none):
    now = re.compile(r"(^|\.)(datetime\.(now|utcnow|today)|date\.today|time\.time)$")
    none(
        f"{source.at(node)} {name}"
        for source in code
        if source.path not in MAY_READ_THE_CLOCK
        for node, name in calls(source)
        if now.search(name)
    )


def gives_no_reason(node, name):
    if name in {"pytest.skip", "pytest.xfail"}:
        return not given([*node.args[:1], *(word.value for word in node.keywords if word.arg in {"reason", "msg"})])
    return name in MARKS and not given(word.value for word in node.keywords if word.arg == "reason")


def test_no_test_is_skipped_without_a_reason(sources, none):
    silent = []
    for source in (source for source in sources if source.room == "tests"):
        silent += [source.at(node) for node, name in calls(source) if gives_no_reason(node, name)]
        called = {id(node.func) for node, _ in calls(source)}
        bare = (node for node in ast.walk(source.tree) if isinstance(node, ast.Attribute) and id(node) not in called)
        silent += [source.at(node) for node in bare if dotted(node) in MARKS]
    none(silent)


def test_nothing_is_left_for_later(list_files, none):
    none(found(list_files(".py", ".toml", ".md", ".js", ".html", ".css"), LATER))


def test_nothing_names_a_machine(list_files, none):
    paths = [*list_files(".py", ".toml", ".md", ".js", ".html", ".css"), ROOT / "Makefile", ROOT / ".ci" / "run"]
    none(found(paths, ELSEWHERE))


def found(paths, pattern):
    return [
        f"{path.relative_to(ROOT)}:{number} {line.strip()[:80]}"
        for path in paths
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if pattern.search(line)
    ]
