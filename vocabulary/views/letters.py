"""A message that waits to be sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from vocabulary.messages import Reply


@dataclass(frozen=True, slots=True)
class Letter:
    """One message that waits to be sent, with where it goes; `channel` None: nobody can be reached there.

    `answers` is the door's own id of the message in that chat that it answers, where it waits as the reply to one.
    `home` is where it belongs, where it goes another way this time.
    """

    id: int
    branch_id: int | None
    person_id: int | None
    channel: str | None
    chat: str
    reply: Reply
    slot: str | None
    batch: str | None
    reply_to: int | None
    attempts: int
    revision: int
    sent_id: str | None
    shown: str | None
    expires_at: datetime | None
    sent_at: datetime | None = None
    is_group: bool = False
    answers: str | None = None
    home: tuple[str, str] | None = None
