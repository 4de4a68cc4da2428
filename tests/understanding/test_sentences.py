"""The labelled sentences are read as their labels say; known failures go on failing."""

import importlib.util
import json
import tomllib
from pathlib import Path

import pytest

from understanding.contract import answer_line

_spec = importlib.util.spec_from_file_location("sentence_tables", Path(__file__).with_name("sentence_tables.py"))
tables = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(tables)


def read(text, context):
    return answer_line(json.dumps({"text": text, "now": tables.NOW.isoformat(), "context": context}))


def wrong(path):
    for intent, text, slots, context in tables.cases(path):
        got = read(text, context)
        if got["intent"] != intent or (slots is not None and got["slots"] != slots):
            yield text, f"{text} {context or ''}: {got['intent']} {got['slots']}, wanted {intent} {slots or ''}"


def not_yet():
    path = tables.FOLDER / "not_yet.toml"
    return set(tomllib.loads(path.read_text(encoding="utf-8"))["says"]) if path.exists() else set()


@pytest.mark.parametrize("path", tables.files(), ids=lambda path: path.stem)
def test_each_sentence_is_read_as_labelled(path):
    known = not_yet()
    failures = [why for text, why in wrong(path) if text not in known]
    assert not failures, "\n".join(failures)


def test_what_is_known_to_fail_still_fails():
    failing = {text for path in tables.files() for text, _ in wrong(path)}
    assert not_yet() <= failing, f"take off the list: {not_yet() - failing}"


def test_there_are_enough_sentences():
    several = [case for path in tables.files() for case in tables.cases(path)]
    assert len(several) >= 900
    assert sum(case[0] == "none" for case in several) >= 240
