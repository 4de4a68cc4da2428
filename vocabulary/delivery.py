"""What can go wrong between the outbox and a chat."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

Why = Literal["unbound", "blocked", "gone", "silent", "used_up", "not_allowed", "limited", "down", "refused"]


class Undelivered(Exception):  # noqa: N818  the outbox decides what becomes of it
    """A door could not deliver a message.

    `why` is a plain word; `retry_after` is in seconds where waiting helps (None with a `why` of limited or down: the
    outbox backs off by itself). All others are final: `silent` (they must speak first), `used_up` (likewise: so many
    messages and no more until they do), `not_allowed` (the account has no right to it). `detail` is for the log and
    holds no secret. `surely`: nothing of it went out, so that it may go another way and is not said twice; of a `why`
    of down that is not known unless it is said.
    """

    def __init__(self, why: Why, *, retry_after: float | None = None, detail: str = "", surely: bool = False) -> None:
        super().__init__(f"{why} {detail}".strip())
        self.why: Why = why
        self.retry_after = retry_after
        self.detail = detail
        self.surely = surely or why != "down"

    @property
    def is_final(self) -> bool:
        """Waiting does not help."""
        return self.why not in {"limited", "down"}


@contextmanager
def behind(sent: object) -> Iterator[None]:
    """Let what fails in here leave open whether the message arrived, where a part of it was sent before."""
    try:
        yield
    except Undelivered as failure:
        failure.surely = failure.surely and not sent
        raise


class Moved(Exception):  # noqa: N818  likewise
    """The chat has another id now (Telegram: a group became a supergroup)."""

    def __init__(self, new_chat: str) -> None:
        super().__init__(new_chat)
        self.new_chat = new_chat


class Unfetched(Exception):  # noqa: N818  whoever asked decides what becomes of it
    """What came with a message could not be fetched.

    `why`: `gone` (its time is over, or it never was), `too_large`, or `down` (waiting may help). `detail` is for the
    log and holds no secret.
    """

    def __init__(self, why: Literal["gone", "too_large", "down"], *, detail: str = "") -> None:
        super().__init__(f"{why} {detail}".strip())
        self.why: Literal["gone", "too_large", "down"] = why
        self.detail = detail
