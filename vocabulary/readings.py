"""How words were understood: the context they were said in, and the reading that came out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Role = Literal["secretary", "committee", "leader", "member", "supervisor"]
Slots = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Context:
    """Where and between whom something is said; the keys and defaults of the understanding contract."""

    chat: Literal["group", "private"] = "private"
    addressed: bool | None = None
    role: Role = "secretary"
    sender: str | None = None
    open: tuple[str, ...] = ()
    asked: str | None = None
    people: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    posts: dict[str, str] = field(default_factory=dict)
    """Post by name (`{"李慧": "书记"}`), so that a title finds its person."""
    bot: str = ""
    """The name that the program is called by here; empty for the one it has of itself."""

    @property
    def is_addressed(self) -> bool:
        """Private words are always meant for the program; in a group only a mention or a reply is."""
        return self.chat == "private" if self.addressed is None else self.addressed


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message means: an intent with its slots.

    `unsure` lists, by slot, the readings where one expression has several. `then` are further commands of the same
    message, in order. `assumed` says what was taken for granted (a year without a holiday table).
    """

    intent: str
    confidence: float = 1.0
    slots: Slots = field(default_factory=dict)
    unsure: dict[str, list[Any]] = field(default_factory=dict)
    then: tuple[Reading, ...] = ()
    assumed: tuple[str, ...] = ()
