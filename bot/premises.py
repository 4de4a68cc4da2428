"""Where the program keeps what it makes for itself, and how its database is opened."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from storage.database import Database
from storage.migrate import standing

if TYPE_CHECKING:
    from bot.config import Config

KEY_FILE = "secret.key"


def secret(config: Config) -> str:
    """The key that encrypts phone numbers: the configured one, or the folder's own, made when it is first asked for.

    The file is readable by its owner alone. Two programs that start at once get the same key.
    """
    configured = config.secret_key.get_secret_value()
    if configured:
        return configured
    folder = Path(config.folder)
    kept = folder / KEY_FILE
    if not kept.exists():
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder, prefix="key-")  # mkstemp: for the owner's eyes only
        try:
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(32))
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):  # another program was quicker: its key is the key
                kept.hardlink_to(name)
        finally:
            Path(name).unlink(missing_ok=True)
    return kept.read_text("ascii").strip()


def database(config: Config) -> Database:
    """The configured database with the house's key; nothing is opened but the key's file."""
    return Database(config.database, secret(config), customs=customs(config))


def customs(config: Config) -> dict[str, Any]:
    """The house's settings by the names that the rules give them (`rules.meetings.Settings`)."""
    return {
        "duration": config.checkin.closes_after,
        "late_after": config.checkin.late_after,
        "opens_before": config.checkin.opens_before,
        "remind_before": config.meetings.remind_before,
        "remind_unanswered_before": config.meetings.ask_again_before,
        "quiet_from": config.quiet.start,
        "quiet_until": config.quiet.end,
        "lectures_per_quarter": int(config.meetings.quarterly_lecture),
        "keep_missed": config.privacy.keep_missed,
    }


def is_furnished(config: Config) -> bool:
    """Whether the configured database has the house's tables; looking makes neither a file nor a key."""
    found = Database(config.database, "nothing is sealed here")
    if found.path is not None and not found.path.exists():
        return False
    try:
        with found.reading().connect() as connection:
            return standing(connection) is not None
    finally:
        found.close()
