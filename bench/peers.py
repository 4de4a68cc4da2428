"""Other frameworks' bare echoes of the same encrypted callback, each in a process of its own, where they are installed.

They understand nothing and keep nothing. All stand ready at once, and who is not asked only waits.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

from bench.checkins import running
from bench.serving import WECOM

if TYPE_CHECKING:
    from collections.abc import Iterator

HEAR = "/"


@dataclass(frozen=True)
class Peer:
    """One of them: its name on the page, its module here, what must be installed, and how much faster we aim to be."""

    name: str
    module: str
    needs: tuple[str, ...]
    aim: float
    words: tuple[str, ...] = ()

    @property
    def installed(self) -> bool:
        """Whether it can be measured here."""
        return all(find_spec(package) for package in self.needs)


PEERS = (
    Peer("NoneBot2", "bench.peer_nonebot", ("nonebot", "fastapi"), 2),
    Peer("WeRoBot as it runs by default", "bench.peer_werobot", ("werobot", "waitress"), 1.2, ("waitress",)),
    Peer("WeRoBot with Tornado", "bench.peer_werobot", ("werobot", "tornado"), 1.2, ("tornado",)),
)
"""WeRoBot twice: by default it takes waitress, and its handler for Tornado is faster."""


@contextmanager
def echoing(peer: Peer) -> Iterator[int]:
    """Run its echo; yields its port."""
    with running(peer.module, *peer.words, WECOM["token"], WECOM["aes_key"], WECOM["corp_id"]) as port:
        yield port


@contextmanager
def all_echoing() -> Iterator[dict[str, int]]:
    """Run all that are installed; yields their ports by their names."""
    with ExitStack() as stack:
        yield {peer.name: stack.enter_context(echoing(peer)) for peer in PEERS if peer.installed}
