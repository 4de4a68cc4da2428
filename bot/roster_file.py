"""Reads a roster from a csv or xlsx file; whatever the file is, the answer is rows and faults, never an exception."""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from bot import roster_cells as cells
from bot.roster_cells import CellFault
from vocabulary.views.roster import Account, Fault, RosterFile, Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

MEGABYTE = 1 << 20
LARGEST = 10 * MEGABYTE
LARGEST_UNPACKED = 50 * MEGABYTE
MOST_ROWS = 20_000
MOST_COLUMNS = 100
HEADING_WITHIN = 5
"""A title may stand above the heading; it is looked for in so many rows."""
BOT = "wecom_bot"
"""The door of WeCom's AI bot, which knows members as WeCom does."""
REQUIRED = ("organization", "name", "status")
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
READERS: Mapping[str, Callable[[Any], Any]] = {
    "status": cells.status,
    "post": cells.post,
    "gender": cells.gender,
    "born_on": cells.day,
    "joined_on": cells.day,
    "full_on": cells.day,
    "phone": cells.phone,
}
Table = list[tuple[int, "Sequence[Any]"]]


class _Unreadable(Exception):  # noqa: N818  it becomes a fault at the reader's door
    def __init__(self, code: str, **words: Any) -> None:
        super().__init__(code)
        self.fault = Fault(code, words=words)


def read(path: Path) -> RosterFile:
    """Read a roster: csv (UTF-8 or GB 18030) or xlsx (its first sheet), by what is inside and not by its name.

    Dates may be written in several forms. Each fault names its row, from 1 with the heading, and column; a file that
    is something else has exactly one fault.
    """
    try:
        return _rows(_table(path))
    except _Unreadable as found:
        return RosterFile(faults=(found.fault,))


def _table(path: Path) -> Table:
    data = _bytes(path)
    if data.startswith(b"PK"):
        return _of_xlsx(data)
    if data.startswith(OLD_EXCEL):
        raise _Unreadable("old_excel")
    if path.suffix.lower() in {".xlsx", ".xlsm", ".xls"}:
        raise _Unreadable("not_xlsx")
    return _of_csv(data)


def _bytes(path: Path) -> bytes:
    try:
        if not path.exists():
            raise _Unreadable("no_file")
        if not path.is_file():
            raise _Unreadable("unreadable")
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except (OSError, ValueError):
        raise _Unreadable("unreadable") from None
    if len(data) > LARGEST:
        raise _Unreadable("too_large", megabytes=LARGEST // MEGABYTE)
    if not data.strip():
        raise _Unreadable("empty")
    return data


def _of_csv(data: bytes) -> Table:
    if b"\0" in data:
        raise _Unreadable("not_text")
    try:
        said = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            said = data.decode("gb18030")
        except UnicodeDecodeError:
            raise _Unreadable("not_text") from None
    opening = said[:4096]
    delimiter = max(",\t;", key=opening.count)
    try:
        return _few(csv.reader(io.StringIO(said, newline=""), delimiter=delimiter))
    except csv.Error:
        raise _Unreadable("broken_csv") from None


def _of_xlsx(data: bytes) -> Table:
    from openpyxl import load_workbook

    try:
        _weigh(data)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            sheet = book.worksheets[0]
            sheet.reset_dimensions()
            return _few(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True))
    except _Unreadable:
        raise
    except Exception:  # noqa: BLE001  a file from outside can break the library in any way
        raise _Unreadable("broken_xlsx") from None


def _weigh(data: bytes) -> None:
    """Refuse an archive that would unpack to very much; none unpacks to more than it declares."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > LARGEST_UNPACKED:
            raise _Unreadable("too_large", megabytes=LARGEST // MEGABYTE)


def _few(rows: Iterator[Sequence[Any]]) -> Table:
    """Number the rows as a spreadsheet does; those with nothing in them are left out."""
    table = list(islice(enumerate(rows, 1), MOST_ROWS + 1))
    if len(table) > MOST_ROWS:
        raise _Unreadable("too_many_rows", most=MOST_ROWS)
    return [(number, row[:MOST_COLUMNS]) for number, row in table if any(cells.text(cell) for cell in row)]


def _rows(table: Table) -> RosterFile:
    columns, ignored, start = _heading(table)
    faults = [Fault("column_missing", column=key) for key in REQUIRED if key not in columns.values()]
    doubled = sorted({key for key in columns.values() if list(columns.values()).count(key) > 1})
    faults += [Fault("column_twice", column=key) for key in doubled]
    if faults:
        return RosterFile(faults=tuple(faults), ignored=ignored)
    if not table[start:]:
        raise _Unreadable("no_rows")
    rows: list[Row] = []
    for number, row in table[start:]:
        given = {key: row[at] if at < len(row) else None for at, key in columns.items()}
        found = _row(number, given, faults)
        if found is not None:
            rows.append(found)
    return RosterFile(tuple(rows), tuple(faults), ignored)


def _heading(table: Table) -> tuple[dict[int, str], tuple[str, ...], int]:
    """Which column stands where, what was not read, and where the people begin."""
    known = cells.words_under("roster.column.") | cells.words_under("roster.account.")
    for start, (_, row) in enumerate(table[:HEADING_WITHIN], 1):
        headings = [cells.plain(cells.text(cell)) for cell in row]
        columns = {at: known[word] for at, word in enumerate(headings) if word in known}
        if "name" in columns.values():
            ignored = tuple(word[:30] for word in headings if word and word not in known)
            return columns, ignored, start
    raise _Unreadable("no_heading", columns=[cells.shown(key) for key in REQUIRED])


def _row(number: int, given: Mapping[str, Any], faults: list[Fault]) -> Row | None:
    """Read one person; what is wrong is added to the faults and the person left out."""
    before = len(faults)
    channels = set(cells.words_under("roster.account.").values())
    facts: dict[str, Any] = {}
    accounts: list[Account] = []
    for column, cell in given.items():
        try:
            if column == "remark":
                facts |= cells.marks(cell)
            elif column in READERS:
                facts[column] = READERS[column](cell)
            elif column not in channels:
                facts[column] = cells.line(cell, column)
                if column in REQUIRED and not facts[column]:
                    raise CellFault("missing")  # noqa: TRY301  one way out for all faults of a cell
            elif account := cells.line(cell, column):
                accounts.append(Account(column, account, private_chat(column, account)))
        except CellFault as fault:
            faults.append(Fault(fault.code, number, column, fault.words))
    if len(faults) > before:
        return None
    accounts += _same_at(accounts)
    committee = cells.committee(facts.get("upper_post", ""))
    return Row(number, facts.pop("organization"), facts.pop("name"), facts, tuple(accounts), committee)


def _same_at(accounts: Sequence[Account]) -> list[Account]:
    """Who has an account at WeCom has the same at its AI bot, unless another one stands in the list."""
    named = {held.channel for held in accounts}
    return [replace(held, channel=BOT) for held in accounts if held.channel == "wecom" and BOT not in named]


def private_chat(channel: str, account: str) -> str:
    """The private chat with an account as its door names it: the platforms use the account, the page marks it."""
    return f"p:{account}" if channel in {"web", "rehearsal"} else account
