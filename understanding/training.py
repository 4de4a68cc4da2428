"""Makes `likeliest.model` from the labelled sentences and the templates: `make train`.

What is kept aside (`tests/sentences/aside`) is never read here. The library that fits the weights (scikit-learn) is
wanted for this alone; the program itself reads the file without any.
"""

from __future__ import annotations

import hashlib
import json
import random
import tomllib
from array import array
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from understanding import contract
from understanding.intents.likeliest import SCALE, Model, runs
from understanding.intents.table import table
from understanding.intents.templates import FREE, sample
from understanding.words import things
from understanding.words.marked import mark
from understanding.words.things import MARKS
from understanding.words.tidy import tidy, uncalled

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
SENTENCES = ROOT / "tests" / "sentences"
MODEL = Path(__file__).with_name("intents") / "likeliest.model"
NOW = datetime(2026, 3, 5, 10, 20)  # noqa: DTZ001  words are local time
FROM_CONTEXT = frozenset({"confirm", "deny", "answer"})
"""Intents that words have only after a question."""
OPENED = {"evaluation.cast": "evaluation", "quiz.answer": "quiz", "vote.cast": "vote"}
"""What is open where these are said; the sentences of `heard` tell no context."""
NO_TABLES = frozenset({"times.toml", "not_yet.toml"})
SAMPLES, SAMPLE_WEIGHT = 3, 0.4
"""So many sentences are made from each template; one counts so much of one that a person wrote."""
STRENGTH, LEAST = 20.0, 0.15
"""How freely weights may grow (scikit-learn's C), and below what they are left out."""
FILLERS = {
    **{kind: [sign] for kind, sign in MARKS.items()},
    **{f"type:{kind}": [MARKS[kind]] for kind in things.TYPES},
    **{slot: ["党费收缴", "孩子发烧", "交思想汇报", "廉政教育", "打印材料"] for slot in FREE},
    "type": [MARKS[kind] for kind in things.TYPES],
    "number": ["3"],
    "letters": ["A"],
}


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence that means one intent, in its context."""

    text: str
    now: datetime
    context: dict[str, Any]
    intent: str


def data_digest() -> bytes:
    """Return a digest of all that the model is made from: it says whether a model is that of the data."""
    folders = ("*.toml", "heard/*.toml", "other_ways/*.toml", "said/*.jsonl")
    parts = [path for folder in folders for path in SENTENCES.glob(folder)]
    own = (*MODEL.parent.glob("sentences/*.toml"), *ROOT.glob("understanding/words/sounds.t*"))
    digest = hashlib.sha256()
    for path in sorted((*parts, *own)):
        digest.update(path.read_bytes())
    return digest.digest()[:8]


def examples() -> Iterator[Example]:
    """Yield every labelled sentence of the data but what is kept aside."""
    for path in sorted(SENTENCES.glob("*.toml")):
        if path.name not in NO_TABLES:
            yield from _table(path)
    for path in sorted((SENTENCES / "other_ways").glob("*.toml")):
        data = tomllib.loads(path.read_text("utf-8"))
        for say in data.get("say", ()):
            intents = say["intent"] if isinstance(say["intent"], list) else [say["intent"]]
            context = {key: say[key] for key in ("chat", "addressed", "role", "open", "asked") if say.get(key)}
            yield Example(say["text"], datetime.fromisoformat(data["now"]), context, intents[0])
    for path in sorted((SENTENCES / "heard").glob("*.toml")):
        for intent, texts in tomllib.loads(path.read_text("utf-8")).items():
            opened = [[OPENED[intent]]] if intent in OPENED else [[], ["vote"], ["evaluation"]]
            opened = [[]] if intent == "none" else opened
            yield from (Example(text, NOW, {"open": each}, intent) for text in texts for each in opened)
    for path in sorted((SENTENCES / "said").glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            said = json.loads(line)
            if not said.get("then"):
                now = datetime.fromisoformat(said["now"])
                yield Example(said["text"], now, said.get("context") or {}, said["intent"])


def _table(path: Path) -> Iterator[Example]:
    for name, entry in tomllib.loads(path.read_text("utf-8")).items():
        for said in entry["says"]:
            if path.name == "none.toml":
                yield Example(said, NOW, entry["context"], "none")
            else:
                yield Example(said[0], NOW, said[2] if len(said) > 2 else {}, name)  # noqa: PLR2004  text, slots, context


def teaches(example: Example) -> bool:
    """Say whether the words themselves mean the intent: not where a question, or that nobody was spoken to, decides."""
    context = example.context
    if context.get("asked") or example.intent in FROM_CONTEXT:
        return False
    to_nobody = context.get("chat") == "group" and not context.get("addressed") and "@" not in example.text
    return not to_nobody or (example.intent != "none" and bool(context.get("open")))


def _found(example: Example) -> tuple[Any, Any]:
    context = contract.in_context(example.context, contract.sample())
    tidied = uncalled(tidy(example.text, context.bot))
    return tidied, things.find(tidied, example.now, context)


def lessons() -> tuple[list[set[str]], list[str], list[float]]:
    """Return what the model is fitted to: the runs of each sentence, its intent, and how much it counts."""
    seen: list[set[str]] = []
    meant: list[str] = []
    counts: list[float] = []
    for example in examples():
        if teaches(example):
            seen.append(runs(mark(*_found(example)).text, example.context.get("open", ())))
            meant.append(example.intent)
            counts.append(1.0)
    chance = random.Random(7)  # noqa: S311  samples, no secrets
    for name, intent in table().intents.items():
        for template in intent.templates:
            for _ in range(SAMPLES):
                seen.append(runs(sample(template.node, chance, FILLERS)))
                meant.append(name)
                counts.append(SAMPLE_WEIGHT)
    return seen, meant, counts


def fitted() -> Model:
    """Fit the weights and return them rounded, the small ones left out."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression

    seen, meant, counts = lessons()
    known = CountVectorizer(analyzer=sorted, binary=True, min_df=2)
    found = known.fit_transform(seen)
    fit = LogisticRegression(C=STRENGTH, max_iter=300).fit(found, meant, sample_weight=counts)
    names = known.get_feature_names_out()
    number: dict[str, int] = {}
    starts, columns, weights = array("I", [0]), array("B"), array("b")
    for at, name in enumerate(names):
        row = [(column, round(float(weight) * SCALE)) for column, weight in enumerate(fit.coef_[:, at])]
        kept = [(column, max(-127, min(127, weight))) for column, weight in row if abs(weight) >= LEAST * SCALE]
        if kept:
            number[str(name)] = len(number)
            columns.extend(column for column, _ in kept)
            weights.extend(weight for _, weight in kept)
            starts.append(len(columns))
    bias = array("h", [round(float(one) * SCALE) for one in fit.intercept_])
    return Model(data_digest(), tuple(map(str, fit.classes_)), bias, number, starts, columns, weights)


def main() -> None:
    """Fit, and write the file."""
    MODEL.write_bytes(fitted().packed())


if __name__ == "__main__":
    main()
