"""Files and functions that one can read at a sitting."""

from __future__ import annotations

import ast

FILE_LINES = 300
FUNCTION_LINES = 45

LONG_FILES: dict[str, str] = {}
"""Path → why it may be longer."""
LONG_FUNCTIONS: dict[str, str] = {}
"""`path:name` → why it may be longer."""


def measured(code):
    return [source for source in code if not source.path.startswith("storage/migrations/")]


def functions(source):
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{source.path}:{node.name}", node.end_lineno - node.lineno + 1


def file_lines(code):
    return {source.path: source.text.count("\n") for source in measured(code)}


def function_lines(code):
    return {name: lines for source in measured(code) for name, lines in functions(source)}


def over(lines_of, most, excused):
    return [f"{name} {lines} lines" for name, lines in lines_of.items() if lines > most and name not in excused]


def test_no_file_is_long(code, none):
    none(over(file_lines(code), FILE_LINES, LONG_FILES))


def test_no_function_is_long(code, none):
    none(over(function_lines(code), FUNCTION_LINES, LONG_FUNCTIONS))


def test_what_is_excused_is_still_long_and_says_why(code, none):
    none(path for path in LONG_FILES if file_lines(code).get(path, 0) <= FILE_LINES)
    none(name for name in LONG_FUNCTIONS if function_lines(code).get(name, 0) <= FUNCTION_LINES)
    assert all([*LONG_FILES.values(), *LONG_FUNCTIONS.values()])
