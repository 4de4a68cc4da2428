"""Plays a transcript and prints, compares or lists what the program says."""

from __future__ import annotations

import difflib
import json
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.stage import Stage, zone
from bot.transcript import BOT, FILE_WORD, GROUP_WORD, LOG_WORD, TIME

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.channels.rehearsal import Heard
    from bot.transcript import Step
    from vocabulary.messages import Can

INDENT = "        "
ANY = "…"


@dataclass
class Played:
    """What came of a transcript: its lines as they really went, and what the program said.

    `wanted` and `got` hold the lines that are compared, what people do among them, so that each has its place.
    """

    lines: list[str] = field(default_factory=list)
    wanted: list[str] = field(default_factory=list)
    said: list[dict[str, Any]] = field(default_factory=list)
    got: list[str] = field(default_factory=list)
    verbs: list[str] = field(default_factory=list)


async def play(
    steps: list[Step], stage: Stage | None = None, can: Can | None = None, *, hears_group: bool = True
) -> Played:
    """Play every step on a fresh stage."""
    from vocabulary.messages import Can as Abilities

    played = Played()
    stage = stage or Stage(can=can or Abilities(), hears_group=hears_group)
    if steps and steps[0].at is not None:
        stage.at = steps[0].at.replace(tzinfo=zone())
    async with stage as house:
        done = 0
        for step in steps:
            if step.kind in {"answer", "send", "edit"}:
                played.wanted.append(_line(step))
                continue
            if step.kind == "log":
                _log(played, house, step)
                continue
            heard = len(house.door.heard)
            for lines in (played.lines, played.wanted, played.got):
                lines.append(_spoken(step) if lines is played.lines else _flat(_spoken(step)))
            await house.play(step)
            verbs = house.verbs()
            verb = next(iter(verbs[done:]), None)
            done = len(verbs)
            _say(played, house, step, house.door.heard[heard:], verb)
        played.verbs = [name for name in house.verbs() if name != "binding.bind_group"]
    return played


def _spoken(step: Step) -> str:
    """Write one line of people's as it stands in a transcript."""
    if step.kind == "time" and step.at:
        return f"{TIME} {step.at:%Y-%m-%d %H:%M}"
    if step.kind == "group":
        return f"{GROUP_WORD} {step.chat} = {step.who}" + (f" {step.text}" if step.text else "")
    text = f"[{step.text}]" if step.kind == "press" else step.whole.replace("\n", f"\n{INDENT}")
    return f"{step.chat} {step.who}> {text}" if step.chat else f"{step.who}> {text}"


def _say(played: Played, house: Stage, step: Step, heard: Iterable[Heard], verb: str | None) -> None:
    """Write down what the program said after a line, and the first verb that the line brought about."""
    for one in heard:
        who, chat = house.place_of(one)
        edit = one.shown.replaces is not None
        body = _body(one)
        if edit:
            head = f"~{who} "
        elif step.kind in {"say", "press", "attach"} and chat == step.chat and (chat or who == step.who):
            head = f"{BOT}@{chat}> " if chat else f"{BOT}> "
        else:
            head = f"→{who} "
        line = head + body.replace("\n", f"\n{INDENT}")
        played.lines.append(line)
        played.got.append(_flat(line))
        played.said.append(
            {
                "at": one.at.astimezone(zone()).replace(tzinfo=None).isoformat(),
                "to": chat or who,
                "chat": chat,
                "text": one.shown.text,
                "buttons": [button.label for button in one.shown.buttons],
                "files": [one.shown.file_name] if one.shown.file_name else [],
                "verb": verb,
                "edit": edit,
            }
        )


def _log(played: Played, house: Stage, step: Step) -> None:
    line = f"{LOG_WORD} {' '.join(house.verbs())}".strip()
    played.lines.append(line)
    played.got.append(_flat(line))
    played.wanted.append(_flat(f"{LOG_WORD} {step.whole}"))


