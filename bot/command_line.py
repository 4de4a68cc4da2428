"""`zhibu`: the command line. Each command is a file in `bot/commands/`."""

from __future__ import annotations

import typer

from bot.commands.binding import bind
from bot.commands.checking import doctor
from bot.commands.grouping import group
from bot.commands.importing import import_
from bot.commands.playing import replay
from bot.commands.reading import understand
from bot.commands.running import run
from bot.commands.talking import chat

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="zhibu: the assistant of a Party branch, in the chat that it already uses.",
)
app.command("run")(run)
app.command("chat")(chat)
app.command("import")(import_)
app.command("bind")(bind)
app.command("group")(group)
app.command("replay")(replay)
app.command("understand")(understand)
app.command("doctor")(doctor)


def main() -> None:
    """Run the command line."""
    app()
