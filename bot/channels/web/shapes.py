"""The web door's own words, and what it asks of the house: where messages are kept, who is who, the sample's clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from vocabulary.messages import Button, Shown

MOST_TEXT = 1 << 20
"""The longest text that a person may send, in bytes of UTF-8."""

MOST_FILE = 20 * 1_000_000
"""The largest file that a person may send, in bytes."""


@dataclass(frozen=True, slots=True)
class WebPerson:
    """Someone who can sit at the page."""

    account: str
    name: str
    branch: str = ""
    post: str = ""


@dataclass(frozen=True, slots=True)
class WebChat:
    """A chat as one person sees it in the list: `p:<account>` with the bot, or `g:<key>`; `members` is a count."""

    id: str
    kind: Literal["private", "group"]
    title: str = ""
    members: int = 0


@dataclass(frozen=True, slots=True)
class WebMessage:
    """One line of a chat as it is kept.

    `id` rises over all chats. `account` is who said it (None: the bot) and `name` what they are called. `key` is the
    sender's own id of the message, by which a repeat is known. `at` is an aware UTC instant.
    """

    id: int
    chat: str
    account: str | None
    name: str
    text: str
    at: datetime
    buttons: tuple[Button, ...] = ()
    file_name: str | None = None
    file_bytes: int = 0
    key: str | None = None
    edited: bool = False


class WebStore(Protocol):
    """Keeps what was said on the page. What changes something returns when it is durable."""

    async def append(
        self, chat_id: str, account: str | None, shown: Shown, at: datetime, *, name: str = "", key: str | None = None
    ) -> WebMessage:
        """Keep a new line of a chat; `shown.replaces` is ignored.

        The same `key` from the same account again returns the line that is there. LookupError: there is no such chat.
        """
        ...

    async def replace(self, message_id: int, shown: Shown) -> WebMessage | None:
        """Change the bot's line in place (text, buttons, file), marking it edited; None where it is gone."""
        ...

    async def message(self, message_id: int) -> WebMessage | None:
        """Return one line, or None."""
        ...

    async def file(self, message_id: int) -> tuple[str, bytes] | None:
        """Return the name and the bytes of the file that a line carries, or None."""
        ...

    async def history(self, chat_id: str, before: int | None = None, limit: int = 50) -> Sequence[WebMessage]:
        """Return the newest `limit` lines of a chat (older than the line `before`), oldest first."""
        ...

    async def chats_of(self, account: str) -> Sequence[WebChat]:
        """Return the chats that this account sees now, its private chat included."""
        ...

    async def mark_read(self, account: str, chat_id: str, message_id: int) -> None:
        """Note that the account has seen the chat up to that line; an older line than noted changes nothing."""
        ...

    async def unread(self, account: str) -> dict[str, int]:
        """Count the lines of others that the account has not seen, for each chat that has such."""
        ...


class Sample(Protocol):
    """The sample branch: anyone may sit at the page as anyone, and time can be moved forward."""

    def people(self) -> Sequence[WebPerson]:
        """Return everyone on the sample roster; an account is the person's name."""
        ...

    def now(self) -> datetime:
        """Return the present instant of the sample, aware, in UTC."""
        ...

    async def advance(self, to: datetime | timedelta | None) -> None:
        """Move the clock to an instant, on by a span, or to the next thing due (None).

        What falls due on the way happens in order and is sent before this returns. LookupError: nothing is due.
        """
        ...


class Access(Protocol):
    """Who may sit at the page outside the sample."""

    async def account_of_code(self, code: str) -> str | None:
        """Use up a one-time code and return whose it was; None where it is unknown, used or too old."""
        ...

    async def open_session(self, account: str) -> str:
        """Begin a session and return its secret token."""
        ...

    async def account_of_session(self, token: str) -> str | None:
        """Return whose session this is, or None."""
        ...

    async def person(self, account: str) -> WebPerson | None:
        """Return who an account is, or None where nobody is bound to it any more."""
        ...