def _body(heard: Heard) -> str:
    parts = [heard.shown.text] if heard.shown.text else []
    if heard.shown.file_name:
        parts.append(f"[{FILE_WORD} {heard.shown.file_name}]")
    if heard.shown.buttons:
        parts.append(" ".join(f"[{button.label}]" for button in heard.shown.buttons))
    return "\n".join(parts)


def _line(step: Step) -> str:
    """Write a wanted line in the form that `_flat` gives to one that was said."""
    head = {
        "answer": f"{BOT}@{step.chat}>" if step.chat else f"{BOT}>",
        "send": f"→{step.who}",
        "edit": f"~{step.who}",
    }[step.kind]
    return _flat(f"{head} {step.whole}")


def _flat(line: str) -> str:
    """One line of words, with single blanks: layout is not compared."""
    return re.sub(r"\s+", " ", line).strip()


def compare(played: Played) -> str:
    """Compare what was said with what the transcript wants; returns a diff, empty where all is well.

    `…` in a wanted line stands for any text. Everything is listed, whole, and in the order in which it was sent.
    """
    matched = len(played.wanted) == len(played.got) and all(map(fits, played.wanted, played.got))
    if matched:
        return ""
    shown = [played.got[at] if at is not None else wanted for wanted, at in _paired(played.wanted, played.got)]
    return "\n".join(difflib.unified_diff(shown, played.got, "wanted", "said", lineterm="", n=2))


def _paired(wanted: list[str], got: list[str]) -> list[tuple[str, int | None]]:
    """Find for each wanted line the one that it fits, in order, so that as many as can be find theirs."""
    longest = [[0] * (len(got) + 1) for _ in range(len(wanted) + 1)]
    fitting = [[fits(line, said) for said in got] for line in wanted]
    for i in range(len(wanted) - 1, -1, -1):
        for j in range(len(got) - 1, -1, -1):
            after = longest[i + 1][j + 1] + 1 if fitting[i][j] else 0
            longest[i][j] = max(after, longest[i + 1][j], longest[i][j + 1])
    found: list[tuple[str, int | None]] = []
    j = 0
    for i, line in enumerate(wanted):
        while j < len(got) and longest[i][j] == longest[i][j + 1] and not fitting[i][j]:
            j += 1
        is_fit = j < len(got) and fitting[i][j] and longest[i][j] == longest[i + 1][j + 1] + 1
        found.append((line, j if is_fit else None))
        j += is_fit
    return found


def fits(wanted: str, got: str) -> bool:
    """Whether a line that was said is as wanted."""
    pattern = ".*".join(re.escape(piece.strip()) for piece in wanted.split(ANY)).replace(r"\ ", r"\s*")
    return re.fullmatch(pattern.replace(".*", r"\s*.*\s*"), got, re.DOTALL) is not None


def as_json(played: Played) -> str:
    """Only what the program said, one object a line."""
    return "\n".join(json.dumps(item, ensure_ascii=False) for item in played.said)


def same_deeds(one: Played, other: Played) -> str:
    """Compare two plays by what was done and who was told what, not by how it was shown; empty where they agree.

    At a door without groups what a group hears is left out: its lines are said privately there.
    """
    has_groups = any(item["chat"] for item in other.said)
    faults: list[str] = []
    if one.verbs != other.verbs:
        faults.extend(difflib.unified_diff(one.verbs, other.verbs, "rehearsed", "there", lineterm="", n=1))
    private = [item for item in one.said if not item["edit"] and (has_groups or item["chat"] is None)]
    if has_groups:
        got = {_told(item) for item in other.said}
        faults.extend(f"missing: {to} {text}" for to, text in map(_told, private) if (to, text) not in got)
    else:
        wanted, heard = Counter(item["to"] for item in private), Counter(item["to"] for item in other.said)
        faults.extend(f"told less: {to}" for to, count in wanted.items() if heard[to] < count)
    return "\n".join(faults)


def _told(item: dict[str, Any]) -> tuple[str, str]:
    """Who was told what, by the beginning of its words: the rest may be worded for the door."""
    return item["to"], item["text"].split("\n")[0][:20]
