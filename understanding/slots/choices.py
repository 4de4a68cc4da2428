"""Which option, verdict or vote words choose."""

from __future__ import annotations

import re
from typing import Any

_VOTES = (
    (re.compile("弃权|放弃(?:投票|表决)"), "弃权"),
    (re.compile("反对|不(?:太|能|敢)?(?:同意|赞[成同]|支持|认可)"), "反对"),
    (re.compile("同[意义异议]|赞[成同]"), "同意"),
)
_SOFTER = (
    (re.compile("弃票|中立|不表态|不发表意见|都行|随大流"), "弃权"),
    (re.compile("不行|不可以|不妥|不通过|不赞|不投|否决"), "反对"),
    (re.compile("支持|没有?意见|[无没]有?异议|通过|可以|认可|拥护|没问题|同(?=$|[，。！吧了哈])|举手"), "同意"),
)
"""What says so where no option is named."""
_VERDICTS = (
    (re.compile("^[^A-Fa-f第]*(?:不对|(?<![选点看])错|×|打叉|叉)[^A-Fa-f第]*$"), False),
    (re.compile("^[^A-Fa-f第]*(?:[对正√]|打[勾钩])[^A-Fa-f第]*$"), True),
)
_CORRECTED = re.compile("不不|不对[，]?(?=[选是A-Fa-f])|改成|改选?|换成|换|还是|应该(?:是|选)|不是[^，]{1,6}，?是")
_NOT_CHOSEN = re.compile("(?:不是|不选|没选|排除|除了?|不要)[A-Fa-f第一二三四五六1-6个项、和]+")
_NUMBERS = re.compile(
    "第[一二三四五六1-6]|[一二三四五六1-6][个项号]"
    "|^(?:我?[选答填猜]|答案是?|应该是?)*[一二三四五六1-6](?:[、和，跟]?第?[一二三四五六1-6])*(?:吧|$|都|对)"
)
_STEMS = str.maketrans("甲乙丙丁", "ABCD")
_LETTER = re.compile("[A-Fa-f]")
_ORDER = {
    word: letter
    for letter, words in zip("ABCDEF", ("一1", "二2", "三3", "四4", "五5", "六6"), strict=True)
    for word in words
}


def choice(words: str, intent: str) -> Any:
    """Return the option letters, true or false, or the vote that the words mean."""
    for pattern, value in _VOTES if intent == "vote.cast" else _VERDICTS:
        if pattern.search(words):
            return value
    if intent == "vote.cast":
        return options(words) or next((value for pattern, value in _SOFTER if pattern.search(words)), [])
    return options(words)


def options(words: str) -> list[str]:
    """Return the options that an answer chooses: by letter, by number (第三项, 前两个), the last word counting."""
    said = _CORRECTED.split(words)[-1]
    said = _NOT_CHOSEN.sub("", said) or said
    if letters := _letters(said):
        return letters
    if first := re.search("前([两二三23])[个项]", said):
        return ["A", "B", "C"][: 3 if first[1] in "三3" else 2]
    numbers = re.findall("[一二三四五六1-6]", said) if _NUMBERS.search(said) else []
    return sorted({_ORDER[number] for number in numbers})


def _letters(words: str) -> list[str]:
    return sorted({letter.upper() for letter in _LETTER.findall(words.translate(_STEMS))})
