"""`zhibu chat`: the same chat in a terminal, over the loopback, to a zhibu that runs there."""

from __future__ import annotations

import asyncio
import re
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.binding import ANYWHERE
from bot.commands.console import Speech, begun
from bot.commands.talking_line import Frame, Line, NotThere, fresh_id, opened
from bot.commands.terminal import Screen, Typist
from vocabulary.refusals import Refusal

HOURS = re.compile(r"\+(\d{1,5})([hd])")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}(?:[ T]\d{1,2}:\d{2})?")
QUIET = 0.4
"""After so many seconds without a word, a piped line has had its answer."""
PATIENCE = {"private": 3.0, "group": 0.8}
"""How long a piped line waits for the first word of an answer; in a group there may be none."""


def chat(
    *,
    as_: Annotated[str | None, typer.Option("--as", help="Who of the sample you are; without it, the first.")] = None,
    in_: Annotated[str | None, typer.Option("--in", help="The group; without it, the private chat.")] = None,
    port: Annotated[int | None, typer.Option(help="The port, over the settings.")] = None,
    code: Annotated[str | None, typer.Option(help="The one-time link of `zhibu bind`, outside the sample.")] = None,
    config: Annotated[Path | None, typer.Option(help="The settings; without it, the defaults.")] = None,
) -> None:
    """Chat with a running zhibu: Enter sends, a number presses a button, Ctrl-D leaves."""
    with begun(config) as (settings, speech):
        host = "127.0.0.1" if settings.web.host in ANYWHERE else settings.web.host
        number = settings.web.port if port is None else port
        address = f"http://[{host}]:{number}" if ":" in host else f"http://{host}:{number}"
        with suppress(KeyboardInterrupt):
            asyncio.run(talk(speech, address, as_=as_, group=in_, code=code))


async def talk(speech: Speech, address: str, *, as_: str | None, group: str | None, code: str | None) -> None:
    """Hold one conversation until the input ends.

    Raises:
        Refusal: nothing runs there, or nobody and nothing there has that name.
    """
    try:
        async with opened(address, as_, group, code) as line:
            typist = Typist(sys.stdin, prompt=f"{line.me['name']}> ")
            screen = Screen(speech, line, typist)
            await screen.begin()
            await _both(line, screen, typist)
    except NotThere:
        raise Refusal("terminal_nobody", address=address) from None


async def _both(line: Line, screen: Screen, typist: Typist) -> None:
    """Show what comes while what is typed goes out; the end of either ends both."""
    typist.start()
    tasks = [asyncio.create_task(_show(line, screen)), asyncio.create_task(_send(line, screen, typist))]
    if typist.is_terminal:
        tasks.append(asyncio.create_task(screen.keep_up()))
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
        if tasks[0] in done:
            raise Refusal("terminal_closed")
    finally:
        typist.stop()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _show(line: Line, screen: Screen) -> None:
    async for frame in line.frames():
        screen.take(frame)


async def _send(line: Line, screen: Screen, typist: Typist) -> None:
    """Send each line that is typed; piped lines wait for the answer to the one before."""
    while (said := await typist.next()) is not None:
        words = said.strip()
        if not words:
            continue
        if not typist.is_terminal:
            screen.echo(words)
        frame = meant(words, screen)
        if frame is None:
            screen.tell("terminal.clock_help")
            continue
        patience = PATIENCE["group" if line.chat.startswith("g:") else "private"]
        await line.ask(frame)
        if not typist.is_terminal:
            await screen.answered(patience, QUIET)


def meant(words: str, screen: Screen) -> Frame | None:
    """What a typed line is for the page's door: words, a press, a move of the clock; None for a clock's riddle."""
    if words.startswith("/clock"):
        return clock_frame(words.removeprefix("/clock").strip())
    pressed = screen.button(words)
    if pressed is not None:
        return {"type": "press", **pressed, "id": fresh_id()}
    return {"type": "say", "chat": screen.chat, "text": words, "id": fresh_id()}


def clock_frame(to: str) -> Frame | None:
    """Read `+1h`, `+2d`, `next` or a local date with or without a time; None for anything else."""
    if to == "next":
        return {"type": "clock", "next": True}
    if found := HOURS.fullmatch(to):
        return {"type": "clock", "hours": int(found[1]) * (24 if found[2] == "d" else 1)}
    if DAY.fullmatch(to):
        day, _, time = to.replace("T", " ").partition(" ")
        return {"type": "clock", "to": f"{day}T{time.zfill(5) if time else '00:00'}"}
    return None
