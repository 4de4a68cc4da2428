"""Makes what a letter holds that was not made yet: after COMMIT, right before it is sent."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from texts import sentences
from vocabulary.delivery import Undelivered

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from bot.channels.degrade import Words
    from vocabulary.messages import Made

    Maker = Callable[[Mapping[str, Any]], Awaitable[bytes]]

MOST_TRIES = 3
KNOWN = frozenset({"not_allowed", "limited", "down"})
"""Reasons that have words of their own."""


async def complete(words: tuple[Words, ...], makers: Mapping[str, Maker], tries: int) -> tuple[Words, ...]:
    """Return the words with what they hold made; `tries` is how often that was in vain before.

    What cannot be made is told in words. What nobody here can make (its door is not open) is not spoken of.

    Raises:
        Undelivered: `down`, and a further try may help.
    """
    whole = []
    for message in words:
        if message.made is None:
            whole.append(message)
        elif (maker := makers.get(message.made.maker)) is not None:
            whole.append(await _completed(message, message.made, maker, tries))
    return tuple(whole)


async def _completed(message: Words, made: Made, maker: Maker, tries: int) -> Words:
    try:
        return replace(message, made=None, file_data=await maker(made.view))
    except Undelivered as failure:
        if failure.why == "down" and tries + 1 < MOST_TRIES:
            raise
        why = sentences()[f"unmade.{failure.why if failure.why in KNOWN else 'refused'}"]
        text = sentences()[made.failed].format(why=why)
        return replace(message, made=None, text=text, file_name=None, is_picture=False)
