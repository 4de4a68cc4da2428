"""What people read stands in the texts, and every text is used."""

from __future__ import annotations

import ast
import re
import string
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CHINESE = re.compile(r"[\u3007\u3400-\u9fff\uf900-\ufaff]")
PUNCTUATION = re.compile(r"[\u3001-\u3003\u3008-\u301f\uff01-\uff5e]")
"""A sign that is only looked for (`text.strip("。")`) is not a word; one that is put together with words is shown."""
MAY_HOLD_CHINESE = ("understanding/", "bot/transcript")
SPEAKS = {"say": 0, "Text": 0, "ask": 0}
"""Calls that take a text's key, and at which place."""
REFUSES = {"Refusal", "NotAllowed", "NotFound"}
KEY = re.compile(r"""["'`]([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+)["'`]""")


def docstrings(tree):
    """Every string that stands alone as a statement: docstrings of modules, classes, functions and attributes."""
    return {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    }


def literals(source):
    """Every string of a file that is not a docstring, the pieces of f-strings included."""
    exempt = docstrings(source.tree)
    return [
        node
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in exempt
    ]


def flat(table, prefix=""):
    for key, value in table.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def called(node):
    """The plain name of what a call calls."""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def first_word(node):
    if node.args and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str):
        return node.args[0].value
    return None


@pytest.fixture(scope="session")
def texts():
    """Key and sentence of every text, and in which file it stands."""
    found = {}
    for path in sorted((ROOT / "texts").glob("*.toml")):
        for key, value in flat(tomllib.loads(path.read_text("utf-8"))):
            assert key not in found, f"{key} stands in {found[key][1]} and in {path.name}"
            found[key] = (value, path.name)
    return found


@pytest.fixture(scope="session")
def words_of_code(code):
    """Every string literal of the rooms."""
    return {node.value for source in code for node in literals(source)}


def test_no_chinese_stands_in_code(code, none):
    none(
        f"{source.at(node)} {node.value[:20]!r}"
        for source in code
        if not source.path.startswith(MAY_HOLD_CHINESE)
        for node in literals(source)
        if CHINESE.search(node.value)
    )


def test_no_chinese_punctuation_is_put_between_words(code, none):
    def joins(node):
        if isinstance(node, ast.JoinedStr):
            return node.values
        joining = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "join"
        return [node.func.value] if joining else []

    none(
        f"{source.at(node)} {piece.value!r}"
        for source in code
        if not source.path.startswith(MAY_HOLD_CHINESE)
        for node in ast.walk(source.tree)
        for piece in joins(node)
        if isinstance(piece, ast.Constant) and PUNCTUATION.search(str(piece.value))
    )


def test_every_text_is_a_sentence_with_named_placeholders(texts, none):
    faults = []
    for key, (value, file) in texts.items():
        if not isinstance(value, str) or not value:
            faults.append(f"{file}: {key} is not a sentence")
            continue
        names = [name for _, name, _, _ in string.Formatter().parse(value) if name is not None]
        faults += [f"{file}: {key} has a nameless placeholder" for name in names if not name[:1].isalpha()]
    none(faults)


def test_every_text_is_used(texts, words_of_code, list_files, none):
    """A key is used by its whole name, or where a literal that ends with a dot opens it (`f"meeting_type.{kind}"`).

    A refusal is used by its code, whole or opened likewise, and what the page says by its last name, in scripts, pages
    and their server.
    """
    pages = {
        key
        for path in list_files(".html", ".js", ".toml")
        if path.relative_to(ROOT).parts[0] not in {"texts", "tests"}
        for key in KEY.findall(path.read_text("utf-8"))
    }
    scripts = "\n".join(path.read_text("utf-8") for path in list_files(".html", ".js"))
    of_page = words_of_code | set(re.findall(r"\w+", scripts))
    openings_of_page = tuple(re.findall(r"""["'`]([a-z]\w*_)(?:["'`]|\$\{)""", scripts))
    openings = tuple(word for word in words_of_code if re.fullmatch(r"[a-z][a-z0-9_.]*\.", word))
    unused = []
    for key, (_, file) in texts.items():
        whole = key in words_of_code or key in pages
        room, _, name = key.partition(".")
        if room == "refusal":
            used = name in words_of_code or name.startswith(openings)
        elif room == "page":
            used = name in of_page or name.startswith(openings_of_page)
        else:
            used = key.startswith(openings)
        if not (whole or used):
            unused.append(f"{file}: {key}")
    none(unused)


def test_every_key_that_is_said_has_its_text(texts, code, none):
    missing = []
    for source in code:
        for node in ast.walk(source.tree):
            if not isinstance(node, ast.Call):
                continue
            name, word = called(node), first_word(node)
            keys = [word] if name in SPEAKS and word is not None else []
            keys += [f"refusal.{word}"] if name in REFUSES and word is not None else []
            keys += [k.value.value for k in node.keywords if k.arg == "confirm" and isinstance(k.value, ast.Constant)]
            missing += [f"{source.at(node)} {key}" for key in keys if isinstance(key, str) and key not in texts]
    none(missing)
