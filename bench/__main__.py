"""`python -m bench`: measure, print one table, and with `--write FILE` keep it as a page."""

from __future__ import annotations

import json
import platform
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import callbacks, due, fanout, peers, starting, understanding
from bench.checkins import CONNECTIONS, CheckIns, measure
from bot.post.postman import LANES

PEERS = (
    ("AsyncSession + aiosqlite", "0.04", "1.6 s"),
    ("ORM in a thread pool, a transaction a message", "0.09", "1.2 s"),
    ("one writer thread, a transaction a message: ORM / Core / SQL", "0.12 / 0.20 / 0.33", "28-70 ms"),
    ("one writer thread, group commit: ORM / Core / SQL", "0.27 / 0.45 / 0.67", "35-47 ms"),
    ("NoneBot2 / WeRoBot: a bare echo, nothing stored", "0.20 / 0.33", "-"),
)
"""What was measured on another day before the house was designed: throughput over the same server's echo, and p99.

Those check-ins were five statements without understanding, permission, audit or a page; carry over the order, not more.
"""
SHOWN = 25


@dataclass(frozen=True)
class Figure:
    """One line: what was measured, the ratio or value, what it is aimed at, and the absolute figures behind it."""

    what: str
    value: str
    aim: str
    behind: str


def main(arguments: list[str]) -> None:
    """Measure everything; about five minutes."""
    console = Console()
    with console.status("check-ins"):
        checked = measure()
    with console.status("profile"), tempfile.TemporaryDirectory(prefix="zhibu-bench-") as name:
        file = Path(name) / "profile.json"
        measure(file, rounds=1, branches=10)
        profile = _profile(file)
    with console.status("sweeps"):
        figures = [*_checkins(checked, "web page", "0.25"), *_sweeps(due.sweeps())]
    with console.status("callbacks"):
        heard = callbacks.measure()
        figures += [*_checkins(heard.checked, "WeCom, encrypted", "0.40"), *_peers(heard)]
    with console.status("fan-out"):
        figures.append(_fan_out(fanout.measure()))
    with console.status("reminders"):
        figures.append(_reminders(due.reminders()))
    with console.status("starts"):
        figures += _starts(starting.starts())
    with console.status("reading"):
        figures += _reading(understanding.speeds(), understanding.quality(), understanding.quality("strangers"))
    _print(console, figures, profile)
    if arguments[:1] == ["--write"] and len(arguments) > 1:
        Path(arguments[1]).write_text(_page(figures, profile), "utf-8")


def _checkins(found: CheckIns, door: str, aim: str) -> list[Figure]:
    absolute = f"{found.rate:.0f}/s against {found.echo_rate:.0f}/s, {CONNECTIONS} connections"
    kept = f"{found.kept} of {found.asked} kept, counted and signed once"
    return [
        Figure(f"check-in / echo, throughput, {door}", f"{found.throughput:.3f}", f"at least {aim}", absolute),
        Figure(
            f"check-in / echo, p99, {door}",
            f"{found.latency:.1f}",
            "at most 4",
            f"{found.p99:.0f} ms, {found.echo_p99:.1f} ms",
        ),
        Figure(f"check-ins answered and kept, {door}", f"{found.kept / found.asked:.0%}", "100%", kept),
    ]


def _peers(found: callbacks.Callbacks) -> list[Figure]:
    """A check-in that is kept against other frameworks' echoes, which keep nothing."""
    figures = []
    for peer in peers.PEERS:
        what, aim = f"check-in / echo of {peer.name}, throughput", f"at least {peer.aim:g}"
        if peer.name not in found.echoes:
            figures.append(Figure(what, "-", aim, f"not installed: {', '.join(peer.needs)}"))
            continue
        absolute = f"{found.checked.rate:.0f}/s against {found.echoes[peer.name]:.0f}/s, the same messages"
        figures.append(Figure(what, f"{found.against(peer.name):.2f}", aim, absolute))
    return figures


def _sweeps(found: due.Sweeps) -> list[Figure]:
    sizes = f"{due.MANY:,} / {due.FEW:,} pending"
    return [
        Figure(
            f"sweep, nothing due, {sizes}",
            f"{found.empty_many / found.empty_few:.2f}",
            "at most 1.3",
            f"{found.empty_many * 1e6:.0f} us, {found.empty_few * 1e6:.0f} us",
        ),
        Figure(
            f"sweep, {due.DUE} due, {sizes}",
            f"{found.due_many / found.due_few:.2f}",
            "at most 1.3",
            f"{found.due_many * 1e3:.0f} ms, {found.due_few * 1e3:.0f} ms",
        ),
    ]


def _reminders(found: due.Reminders) -> Figure:
    lost = due.REMINDERS - found.sent
    behind = (
        f"{found.sent:,} sent in {found.seconds:.1f} s, {found.unsettled} unsettled; as scheduler jobs: 60-74 % lost"
    )
    return Figure(f"{due.REMINDERS:,} reminders due at once, lost", str(lost), "0", behind)


