"""How commands speak: sentences of the texts on the console, and one clear sentence for whatever goes wrong."""

from __future__ import annotations

import logging
import os
import secrets
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console

from bot.config import ConfigFault, load
from texts.rendering import Renderer
from vocabulary.clock import SystemClock
from vocabulary.messages import Text
from vocabulary.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from bot.config import Config

LOG_FILE = "zhibu.log"
CAUSES = {
    "locked": "console.locked",
    "disk is full": "console.disk_full",
    "No space left": "console.disk_full",
    "not a database": "console.not_a_database",
    "malformed": "console.not_a_database",
    "unable to open": "console.not_opened",
    "readonly": "console.not_opened",
    "Permission denied": "console.not_opened",
    "Read-only file system": "console.not_opened",
    "connection failed": "console.not_connected",
}
"""What a database or a disk says, as the key of a sentence."""


@dataclass(frozen=True)
class Speech:
    """Prints sentences for one place and instant; never interprets what people are called as markup."""

    console: Console
    now: datetime
    zone: ZoneInfo

    def words(self, key: str, /, **args: Any) -> str:
        """Word a sentence."""
        return Renderer(self.now, self.zone).words(Text(key, args))

    def tell(self, key: str, /, **args: Any) -> None:
        """Print a sentence; long ones are not broken, so that a code or a link can be copied."""
        self.console.print(self.words(key, **args), markup=False, highlight=False, soft_wrap=True)


@contextmanager
def spoken(folder: Path = Path("data")) -> Iterator[None]:
    """Turn whatever goes wrong inside into one sentence on stderr: 2 for a wrong setting, 1 for anything else.

    What nobody foresaw gets a number; the log has it with all that is known.
    """
    speech = Speech(Console(stderr=True), SystemClock().now(), ZoneInfo("UTC"))
    try:
        yield
    except ConfigFault as fault:
        speech.tell(fault.code, **fault.words, where=Text(fault.place, fault.words))
        raise typer.Exit(2) from None
    except Refusal as refusal:
        speech.tell(f"refusal.{refusal.code}", **refusal.words)
        raise typer.Exit(1) from None
    except typer.Exit:
        raise
    except Exception as error:  # noqa: BLE001  nobody at a console is shown a traceback
        number = secrets.token_hex(2).upper()
        _note(folder, number, error)
        cause = next((key for sign, key in CAUSES.items() if sign in str(error)), None)
        speech.tell(cause or "console.broken", number=number)
        raise typer.Exit(1) from None


@contextmanager
def begun(file: Path | None) -> Iterator[tuple[Config, Speech]]:
    """Load the settings that a command was given, and let it speak by them; whatever goes wrong is `spoken`."""
    with spoken():
        settings = load(file, os.environ)
    with spoken(Path(settings.folder)):
        yield settings, Speech(Console(highlight=False), SystemClock().now(), ZoneInfo(settings.timezone))


def _note(folder: Path, number: str, error: Exception) -> None:
    """Write what happened into the folder's log and nowhere else; where that fails too, the sentence must do."""
    try:
        handler = logging.FileHandler(folder / LOG_FILE, encoding="utf-8")
    except OSError:
        return
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    log = logging.Logger("zhibu.commands")  # noqa: LOG001  one that no console listens to
    log.addHandler(handler)
    log.error("number %s", number, exc_info=error)
    handler.close()
