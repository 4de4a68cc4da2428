"""`zhibu group`: has WeCom's self-built app make a branch's group, or take into it who is new on the roster."""

from __future__ import annotations

import asyncio
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot import premises
from bot.commands.console import Speech, begun
from services import app_groups, people, roster
from services.deeds import Means, do
from storage.migrate import migrate
from storage.writer import Writer
from vocabulary.clock import SystemClock
from vocabulary.delivery import Undelivered

if TYPE_CHECKING:
    from bot.channels.wecom.rest import WeComRest
    from bot.config import Config
    from storage.database import Database
    from vocabulary.views.people import Organization

FEWEST = 2
FAULTS = {
    "60011": "group.not_root",
    "60020": "group.address",
    "40001": "group.secret",
    "40013": "group.secret",
    "86006": "group.members",
    "40031": "group.members",
    "86216": "group.members",
}
"""WeCom's codes (its developer page 90455), as the key of a sentence."""


def group(
    branch: Annotated[str | None, typer.Argument(help="The branch, where there are several.")] = None,
    *,
    config: Annotated[Path | None, typer.Option(help="The settings; without it, the defaults.")] = None,
) -> None:
    """Make a branch's group in WeCom by the self-built app; again, take in who is new."""
    with begun(config) as (settings, speech):
        raise typer.Exit(asyncio.run(run(speech, settings, branch)))


async def run(speech: Speech, config: Config, branch: str | None) -> int:
    """Make the group, or bring it up to the roster, and say what was done. Returns 0, or 1 where nothing was."""
    if not config.wecom.is_configured:
        speech.tell("group.no_app")
        return 1
    if not premises.is_furnished(config):
        speech.tell("bind.no_database")
        return 1
    database = premises.database(config)
    migrate(database)
    try:
        with database.read() as tx:
            found = [one for one in people.organizations(tx) if one.kind == "branch" and branch in {None, one.name}]
            known = [one.name for one in people.organizations(tx) if one.kind == "branch"]
        if len(found) != 1:
            speech.tell("group.which", branches=known)
            return 1
        return await _with_app(speech, config, database, found[0])
    finally:
        database.close()


async def _with_app(speech: Speech, config: Config, database: Database, branch: Organization) -> int:
    """Ask WeCom for what is missing, and tie the group that it made."""
    from bot.channels.wecom.rest import WeComRest

    with database.read() as tx:
        wanted, chat = app_groups.wanted(tx, branch.id), app_groups.made(tx, branch.id)
    if len(wanted.accounts) < FEWEST:
        speech.tell("group.too_few", branch=branch.name, count=len(wanted.accounts))
        return 1
    keys = config.wecom
    app = WeComRest(keys.corp_id, keys.agent_id, keys.secret.get_secret_value(), keys.api_base, SystemClock(), 10.0)
    await app.start()
    try:
        joined = await _joined(app, chat, wanted)
        if joined is None:
            chat = await app.make_group(branch.name, wanted.accounts, wanted.owner)
            _tie(speech, database, branch, chat)
    except Undelivered as failure:
        code = failure.detail.partition(" ")[0]
        speech.tell(FAULTS.get(code, "group.refused"), code=code, detail=failure.detail)
        return 1
    finally:
        await app.stop()
    if joined is None:
        speech.tell("group.made", branch=branch.name, count=len(wanted.accounts))
    else:
        speech.tell("group.joined" if joined else "group.complete", branch=branch.name, count=joined)
    if wanted.without:
        speech.tell("group.without", people=list(wanted.without))
    return 0


async def _joined(app: WeComRest, chat: str | None, wanted: app_groups.Wanted) -> int | None:
    """Take who is missing into a group, and return how many; None where there is no group any more."""
    if chat is None:
        return None
    try:
        inside = await app.group_members(chat)
    except Undelivered as failure:
        if failure.why == "gone":
            return None
        raise
    missing = [one for one in wanted.accounts if one not in inside]
    if missing:
        await app.add_to_group(chat, missing)
    return len(missing)


def _tie(speech: Speech, database: Database, branch: Organization, chat: str) -> None:
    writer = Writer(database)
    writer.start()
    try:
        means = Means(speech.now, speech.zone, secrets.token_hex(8))
        actor = roster.administrator(branch.id)
        writer.run(lambda tx: do(tx, actor, means, app_groups.tie, chat=chat, title=branch.name))
    finally:
        writer.stop()
