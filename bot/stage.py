"""The stage of scenarios: a fresh house with the sample branch, a clock that is set, a rehearsal door."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from zoneinfo import ZoneInfo

from bot import sample
from bot.channels.rehearsal import Heard, RehearsalDoor
from bot.house import House
from bot.transcript import BOT_NAME, OPENING, SCAN, THINGS, Unreadable
from services import binding, deeds, people, stagehand
from storage.database import Database
from vocabulary.clock import SetClock
from vocabulary.messages import Attachment, Can, Chat, Incoming
from vocabulary.refusals import NotFound

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from types import TracebackType

    from bot.transcript import Step

CHANNEL = "rehearsal"


def zone() -> ZoneInfo:
    """Where scenarios play."""
    return ZoneInfo("Asia/Shanghai")


def opening() -> datetime:
    """When a scenario begins that says no time."""
    return OPENING.replace(tzinfo=zone())


def furnish(path: Path) -> None:
    """Make a database with the sample branch, to be copied for many plays."""
    clock = SetClock(opening())
    house = House(Database(f"sqlite:///{path}", "stage"), clock, zone(), _counted(), {})
    house.open()
    sample.build(house.database, house.writer, clock, CHANNEL, groups=False, salt=_counted())
    house.close()


def _counted() -> Callable[[], str]:
    counter = itertools.count(1)
    return lambda: f"{next(counter):016x}"


@dataclass
class Stage:
    """Plays lines and hears what the program says; use it as an async context.

    `template` is a furnished database to be copied, and `database` one that is played in as it stands and stays open;
    a play that begins earlier than usual, `at`, makes its own. `url` is an empty database to play in instead.
    """

    can: Can = field(default_factory=Can)
    hears_group: bool = True
    template: Path | None = None
    database: Database | None = None
    at: datetime | None = None
    url: str | None = None

    async def __aenter__(self) -> Self:
        """Open a fresh house; ids and salts are counted, so that files that begin the same go the same."""
        self.folder = Path(tempfile.mkdtemp(prefix="zhibu-stage-"))
        self.clock = SetClock(min(self.at or opening(), opening()))
        self.door = RehearsalDoor(self.clock, can=self.can)
        database = self._ready()
        self.house = House(database, self.clock, zone(), _counted(), {CHANNEL: self.door})
        self.house.open()
        sample.build(database, self.house.writer, self.clock, CHANNEL, groups=False, salt=_counted())
        self.groups: dict[str, str] = {}
        self.members: dict[str, tuple[int, int | None]] = {}
        self.messages = itertools.count(1)
        self._verbs: list[tuple[int, str]] = []
        self.staged = {key for key, _ in self._signed()}
        return self

    def _ready(self) -> Database:
        """The database to play in, furnished already where it may be."""
        path = self.folder / "stage.db"
        if self.url is None and self.clock.now() == opening():
            if self.database is not None:
                return self.database
            if self.template is not None:
                shutil.copy(self.template, path)
        return Database(self.url or f"sqlite:///{path}", "stage")

    def verbs(self) -> list[str]:
        """The verbs that people and the clock have brought about, in order; setting the stage is none of them."""
        return [name for key, name in self._signed() if key not in self.staged]

    def _signed(self) -> list[tuple[int, str]]:
        """Read on in the audit, which only grows."""
        with self.house.database.read() as tx:
            self._verbs += stagehand.verbs_since(tx, self._verbs[-1][0] if self._verbs else 0)
        return self._verbs

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the house down."""
        if self.house.database is self.database:
            self.house.writer.stop()
        else:
            self.house.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    async def play(self, step: Step) -> None:
        """Play one line: move the clock, tie a group, say or press something; then everything due is sent."""
        if step.kind == "time" and step.at is not None:
            await self.house.advance(step.at.replace(tzinfo=zone()), self.clock)
            return
        if step.kind == "group":
            before = {key for key, _ in self._signed()}
            await self._tie(step)
            self.staged |= {key for key, _ in self._signed()} - before
            return
        if step.kind in {"say", "press", "attach"}:
            await self.house.desk.receive(self._incoming(step))
        await self.house.sweep()
        await self.house.settle()

    async def _tie(self, step: Step) -> None:
        if not self.hears_group:
            return
        self.groups[step.chat or ""] = f"g:{step.chat}"

        def tie(tx: Any) -> None:
            try:
                secretary = stagehand.secretary(tx, step.who)
                group = stagehand.group_id(tx, secretary.branch_id, step.text) if step.text else None
            except NotFound:
                raise Unreadable(step.line, f"{step.who} {step.text}".strip()) from None
            actor = people.actor(tx, secretary, CHANNEL, "")
            self.members[f"g:{step.chat}"] = (secretary.branch_id, group)
            deeds.do(
                tx,
                actor,
                self.house.fresh(),
                binding.bind_group,
                channel=CHANNEL,
                chat=f"g:{step.chat}",
                title=step.chat or "",
                group_id=group,
            )

        await self.house.writer.do(tie)

    def _incoming(self, step: Step) -> Incoming:
        private = Chat(CHANNEL, f"p:{step.who}", "private")
        group = Chat(CHANNEL, self.groups.get(step.chat or "", f"g:{step.chat}"), "group", step.chat or "")
        chat = group if step.chat and self.hears_group else private
        addressed = chat.kind == "private" or f"@{BOT_NAME}" in step.whole
        said = Incoming(
            channel=CHANNEL,
            chat=chat,
            account=step.who,
            message_id=str(next(self.messages)),
            at=self.clock.now(),
            text=step.whole,
            addressed=addressed,
        )
        if step.kind == "press" and not self.can.buttons:
            return replace(said, text=self._number(step), addressed=True)
        if step.kind == "press":
            return replace(said, pressed=self._payload(step) or "gone", addressed=True)
        if step.kind == "attach" and step.text.strip() == SCAN:
            return replace(said, chat=private, text="", pressed=self._scanned(step) or "gone", addressed=True)
        if step.kind == "attach":
            return replace(said, text="", attachments=(_attachment(step.text),))
        return said

    def _scanned(self, step: Step) -> str | None:
        """What the code of a check-in presses that this person would see on the wall."""
        with self.house.database.read() as tx:
            person = people.of_account(tx, CHANNEL, step.who)
            return stagehand.code_on_the_wall(tx, person.branch_id if person else None)

    def _payload(self, step: Step) -> str | None:
        """Find the newest button of that label that this person can see, as the messages stand now."""
        seen: dict[str, Heard] = {}
        for heard in self.door.heard:
            seen.pop(f"{heard.chat.id}:{heard.id}", None)
            seen[f"{heard.chat.id}:{heard.id}"] = heard
        visible = (f"p:{step.who}", *self._groups_of(step.who))
        wanted = (self.groups.get(step.chat),) if step.chat and self.hears_group else visible
        for heard in reversed(seen.values()):
            if heard.chat.id in wanted:
                for found in heard.shown.buttons:
                    if found.label == step.text:
                        return found.press
        return None

    def _groups_of(self, who: str) -> list[str]:
        """The group chats that a person sits in, by the roster."""
        with self.house.database.read() as tx:
            person = people.of_account(tx, CHANNEL, who)
        if person is None:
            return []
        mine = {(person.branch_id, None), (person.branch_id, person.group_id)}
        return [chat for chat, of in self.members.items() if of in mine]

    def _number(self, step: Step) -> str:
        """Where there are no buttons, find the number that stands before a label in the newest message."""
        for heard in reversed(self.door.heard):
            if heard.chat.id == f"p:{step.who}":
                for line in heard.shown.text.splitlines():
                    number, _, label = line.partition(" ")
                    if number.isdigit() and label == step.text:
                        return number
        return step.text

    def place_of(self, heard: Heard) -> tuple[str, str | None]:
        """Name who a message went to: a person, or a group by its title (then twice)."""
        kind, _, name = heard.chat.id.partition(":")
        return (name, name) if kind == "g" else (name, None)


def _attachment(text: str) -> Attachment:
    word, _, name = text.strip("[]").partition(" ")
    kind: Any = THINGS.get(word, "other")
    return Attachment(kind, name)
