"""The little language of `sentences/*.toml`, compiled to regular expressions over marked words.

    (a|b)      one of these            [a|b]      one of these or nothing
    <word>     a list from words.toml  {slot}     a typed thing (a mark), or free words for a slot that has no mark
    {type:x|y} only these kinds        ~  …       a gap within a clause, of up to 8 or 30 characters
    ^  $       where the message (or its clause) begins and ends

Gaps and free words are bounded and never nested, so that matching takes bounded time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from understanding.words.things import MARKS, TYPES

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

FREE = {"reason", "text", "topic", "title", "item", "about", "name", "word"}
_SHORT = "[^，。；！？\n]{1,40}"
_LONG = "[\\s\\S]{1,400}"
_SPECIAL = "()[]{}<>|~…^$"
_BRACKET = re.compile(r"[()\[\]]")
_SPECIAL_SIGN = re.compile(r"[()\[\]{}<>~…^$]")
_NUMBER = "#?\\d{1,6}|[一二三四五六七八九十]{1,3}"
_LETTERS = "[A-Fa-f](?:[、，和 ]?[A-Fa-f]){0,5}"
_END = "(?=[，。；！？\n]|$)"
_START = "(?:^|(?<=[，。；！？\n]))"


class Malformed(ValueError):  # noqa: N818  it says what the template is
    """A template that cannot be read; the message says which and where."""


class Node(NamedTuple):
    """A part of a template: `kind` is text, slot, gap, edge, all (a sequence) or any (alternatives).

    `needs` are, for a named list, its words.
    """

    kind: str
    value: str = ""
    parts: tuple[Node, ...] = ()
    needs: frozenset[str] = frozenset()


def word_lists(data: Mapping[str, Sequence[str]]) -> dict[str, Node]:
    """Return the named lists of words as trees."""
    return {
        name: Node("any", parts=tuple(Node("text", word) for word in words), needs=frozenset(words))
        for name, words in data.items()
    }


def parse(template: str, words: Mapping[str, Node]) -> Node:
    """Return the template's tree; `words` are the named lists. Raises Malformed."""
    node, at = _alternatives(template, 0, words)
    if at != len(template):
        raise Malformed(f"{template}: unexpected {template[at]} at {at}")
    return node


def _alternatives(source: str, at: int, words: Mapping[str, Node]) -> tuple[Node, int]:
    several: list[Node] = []
    while True:
        parts, at = _sequence(source, at, words)
        several.append(Node("all", parts=parts))
        if at >= len(source) or source[at] != "|":
            break
        at += 1
    return (several[0] if len(several) == 1 else Node("any", parts=tuple(several))), at


def _sequence(source: str, at: int, words: Mapping[str, Node]) -> tuple[tuple[Node, ...], int]:
    parts: list[Node] = []
    while at < len(source) and source[at] not in "|)]":
        sign = source[at]
        if sign in "([":
            inner, at = _alternatives(source, at + 1, words)
            close = ")" if sign == "(" else "]"
            if at >= len(source) or source[at] != close:
                raise Malformed(f"{source}: {close} is missing")
            empty = Node("all")
            if sign == "(" and empty in (inner, *inner.parts):
                raise Malformed(f"{source}: an empty alternative")
            parts.append(inner if sign == "(" else Node("any", parts=(inner, empty)))
            at += 1
        elif sign in "{<":
            end = source.find("}" if sign == "{" else ">", at)
            if end < 0:
                raise Malformed(f"{source}: {sign} is not closed")
            parts.append(_named(source, source[at + 1 : end], sign, words))
            at = end + 1
        elif sign in "~…^$":
            parts.append(Node("gap" if sign in "~…" else "edge", sign))
            at += 1
        elif sign in "}>":
            raise Malformed(f"{source}: {sign} was not opened")
        else:
            end = at
            while end < len(source) and source[end] not in _SPECIAL:
                end += 1
            parts.append(Node("text", source[at:end]))
            at = end
    return tuple(parts), at


def _named(source: str, name: str, sign: str, words: Mapping[str, Node]) -> Node:
    if sign == "<":
        if name not in words:
            raise Malformed(f"{source}: no list of words <{name}>")
        return words[name]
    slot, _, kinds = name.partition(":")
    known = slot in FREE or slot in MARKS or slot in {"type", "number", "letters"}
    if not known or not set(filter(None, kinds.split("|"))) <= set(TYPES):
        raise Malformed(f"{source}: no slot {{{name}}}")
    return Node("slot", name)


