"""Questions about the regulations: answered by what is on record, with document, version and article; never made up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers.registry import handles
from rules import regulations
from texts import say
from vocabulary.messages import Lines

if TYPE_CHECKING:
    from handlers.registry import Answer
    from handlers.turn import Turn
    from rules.basis import Basis
    from rules.regulations import Fact
    from vocabulary.messages import Text

MOST_SHOWN = 3


@handles("rule.ask")
def ask(slots: dict[str, Any], turn: Turn) -> Answer:
    """Say what the regulations say; in a group the likeliest alone."""
    words = str(slots.get("topic") or turn.incoming.text)
    found = regulations.ask(words)
    if not found:
        return (say("rules.none"),)
    answering = [fact for fact in found if any(asked in words for asked in fact.asks)]
    shown = (answering or found)[: 1 if turn.in_group else MOST_SHOWN]
    lines = tuple(_told(fact) for fact in shown)
    return (Lines(lines if answering else (say("rules.near"), *lines)),)


def _told(fact: Fact) -> Text:
    return say("rules.fact", says=fact.sentence, basis=_basis(fact.basis))


def _basis(basis: Basis) -> Text:
    """Cite in full: name, year of the text, and the article where it is certain."""
    words = {"name": regulations.document(basis.doc).name, "version": basis.version, "article": basis.article}
    return say("rules.basis" if basis.article else "rules.basis_whole", **words)
