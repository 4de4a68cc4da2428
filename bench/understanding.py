"""How fast and how well messages are read: beside JioNLP on the same messages in one run, where it is installed."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
import time
import tomllib
import warnings
from contextlib import redirect_stdout
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from understanding import contract
from understanding.reader import prepare, read
from understanding.times import find

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[1]
SENTENCES = ROOT / "tests" / "sentences"
MESSAGES = 2000
ROUNDS = 3
MICRO = 1e6
READY = """
import sys, time
began = time.perf_counter()
from understanding.reader import prepare
imported = time.perf_counter()
prepare()
print(imported - began, time.perf_counter() - imported)
"""


@dataclass(frozen=True)
class Speed:
    """Microseconds a call: the median and the 99th percentile of the best of some rounds; `peer` is JioNLP's median."""

    median: float
    p99: float
    peer: float | None


@dataclass(frozen=True)
class Speeds:
    """Of whole messages, and of expressions of time; and milliseconds until the first message can be read."""

    messages: Speed
    times: Speed
    imported: float
    ready: float


@dataclass(frozen=True)
class Quality:
    """Parts of the lines that were kept aside: intent right, `none` kept silent, slots right, all right."""

    lines: int
    intent: float
    none: float
    slots: float
    whole: float


def speeds() -> Speeds:
    """Measure on mixed messages of the data, each read after everything was read once."""
    prepare()
    said = list(_messages())
    peer = _peer()
    expressions = list(_expressions())
    beside: list[Callable[[], Any]] | None = [partial(peer, *one[:2]) for one in said] if peer else None
    messages = _speed([partial(read, *one) for one in said], beside)
    beside = [partial(peer, *one) for one in expressions] if peer else None
    found = _speed([partial(find, *one) for one in expressions], beside)
    imported, ready = _ready()
    return Speeds(messages, found, imported, ready)


def _messages() -> Iterator[tuple[str, datetime, Any]]:
    """Yield so many messages, in their contexts; the data again and again where it is shorter."""
    sample = contract.sample()
    lines = [json.loads(line) for path in sorted(SENTENCES.glob("*/*.jsonl")) for line in path.open(encoding="utf-8")]
    for at in range(MESSAGES):
        line = lines[at * 7919 % len(lines)]
        context = contract.in_context(line.get("context"), sample)
        yield line["text"], datetime.fromisoformat(line["now"]), context


def _expressions() -> Iterator[tuple[str, datetime]]:
    data = tomllib.loads((SENTENCES / "times.toml").read_text("utf-8"))
    tables = ("instants", "dates", "intervals", "deadlines", "durations", "recurrences")
    texts = [text for table in tables for text in data[table]]
    for at in range(MESSAGES):
        yield texts[at % len(texts)], data["now"]


def _peer() -> Callable[[str, datetime], Any] | None:
    """JioNLP's extraction of times, which is less than reading a message; None where it is not installed."""
    if find_spec("jionlp") is None:
        return None
    logging.disable(logging.CRITICAL)  # it logs each text that breaks it
    with warnings.catch_warnings(), redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        import jionlp

    def extract(text: str, now: datetime) -> Any:
        try:
            return jionlp.ner.extract_time(text, time_base=now.timestamp())
        except Exception:  # noqa: BLE001  some texts break it; that costs its time too
            return None

    return extract


def _speed(calls: list[Callable[[], Any]], peers: list[Callable[[], Any]] | None) -> Speed:
    for call in calls:
        call()
    rounds = [_timed(calls) for _ in range(ROUNDS)]
    best = min(rounds, key=median)
    other = median(_timed(peers)) * MICRO if peers else None
    return Speed(median(best) * MICRO, sorted(best)[round(0.99 * len(best)) - 1] * MICRO, other)


def _timed(calls: list[Callable[[], Any]]) -> list[float]:
    spent = []
    for call in calls:
        began = time.perf_counter()
        call()
        spent.append(time.perf_counter() - began)
    return spent


def _ready() -> tuple[float, float]:
    """Milliseconds that importing takes, and then getting ready, in a process of its own; the best of some."""
    found = []
    for _ in range(ROUNDS):
        told = subprocess.run([sys.executable, "-c", READY], capture_output=True, text=True, check=True, cwd=ROOT)  # noqa: S603
        found.append(tuple(float(part) * 1000 for part in told.stdout.split()))
    return min(one[0] for one in found), min(one[1] for one in found)


def quality(only: str = "") -> Quality:
    """Read what was kept aside, or the files of it with a word in their names, and compare it with its labels."""
    sys.path.insert(0, str(ROOT / "tests" / "understanding"))
    import labelled

    labels = [label for name, _, label in labelled.lines("aside") if only in name]
    got = [contract.answer_line(labelled.asked(label)) for label in labels]
    pairs = list(zip(labels, got, strict=True))
    intents = [answer["intent"] == label["intent"] for label, answer in pairs]
    silent = [answer["intent"] == "none" for label, answer in pairs if label["intent"] == "none"]
    slots = [labelled.right_slots(*pair) for pair, right in zip(pairs, intents, strict=True) if right]
    whole = [labelled.is_right(*pair) for pair in pairs]
    return Quality(len(labels), *(sum(one) / len(one) for one in (intents, silent, slots, whole)))
