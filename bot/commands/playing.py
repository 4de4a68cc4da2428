"""`zhibu replay`: plays scenarios."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot import doors, transcript
from bot.replay import as_json, compare, play


def replay(
    files: Annotated[list[Path], typer.Argument(help="Transcripts (tests/scenarios/**/*.chat).")],
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Compare with what the file wants; 1 where it differs.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Only what the program says, one object a line.")] = False,
    door: Annotated[
        str, typer.Option(help=f"At which door: {', '.join(('rehearsal', 'web', *doors.BUILDERS))}.")
    ] = "rehearsal",
) -> None:
    """Play transcripts against a fresh house and print the conversation as it really went."""
    worst = 0
    try:
        can, hears_group = doors.abilities(door)
    except LookupError:
        raise typer.BadParameter(door, param_hint="--door") from None
    for file in files:
        try:
            steps = transcript.parse(file.read_text("utf-8"))
            played = asyncio.run(play(steps, can=can, hears_group=hears_group))
        except (transcript.Unreadable, OSError, UnicodeDecodeError) as fault:
            typer.echo(f"{file}: {fault}", err=True)
            raise typer.Exit(2) from None
        if json:
            if played.said:
                typer.echo(as_json(played))
        elif not check:
            typer.echo("\n".join(played.lines))
        if check:
            difference = compare(played) if door == "rehearsal" else compare_at(steps, played)
            if difference:
                typer.echo(f"{file}\n{difference}", err=True)
                worst = 1
    raise typer.Exit(worst)


def compare_at(steps: list[transcript.Step], played: object) -> str:
    """Compare a play at a door with the same at the rehearsal: the same verbs, recipients and choices."""
    from bot.replay import Played, same_deeds

    rehearsed = asyncio.run(play(steps))
    return same_deeds(rehearsed, played) if isinstance(played, Played) else ""
