"""Takes out of words what tells whose they are: names, and figures that are long enough to be a number of somebody."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from understanding.words import things
from understanding.words.tidy import tidy

if TYPE_CHECKING:
    from datetime import datetime

    from vocabulary.readings import Context

SOMEBODY = "某某"
_FIGURES = re.compile(r"[\dXx*]{6,}")
_ADDRESS = re.compile(r"(?a:[\w.+-]+@[\w.-]+)|(?:https?:|www\.)[!-~]+")


def masked(text: str, now: datetime, context: Context) -> str:
    """Return the tidied words with every person 某某, long figures 0 and addresses gone; empty for empty words.

    Names are those of the branch's roster, whole or in part, and what stands where a name stands. A name that no
    roster holds in the middle of other words can stay.
    """
    tidied = tidy(_ADDRESS.sub("", text), context.bot)
    pieces, at = [], 0
    for thing in things.find(tidied, now, context):
        if thing.kind == "person":
            pieces += [tidied.text[at : thing.start], SOMEBODY]
            at = thing.end
    return _FIGURES.sub("0", "".join([*pieces, tidied.text[at:]])).replace("\n", " ").strip()
