"""Whether words about the quiz want it ended: 停止每日一题, 别推每日一题了."""

from __future__ import annotations

import re

_STOP = re.compile("停|别再?[推发出给]|不[要用想必再][再推发出给看收]|取消|关闭|关[掉了]|撤[掉了销]")


def wants_stop(words: str) -> bool:
    """Return whether a sentence about the daily quiz asks to end it; what it is about must be known already."""
    return _STOP.search(words) is not None
