"""Why a message was read as it was: for people (`zhibu understand "…" --explain`) and for whoever writes sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from understanding.reader import Steps, read

if TYPE_CHECKING:
    from datetime import datetime

    from vocabulary.readings import Context, Reading


@dataclass(frozen=True, slots=True)
class Found:
    """A typed thing: its kind and the tidied words."""

    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Rival:
    """A template that fits: its intent, itself, what it scored, and how much of the words it explains (0 to 1)."""

    intent: str
    template: str
    score: float
    coverage: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """The tidied words, the things found, the rivals best first, what decided, and the reading.

    `why` holds plain words: `empty`, `command`, `open`, `asked`, `several`, `unaddressed`, `nothing fits`; none where
    the best rival won.
    """

    tidied: str
    found: tuple[Found, ...]
    rivals: tuple[Rival, ...]
    why: tuple[str, ...]
    reading: Reading


def explain(text: str, now: datetime, context: Context) -> Explanation:
    """Return how a message came to be read, with the same arguments as `reader.read`."""
    steps = Steps()
    reading = read(text, now, context, steps)
    words = steps.tidied.text
    return Explanation(
        words,
        tuple(Found(thing.kind, words[thing.start : thing.end]) for thing in steps.things),
        tuple(
            Rival(match.intent, match.template.source, round(match.score, 2), round(match.coverage, 2))
            for match in steps.matches
        ),
        tuple(steps.why),
        reading,
    )
