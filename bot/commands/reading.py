"""`zhibu understand`: what words mean, for people (`--explain`) and for programs (`--jsonl`)."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from vocabulary.clock import SystemClock

ZONE = "Asia/Shanghai"


def understand(
    text: Annotated[str | None, typer.Argument(help="What somebody says.")] = None,
    *,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="One JSON object a line, in and out, in order.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="How it was understood, step by step.")] = False,
    now: Annotated[str | None, typer.Option(help="The local instant that tomorrow counts from.")] = None,
) -> None:
    """Say what a message means."""
    from understanding.contract import answer_line, sample, shown
    from understanding.reader import read

    if jsonl:
        for line in sys.stdin:
            if line.strip():
                sys.stdout.write(json.dumps(answer_line(line), ensure_ascii=False) + "\n")
                sys.stdout.flush()
        return
    if text is None:
        raise typer.BadParameter("a text, or --jsonl")
    moment = datetime.fromisoformat(now) if now else SystemClock().now().astimezone(ZoneInfo(ZONE)).replace(tzinfo=None)
    if explain:
        from understanding.explain import explain as steps_of

        typer.echo(str(steps_of(text, moment, sample())))
        return
    typer.echo(json.dumps(shown(read(text, moment, sample())), ensure_ascii=False, indent=2))
