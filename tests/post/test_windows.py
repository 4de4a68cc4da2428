"""However messages come, no window ever holds more of them than its limit."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from bot.post.windows import Limit, Windows

BEGIN = datetime(2026, 3, 5, 2, 20, tzinfo=UTC)
SECOND = timedelta(seconds=1)
LIMITS = (Limit("door", 5, 1), Limit("chat", 1, 1), Limit("chat", 4, 10))


def busiest(times, seconds):
    """The most messages that any window of so many seconds, open at its end, holds."""
    window = timedelta(seconds=seconds)
    return max(sum(first <= each < first + window for each in times) for first in times)


@pytest.mark.parametrize("seed", range(5))
def test_no_window_is_ever_too_full(seed):
    chance = random.Random(seed)  # noqa: S311  no secret hangs on it
    windows = Windows({"door": LIMITS})
    waiting = [(BEGIN + chance.random() * 20 * SECOND, f"chat {chance.randrange(6)}") for _ in range(120)]
    sent = []
    while waiting:
        waiting.sort()
        now, chat = waiting.pop(0)
        wait = windows.wait("door", chat, now)
        if wait:
            waiting.append((now + wait, chat))
            continue
        windows.count("door", chat, now)
        sent.append((now, chat))
    assert len(sent) == 120
    assert busiest([at for at, _ in sent], 1) <= 5
    for chat in {chat for _, chat in sent}:
        times = [at for at, to in sent if to == chat]
        assert busiest(times, 1) == 1
        assert busiest(times, 10) <= 4


def test_another_chat_and_another_door_do_not_wait():
    windows = Windows({"door": (Limit("chat", 1, 1),)})
    windows.count("door", "one", BEGIN)
    assert windows.wait("door", "one", BEGIN) == SECOND
    assert windows.wait("door", "two", BEGIN) == timedelta()
    assert windows.wait("free", "one", BEGIN) == timedelta()


def test_several_wait_until_there_is_room_for_all_of_them():
    windows = Windows({"door": (Limit("door", 3, 10),)})
    for second in (0, 1):
        windows.count("door", "chat", BEGIN + second * SECOND)
    now = BEGIN + 2 * SECOND
    assert [windows.wait("door", "chat", now, count) / SECOND for count in (1, 2, 3, 9)] == [0, 8, 9, 9]


def test_the_topics_of_a_group_share_its_limit():
    windows = Windows({"door": (Limit("chat", 1, 1),)})
    windows.count("door", "-1/45", BEGIN)
    assert windows.wait("door", "-1/46", BEGIN) == windows.wait("door", "-1", BEGIN) == SECOND
    assert windows.wait("door", "-12", BEGIN) == timedelta()


def test_a_clock_that_is_put_back_makes_nobody_wait_for_it():
    windows = Windows({"door": (Limit("door", 2, 10),)})
    for second in (0, 5):
        windows.count("door", "chat", BEGIN + second * SECOND)
    back = BEGIN - timedelta(hours=1)
    assert windows.wait("door", "chat", back) == 10 * SECOND
    assert windows.wait("door", "chat", back + 10 * SECOND) == timedelta()


def test_where_a_door_is_full_each_branch_queues_behind_itself():
    windows = Windows({"door": (Limit("door", 2, 1), Limit("chat", 1, 1))})
    windows.count("door", "chat", BEGIN)
    assert windows.turn("door", 1, BEGIN, SECOND) == BEGIN + SECOND, "the door has room, the chat has not"
    windows.count("door", "other", BEGIN)
    turns = [windows.turn("door", branch, BEGIN, SECOND) for branch in (1, 1, 2, 1)]
    assert [(turn - BEGIN) / SECOND for turn in turns] == [1, 1.5, 1, 2]
