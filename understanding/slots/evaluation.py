"""The slots of the democratic evaluation: the year it is of, and the grade that is given."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from understanding.slots import moments, who
from understanding.words import sounds

if TYPE_CHECKING:
    from collections.abc import Callable

    from understanding.slots.filling import Filling

_GRADE = re.compile("优秀|基本合格|不合格|合格")
_SELF = re.compile("自评|自己|本人|我(?![给评觉投认对选打看建推的]|想|这[票边]|们|也?给)|我的?(?:自评|等次)")


def _range(fill: Filling) -> None:
    """An evaluation is of a year or another stretch of time, never of a day."""
    for thing in fill.of("when"):
        if moments.is_wide(thing.value[0]):
            fill.slots["range"] = moments.as_range(thing.value[0], fill.now)
            return


def _cast(fill: Filling) -> None:
    if things := fill.of("person"):
        who.put(fill.slots, fill.unsure, "person", things)
    elif _SELF.search(fill.marked.source):
        fill.slots["person"] = "me"
    source = fill.marked.source
    if found := _GRADE.search(source) or _GRADE.search(sounds.guessed(source)):
        fill.slots["choice"] = found[0]


SPECIAL: dict[str, Callable[[Filling], None]] = {
    "evaluation.open": _range,
    "evaluation.close": _range,
    "evaluation.result": _range,
    "evaluation.cast": _cast,
}
