"""What the page is told where it does not get what it asked for."""

from __future__ import annotations

import logging
import secrets
from typing import TYPE_CHECKING, Any

from bot.web import pages

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)


class Refused(Exception):  # noqa: N818  it is said, not repaired
    """The page asked for something that it does not get.

    `code` names the sentence (`page.<code>`), `status` is the HTTP status, `number` stands in the log too.
    """

    def __init__(self, code: str, status: int = 400, number: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.number = number

    def frame(self) -> dict[str, Any]:
        """Return the refusal for the page: its code and its sentence."""
        sentence = pages.words()[self.code].replace("{number}", self.number)
        return {"type": "error", "error": self.code, "message": sentence}


def new_number() -> str:
    """Return a short number by which a failure is found in the log."""
    return secrets.token_hex(2).upper()


def refusal(error: Exception, number: Callable[[], str]) -> Refused:
    """Return what to tell of an error: a refusal as it is, any other failure as a number that the log has too."""
    if isinstance(error, Refused):
        return error
    found_by = number()
    log.error("web %s: not done", found_by, exc_info=error)
    return Refused("failed", 500, found_by)
