"""Which intent words most likely have, by what people have said before: a linear model over runs of characters.

The model is the file `likeliest.model`, made by `make train` from the labelled sentences
(`understanding.training`). It needs no library; it judges marked words (`understanding.words.marked`),
so that it knows no name, place or date.
"""

from __future__ import annotations

import math
import re
import struct
import sys
from array import array
from dataclasses import dataclass
from functools import lru_cache
from operator import add
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet

LONGEST_RUN = 3
"""Runs of one to so many characters are looked at."""
READ = 240
"""So many characters of a message are judged: what it wants is said in them."""
SCALE = 16
"""Weights are kept as whole sixteenths."""
HOPELESS = 9
"""An intent so far behind the likeliest (as a logarithm) has less than one chance in eight thousand."""
HEAD = struct.Struct("<4s8sIIII")
MAGIC = b"zbl1"
_LIFT, _HIGH = 128, 1 << 16
_SHARES = [math.exp(-behind / SCALE) for behind in range(HOPELESS * SCALE)]
_FIGURES = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Model:
    """Weights by run of characters; the weights of run `i` stand from `starts[i]` to `starts[i + 1]`.

    `taught` is the digest of the data that it was made from.
    """

    taught: bytes
    intents: tuple[str, ...]
    bias: array[int]
    runs: dict[str, int]
    starts: array[int]
    columns: array[int]
    weights: array[int]

    def packed(self) -> bytes:
        """Return the file's bytes."""
        words = "\0".join((*self.intents, *self.runs)).encode()
        counts = (len(self.intents), len(self.runs), len(self.columns), len(words))
        tables = (self.bias, self.starts, self.columns, self.weights)
        return HEAD.pack(MAGIC, self.taught, *counts) + words + b"".join(table.tobytes() for table in tables)


def unpacked(data: bytes) -> Model:
    """Return the model of a file's bytes. Raises ValueError where it is no such file."""
    magic, taught, intents, runs, weights, words = HEAD.unpack_from(data)
    if magic != MAGIC:
        raise ValueError("not a model of ours")
    at = HEAD.size + words
    names = data[HEAD.size : at].decode().split("\0")
    tables = []
    for kind, size in (("h", intents), ("I", runs + 1), ("B", weights), ("b", weights)):
        table = array(kind)
        table.frombytes(data[at : at + size * table.itemsize])
        at += size * table.itemsize
        tables.append(table)
    bias, starts, columns, values = tables
    known = dict(zip(names[intents:], range(runs), strict=True))
    return Model(taught, tuple(names[:intents]), bias, known, starts, columns, values)


@lru_cache(maxsize=1)
def model() -> Model:
    """Return the model; the first call opens it."""
    return unpacked(Path(__file__).with_name("likeliest.model").read_bytes())


def runs(marked: str, opened: Iterable[str] = ()) -> set[str]:
    """Return what the model looks at: the runs of characters of marked words, and what is open where they are said."""
    words = f"^{_FIGURES.sub('0', marked[:READ].lower())}$"
    several = list(words)
    found = {f"open {name}" for name in opened}.union(several)
    for longer in range(1, LONGEST_RUN):
        several = list(map(add, several, words[longer:]))
        found.update(several)
    return found


class _Sums:
    """Adds up the weights of many runs at once: each run is one large number with a lane of 32 bits for each intent.

    A run's number is made when it is first seen. In every lane stands the weight and `_LIFT`, or the bias
    and `_HIGH`, so that none is negative.
    """

    def __init__(self, known: Model) -> None:
        self.known = known
        self._numbers = [0] * len(known.runs)
        self._plain = [_LIFT] * len(known.intents)
        self._bias = self._packed(array("I", (_HIGH + bias for bias in known.bias)))

    def _number(self, at: int) -> int:
        lanes = array("I", self._plain)
        first, last = self.known.starts[at], self.known.starts[at + 1]
        for column, weight in zip(self.known.columns[first:last], self.known.weights[first:last], strict=True):
            lanes[column] += weight
        number = self._numbers[at] = self._packed(lanes)
        return number

    @staticmethod
    def _packed(lanes: array[int]) -> int:
        return int.from_bytes(lanes.tobytes(), sys.byteorder)

    def of(self, found: AbstractSet[str]) -> array[int]:
        """Return, by intent, the sum of the weights of the runs that are known and of the bias, all lifted alike."""
        numbers, known = self._numbers, map(self.known.runs.get, found)
        total = sum([numbers[at] or self._number(at) for at in known if at is not None], self._bias)
        lanes = array("I")
        lanes.frombytes(total.to_bytes(len(self._plain) * lanes.itemsize, sys.byteorder))
        return lanes


@lru_cache(maxsize=1)
def _sums() -> _Sums:
    return _Sums(model())


def likeliest(marked: str, opened: Iterable[str] = ()) -> Mapping[str, float]:
    """Return how likely each intent is (0 to 1), `none` among them, the likeliest first; the hopeless are left out."""
    return _likeliest(marked, tuple(opened))


@lru_cache(maxsize=32)
def _likeliest(marked: str, opened: tuple[str, ...]) -> Mapping[str, float]:
    """The same for a message and its clauses, which are asked about more than once."""
    known = model()
    sums = _sums().of(runs(marked, opened))
    most = max(sums)
    least = most - HOPELESS * SCALE
    hopeful = [(one, at) for at, one in enumerate(sums) if one > least]
    hopeful.sort(reverse=True)
    shares = [_SHARES[most - one] for one, _ in hopeful]
    whole = sum(shares)
    return {known.intents[at]: share / whole for (_, at), share in zip(hopeful, shares, strict=True)}
