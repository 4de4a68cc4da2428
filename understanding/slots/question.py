"""The words that a question is about: the rules (as asked), or how the program is used (what is to be done)."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from understanding.slots.filling import Filling

_EDGES = "，。；：！？、 \n\"'《》"
_LEAST = 4
"""A question of fewer characters is none."""
_PART = re.compile(
    "[，。 ]?[你您]?(?:给我|帮我)(?:查一?查|看一?看|说一?说|讲一?讲|[查看说]一?下|解释一?下)$"
    "|[呢啊呀哦哈呗嘞噢哇，。！？ ]+$|(?:来着|谢谢[你您]?了?|多谢)$"
)
_LEADS = re.compile("(?:小|支部)?助手|话说|哎|那个|嗯|你好|您好|麻烦|劳驾|打扰|不好意思")
_TAUGHT = re.compile(
    "不太?会(?:用|弄|操作|使)?(?P<undone>[^，。？]{2,12})|教(?:教|一?下|会)?我?(?:怎么|如何)?(?P<taught>[^，。？]{2,12})"
    "|(?P<manual>[^，。？]{2,8}?)的?(?:使用)?(?:说明|教程|步骤|流程|手册)"
)
_MAY = re.compile("^(?:才能|才可以|可以|能|去|来|用你|在这里?)+")
_WANTS = re.compile("我?(?:想|要|得|需要)|帮|给")


class _Words(NamedTuple):
    """The patterns of `asking.toml`."""

    greeting: re.Pattern[str]
    asking: re.Pattern[str]
    how: re.Pattern[str]
    before: re.Pattern[str]
    behind: re.Pattern[str]
    nothing: re.Pattern[str]


@lru_cache(maxsize=1)
def _words() -> _Words:
    data = tomllib.loads(resources.files(__package__).joinpath("asking.toml").read_text(encoding="utf-8"))
    of = {name: "(?:{})".format("|".join(words)) for name, words in data.items()}
    asking = (
        f"{of['wishing']}*{of['asking']}(?:一个|个|一下|下|一?句|[一件个]*事儿?|你们?|您|各位|大家|[哈啊呀吧哦])*"
        "(?:问题|事儿?|规定|规则|政策|条例)?[哈啊呀哦]?(?:[：，。 ]|(?<=[题问下教询道解查哈啊呀哦定则]))"
    )
    return _Words(
        re.compile(of["greeting"]),
        re.compile(asking),
        re.compile(f"{of['before_how']}*{of['how']}"),
        re.compile(f"^{of['before']}+"),
        re.compile(f"{of['behind']}+$"),
        re.compile(f"{of['nothing']}*"),
    )


def _ask(fill: Filling) -> None:
    fill.slots["topic"] = question(fill.marked.source)


def question(words: str) -> str:
    """Return a question without what leads to it (想请教一下，) and the particles behind it; 吗 and 不 stay."""
    known = _words()
    words = words.strip(_EDGES)
    start = 0
    while (found := known.greeting.match(words, start)) and len(words) - found.end() >= _LEAST:
        start = found.end()
    asking = known.asking.match(words, start) or known.asking.match(words)
    if asking and len(words) - asking.end() >= _LEAST:
        start = asking.end()
    elif asking is None:
        start = start if _LEADS.match(words) else 0
    words = words[start:].strip(_EDGES).lstrip("哈呀哦")
    while found := _PART.search(words):
        words = words[: found.start()]
    return words.strip(_EDGES)


def _help(fill: Filling) -> None:
    fill.slots["topic"] = matter(question(fill.marked.source))


def matter(words: str) -> str:
    """Return what is to be done in a question about the program (怎么给人补签: 给人补签), else empty words."""
    clauses = re.split("[，。？！ ]", words)
    for at in reversed(range(len(clauses))):
        said = _asked_in(clauses[at])
        if said:
            return said
        if said is not None and at and _WANTS.match(clauses[at - 1]) and (wanted := _cut(clauses[at - 1])):
            return wanted
    return ""


def _asked_in(clause: str) -> str | None:
    """Return the matter of one clause: empty where it asks how without a matter, None where it does not ask how."""
    found = _words().how.search(clause)
    if found:
        return _cut(clause[: found.start()]) or _cut(_MAY.sub("", clause[found.end() :]))
    taught = _TAUGHT.search(clause)
    return _cut(taught["undone"] or taught["taught"] or taught["manual"]) if taught else None


def _cut(words: str) -> str:
    """Return words without what stands around a matter; empty where nothing is left that names one."""
    known = _words()
    said = _PART.sub("", known.behind.sub("", known.before.sub("", words))).strip(_EDGES)
    return said if len(said) > 1 and not known.nothing.fullmatch(said) else ""


SPECIAL: dict[str, Callable[[Filling], None]] = {"rule.ask": _ask, "help": _help}
