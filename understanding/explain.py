"""Why a message was read as it was: for people (`zhibu understand "…" --explain`) and for whoever writes sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from understanding.reader import Steps, read

if TYPE_CHECKING:
    from datetime import datetime

    from understanding.times import Time
    from understanding.words.things import Thing
    from vocabulary.readings import Context, Reading


@dataclass(frozen=True, slots=True)
class Found:
    """A typed thing: its kind, the tidied words, and what they were taken for (several where they may mean several)."""

    kind: str
    words: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rival:
    """A template that fits: its intent, itself, and how its score came about.

    `score` is `said` (characters of its own words) and `bonus` (of the intent), more by 3 times `coverage` (0 to 1: how
    much of the message it explains), less 0.6 for each of the `left` characters that nothing explains.
    """

    intent: str
    template: str
    score: float
    said: float
    bonus: float
    coverage: float
    left: int


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
        tuple(Found(thing.kind, words[thing.start : thing.end], _values(thing)) for thing in steps.things),
        tuple(
            Rival(
                match.intent,
                match.template.source,
                round(match.score, 2),
                match.weight,
                match.template.bonus,
                round(match.coverage, 2),
                len(match.left),
            )
            for match in steps.matches
        ),
        tuple(steps.why),
        reading,
    )


def _values(thing: Thing) -> tuple[str, ...]:
    if thing.kind in {"when", "rrule", "duration"}:
        return tuple(map(_time, thing.value))
    if thing.kind == "person":
        several = thing.value if isinstance(thing.value, list) else [thing.value]
        return tuple(" / ".join(names) for names in several)
    return (str(thing.value),)


def _time(time: Time) -> str:
    if time.kind == "duration":
        return f"{round((time.seconds or 0) / 60)} min"
    stretch = " – ".join(f"{end:%Y-%m-%d %H:%M}" for end in (time.start, time.end) if end is not None)
    return f"{time.rrule} {stretch}".strip() if time.rrule else stretch
