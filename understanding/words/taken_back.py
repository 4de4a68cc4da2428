"""What was said wrong and put right in one message, though other words stand between: 15点生活会，不对，是16点."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from understanding.words.things import sort_of
from understanding.words.tidy import Tidied

if TYPE_CHECKING:
    from collections.abc import Sequence

    from understanding.times import Time
    from understanding.words.things import Thing

Pair = tuple[int, int, int, str]
"""Where the wrong words begin and end, where the right ones end, and what is to stand instead."""
_WRONG = re.compile(
    "(?<=..)[，。]?(?:[哦噢啊呃嗯]|等等)*[，。]?(?:不对不对|不对|不不|我?[说打写记]错了?|口误|更正)[了啊哈]?[，。：]?(?:应该|改成|改为)?是?[，：]?"
)
_SIGNS = ("不对", "不不", "错", "口误", "更正")
_NUMBER = "[0-9]+(?:\\.[0-9]+)?|[一二两三四五六七八九十]+"
_FIGURE = re.compile(f"(第?)(?:{_NUMBER})(元|块|个|条|号|次|分|人|名|项|题|期)")
_ROOM = re.compile("(?<![\\d.:年月第])\\d{2,4}(?![\\d.:年月日号点元块个人分道题次])")
_HOUR = re.compile(f"(?:{_NUMBER})(?:点|时(?!候)|[:：]).*$")
_WEEK, _WEEKDAY = re.compile("[下上本这]+个?(?=周|星期|礼拜)"), re.compile("(?:周|星期|礼拜)[一二三四五六日天]")
_DAYPART = re.compile("凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|今晚|明晚")
_END = re.compile("$|[，。！；]")


def righted(tidied: Tidied, found: Sequence[Thing]) -> Tidied | None:
    """Return the message as if it had been said right at once; None where nothing is taken back, or not plainly.

    What was right stands last, with nothing behind it in its clause but what stood behind the wrong one too.
    """
    text = tidied.text
    if not any(sign in text for sign in _SIGNS):
        return None
    for wrong in _WRONG.finditer(text):
        pair = _things(text, wrong, found) or _figures(text, wrong)
        if pair is None:
            continue
        low, high, stop, words = pair
        same = _shared(text[high : wrong.start()], text[stop:])
        if not (_END.match(text, stop + same) or stop + same in tidied.breaks):
            continue
        return _spliced(tidied, [(0, low), words, (high, wrong.start()), (stop + same, len(text))])
    return None


def _things(text: str, wrong: re.Match[str], found: Sequence[Thing]) -> Pair | None:
    new = next((thing for thing in found if thing.start == wrong.end()), None)
    if new is None:
        return None
    before = [thing for thing in found if thing.end <= wrong.start() and sort_of(thing) == sort_of(new)]
    if not before:
        return None
    old = before[-1]
    words = text[new.start : new.end]
    if old.kind == "when":
        words = _kept(text[old.start : old.end], old.value[0], words, new.value[0])
    return old.start, old.end, new.end, words


def _kept(said: str, old: Time, words: str, new: Time) -> str:
    """Return the words of the right time with the day or the hour of the wrong one, where they have none."""
    week, hour = _WEEK.match(said), _HOUR.search(said)
    words = week[0] + words if week and _WEEKDAY.match(words) else words
    if hour is None or not old.has_day:
        return words
    day = said[: hour.start()]
    if not new.has_day:
        return (_DAYPART.sub("", day) if _DAYPART.match(words) else day) + words
    daypart = "".join(_DAYPART.findall(day))
    return words if new.has_clock or new.daypart else words + daypart + hour[0]


def _figures(text: str, wrong: re.Match[str]) -> Pair | None:
    new = _FIGURE.match(text, wrong.end())
    before = [old for old in _FIGURE.finditer(text, 0, wrong.start()) if new and old.groups() == new.groups()]
    if new is None:
        new = _ROOM.match(text, wrong.end())
        before = [*_ROOM.finditer(text, 0, wrong.start())]
    return (*before[-1].span(), new.end(), new[0]) if new and before else None


def _shared(one: str, other: str) -> int:
    """Return how many characters two texts begin with alike."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _spliced(tidied: Tidied, pieces: list[tuple[int, int] | str]) -> Tidied:
    """Return the pieces one after the other, with the spaces that stood in them."""
    text, breaks = "", set()
    for piece in pieces:
        if isinstance(piece, str):
            text += piece
            continue
        low, high = piece
        breaks |= {at - low + len(text) for at in tidied.breaks if low <= at < high}
        text += tidied.text[low:high]
    return Tidied(text, frozenset(at for at in breaks if at), tidied.mentioned)