@dataclass(frozen=True)
class Template:
    """A template as it stands in the data, read and compiled when it is first wanted.

    Reading raises Malformed.
    """

    intent: str
    source: str
    words: Mapping[str, Node] = field(repr=False)
    bonus: float = 0.0

    @cached_property
    def node(self) -> Node:
        """Its tree."""
        return parse(self.source, self.words)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Its regular expression."""
        return re.compile(_regex(self.node, []))

    @cached_property
    def musts(self) -> tuple[frozenset[str], ...]:
        """Sets of words of each of which one must be there; empty where none must."""
        return tuple(map(frozenset, _musts(self.source, self.words)))

    @cached_property
    def needs(self) -> frozenset[str]:
        """Words of which at least one must be there, the rarest such set; empty where none must."""
        return min(self.musts, key=_rank, default=frozenset())


def compile_template(
    intent: str, source: str, words: Mapping[str, Node], bonus: float = 0.0, *, must: bool = True
) -> Template:
    """Return the template ready to match. Raises Malformed where it would match without any word of its own."""
    template = Template(intent, source, words, bonus)
    if must and not template.musts:
        raise Malformed(f"{source}: nothing in it must be said")
    return template


def _regex(node: Node, names: list[str], *, last: bool = True) -> str:  # noqa: PLR0911  one return a kind of node
    """Return the pattern of a node; free words at the template's end (`last`) take all they can."""
    if node.kind == "text":
        return re.escape(node.value)
    if node.kind == "edge":
        return _START if node.value == "^" else "[了啊吧呢哈呀哦嘛的]{0,2}" + _END
    if node.kind == "gap":
        names.append("gap")
        longest, body = (8, "[^，。；！？\n]") if node.value == "~" else (30, ".")
        return f"(?P<gap_{len(names)}>{body}{{0,{longest}}}?)"
    if node.kind == "slot":
        slot, _, kinds = node.value.partition(":")
        names.append(slot)
        return f"(?P<{slot}_{len(names)}>{_slot(slot, kinds, last=last)})"
    if node.kind == "all":
        ends = len(node.parts) - 1
        return "".join(_regex(part, names, last=last and at == ends) for at, part in enumerate(node.parts))
    inner = [_regex(part, names, last=last) for part in node.parts]
    optional = "?" if inner[-1] == "" else ""
    inner = sorted(filter(None, inner), key=len, reverse=True)
    if optional:
        return f"(?:{'|'.join(inner)})?"
    return f"(?:{'|'.join(inner)})"


def _slot(slot: str, kinds: str, *, last: bool) -> str:  # noqa: PLR0911  one return a kind of slot
    if slot == "type":
        return f"[{''.join(MARKS[kind] for kind in (kinds.split('|') if kinds else TYPES))}]"
    if slot == "when":
        return f"{MARKS['when']}(?:[的，在]?{MARKS['when']})?"
    if slot in MARKS:
        return MARKS[slot]
    if slot == "number":
        return _NUMBER
    if slot == "letters":
        return _LETTERS
    if slot in {"item", "name", "word"}:
        return _SHORT if last else _SHORT + "?"
    return _LONG if last else _LONG + "?"


def _musts(source: str, words: Mapping[str, Node]) -> list[AbstractSet[str]]:
    """Return the words that each part of a template must have, without reading what is inside the brackets."""
    several: list[AbstractSet[str]] = []
    depth = start = 0
    for bracket in _BRACKET.finditer(source):
        if bracket[0] in "([":
            if not depth:
                several += _outside(source[start : bracket.start()], words)
                start = bracket.start()
            depth += 1
            continue
        depth -= 1
        if not depth:
            if source[start] == "(":
                several.append(_inside(source[start + 1 : bracket.start()], words))
            start = bracket.end()
    if depth or "|" in source[start:]:
        return [_needs(parse(source, words))]
    several += _outside(source[start:], words)
    return [needs for needs in several if needs]


def _outside(source: str, words: Mapping[str, Node]) -> list[AbstractSet[str]]:
    bare = source.strip("~…^$")
    if not _SPECIAL_SIGN.search(bare):
        return [{bare}] if bare else []
    return [_needs(part) for part in parse(bare, words).parts]


def _inside(source: str, words: Mapping[str, Node]) -> AbstractSet[str]:
    return _needs(parse(source, words)) if _SPECIAL_SIGN.search(source) else set(source.split("|"))


def _needs(node: Node) -> AbstractSet[str]:
    """Words of which one must stand in the text for the node to match; empty where none must."""
    if node.needs:
        return node.needs
    if node.kind == "text":
        return {node.value}
    if node.kind == "slot":
        slot, _, kinds = node.value.partition(":")
        if slot == "type":
            return {MARKS[kind] for kind in (kinds.split("|") if kinds else TYPES)}
        return {MARKS[slot]} if slot in MARKS else set()
    several = [_needs(part) for part in node.parts]
    if node.kind == "any":
        return set().union(*several) if all(several) else set()
    return min(filter(None, several), key=_rank, default=set())


def _rank(needs: AbstractSet[str]) -> tuple[bool, int, int]:
    """Rarest first: words before marks, long before short, few before many."""
    return (max(needs) >= "\ue000", -min(map(len, needs)), len(needs))


def sample(node: Node, chance: random.Random, fillers: Mapping[str, Sequence[str]]) -> str:
    """Return one sentence that the template means; `fillers` are words for each slot."""
    if node.kind == "text":
        return node.value
    if node.kind in {"gap", "edge"}:
        return ""
    if node.kind == "slot":
        return chance.choice(fillers[node.value if node.value in fillers else node.value.partition(":")[0]])
    if node.kind == "any":
        return sample(chance.choice(node.parts), chance, fillers)
    return "".join(sample(part, chance, fillers) for part in node.parts)


def all_of(node: Node) -> list[str]:
    """Every sentence of a template without slots (command words)."""
    if node.kind == "any":
        return [said for part in node.parts for said in all_of(part)]
    if node.kind == "all":
        return ["".join(said) for said in product(*(all_of(part) for part in node.parts))]
    return [node.value]
