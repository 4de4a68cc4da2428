"""Whatever is said in whatever situation is read in bounded time, without an error, in the contract's forms."""

from __future__ import annotations

import importlib.util
import json
import os
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from understanding.contract import answer_line

SENTENCES = Path(__file__).parents[1] / "sentences"
_spec = importlib.util.spec_from_file_location("slot_forms", Path(__file__).with_name("slot_forms.py"))
slot_forms = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(slot_forms)


def said():
    """Every message of the data: what the fuzzing cuts and joins."""
    for path in sorted(SENTENCES.glob("said/*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            yield json.loads(line)["text"]
    for path in sorted(SENTENCES.glob("other_ways/*.toml")):
        yield from (say["text"] for say in tomllib.loads(path.read_text("utf-8")).get("say", ()))


SAID = sorted(set(said()))
OPEN = ["notice", "checkin", "vote", "quiz", "exam", "recording", "evaluation"]
ASKED = [
    None, "confirm", "start", "type", "place", "agenda", "reason", "time", "which", "person", "text", "choice",
    "duration", "rrule", "audience", "host", "title", "due", "shift", "count", "topic", "end", "remind", "range",
    "amount", "nonsense",
]  # fmt: skip
NOWS = [
    "2026-03-05T10:20:00",
    "2026-12-31T23:59:59",
    "2028-02-29T00:00:00",
    "1999-12-31T12:00:00",
    "9999-12-31T23:59:59",
]
piece = st.one_of(
    st.sampled_from(SAID),
    st.tuples(st.sampled_from(SAID), st.integers(0, 30), st.integers(0, 30)).map(
        lambda cut: cut[0][cut[1] : cut[2] or None]
    ),
    st.text(max_size=40),
)
message = st.one_of(
    st.tuples(st.lists(piece, max_size=5), st.sampled_from(["", " ", "，", "\n", "。"])).map(
        lambda parts: parts[1].join(parts[0])
    ),
    st.tuples(piece, st.integers(1, 20_000)).map(lambda part: (part[0] * part[1])[:20_000]),
)
situation = st.fixed_dictionaries(
    {
        "chat": st.sampled_from(["group", "private"]),
        "addressed": st.booleans(),
        "role": st.sampled_from(["secretary", "committee", "leader", "member", "supervisor"]),
        "open": st.lists(st.sampled_from(OPEN), max_size=3),
        "asked": st.sampled_from(ASKED),
    }
)


@pytest.mark.prove
@pytest.mark.timeout(600)  # whole, it takes two minutes and more on a busy machine
@settings(max_examples=20_000 if os.environ.get("ZHIBU_PROVE") else 300, deadline=None)
@given(text=message, context=situation, now=st.sampled_from(NOWS))
def test_every_reading_is_in_the_contracts_forms(text, context, now):
    answer = answer_line(json.dumps({"text": text, "now": now, "context": context}))
    assert "error" not in answer
    assert slot_forms.faults(answer) == []
    if answer["intent"] == "none":
        assert answer["slots"] == {}


def test_what_is_wrong_in_form_is_seen():
    wrong = {
        "start": "2026-3-5", "time": "25:00", "range": {"start": "2026-03-05T00:00:00"}, "which": [], "duration": 0,
        "choice": "A", "type": "party", "rrule": "FREQ=DAILY;BYHOUR=8", "person": "",
        "end": "2026-03-05T15:00:00T16:00:00",
    }  # fmt: skip
    found = slot_forms.faults({"slots": wrong, "unsure": {"start": ["2026-03-05", "2026-03-06"]}})
    assert {slot for slot, _ in found} == {*wrong, "unsure.start"}
