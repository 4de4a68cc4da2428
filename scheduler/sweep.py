"""One sweep over what is due: in order, each alarm in a savepoint of its own, none dropped."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from scheduler.rings import RINGS
from services import alarms, deeds
from services.transactions import is_troubled
from vocabulary.permissions import clock
from vocabulary.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from services.alarms import Alarm
    from services.deeds import Means
    from services.transactions import Tx

log = logging.getLogger("zhibu.clock")
MOST = 200


def sweep(tx: Tx, fresh: Callable[[], Means]) -> int:
    """Ring what is due, at most so many a time; returns how many rang, so that the caller comes back for more.

    An alarm whose verb refuses (the meeting was cancelled) has done its work; one that breaks is logged and put out,
    so that it cannot stop those behind it.
    """
    due = alarms.due(tx, fresh().now, MOST)
    for alarm in due:
        ring(tx, alarm, fresh)
        alarms.done(tx, alarm)
    return len(due)


def ring(tx: Tx, alarm: Alarm, fresh: Callable[[], Means]) -> None:
    """Do what an alarm is for, as the Clock. What the database itself could not do is raised: it rings again."""
    verb = RINGS.get(alarm.kind)
    if verb is None:
        log.error("no verb for alarm %s of kind %s", alarm.id, alarm.kind)
        return
    try:
        deeds.do(tx, clock(alarm.branch_id), fresh(), verb, subject=alarm.subject, due_at=alarm.due_at)
    except Refusal as refusal:
        log.info("alarm %s %s: %s", alarm.id, alarm.kind, refusal.code)
    except Exception as error:
        if is_troubled(error):
            raise
        log.exception("alarm %s %s broke", alarm.id, alarm.kind)
