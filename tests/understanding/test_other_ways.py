"""The conversations that must work, said in other ways by someone who had not seen the sentence data."""

from __future__ import annotations

import csv
import tomllib
from datetime import datetime
from pathlib import Path

import pytest

from understanding.reader import read
from vocabulary.readings import Context

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "sentences" / "other_ways"
BRANCH = "研发党支部"
KNOWN_FAILURES = tomllib.loads((DATA / "known_failures.toml").read_text("utf-8"))
UNORDERED = {"which", "person", "except", "audience", "agenda", "host", "speaker", "type"}
NOT_YET = pytest.mark.xfail(strict=True, raises=AssertionError, reason="not understood yet")
FREE_WORDS = {"reason", "text"}
"""What people's own words are cut to; the data lists every cut that is as good."""


def branch_names():
    with (ROOT / "content" / "sample" / "roster.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["组织"] == BRANCH]
    return {
        "people": tuple(row["姓名"] for row in rows),
        "posts": {row["姓名"]: row["党内职务"] for row in rows if row["党内职务"]},
        "groups": tuple(dict.fromkeys(row["党小组"] for row in rows if row["党小组"])),
        "places": ("301会议室", "302会议室", "党员活动室"),
    }


NAMES = branch_names()


def sentences():
    for file in sorted(DATA.glob("*.toml")):
        if file.stem == "known_failures":
            continue
        table = tomllib.loads(file.read_text("utf-8"))
        for number, say in enumerate(table["say"], 1):
            known = say["text"] in KNOWN_FAILURES.get(file.stem, [])
            marks = [NOT_YET] if known else []
            now = datetime.fromisoformat(table["now"])
            yield pytest.param(say, now, id=f"{file.stem}-{number}", marks=marks)


def situation(say):
    return Context(
        chat=say.get("chat", "private"),
        addressed=say.get("addressed"),
        role=say.get("role", "secretary"),
        sender=say.get("sender", "李慧"),
        open=tuple(say.get("open", ())),
        asked=say.get("asked") or None,
        **NAMES,
    )


def comparable(slot, value):
    """One name and a list of one name are the same; so is a topic with and without its verb."""
    if slot not in UNORDERED or value is None:
        return value
    several = value if isinstance(value, list) else [value]
    if slot == "agenda":
        several = [topic.removeprefix("讨论").removeprefix("研究").removeprefix("审议") for topic in several]
    return frozenset(several)


def faults(say, reading):
    """List in what a reading differs from what is wanted; empty where it is right."""
    intents = say["intent"] if isinstance(say["intent"], list) else [say["intent"]]
    found = [] if reading.intent in intents else [("intent", reading.intent)]
    for slot, wanted in say.get("slots", {}).items():
        got = reading.slots.get(slot)
        if slot in FREE_WORDS and isinstance(wanted, list):
            right = got in wanted
        else:
            right = comparable(slot, got) == comparable(slot, wanted)
        if not right:
            found.append((slot, got))
    if say.get("exact"):
        found.extend((slot, got) for slot, got in reading.slots.items() if slot not in say.get("slots", {}))
    then = [one.intent for one in reading.then]
    if "then" in say and then != say["then"]:
        found.append(("then", then))
    return found


@pytest.mark.parametrize(("say", "now"), list(sentences()))
def test_it_is_understood(say, now):
    assert faults(say, read(say["text"], now, situation(say))) == []


def test_known_failures_are_sentences_of_the_data():
    for name, texts in KNOWN_FAILURES.items():
        said = {say["text"] for say in tomllib.loads((DATA / f"{name}.toml").read_text("utf-8"))["say"]}
        assert set(texts) <= said
