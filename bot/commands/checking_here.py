"""What the doctor looks at on this machine: the folder, the key, the disk, the database, the table of holidays."""

from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from bot import premises
from bot.commands.checking_finding import Finding
from bot.commands.console import LOG_FILE
from rules import days
from services import audit, people
from storage import health
from storage.database import Database
from storage.holding import Hold
from texts import say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from bot.config import Config

MEGABYTE = 1 << 20
NOTED, TOO_LITTLE = 1024, 100
"""Megabytes of free disk below which the doctor says something, and calls it broken."""
OTHERS = 0o077
DECEMBER = 12
"""By then the next year's holidays have been announced."""
CAUSES = {
    "locked": "doctor.cause_locked",
    "full": "doctor.cause_full",
    "not a database": "doctor.cause_broken",
    "malformed": "doctor.cause_broken",
    "unable to open": "doctor.cause_closed",
    "readonly": "doctor.cause_closed",
    "disk I/O": "doctor.cause_closed",
    "Permission": "doctor.cause_closed",
    "connection failed": "doctor.cause_unreached",
}
"""What a database says, as the key of a sentence."""
LOG_TAIL = 64 * 1024
CONFLICT = "Conflict"


def findings(config: Config, today: date) -> Iterator[Finding]:
    """Everything that needs no network; a thing that is not there yet is not broken."""
    yield _folder(Path(config.folder))
    yield _disk(Path(config.folder))
    yield _running(config)
    yield from _database(config)
    yield _key(config)
    yield _holidays(today)
    yield from _log(Path(config.folder) / LOG_FILE)


def is_run(config: Config) -> bool:
    """Whether a zhibu runs on this database, from this folder or another."""
    return is_running(config) or Hold(config.database).is_taken()


def is_running(config: Config) -> bool:
    """Whether a zhibu holds the lock of this folder."""
    try:
        with (Path(config.folder) / "zhibu.lock").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _existing(folder: Path) -> Path:
    return next(place for place in (folder.absolute(), *folder.absolute().parents) if place.exists())


def _folder(folder: Path) -> Finding:
    there = _existing(folder)
    words = {"folder": str(folder.absolute())}
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        return Finding("broken", "doctor.folder_closed", words)
    return Finding("fine", "doctor.folder" if folder.exists() else "doctor.folder_new", words)


def _disk(folder: Path) -> Finding:
    free = shutil.disk_usage(_existing(folder)).free // MEGABYTE
    grade = "broken" if free < TOO_LITTLE else "note" if free < NOTED else "fine"
    return Finding(grade, "doctor.disk" if grade == "fine" else "doctor.disk_little", {"free": free})  # type: ignore[arg-type]


def _running(config: Config) -> Finding:
    return Finding("fine", "doctor.running" if is_running(config) else "doctor.not_running", {"folder": config.folder})


def _database(config: Config) -> Iterator[Finding]:
    database = Database(config.database, "nothing is sealed here")
    place = {"place": database.url.render_as_string(hide_password=True)}
    if database.path is not None and not database.path.exists():
        yield Finding("note", "doctor.database_none", place)
        return
    try:
        yield from _standing(database, place)
    except Exception as error:  # noqa: BLE001  whatever a driver raises is a finding
        cause = next((key for sign, key in CAUSES.items() if sign in str(error)), "doctor.cause_unknown")
        yield Finding("broken", "doctor.database_closed", place | {"cause": say(cause), "kind": type(error).__name__})
    finally:
        database.close()


def _standing(database: Database, place: dict[str, str]) -> Iterator[Finding]:
    try:
        age = health.age(database)
    except LookupError:
        yield Finding("note", "doctor.database_none", place)
        return
    if fault := health.fault(database):
        yield Finding("broken", "doctor.database_hurt", place | {"fault": fault})
        return
    if age > 0:
        yield Finding("broken", "doctor.database_newer", place)
        return
    health.try_writing(database)
    yield Finding("fine", "doctor.database" if age == 0 else "doctor.database_older", place)
    if age == 0:
        yield from _audit(database)


def _audit(database: Database) -> Iterator[Finding]:
    """Say of each branch whose audit is not as it was signed, from which row on."""
    with database.read() as tx:
        found = [(place.name, audit.verify(tx, place.id)) for place in people.organizations(tx)]
    changed = [Finding("broken", "doctor.audit_changed", {"branch": name, "row": row}) for name, row in found if row]
    yield from changed or [Finding("fine", "doctor.audit")]


def _key(config: Config) -> Finding:
    kept = Path(config.folder) / premises.KEY_FILE
    words = {"file": str(kept)}
    if config.secret_key.get_secret_value():
        return Finding("fine", "doctor.key_configured")
    if kept.exists():
        is_open = kept.stat().st_mode & OTHERS
        return Finding("broken", "doctor.key_open", words) if is_open else Finding("fine", "doctor.key", words)
    try:
        lost = premises.is_furnished(config)
    except Exception:  # noqa: BLE001  that the database cannot be read was said above
        lost = False
    return Finding("broken", "doctor.key_lost", words) if lost else Finding("fine", "doctor.key_none")


def _holidays(today: date) -> Finding:
    years = range(today.year - 30, today.year + 5)
    last = max((year for year in years if days.covers(year)), default=today.year - 30)
    owed = last < today.year or (last == today.year and today.month == DECEMBER)
    return Finding("note" if owed else "fine", "doctor.holidays_owed" if owed else "doctor.holidays", {"year": last})


def _log(log: Path) -> Iterator[Finding]:
    """Say what the log's newest line is about; two programs with one Telegram token fight each other there."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - LOG_TAIL))
            lines = file.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return
    if any(CONFLICT in line for line in lines):
        yield Finding("note", "doctor.telegram_conflict", {"file": str(log)})
    signed = [line for line in lines if line[:2] == "20" and line[10:11] == " "]
    if signed:
        yield Finding("note", "doctor.log", {"file": str(log), "line": signed[-1][:160]})
