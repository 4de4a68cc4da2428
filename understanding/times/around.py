"""The words around an expression of time that make it a limit, a stretch or a range."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple


class Patterns(NamedTuple):
    """What follows or leads an expression: 到, 之前, 以后, 以内, 以来, 截至, 未来."""

    link: re.Pattern[str]
    before: re.Pattern[str]
    after: re.Pattern[str]
    within: re.Pattern[str]
    since: re.Pattern[str]
    until: re.Pattern[str]
    stretch: re.Pattern[str]


@cache
def patterns() -> Patterns:
    """Return the compiled patterns."""
    either = "(?:及以|及之|或之|或以|或|之|以)?"
    not_before = "(?![往台来面辈任期提排后进段述言景途沿方])"
    not_after = "(?![勤续台备面者来果代方天年日半厨门])"
    return Patterns(
        link=re.compile(r" ?(?:开始|起)?(?:一?直?到|至|-+|~) ?"),
        before=re.compile(rf"(?:[上下]班|放学|开会)?(?:{either}前{not_before}|为止|截止|止(?![血痛损]))"),
        after=re.compile(rf"(?:{either}|过)后{not_after}"),
        within=re.compile("[之以]?内(?![容部地蒙科存外涵])"),
        since=re.compile("以来|来(?=$|[,，的])"),
        until=re.compile("(?:截止|截至)(?:日期|时间|日)?(?:到|至|为|是|:)?$"),
        stretch=re.compile(
            "(?:(?P<coming>未来|接下来|今后|往后|之后|再过|(?<![超经通不])过|(?<![推往延向退之以])后|(?<!一)下)"
            "|过去|之前|最近|(?<![提之以])前|(?<![早晚以])上|(?<![将接附])近)的?$"
        ),
    )
