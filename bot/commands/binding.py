"""`zhibu bind`: a one-time code, and a link to the page, for one person of the roster."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot import premises
from bot.commands.console import Speech, begun
from services import binding, links, people, roster
from services.deeds import Means, do
from storage.migrate import migrate
from storage.writer import Writer
from texts import sentences

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.config import Config
    from storage.database import Database, Tx
    from vocabulary.views.roster import Listed

HOURS = int(binding.LASTS.total_seconds() // 3600)
WEB = "web"
ANYWHERE = {"0.0.0.0", "::", ""}  # noqa: S104  addresses that are listened on, not reached


def bind(
    name: Annotated[str, typer.Argument(help="A person of the roster.")],
    *,
    branch: Annotated[str | None, typer.Option(help="The branch, where several people have this name.")] = None,
    channel: Annotated[str | None, typer.Option(help="web: only the link; telegram, wecom: only the code.")] = None,
    config: Annotated[Path | None, typer.Option(help="The settings; without it, the defaults.")] = None,
) -> None:
    """Make a one-time code and a link that tie an account to a person."""
    with begun(config) as (settings, speech):
        raise typer.Exit(run(speech, settings, name, branch=branch, channel=channel, code=new_code))


def new_code() -> str:
    """Make up a code of eight letters and digits."""
    return "".join(secrets.choice(binding.LETTERS) for _ in range(8))


def run(
    speech: Speech, config: Config, name: str, *, branch: str | None, channel: str | None, code: Callable[[], str]
) -> int:
    """Print a code and a link for a person; older ones of theirs end. Returns 0, or 1 where nothing was made."""
    channels = [key.removeprefix("roster.account.") for key in sentences() if key.startswith("roster.account.")]
    if channel is not None and channel not in channels:
        speech.tell("bind.unknown_channel", channel=channel, channels=channels)
        return 1
    if not premises.is_furnished(config):
        speech.tell("bind.no_database")
        return 1
    database = premises.database(config)
    try:
        with database.read() as tx:
            found = roster.named(tx, name, branch)
        if len(found) != 1:
            _tell_who(speech, name, branch, found)
            return 1
        _hand_out(speech, config, database, found[0], channel, code)
    finally:
        database.close()
    return 0


def _tell_who(speech: Speech, name: str, branch: str | None, found: Sequence[Listed]) -> None:
    if found:
        speech.tell("bind.several", count=len(found), name=name, branches=[one.organization for one in found])
    elif branch:
        speech.tell("bind.unknown_in_branch", name=name, branch=branch)
    else:
        speech.tell("bind.unknown", name=name)


def _hand_out(
    speech: Speech, config: Config, database: Database, who: Listed, channel: str | None, code: Callable[[], str]
) -> None:
    """Make what was asked for in one transaction, and print it only after that is committed."""
    purposes = [purpose for purpose, wanted in (("bind", channel != WEB), (WEB, channel in {None, WEB})) if wanted]
    codes = {purpose: code() for purpose in purposes}

    def make(tx: Tx) -> Any:
        branch_id = people.person(tx, who.person_id).branch_id
        means = Means(speech.now, speech.zone, secrets.token_hex(8))
        for purpose, made in codes.items():
            actor = roster.administrator(branch_id)
            do(tx, actor, means, binding.make_code, person_id=who.person_id, code=made, purpose=purpose)

    writer = Writer(database)
    migrate(database)
    writer.start()
    try:
        writer.run(make)
    finally:
        writer.stop()
    if "bind" in codes:
        speech.tell("bind.code", name=who.name, code=codes["bind"], hours=HOURS)
        with database.read() as tx:
            link = links.saying(tx, codes["bind"])
        if link and config.telegram.is_configured and channel in {None, "telegram"}:
            speech.tell("bind.code_link", link=link)
    if WEB in codes:
        speech.tell("bind.link", name=who.name, link=f"{address(config)}/in/{codes[WEB]}", hours=HOURS)


def address(config: Config) -> str:
    """Where people reach the page: the public address, or this machine's own."""
    if config.web.public_url:
        return config.web.public_url
    host = "127.0.0.1" if config.web.host in ANYWHERE else config.web.host
    return f"http://[{host}]:{config.web.port}" if ":" in host else f"http://{host}:{config.web.port}"
