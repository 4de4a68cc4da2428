"""The slots of dues: who, for when, and how much."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from understanding.slots.plain import plain
from understanding.slots.report import EVERYBODY, stretch
from understanding.times.numbers import number

if TYPE_CHECKING:
    from collections.abc import Callable

    from understanding.slots.filling import Filling

_HAN = "[零〇一二两三四五六七八九十百千]"
_AMOUNT = re.compile(
    f"(?:[￥¥]|RMB|rmb)\\s?(?P<signed>\\d+(?:\\.\\d{{1,2}})?)|"
    f"(?P<figures>\\d+(?:\\.\\d{{1,2}})?)\\s?(?:元|块钱?|圆|rmb|RMB)(?P<jiao>[1-9](?!\\d))?"
    f"|(?P<han>{_HAN}{{1,9}})(?:元|块钱?|圆)(?P<hanjiao>[一二三四五六七八九五半](?!{_HAN}))?"
    f"|(?<![\\d.:年月])(?P<bare>\\d{{1,5}}(?:\\.\\d{{1,2}})?)(?![\\d.:年月日号季度个名位人]|小时)|"
    f"(?P<loose>{_HAN}*[百十千]{_HAN}*)(?!月|季|[年号日个名位])"
)
_SHORT = re.compile("([一二两三四五六七八九])([百千])([一二三四五六七八九])$")
_TENTH = {"半": 5}


def _amount(said: str) -> float | int:
    """Return an amount in yuan: 45, 45.5, 一百二十, and 一百二, which is a hundred and twenty."""
    if said[0].isdigit():
        return float(said) if "." in said else int(said)
    if short := _SHORT.fullmatch(said):
        said = short[1] + short[2] + short[3] + ("十" if short[2] == "百" else "百")
    return number(said)


def _with_places(fill: Filling) -> str:
    """Return the marked words with rooms written out: 100 between commas looks like one."""
    signs = list(fill.marked.text)
    for at, thing in fill.marked.behind.items():
        if thing.kind == "place":
            signs[at] = fill.said(thing)
    return "".join(signs)


def paid(fill: Filling) -> float | int | None:
    """Return the first amount that is said, in yuan; None where there is none."""
    for found in _AMOUNT.finditer(_with_places(fill)):
        name = next(name for name in ("signed", "figures", "han", "bare", "loose") if found[name])
        yuan = _amount(found[name])
        tenth = found["jiao"] or found["hanjiao"]
        if tenth:
            yuan += (_TENTH.get(tenth) or number(tenth)) / 10
        return yuan
    return None


def _record(fill: Filling) -> None:
    stretch(fill)
    plain(fill)
    fill.slots["amount"] = paid(fill)
    if not {"person"} & {*fill.slots, *fill.unsure} and re.search("本人|自己", fill.marked.source):
        fill.slots["person"] = "me"


def _show(fill: Filling) -> None:
    stretch(fill)
    plain(fill)
    if not {"person"} & {*fill.slots, *fill.unsure} and EVERYBODY.search(fill.marked.source):
        fill.slots["person"] = "all"


SPECIAL: dict[str, Callable[[Filling], None]] = {
    "dues.record": _record,
    "dues.show": _show,
}
