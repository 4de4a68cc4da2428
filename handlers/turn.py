"""One turn of a conversation, as a handler sees it: who speaks, where, when, and what they may do and look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from services import deeds
from services.post import Post

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from services.deeds import Deed, Means
    from services.transactions import Tx
    from vocabulary.messages import Incoming, Part
    from vocabulary.permissions import Actor
    from vocabulary.views.people import Person

P = ParamSpec("P")
T = TypeVar("T")


@dataclass
class Turn:
    """What a handler works with; it returns a reply and sends nothing itself."""

    tx: Tx
    actor: Actor
    person: Person
    incoming: Incoming
    fresh: Callable[[], Means]
    now: datetime
    zone: ZoneInfo
    chat_group_id: int | None = None
    chat_branch_id: int | None = None
    revision: int = 0
    verbs: list[str] = field(default_factory=list)
    opened: list[int] | None = None
    """The check-ins that are open here, once they were looked up; a deed may change them."""

    @property
    def local(self) -> datetime:
        """The present in the branch's zone, without offset, as the understanding takes it."""
        return self.now.astimezone(self.zone).replace(tzinfo=None)

    @property
    def in_group(self) -> bool:
        """Whether this is said in a group."""
        return self.incoming.chat.kind == "group"

    def do(self, verb: Callable[Concatenate[Deed, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do a verb as the speaker. Raises Refusal; then nothing of it is kept."""
        result = deeds.do(self.tx, self.actor, self.fresh(), verb, *args, **kwargs)
        self.opened = None
        self.verbs.append(verb.verb.name)  # type: ignore[attr-defined]
        return result

    def look(self, query: Callable[Concatenate[Tx, Actor, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Look at something as the speaker, on this message's own transaction."""
        return query(self.tx, self.actor, *args, **kwargs)

    def whisper(self, *parts: Part) -> None:
        """Say something to the speaker privately, beside the answer in the group."""
        Post(self.tx, self.now, self.person.branch_id).to_person(self.person.id, *parts)

    def privately(self, part: Part) -> tuple[Part, ...]:
        """Answer the speaker alone: in a private chat as the reply, in a group beside it, where nothing is said."""
        if not self.in_group:
            return (part,)
        self.whisper(part)
        return ()

    def at(self, local: datetime) -> datetime:
        """Turn a local time without offset into an aware instant."""
        return local.replace(tzinfo=self.zone)


@dataclass(frozen=True)
class Draft:
    """A form under way: what is known, what was asked, and what a button or a plain yes would add.

    `asking` is a slot, or `confirm`. `choices` are (label key, slots) of the buttons under the question; pressing one
    or saying its words adds its slots. `accept` is added by a plain yes to a question that proposes something.
    """

    intent: str
    slots: dict[str, Any]
    asking: str | None = None
    choices: tuple[tuple[str, dict[str, Any]], ...] = ()
    accept: dict[str, Any] | None = None
    revision: int = 0


@dataclass(frozen=True)
class Question:
    """A handler's answer that waits for an answer: what it asks, and how the draft stands while it waits.

    `private` asks in the person's private chat even where the command was said in a group.
    """

    asking: str
    parts: tuple[Part, ...]
    choices: tuple[tuple[str, dict[str, Any]], ...] = ()
    accept: dict[str, Any] | None = None
    private: bool = False
    slots: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What a turn came to: the reply, the draft that now waits (None: none), and in which chat it waits.

    `missed` are the words, masked, where the program was spoken to and did not understand.
    """

    parts: tuple[Part, ...] = ()
    draft: Draft | None = None
    private: bool = False
    intent: str = "none"
    missed: str = ""
