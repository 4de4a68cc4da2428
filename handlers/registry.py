"""Which handler answers which intent, which button, which live card."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from handlers.turn import Question, Turn
from vocabulary.messages import Card, Part
from vocabulary.refusals import Refusal

if TYPE_CHECKING:
    from vocabulary.permissions import Permission

LARGEST = 2**31 - 1
"""PostgreSQL's largest integer."""
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
Press = Callable[[Turn, list[str]], Answer]
PRESSES: dict[str, Press] = {}
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


def presses(prefix: str, *shape: Callable[[str], bool]) -> Callable[[Press], Press]:
    """Register what a button does; its payload is `prefix:argument:…`.

    `shape` says of each argument whether it can be one: a payload may come from anywhere, and what no button of ours
    has ever said is a stale button.
    """

    def register(run: Press) -> Press:
        def press(turn: Turn, arguments: list[str]) -> Answer:
            if len(arguments) != len(shape) or not all(map(_fits, shape, arguments)):
                raise Refusal("stale_button")
            return run(turn, arguments)

        PRESSES[prefix] = press
        return run

    return register


def _fits(rule: Callable[[str], bool], argument: str) -> bool:
    return rule(argument)


def number(argument: str) -> bool:
    """Whether an argument of a button can be the number of something in the database."""
    return argument.isascii() and argument.isdigit() and int(argument) <= LARGEST


def word(argument: str) -> bool:
    """Whether an argument of a button can be a plain word or letter."""
    return argument.isascii() and argument.replace("_", "").isalnum()


def live(name: str) -> Callable[[Compose], Compose]:
    """Register who composes a live card from the facts: `compose(tx, subject)`."""

    def register(compose: Compose) -> Compose:
        LIVE[name] = compose
        return compose

    return register
