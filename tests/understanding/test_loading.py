"""Nothing is opened at import, and what was read before makes no difference to what is read now."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from understanding.intents.likeliest import model, unpacked
from understanding.training import data_digest

ROOT = Path(__file__).parents[2]
SAID = ROOT / "tests" / "sentences" / "said" / "mixed.jsonl"
IMPORTED = """
import understanding.reader, understanding.contract, understanding.explain
from understanding.intents import likeliest, table
from understanding.words import sounds, tidy
kept = (likeliest.model, sounds._sounds, table.table, tidy.script, tidy._typos)
assert [one.cache_info().currsize for one in kept] == [0] * len(kept)
understanding.reader.prepare()
assert [one.cache_info().currsize for one in kept] == [1] * len(kept)
assert "jieba" not in __import__("sys").modules and "numpy" not in __import__("sys").modules
"""
READ = """
import sys
from understanding.contract import answer_line
for line in sys.stdin:
    print(answer_line(line))
"""


def test_the_model_was_made_from_the_data_as_it_is():
    assert model().taught == data_digest(), "make train"


def test_the_model_is_small_and_another_file_is_none_of_ours():
    packed = model().packed()
    assert unpacked(packed) == model()
    assert len(packed) < 1_000_000
    with pytest.raises(ValueError, match="not a model"):
        unpacked(b"x" * 100)


def in_a_process(code, given=""):
    told = subprocess.run(  # noqa: S603  our own interpreter and code
        [sys.executable, "-c", code], input=given, capture_output=True, text=True, check=True, cwd=ROOT
    )
    return told.stdout.splitlines()


def test_importing_opens_nothing():
    in_a_process(IMPORTED)


def test_the_order_of_messages_changes_no_reading():
    lines = SAID.read_text("utf-8").splitlines()[:120]
    asked = [json.dumps({key: json.loads(line)[key] for key in ("text", "now")}) for line in lines]
    forward = in_a_process(READ, "\n".join(asked))
    backward = in_a_process(READ, "\n".join(reversed(asked)))
    assert forward == backward[::-1]
