"""What a phrase is about: 讲党史的课, 纪律方面的资料 and 关于党章的题 name a subject, 党章那节课 is called it.

A phrase ends with the noun of the object (课, 资料, 题), which says nothing of the subject; before it stands how many
are meant (那篇, 几道). What is left is a name, unless words like 关于, 方面 or 的 make it the subject of something.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

STUDY = (
    "(?:学习|视频|音频|文字|课程|相关|线上|在线)*(?:材料|资料|文章|课件|课程|视频|音频|文件|书目|书籍|内容|微课|慕课|读本"
    "|学习包|资源|专题|目录|清单|列表|篇目|网课|片子|东西|课|书)"
)
"""What is studied."""
MANY = "(?:[一二两三四五六七八九十几\\d]+[篇个份节本部套道门堂期集场张组段]|[篇份](?!额)|个(?!人|体)|有?些|点)?"
_ABOUT = "(?:关于|有关|讲解?述?|介绍|涉及|围绕|针对|谈(?!话|心)|说(?!明))"
_KIN = "(?:方面|相关|有关|主题|专题|[这那]一?块儿?|这方面|(?<![这那])部分)"
_THAT = "(?:[那这](?:[一两三几]?[篇个份节本部套道门堂讲课集期场段]|部分)?|[一几两三][篇份节本部讲])"


class Subject(NamedTuple):
    """The subject where `about`, else a name, in `words`; `firm` where the phrase shows that it is one."""

    words: str
    about: bool
    firm: bool


@lru_cache(maxsize=8)
def _shapes(noun: str) -> tuple[tuple[re.Pattern[str], bool, bool], ...]:
    ends = f"(?:的?{_THAT}的?|的(?:{MANY}))?(?:{noun})?$"
    return (
        (re.compile(f"(?:(?:{noun}(?:[里中]|是|有)*)?{_ABOUT}|.*?关于)(?P<x>.{{2,30}}?){_KIN}?{ends}"), True, True),
        (re.compile(f"(?:[跟和与同])?(?P<x>.{{2,30}}?){_KIN}的?[都还也]?(?:有|[可能要该].)"), True, True),
        (re.compile(f"(?:[跟和与同])?(?P<x>.{{2,30}}?){_KIN}{ends}"), True, True),
        (re.compile(f"(?P<x>.{{2,40}}?)的?{_THAT}的?(?:{noun})?$"), False, True),
        (re.compile(f"(?P<x>.{{2,30}}?)的{MANY}(?:{noun})?$"), True, True),
        (re.compile(f"(?P<x>.{{2,30}}?)学习(?:{noun})$"), True, True),
    )


@lru_cache(maxsize=8)
def _behind(noun: str) -> re.Pattern[str]:
    """The noun where the rest of the clause says something else: 党史的课我看完了."""
    return re.compile(
        f"(?<=[^，]{{2}})(?<![会])(?:{noun})(?=[我你您他她能都有可给帮哪几还也已推找发列打放](?![国党展]))"
    )


def subject(phrase: str, noun: str = STUDY) -> Subject:
    """Return what a phrase, cut free of the command, is about or calls something, without the noun of the object."""
    if behind := _behind(noun).search(phrase):
        phrase = phrase[: behind.end()]
    for pattern, about, firm in _shapes(noun):
        if found := pattern.match(phrase):
            return Subject(found["x"], about, firm)
    return Subject(phrase, about=False, firm=False)
