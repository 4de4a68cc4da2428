"""What every door must do, and what the house gives it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from bot.post.windows import Limit
    from vocabulary.messages import Attachment, Can, Chat, Incoming, Shown


class Receive(Protocol):
    """The house's one ear: commits everything that a message means, then says what to answer at once.

    The answer is empty for doors that push (`answers_at_once` is false): their replies come through `Door.send`. What
    is answered fits into one text of the door (`degrade.together`); the rest is sent. The same `message_id` again
    returns the stored answer and changes nothing. It never raises for bad input; where it raises, the message is not
    stored, and is not to be acknowledged.
    """

    async def __call__(self, incoming: Incoming) -> tuple[Shown, ...]:
        """Take one message; return after COMMIT."""
        ...


class Door(Protocol):
    """One platform: it translates, and holds no choices and no words."""

    name: str
    can: Can
    limits: tuple[Limit, ...]
    """How many messages the platform takes, by its own pages; () where there is no limit."""
    answers_at_once: bool
    """True where the words of a reply travel back in the same request (WeCom's passive reply); all else is sent."""

    async def start(self, receive: Receive) -> None:
        """Begin to listen; returns when listening. Raises with a plain reason where it cannot."""
        ...

    async def stop(self) -> None:
        """Stop listening and free everything; may be called twice."""
        ...

    async def send(self, chat: Chat, message: Shown) -> str:
        """Deliver one message and return the platform's id of it.

        Raises:
            vocabulary.delivery.Undelivered: it did not arrive, and why.
            vocabulary.delivery.Moved: the chat has another id now.
        """
        ...

    async def fetch(self, attachment: Attachment) -> bytes:
        """Return what came with a message, as `Attachment.url` names it.

        Raises:
            vocabulary.delivery.Unfetched: it is gone, too large, or the platform cannot be reached.
        """
        ...
