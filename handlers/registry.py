"""Which handler answers which intent, which button, which live card."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from handlers.turn import Question, Turn
from vocabulary.messages import Card, Part

if TYPE_CHECKING:
    from vocabulary.permissions import Permission

Parts = tuple[Part, ...]
Answer = Parts | Question
Compose = Callable[..., Card]
Handle = Callable[[Any, Turn], Answer]


@dataclass(frozen=True)
class Handler:
    """What answers one intent: the form that reads its slots, what stands against it, its card, and the deed itself.

    `form` turns (turn, slots) into what `run` takes, or a Question. `check` finds what stands against it. `card`
    shows exactly what will happen before it does; none (or one that returns None) where nobody else notices. `keeps`
    says what the draft remembers of what its card showed.
    """

    intent: str
    form: Callable[[Turn, dict[str, Any]], Any]
    run: Handle
    check: Callable[[Any, Turn], Question | None] | None = None
    card: Callable[[Any, Turn], Card | None] | None = None
    needs: Permission | None = None
    keeps: Callable[[Any], dict[str, Any]] | None = None


HANDLERS: dict[str, Handler] = {}
PRESSES: dict[str, Callable[[Turn, list[str]], Answer]] = {}
LIVE: dict[str, Compose] = {}


def as_said(_turn: Turn, slots: dict[str, Any]) -> dict[str, Any]:
    """Take the slots as they are: the form of an intent that needs none."""
    return slots


def handles(
    *intents: str,
    form: Callable[[Turn, dict[str, Any]], Any] = as_said,
    check: Callable[[Any, Turn], Question | None] | None = None,
    card: Callable[[Any, Turn], Card | None] | None = None,
    needs: Permission | None = None,
    keeps: Callable[[Any], dict[str, Any]] | None = None,
) -> Callable[[Handle], Handle]:
    """Register a handler for intents."""

    def register(run: Handle) -> Handle:
        for intent in intents:
            HANDLERS[intent] = Handler(intent, form, run, check, card, needs, keeps)
        return run

    return register


def presses(prefix: str) -> Callable[[Callable[[Turn, list[str]], Answer]], Callable[[Turn, list[str]], Answer]]:
    """Register what a button does; its payload is `prefix:argument:…`."""

    def register(run: Callable[[Turn, list[str]], Answer]) -> Callable[[Turn, list[str]], Answer]:
        PRESSES[prefix] = run
        return run

    return register


def live(name: str) -> Callable[[Compose], Compose]:
    """Register who composes a live card from the facts: `compose(tx, subject)`."""

    def register(compose: Compose) -> Compose:
        LIVE[name] = compose
        return compose

    return register
