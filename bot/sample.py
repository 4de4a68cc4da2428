"""The sample organization: a committee and three branches, so that everything can be tried without an account."""

from __future__ import annotations

import secrets
import tomllib
from dataclasses import replace
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

from bot import roster_file
from services import binding, house, people, roster, stagehand
from services import rooms as places
from services.deeds import Means, do
from vocabulary.views.roster import Account

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from storage.database import Database, Tx
    from storage.writer import Writer
    from vocabulary.clock import Clock
    from vocabulary.views.roster import Row

ZONE = "Asia/Shanghai"
MADE_BY = "made_by"
SAMPLE = "sample"


def standing(database: Database) -> Literal["empty", "sample", "other"]:
    """Tell whose a migrated database is: nobody's yet, the sample's, or a real one that the sample may not touch."""
    with database.read() as tx:
        if house.recall(tx, MADE_BY) == SAMPLE:
            return "sample"
        return "other" if people.organizations(tx) else "empty"


def build(
    database: Database,
    writer: Writer,
    clock: Clock,
    channel: str,
    *,
    rooms: bool = True,
    groups: bool = False,
    salt: Callable[[], str] = lambda: secrets.token_hex(8),
) -> None:
    """Fill an empty, migrated database with the sample, in one transaction; one that has it already stays as it is.

    Everyone without the mark 无账号 is bound to `channel`: their account is their name, their chat `p:<name>`. With
    `groups` each branch's chat is tied too, as `g:<title>`. The writer must be running.

    Raises:
        ValueError: the database is not the sample's.
    """
    match standing(database):
        case "sample":
            return
        case "other":
            raise ValueError("this database was not made by the sample")
    rows = _rows(channel)
    furniture = _furniture()

    def fill(tx: Tx) -> None:
        means = Means(clock.now(), ZoneInfo(ZONE), salt())
        roster.bring_in(tx, means, rows, today=_today(means, rows))
        for branch, title in furniture["groups"].items():
            _furnish(tx, means, channel, branch, title if groups else None, furniture["rooms"] if rooms else [])
        house.remember(tx, MADE_BY, SAMPLE)

    writer.run(fill)


def group_titles() -> Mapping[str, str]:
    """Each branch of the sample with the title of its group chat."""
    return dict(_furniture()["groups"])


def _furniture() -> dict[str, Any]:
    return tomllib.loads(files("content").joinpath("sample", "sample.toml").read_text("utf-8"))


def _rows(channel: str) -> list[Row]:
    """The people of the sample, with their accounts at the channel."""
    with as_file(files("content").joinpath("sample", "roster.csv")) as path:
        found = roster_file.read(path)
    if found.faults:
        raise ValueError(f"the sample's roster is broken: {found.faults[0]}")
    return [
        row if row.facts["no_account"] else replace(row, accounts=(Account(channel, row.name, f"p:{row.name}"),))
        for row in found.rows
    ]


def _today(means: Means, rows: list[Row]) -> date:
    """The sample's day: a machine whose clock is behind the sample's newest date can show it too."""
    dates: list[date] = [row.facts[name] for row in rows for name in ("joined_on", "full_on") if row.facts[name]]
    return max(means.now.astimezone(means.zone).date(), *dates)


def _furnish(tx: Tx, means: Means, channel: str, branch: str, title: str | None, names: list[str]) -> None:
    """Give a branch its rooms, and tie its chat by its secretary's hand."""
    secretary = stagehand.secretary(tx, branch)
    do(tx, roster.administrator(secretary.branch_id), means, places.add, names=tuple(names))
    if title:
        actor = people.actor(tx, secretary, channel)
        do(tx, actor, means, binding.bind_group, channel=channel, chat=f"g:{title}", title=title)
