"""What the web door asks of the house: where its lines are kept, who is who, the sample's clock, the way in."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.channels.web.shapes import WebChat, WebMessage, WebPerson
from services import binding, house, people, webchat
from texts import sentences
from vocabulary.messages import Button

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from bot.house import House
    from storage.database import Database, Tx
    from storage.writer import Writer
    from vocabulary.clock import Clock, ShiftedClock
    from vocabulary.messages import Shown
    from vocabulary.views.people import Person

SHIFT = "clock_shift"


@dataclass
class Lines:
    """Keeps the page's lines in the database (implements `WebStore`)."""

    database: Database
    writer: Writer
    clock: Clock

    async def _look(self, look: Callable[[Tx], Any]) -> Any:
        def read() -> Any:
            with self.database.read() as tx:
                return look(tx)

        return await asyncio.to_thread(read)

    async def append(
        self, chat_id: str, account: str | None, shown: Shown, at: datetime, *, name: str = "", key: str | None = None
    ) -> WebMessage:
        """Keep a new line of a chat."""
        line = {"chat": chat_id, "account": account, "name": name, "key": key, "at": at, **_facts(shown)}
        return _message(await self.writer.do(lambda tx: webchat.append(tx, **line)))

    async def replace(self, message_id: int, shown: Shown) -> WebMessage | None:
        """Change a line in place."""
        new = _facts(shown) | {"changed_at": self.clock.now()}
        row = await self.writer.do(lambda tx: webchat.replace(tx, message_id, **new))
        return _message(row) if row else None

    async def message(self, message_id: int) -> WebMessage | None:
        """Read one line."""
        row = await self._look(lambda tx: webchat.one(tx, message_id))
        return _message(row) if row else None

    async def file(self, message_id: int) -> tuple[str, bytes] | None:
        """Read the file of a line."""
        found: tuple[str, bytes] | None = await self._look(lambda tx: webchat.file(tx, message_id))
        return found

    async def history(self, chat_id: str, before: int | None = None, limit: int = 50) -> Sequence[WebMessage]:
        """Read the newest lines of a chat, oldest first."""
        rows = await self._look(lambda tx: webchat.history(tx, chat_id, before, limit))
        return [_message(row) for row in rows]

    async def chats_of(self, account: str) -> Sequence[WebChat]:
        """List the chats of an account."""
        found = await self._look(lambda tx: webchat.chats_of(tx, account))
        return [WebChat(key, kind, title, members) for key, kind, title, members in found]

    async def mark_read(self, account: str, chat_id: str, message_id: int) -> None:
        """Note how far an account has read."""
        await self.writer.do(lambda tx: webchat.mark_read(tx, account, chat_id, message_id))

    async def unread(self, account: str) -> dict[str, int]:
        """Count what an account has not read."""
        found: dict[str, int] = await self._look(lambda tx: webchat.unread(tx, account))
        return found


@dataclass
class SamplePage:
    """The sample branch at the page: anyone as anyone, and a clock that can be moved (implements `Sample`)."""

    house: House
    clock: ShiftedClock

    def people(self) -> Sequence[WebPerson]:
        """Everyone of the sample roster who has an account."""
        with self.house.database.read() as tx:
            branches = {o.id: o.name for o in people.organizations(tx)}
            found = [person for key in branches for person in people.of_branch(tx, key)]
        return [_web_person(p, p.name, branches[p.branch_id]) for p in found if not p.no_account]

    def now(self) -> datetime:
        """The present instant of the sample."""
        return self.clock.now()

    async def advance(self, to: datetime | timedelta | None) -> None:
        """Move the clock; what falls due on the way happens in order. LookupError: nothing is due."""
        if to is None:
            due = await asyncio.to_thread(self.house.next_due)
            if due is None:
                raise LookupError("due")
            await self.house.advance(max(due, self.clock.now()), self.clock)
        elif isinstance(to, timedelta):
            await self.house.advance(self.clock.now() + to, self.clock)
        else:
            await self.house.advance(to, self.clock)
        shift = str(self.clock.shift.total_seconds())
        await self.house.writer.do(lambda tx: house.remember(tx, SHIFT, shift))


def kept_shift(database: Database) -> timedelta:
    """How far the sample's clock was moved before; nothing for a new one."""
    with database.read() as tx:
        return timedelta(seconds=float(house.recall(tx, SHIFT) or 0))


@dataclass
class Doorway:
    """The way in outside the sample: one-time links and sessions (implements `Access`)."""

    database: Database
    writer: Writer
    house: House

    async def account_of_code(self, code: str) -> str | None:
        """Use up a one-time link; its person gets an account at the page."""
        return await self.writer.do(lambda tx: binding.enter(tx, code, self.house.fresh()))

    async def open_session(self, account: str) -> str:
        """Begin a session and return its secret token."""
        token = secrets.token_urlsafe(32)
        now = self.house.clock.now()
        await self.writer.do(lambda tx: webchat.open_session(tx, account, token, now))
        return token

    async def account_of_session(self, token: str) -> str | None:
        """Whose session this is."""
        return await asyncio.to_thread(self._session, token)

    async def person(self, account: str) -> WebPerson | None:
        """Who an account is."""
        return await asyncio.to_thread(self._person, account)

    def _session(self, token: str) -> str | None:
        with self.database.read() as tx:
            return webchat.account_of_session(tx, token, self.house.clock.now())

    def _person(self, account: str) -> WebPerson | None:
        with self.database.read() as tx:
            person = people.of_account(tx, webchat.CHANNEL, account)
            return _web_person(person, account, people.organization(tx, person.branch_id).name) if person else None


def _web_person(person: Person, account: str, branch: str) -> WebPerson:
    post = sentences()[f"post.{person.post}"] if person.post else sentences()[f"member_status.{person.status}"]
    return WebPerson(account, person.name, branch, person.upper_post or post)


def _facts(shown: Shown) -> dict[str, Any]:
    return {
        "text": shown.text,
        "buttons": [[button.label, button.press] for button in shown.buttons],
        "file_name": shown.file_name,
        "file_data": shown.file_data,
    }


def _message(row: Any) -> WebMessage:
    return WebMessage(
        id=row.id,
        chat=row.chat,
        account=row.account,
        name=row.name,
        text=row.text,
        at=row.at,
        buttons=tuple(Button(label, press) for label, press in row.buttons),
        file_name=row.file_name,
        file_bytes=row.file_bytes or 0,
        key=row.key,
        edited=row.changed_at is not None,
    )
