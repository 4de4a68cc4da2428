"""Whether words want the quiz ended: 停止每日一题, 别推每日一题了, 不要再推题了."""

from __future__ import annotations

import re

_STOP = re.compile("停|别再?[推发出给]|不[要用想必再][再推发出给看收]|取消|关闭|关[掉了]|撤[掉了销]")
_QUIZ = re.compile("每日一题|每日答题|每天.{0,3}题|[推发出送]题|题目?的?推送")


def wants_stop(words: str) -> bool:
    """Return whether a sentence about the daily quiz asks to end it; what it is about must be known already."""
    return _STOP.search(words) is not None


def names_quiz(words: str) -> bool:
    """Return whether a sentence that ends something names the daily quiz."""
    return _QUIZ.search(words) is not None
