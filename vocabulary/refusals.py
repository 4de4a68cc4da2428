"""Why something was not done: one family of exceptions with a code; the words are in `texts`, under `refusal.`."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):  # noqa: N818  a refusal is an answer, not an error
    """A verb or look says no; nothing was changed.

    `code` names the sentence (`refusal.<code>` in the texts) and `args` fill it.
    """

    def __init__(self, code: str, **args: Any) -> None:
        super().__init__(code)
        self.code = code
        self.words: dict[str, Any] = args


class NotAllowed(Refusal):
    """The person's role does not permit the verb."""


class NotFound(Refusal):
    """It does not exist, or it is not theirs: both sound the same."""
