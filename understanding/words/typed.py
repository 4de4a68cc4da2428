"""Words of a reading as they were typed: the free ones are passed on to others, signs and all."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from operator import eq
from typing import TYPE_CHECKING

from understanding.words.tidy import script

if TYPE_CHECKING:
    from vocabulary.readings import Reading

TYPED = frozenset({"text", "reason", "topic", "title", "agenda"})
_PUT_RIGHT = 0.2
"""So great a share of words may be typos that were put right."""
CLOSING = "。！？!?.…”’』」）)"


def typed(reading: Reading, text: str) -> Reading:
    """Return a reading whose free words stand as the speaker typed them."""
    if TYPED.isdisjoint(reading.slots) and not reading.then:
        return reading
    slots = dict(reading.slots)
    for slot in TYPED & slots.keys():
        value = slots[slot]
        slots[slot] = (
            [as_typed(one, text, "%％") for one in value]
            if isinstance(value, list)
            else as_typed(str(value), text, "%％")
        )
    return replace(reading, slots=slots, then=tuple(typed(further, text) for further in reading.then))


def as_typed(words: str, text: str, closing: str = CLOSING) -> str:
    """Find words that were read (tidied) in the text as it was typed, and return them from there, signs and all.

    Letters and digits must agree, in any width and script; signs may differ. Of the signs behind them those in
    `closing` are taken along. Words that stand there in several pieces are found piece by piece; those that do not
    stand there are returned as they are.
    """
    wanted = _bare(words)
    places = [place for place, sign in enumerate(text) if sign.isalnum()]
    typed = _bare(text)
    where = typed.find(wanted) if wanted else -1
    pieces = words.split("，") if where < 0 else []
    if len(pieces) > 1 and all((bare := _bare(piece)) and bare in typed for piece in pieces):
        return "，".join(as_typed(piece, text, closing) for piece in pieces)
    if where < 0 and wanted:
        where = _nearly(wanted, typed)
    if where < 0 or len(typed) != len(places):
        return words
    first, last = places[where], places[where + len(wanted) - 1]
    if first and text[first - 1] == "《" and "》" in text[first:last]:
        first -= 1
    if text[last + 1 : last + 2] == "》" and "《" in text[first : last + 1]:
        last += 1
    while last + 1 < len(text) and text[last + 1] in closing:
        last += 1
    return text[first : last + 1]


def _nearly(wanted: str, typed: str) -> int:
    """Return where words stand in a text that holds them with a few other characters: their typos put right."""
    least = len(wanted) * (1 - _PUT_RIGHT)
    alike = ((sum(map(eq, wanted, typed[at:])), -at) for at in range(len(typed) - len(wanted) + 1))
    most, at = max(alike, default=(0, 0))
    return -at if most and most >= least else -1


def _bare(words: str) -> str:
    """Letters and digits as the tidying writes them: half width, simplified, small."""
    signs = "".join(filter(str.isalnum, words))
    if not unicodedata.is_normalized("NFKC", signs):  # each by itself, so that none joins the one before it
        signs = "".join(unicodedata.normalize("NFKC", sign) for sign in signs)
    return signs.translate(script()).lower()
