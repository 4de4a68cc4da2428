"""Words fitted to a door, with the sentences that stand for what it cannot show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.channels.degrade import fit
from texts import sentences

if TYPE_CHECKING:
    from bot.channels.degrade import Words
    from vocabulary.messages import Can, Shown


def fitted(words: Words, can: Can) -> tuple[Shown, ...]:
    """Turn words into messages that a door can show, in the order in which they are sent."""
    return fit(words, can, _choice_line, _file_line, _deaf_line)


def _choice_line(number: int, label: str) -> str:
    """Word a choice where there are no buttons."""
    return sentences()["words.choice"].format(number=number, label=label)


def _deaf_line(labels: tuple[str, ...]) -> str:
    """Word where choices are answered that stand where nothing is heard."""
    return sentences()["words.deaf"].format(choices=sentences()["words.comma"].join(labels))


def _file_line(name: str) -> str:
    """Word a file where none can be sent."""
    return sentences()["words.file"].format(name=name)