def _fan_out(found: fanout.FanOut) -> Figure:
    behind = (
        f"{found.rate:.0f}/s against {found.bare_rate:.0f}/s, {LANES} connections, 30 ms a message; "
        f"{found.came:,} came to {found.accounts:,} accounts"
    )
    return Figure(f"{fanout.NOTICES:,} notices / bare client", f"{found.ratio:.2f}", "at least 0.7", behind)


def _starts(found: starting.Starts) -> list[Figure]:
    return [
        Figure(
            "start to first page, then first answer: new",
            f"{found.first_answer:.2f} s",
            "-",
            f"page {found.first_page:.2f} s",
        ),
        Figure(
            "start to first page, then first answer: again",
            f"{found.second_answer:.2f} s",
            "under 3 s",
            f"page {found.second_page:.2f} s",
        ),
        Figure("memory at rest", f"{found.resident:.0f} MB", "-", "resident, after one answer"),
    ]


def _reading(fast: understanding.Speeds, good: understanding.Quality, strangers: understanding.Quality) -> list[Figure]:
    """How fast messages are read, beside JioNLP's times alone, and how well those that were kept aside.

    Those of `strangers` were written last, and nothing was chosen by them.
    """
    ready = f"importing before it {fast.imported:.0f} ms"
    few, many = f"{strangers.lines} lines of strangers", f"all {good.lines:,} kept aside"
    return [
        _speed("a message", fast.messages, "200"),
        _speed("an expression of time", fast.times, "100"),
        Figure("ready to read", f"{fast.ready:.0f} ms", "at most 50 ms", ready),
        Figure("intent right", f"{strangers.intent:.1%}", "at least 97%", f"{few}; {good.intent:.1%} of {many}"),
        Figure(
            "silent where nothing is meant",
            f"{strangers.none:.1%}",
            "at least 99%",
            f"{few}; {good.none:.1%} of {many}",
        ),
        Figure(
            "all slots right where the intent is",
            f"{strangers.slots:.1%}",
            "at least 95%",
            f"{few}; {good.slots:.1%} of {many}",
        ),
        Figure("whole message right", f"{strangers.whole:.1%}", "at least 92%", f"{few}; {good.whole:.1%} of {many}"),
    ]


def _speed(what: str, found: understanding.Speed, aim: str) -> Figure:
    peer = (
        "JioNLP is not installed" if found.peer is None else f"{found.median / found.peer:.2f} of JioNLP's times alone"
    )
    behind = f"99th percentile {found.p99:.0f} us; {peer}"
    return Figure(f"reading {what}, median", f"{found.median:.0f} us", f"at most {aim} us", behind)


def _profile(file: Path) -> list[tuple[str, float]]:
    found = json.loads(file.read_text("utf-8"))
    ours = (
        "bot/",
        "handlers/",
        "services/",
        "storage/",
        "understanding/",
        "scheduler/",
        "texts/",
        "sqlalchemy/engine/base",
    )
    rows = [(name, count / found["total"]) for name, count in found["within"] if name.startswith(ours)]
    return rows[:SHOWN]


def _print(console: Console, figures: list[Figure], profile: list[tuple[str, float]]) -> None:
    table = Table("measured", "figure", "aim", "behind it", title=_title())
    for figure in figures:
        table.add_row(figure.what, figure.value, figure.aim, figure.behind)
    console.print(table)
    peers = Table("a check-in, on another day", "throughput / echo", "p99", title="before it was decided")
    for row in PEERS:
        peers.add_row(*row)
    console.print(peers)
    spent = Table("within", "part of the samples", title="where a check-in's time goes")
    for name, part in profile:
        spent.add_row(name, f"{part:.0%}")
    console.print(spent)


def _page(figures: list[Figure], profile: list[tuple[str, float]]) -> str:
    lines = [
        "# Benchmarks",
        "",
        f'{_title()}. Written by `make bench ARGS="--write docs/benchmarks.md"`; `bench/` says how each is measured.',
        "",
        "| measured | figure | aim | behind it |",
        "|---|---|---|---|",
        *(f"| {f.what} | {f.value} | {f.aim} | {f.behind} |" for f in figures),
        "",
        "What was measured on another day, before it was decided how to build; those check-ins were five statements",
        "without understanding, permission, audit or a page:",
        "",
        "| a check-in | throughput / echo | p99 |",
        "|---|---|---|",
        *("| " + " | ".join(row) + " |" for row in PEERS),
        "",
        "Where a check-in's time goes: the part of all samples within each function, callees included.",
        "",
        "| within | part |",
        "|---|---|",
        *(f"| `{name}` | {part:.0%} |" for name, part in profile),
    ]
    return "\n".join(lines) + "\n"


def _title() -> str:
    """Say when, on which commit and on what this was measured."""
    git = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False)  # noqa: S607
    commit = git.stdout.strip() or "no commit"
    return f"{datetime.now(UTC):%Y-%m-%d}, commit {commit}, Python {platform.python_version()}"


if __name__ == "__main__":
    main(sys.argv[1:])
