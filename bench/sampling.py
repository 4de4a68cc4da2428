"""Where the time goes: every few milliseconds it is noted which function each thread is in, and on whose behalf."""

from __future__ import annotations

import json
import sys
import threading
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import FrameType, TracebackType

EVERY = 0.002
WAITS = {"wait", "select", "_worker", "_run_once", "run_forever", "run", "_bootstrap", "_bootstrap_inner", "get"}
IDLE = WAITS | {"main", "serve", "_work"}
"""A thread whose innermost function is one of these waits for work."""
ROOT = str(Path(__file__).parents[1])


class Sampling:
    """Samples all threads while it is open, and writes the counts into a file as JSON."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.within: Counter[str] = Counter()
        self.total = 0

    def __enter__(self) -> Self:
        """Begin."""
        self._before = sys.getswitchinterval()
        sys.setswitchinterval(EVERY / 4)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End, and write."""
        self._done.set()
        self._thread.join()
        sys.setswitchinterval(self._before)
        self._path.write_text(json.dumps({"total": self.total, "within": self.within.most_common(200)}), "utf-8")

    def _watch(self) -> None:
        mine = threading.get_ident()
        while not self._done.wait(EVERY):
            for thread, frame in sys._current_frames().items():  # noqa: SLF001  there is no other way to see them
                if thread != mine and frame.f_code.co_name not in IDLE:
                    self._note(frame)

    def _note(self, frame: FrameType) -> None:
        self.total += 1
        seen = set()
        at: FrameType | None = frame
        while at is not None:
            code = at.f_code
            where = code.co_filename.removeprefix(ROOT + "/").rpartition("site-packages/")[2]
            seen.add(f"{where}:{code.co_name}")
            at = at.f_back
        self.within.update(seen)
