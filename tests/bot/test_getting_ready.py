"""What a started zhibu has ready, and what the garbage collector need not look through again."""

from __future__ import annotations

import gc

from bot.server import get_ready


def test_what_stays_is_out_of_the_collectors_rounds():
    try:
        get_ready()
        assert gc.get_freeze_count() > 10 * len(gc.get_objects())
    finally:
        gc.unfreeze()
