"""Whoever waits for the writer may give up; the writer goes on."""

from __future__ import annotations

import asyncio
import threading

import pytest

from storage.database import Database
from storage.writer import Writer


@pytest.fixture
def writer(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'waits.db'}", "key")
    writer = Writer(database)
    writer.start()
    yield writer
    writer.stop()
    database.close()


def test_a_job_that_runs_is_finished_although_its_caller_gave_up(writer):
    begun, go_on, done = threading.Event(), threading.Event(), []

    def slow(tx):
        begun.set()
        go_on.wait(5)
        done.append(1)

    async def give_up():
        task = asyncio.create_task(writer.do(slow))
        await asyncio.to_thread(begun.wait, 5)
        task.cancel()
        go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        return await writer.do(lambda tx: "still here")

    assert asyncio.run(give_up()) == "still here"
    assert done == [1]


def test_a_job_that_was_given_up_while_it_waited_is_not_begun(writer):
    go_on, done = threading.Event(), []
    first = writer.submit(lambda tx: go_on.wait(5))
    second = writer.submit(lambda tx: done.append(2))
    third = writer.submit(lambda tx: done.append(3))
    assert second.cancel()
    go_on.set()
    assert first.result(5)
    third.result(5)
    assert done == [3]
