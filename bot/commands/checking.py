"""`zhibu doctor`: looks at everything that zhibu stands on, and says in words what an administrator can do."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.text import Text as Plain

from bot.commands import checking_here, checking_net
from bot.commands.checking_finding import Finding
from bot.commands.console import Speech, spoken
from bot.config import ConfigFault, load
from texts import say
from vocabulary.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.config import Config

STYLES = {"fine": "green", "note": "yellow", "broken": "bold red"}


def doctor(
    *,
    config: Annotated[Path | None, typer.Option(help="The settings; without it, the defaults.")] = None,
) -> None:
    """Look at settings, database, disk, network and platforms; 1 where something is broken."""
    speech = Speech(Console(highlight=False), SystemClock().now(), ZoneInfo("UTC"))
    try:
        settings = load(config, os.environ)
    except ConfigFault as fault:
        words = speech.words(fault.code, **fault.words, where=say(fault.place, **fault.words))
        show(speech, Finding("broken", "doctor.as_said", {"words": words}))
        raise typer.Exit(1) from None
    speech = Speech(speech.console, speech.now, ZoneInfo(settings.timezone))
    with spoken(Path(settings.folder)):
        broken = asyncio.run(run(speech, settings, str(config or "")))
    raise typer.Exit(1 if broken else 0)


async def run(speech: Speech, config: Config, file: str) -> int:
    """Print every finding as it is made; returns how many are broken."""
    broken = notes = 0
    async for finding in findings(speech, config, file):
        show(speech, finding)
        broken += finding.grade == "broken"
        notes += finding.grade == "note"
    speech.tell("doctor.sum_broken" if broken else "doctor.sum_fine", broken=broken, notes=notes)
    return broken


async def findings(speech: Speech, config: Config, file: str) -> AsyncIterator[Finding]:
    """Make every finding, one matter after the other."""
    yield Finding("fine", "doctor.config" if file else "doctor.config_default", {"file": file})
    yield Finding("fine", "doctor.python", {"version": ".".join(map(str, sys.version_info[:3]))})
    today = speech.now.astimezone(speech.zone).date()
    for finding in checking_here.findings(config, today):
        yield finding
    async for finding in checking_net.findings(config, running=checking_here.is_run(config)):
        yield finding


def show(speech: Speech, finding: Finding) -> None:
    """Print one finding; where it is not fine, the words say what to do."""
    mark = speech.words(f"doctor.mark.{finding.grade}")
    words = speech.words(finding.key, **finding.words)
    speech.console.print(Plain.assemble((mark, STYLES[finding.grade]), f"  {words}"), soft_wrap=True)
