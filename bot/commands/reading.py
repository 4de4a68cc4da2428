"""`zhibu understand`: what words mean, for people and for programs; and what could not be read (`--missed`)."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Table

from bot import premises
from bot.commands.console import Speech, begun
from vocabulary.clock import SystemClock

if TYPE_CHECKING:
    from understanding.explain import Explanation

ZONE = "Asia/Shanghai"
RIVALS_SHOWN = 6


def understand(
    text: Annotated[str | None, typer.Argument(help="What somebody says.")] = None,
    *,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="One JSON object a line, in and out, in order.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="How it was understood, step by step.")] = False,
    missed: Annotated[bool, typer.Option("--missed", help="What could not be read, most frequent first.")] = False,
    now: Annotated[str | None, typer.Option(help="The local instant that tomorrow counts from.")] = None,
    most: Annotated[int, typer.Option(min=1, help="With --missed: how many at the most.")] = 100,
    config: Annotated[Path | None, typer.Option(help="With --missed: the settings.")] = None,
) -> None:
    """Say what a message means."""
    if jsonl:
        _lines()
    elif missed:
        _missed(config, most)
    elif text is None:
        raise typer.BadParameter("a text, --jsonl or --missed")
    elif explain:
        _explained(text, _moment(now))
    else:
        from understanding.contract import sample, shown
        from understanding.reader import read

        typer.echo(json.dumps(shown(read(text, _moment(now), sample())), ensure_ascii=False, indent=2))


def _moment(said: str | None) -> datetime:
    if said is None:
        return SystemClock().now().astimezone(ZoneInfo(ZONE)).replace(tzinfo=None)
    try:
        return datetime.fromisoformat(said).replace(tzinfo=None)
    except ValueError:
        raise typer.BadParameter("2026-03-05T10:20:00", param_hint="--now") from None


def _lines() -> None:
    from understanding.contract import answer_line

    for line in sys.stdin.buffer:
        said = line.decode("utf-8", "replace")
        if said.strip():
            sys.stdout.write(json.dumps(answer_line(said), ensure_ascii=False) + "\n")
            sys.stdout.flush()


def _explained(text: str, moment: datetime) -> None:
    from understanding.contract import sample
    from understanding.explain import explain

    speech = Speech(Console(highlight=False), moment.replace(tzinfo=ZoneInfo(ZONE)), ZoneInfo(ZONE))
    told = explain(text, moment, sample())
    speech.tell("reading.tidied", words=told.tidied)
    if told.found:
        speech.console.print(_things(speech, told))
    if told.rivals:
        speech.console.print(_rivals(speech, told))
    for why in told.why or ("best",):
        speech.tell(f"reading.why.{why.replace(' ', '_')}")
    _told(speech, told)


def _told(speech: Speech, told: Explanation) -> None:
    """Print the reading itself, command by command."""
    reading = told.reading
    for command in (reading, *reading.then):
        slots = json.dumps(command.slots, ensure_ascii=False)
        speech.tell("reading.read", intent=command.intent, slots=slots, confidence=f"{reading.confidence:.2f}")
        for slot, several in command.unsure.items():
            speech.tell("reading.unsure", slot=slot, several=" / ".join(map(str, several)))
    if reading.assumed:
        speech.tell("reading.assumed", words=" / ".join(reading.assumed))


def _things(speech: Speech, told: Explanation) -> Table:
    table = _table(speech, "kind", "words", "value")
    for found in told.found:
        table.add_row(found.kind, found.words, " | ".join(found.values))
    return table


def _rivals(speech: Speech, told: Explanation) -> Table:
    table = _table(speech, "intent", "score", "said", "bonus", "coverage", "left", "template")
    for rival in told.rivals[:RIVALS_SHOWN]:
        figures = (rival.score, rival.said, rival.bonus)
        counts = (f"{rival.coverage:.0%}", str(rival.left))
        table.add_row(rival.intent, *(f"{figure:.1f}" for figure in figures), *counts, rival.template[:80])
    return table


def _table(speech: Speech, *columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in columns:
        table.add_column(speech.words(f"reading.column.{column}"), overflow="fold")
    return table


def _missed(config: Path | None, most: int) -> None:
    from services.missed import most_frequent

    with begun(config) as (settings, speech):
        if not premises.is_furnished(settings):
            speech.tell("reading.no_database")
            raise typer.Exit(1)
        database = premises.database(settings)
        with database.read() as tx:
            found = most_frequent(tx, most)
        database.close()
        if not found:
            speech.tell("reading.nothing_missed" if settings.privacy.keep_missed else "reading.not_kept")
        for one in found:
            speech.tell(
                "reading.missed", words=json.dumps(one.words, ensure_ascii=False), times=one.times, at=one.last_at
            )
