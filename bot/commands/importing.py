"""`zhibu import`: shows what a roster file would change, and brings it in once told to."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text as Plain

from bot import premises, roster_cells, roster_file, sample
from bot.commands.console import Speech, begun
from services import overview, roster
from services.deeds import Means
from storage.database import Database
from storage.migrate import migrate
from storage.writer import Writer
from texts import sentences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from bot.config import Config
    from storage.database import Tx
    from vocabulary.views.roster import Change, Fault, Plan, RosterFile

SECRET = {"phone", "born_on"}
"""Facts whose values are not printed."""
WORDS = {"status": "member_status.", "post": "post.", "gender": "roster.gender."}
"""Facts whose values have a word in the texts."""


def import_(
    file: Annotated[Path, typer.Argument(help="A csv or xlsx file, with the columns of content/sample/roster.csv.")],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Write it; without this, only show what would change.")] = False,
    left: Annotated[list[str] | None, typer.Option(help="Who has left: a name, or BRANCH/NAME.")] = None,
    config: Annotated[Path | None, typer.Option(help="The settings; without it, the defaults.")] = None,
) -> None:
    """Bring in people from a list: a dry run first, then `--yes`."""
    with begun(config) as (settings, speech):
        raise typer.Exit(run(speech, settings, file, yes=yes, left=_names(left or ()), salt=os.urandom(8).hex))


def run(speech: Speech, config: Config, file: Path, *, yes: bool, left: Sequence[str], salt: Callable[[], str]) -> int:
    """Read a file and show or write what it changes; returns 0, or 1 where it has faults and nothing was written."""
    found = roster_file.read(file)
    today = speech.now.astimezone(speech.zone).date()
    with _looking(config) as database:
        if sample.standing(database) == "sample":
            speech.tell("import.into_sample")
            return 1
        with database.read() as tx:
            plan = roster.plan(tx, found.rows, today=today, left=left)
    faults = (*found.faults, *plan.faults) if found.rows or not found.faults else found.faults
    if faults:
        show_faults(speech, faults)
        return 1
    show_plan(speech, found, plan)
    if plan.is_empty:
        speech.tell("import.same")
    elif not yes:
        speech.tell("import.dry")
    else:
        means = Means(speech.now, speech.zone, salt())

        def bring_in(tx: Tx) -> None:
            roster.bring_in(tx, means, found.rows, today=today, left=left)
            overview.begin(tx, means)

        _write(config, bring_in)
        show_done(speech, config, found)
    return 0


@contextmanager
def _looking(config: Config) -> Iterator[Database]:
    """The database to look at; where there is none yet, an empty one that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        if premises.is_furnished(config):
            database = premises.database(config)
        else:
            database = Database(f"sqlite:///{Path(folder) / 'empty.db'}", "nothing is sealed here")
            migrate(database)
        try:
            yield database
        finally:
            database.close()


def _write(config: Config, job: Callable[[Tx], Any]) -> None:
    """Run one job on the house's database, in one transaction; another program may be writing there too."""
    database = premises.database(config)
    writer = Writer(database)
    try:
        migrate(database)
        writer.start()
        writer.run(job)
    finally:
        writer.stop()
        database.close()


def _names(said: Sequence[str]) -> list[str]:
    """Each name of what was said; several may stand in one word, with the signs between them that marks have."""
    for sign in sentences()["roster.between_marks"]:
        said = [part for words in said for part in words.split(sign)]
    return [name.strip() for name in said if name.strip()]


def show_faults(speech: Speech, faults: Sequence[Fault]) -> None:
    """Print what is wrong, each with its row and column."""
    table = _table(speech, "import.faults_title", "import.head_row", "import.head_column", "import.head_fault")
    for fault in sorted(faults, key=lambda fault: fault.row or 0):
        column = roster_cells.shown(fault.column) if fault.column else ""
        _add(table, str(fault.row or ""), column, speech.words(f"roster.fault.{fault.code}", **fault.words))
    speech.console.print(table)
    speech.tell("import.faults", count=len(faults))


def show_plan(speech: Speech, found: RosterFile, plan: Plan) -> None:
    """Print what would change, and who and what is left aside."""
    heads = ("import.head_row", "import.head_organization", "import.head_name", "import.head_change")
    table = _table(speech, "import.title", *heads)
    for row in plan.new:
        _add(table, str(row.number), row.organization, row.name, speech.words("import.new_person"))
    for change in plan.changed:
        _add(table, str(change.row.number), change.row.organization, change.row.name, _change(speech, change))
    for listed in plan.leaving:
        _add(table, "", listed.organization, listed.name, speech.words("import.leaves"))
    for name in plan.organizations:
        speech.tell("import.new_organization", name=name)
    if table.row_count:
        speech.console.print(table)
    if found.ignored:
        speech.tell("import.ignored", columns=found.ignored)
    if plan.missing:
        names = [speech.words("import.person", name=one.name, branch=one.organization) for one in plan.missing]
        speech.tell("import.missing", count=len(names), names=names)
    counts = {name: len(getattr(plan, name)) for name in ("new", "changed", "leaving", "unchanged")}
    speech.tell("import.summary", **counts)


def show_done(speech: Speech, config: Config, found: RosterFile) -> None:
    """Print who is on the roster now, and what to try first."""
    database = premises.database(config)
    try:
        with database.read() as tx:
            counts = roster.counts(tx, {row.organization for row in found.rows})
    finally:
        database.close()
    if len(counts) > 1:
        for count in counts:
            speech.tell("import.done_branch", branch=count.branch, members=count.members, votes=count.votes)
    speech.tell(
        "import.done", members=sum(count.members for count in counts), votes=sum(count.votes for count in counts)
    )
    if unbound := sum(count.unbound for count in counts):
        speech.tell("import.unbound", count=unbound)


def _change(speech: Speech, change: Change) -> str:
    said = [_fact(speech, name, change) for name in change.new]
    said += [
        speech.words("import.account", column=roster_cells.shown(held.channel), account=held.account)
        for held in change.accounts
    ]
    return "\n".join(said)


def _fact(speech: Speech, name: str, change: Change) -> str:
    if name == "left_on":
        return speech.words("import.back")
    if name in SECRET:
        return speech.words("import.changed_secret", column=_heading(name))
    old, new = (_value(speech, name, facts) for facts in (change.old, change.new))
    return speech.words("import.changed", column=_heading(name), old=old, new=new)


def _heading(name: str) -> str:
    """The heading of a fact, or the mark that it stands for."""
    return sentences().get(f"roster.mark.{name}") or roster_cells.shown(name)


def _value(speech: Speech, name: str, facts: Mapping[str, Any]) -> str:
    value = facts[name]
    if isinstance(value, bool):
        return speech.words("import.yes" if value else "import.no")
    if not value:
        return speech.words("import.empty")
    return sentences()[f"{WORDS[name]}{value}"] if name in WORDS else str(value)


def _table(speech: Speech, title: str, *heads: str) -> Table:
    table = Table(title=speech.words(title), title_justify="left")
    for head in heads:
        table.add_column(speech.words(head), overflow="fold")
    return table


def _add(table: Table, *cells: str) -> None:
    """Add a row of plain words: what people are called is never markup."""
    table.add_row(*(Plain(cell) for cell in cells))
