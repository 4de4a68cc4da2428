"""What waits goes out: in order, at least once, where its reader can be reached, and no faster than a door takes it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest
from office import MINUTE, NOW, OWNER, SECOND, WANG, Inlet, O, Office, line
from sqlalchemy import func, insert, select

from bot.post.postman import PAGE, STILL
from bot.post.windows import Limit
from handlers.registry import LIVE
from services import letters
from services.post import Post
from storage import tables
from vocabulary.delivery import Moved, Undelivered
from vocabulary.messages import Can, Card, Chat, Incoming, Live, Text


class Full:
    """A writer that can write nothing down."""

    async def do(self, _job):
        raise OSError("the disk is full")


@pytest.fixture
def office(database, writer):
    return Office(database, writer)


def test_a_chat_gets_its_messages_in_order(office):
    for number in range(20):
        office.write(line(f"w{number}"))
        office.write(line(f"t{number}"), to=("telegram", f"c-{number % 3}"))
    assert office.drain() == 40
    assert office.web.words() == [f"w{number}" for number in range(20)]
    for chat in range(3):
        assert office.telegram.words(f"c-{chat}") == [f"t{number}" for number in range(20) if number % 3 == chat]
    assert set(office.rows()) == {("sent", "")}


def test_a_reply_names_what_it_answers_where_that_was_said(office, count):
    said = Incoming("web", Chat("web", "c-1", "group"), "wang", "m-9", NOW, "签到")
    inbox = office.writer.run(lambda tx: letters.take_in(tx, said, NOW))
    office.write(Live("test.card", 1), reply_to=inbox)
    office.write(line("whispered"), to=("web", "p:7"), reply_to=inbox)
    office.write(line("of its own"))
    office.drain()
    count["n"] += 1
    office.run(lambda post: post.touch("test.card:1"))
    office.later(MINUTE)
    assert office.web.answered == {"count 1": "m-9", "whispered": None, "of its own": None, "count 2": None}


def test_what_follows_a_delayed_message_waits_too_but_other_chats_do_not(office):
    office.telegram.troubles["slow"] = [Undelivered("limited", retry_after=30)]
    for number in range(3):
        office.write(line(f"s{number}"), to=("telegram", "slow"))
        office.write(line(f"q{number}"), to=("telegram", "quick"))
    office.drain()
    assert office.telegram.words("quick") == ["q0", "q1", "q2"]
    office.later(29 * SECOND)
    office.write(line("s3"), to=("telegram", "slow"))
    assert office.telegram.words("slow") == []
    office.later(SECOND)
    assert office.telegram.words("slow") == ["s0", "s1", "s2", "s3"]
    assert {at for chat, *_, at in office.telegram.arrived if chat == "slow"} == {NOW + 30 * SECOND}


def test_what_is_written_after_a_restart_overtakes_nothing_that_is_late(office):
    office.account("web", used=1)
    for chat in ("c", f"p:{WANG}"):
        office.web.troubles[chat] = [Undelivered("limited", retry_after=30)]
    office.write(line("c0"), to=("web", "c"))
    office.run(lambda post: post.to_person(WANG, line("p0")))
    office.drain()
    office.postman = office.another()
    office.write(line("c1"), to=("web", "c"))
    office.run(lambda post: post.to_person(WANG, line("p1")))
    office.drain()
    assert office.web.words() == []
    office.later(30 * SECOND)
    assert (office.web.words("c"), office.web.words(f"p:{WANG}")) == (["c0", "c1"], ["p0", "p1"])


def test_a_persons_messages_wait_for_the_chat_where_they_are_read(office):
    office.account("telegram", used=1)
    office.telegram.troubles[f"p:{WANG}"] = [Undelivered("limited", retry_after=30)]
    office.write(line("answer"), to=("telegram", f"p:{WANG}"))
    office.run(lambda post: post.to_person(WANG, line("notice")))
    office.drain()
    assert office.telegram.words() == []
    office.later(30 * SECOND)
    assert office.telegram.words() == ["answer", "notice"]


def test_a_platform_that_is_down_is_tried_again_ever_later_and_then_given_up(office):
    office.telegram.troubles["c"] = [Undelivered("down") for _ in range(99)]
    office.write(line("lost"), to=("telegram", "c"))
    office.drain()
    tries = []
    for _ in range(11):
        with office.database.read() as tx:
            due = letters.next_due(tx)
        tries.append((due - office.clock.now()) / SECOND)
        office.later(due - office.clock.now())
    assert tries == [2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600]
    assert office.rows() == [("failed", "down")]


def test_a_message_that_is_too_late_is_not_sent(office):
    office.write(line("old"), expires_at=NOW + MINUTE, due_at=NOW + 2 * MINUTE)
    office.write(line("new"), expires_at=NOW + 3 * MINUTE, due_at=NOW + 2 * MINUTE)
    office.later(2 * MINUTE)
    assert office.web.words() == ["new"]
    assert office.rows() == [("dropped", "expired"), ("sent", "")]


def test_a_long_letter_that_breaks_off_goes_on_where_it_broke(office):
    office.telegram.can = Can(text_bytes=30)
    sentences = [f"第{number}句话说完了。" for number in range(4)]
    office.telegram.troubles["c"] = [None, Undelivered("down"), Undelivered("limited", retry_after=60)]
    office.write(Text("words.plain", {"line": "".join(sentences)}), to=("telegram", "c"))
    office.drain()
    assert office.telegram.words("c") == sentences[:1]
    office.later(MINUTE)
    office.later(MINUTE)
    assert office.telegram.words("c") == sentences
    assert [state for state, _ in office.rows()] == ["sent"]


def test_killed_between_sending_and_writing_down_it_is_sent_again(office):
    office.write(line("a"))
    office.postman.writer = Full()  # the kill: nothing is written down
    with pytest.raises(OSError, match="full"):
        office.drain()
    assert office.rows() == [("pending", "")]
    asyncio.run(office.another().drain())
    assert office.web.words() == ["a", "a"]
    assert office.rows() == [("sent", "")]


def test_what_cannot_be_written_down_is_not_sent_again_and_again(office):
    office.write(line("a"))
    office.postman.writer = Full()
    for _ in range(5):
        with pytest.raises(OSError, match="full"):
            office.drain()
    office.write(line("b"))
    office.postman.writer = office.writer
    office.drain()
    assert office.web.words() == ["a", "b"]
    assert office.rows() == [("sent", ""), ("sent", "")]


def test_a_door_that_breaks_spoils_no_other_message(office):
    office.web.troubles["c-1"] = [ValueError("a fault of ours")]
    office.write(line("a"))
    office.write(line("b"), to=("web", "c-2"))
    office.drain()
    assert (office.web.words("c-1"), office.web.words("c-2")) == ([], ["b"])
    office.later(2 * SECOND)
    assert office.web.words() == ["b", "a"]


def test_a_message_without_words_is_given_up_alone(office):
    office.account("web", used=1)
    office.run(lambda post: post.to_person(WANG, Text("no.such.text")))
    office.write(line("b"))
    office.drain()
    assert office.rows() == [("failed", "unworded"), ("sent", "")]
    assert office.reachable() == {"web"}


def test_what_cannot_be_worded_because_the_database_is_troubled_waits_until_it_is_not(office, count):
    locked = sqlite3.OperationalError("database is locked")
    locked.sqlite_errorcode = sqlite3.SQLITE_BUSY
    composed = LIVE["test.card"]

    def troubled(_tx, _subject):
        raise locked

    LIVE["test.card"] = troubled
    office.write(Live("test.card", 1))
    with pytest.raises(sqlite3.OperationalError):
        office.drain()
    LIVE["test.card"] = composed
    office.drain()
    assert (office.web.words(), office.rows()) == (["count 1"], [("sent", "")])


def test_a_chat_that_moved_gets_its_messages_at_its_new_place(office):
    office.telegram.troubles["old"] = [Moved("new")]
    for number in range(3):
        office.write(line(f"m{number}"), to=("telegram", "old"))
    office.drain()
    assert office.telegram.words("new") == ["m0", "m1", "m2"]
    assert office.telegram.words("old") == []


def test_two_that_drain_at_once_send_once(office):
    for number in range(30):
        office.write(line(f"m{number}"), to=("web", f"c-{number}"))

    async def both():
        await asyncio.gather(office.postman.drain(), office.postman.drain())

    asyncio.run(both())
    assert max(Counter(office.web.words()).values()) == 1
    assert len(office.web.arrived) == 30


@pytest.fixture
def count():
    """A live card that shows a number."""
    shown = {"n": 1}
    LIVE["test.card"] = lambda _tx, subject: Card((line(f"count {shown['n']}"),), slot=f"test.card:{subject}")
    yield shown
    del LIVE["test.card"]


def test_changes_of_a_card_are_gathered_into_one_edit(office, count):
    office.write(Live("test.card", 1))
    office.drain()
    for _ in range(5):
        count["n"] += 1
        office.run(lambda post: post.touch("test.card:1"))
    office.drain()
    office.run(lambda post: post.touch("test.card:1"))
    office.drain()
    assert [(words, replaces) for _, words, replaces, _ in office.web.arrived] == [
        ("count 1", None),
        ("count 6", "web-1"),
    ]


def test_a_card_stands_still_for_a_moment_after_a_change(office, count):
    office.write(Live("test.card", 1))
    office.drain()
    for _ in range(3):
        count["n"] += 1
        office.run(lambda post: post.touch("test.card:1"))
        office.look(still=STILL * 1000)
    assert office.web.words() == ["count 1", "count 2"]
    office.drain()
    assert office.web.words() == ["count 1", "count 2", "count 4"]


def test_a_door_may_want_a_card_to_stand_still_for_longer(office, count):
    office.web.can = Can(edit_seconds=50)
    office.write(Live("test.card", 1))
    office.drain()
    for _ in range(3):
        count["n"] += 1
        office.run(lambda post: post.touch("test.card:1"))
        office.look(still=0.0001)
    assert office.web.words() == ["count 1", "count 2"]


def test_where_a_card_cannot_change_a_line_tells_it_at_most_twice_a_minute(office, count):
    LIVE["test.card"] = lambda _tx, subject: Card(
        (line("card"),), slot=f"test.card:{subject}", line=line(f"now {count['n']}")
    )
    office.web.can = Can(edits=False)
    office.write(Live("test.card", 1))
    office.drain()
    for second in range(1, 65):
        office.clock.set(NOW + second * SECOND)
        count["n"] += 1 if second < 50 else 0
        office.run(lambda post: post.touch("test.card:1"))
        office.drain()
    told = [(words, (at - NOW).seconds, replaces) for _, words, replaces, at in office.web.arrived]
    assert told == [("card", 0, None), ("now 31", 30, None), ("now 50", 60, None)]


def test_where_a_card_cannot_change_and_has_no_line_nothing_is_said(office, count):
    office.web.can = Can(edits=False)
    office.write(Live("test.card", 1))
    office.drain()
    count["n"] += 1
    office.clock.set(NOW + MINUTE)
    office.run(lambda post: post.touch("test.card:1"))
    office.drain()
    assert office.web.words() == ["count 1"]


@pytest.fixture
def told(office, count):
    """A live card at a door that cannot change it; the function touches it, after a while, and says what was said."""
    LIVE["test.card"] = lambda _tx, subject: Card(
        (line("card"),), slot=f"test.card:{subject}", line=line(f"now {count['n']}")
    )
    office.web.can = Can(edits=False)

    def touch(more=0, after=MINUTE):
        count["n"] += more
        office.clock.set(office.clock.now() + after)
        office.run(lambda post: post.touch("test.card:1"))
        office.drain()
        return office.web.words()

    return touch


def test_a_card_keeps_its_id_when_a_line_tells_of_it(office, told):
    office.write(Live("test.card", 1))
    office.drain()
    assert told(more=1) == ["card", "now 2"]
    assert asyncio.run(office.postman.card_now(Chat("web", "c-1", "group"), "web-1")).text == "card"


def test_a_change_of_which_nothing_is_said_delays_no_line(office, told):
    office.write(Live("test.card", 1))
    office.drain()
    assert told(more=1) == told() == ["card", "now 2"]
    assert told(more=1, after=SECOND) == ["card", "now 2", "now 3"]


def test_a_card_that_was_touched_while_it_was_sent_stays_where_it_is(office, told):
    office.account("web", used=1)
    office.run(lambda post: post.to_person(WANG, Live("test.card", 1)))
    send = office.web.send

    async def meanwhile(chat, message):
        office.web.send = send
        await asyncio.to_thread(office.run, lambda post: post.touch("test.card:1"))
        return await send(chat, message)

    office.web.send = meanwhile
    office.drain()
    assert office.web.words() == ["card"], "the line waits"
    office.account("telegram", used=0)
    office.later(MINUTE)
    assert (office.web.words(), office.telegram.words()) == (["card", "now 1"], [])


@pytest.mark.parametrize("why", ["blocked", "gone", "refused", "unbound"])
def test_where_one_door_fails_another_takes_it(office, why):
    office.account("telegram", used=1)
    office.account("web", used=9)
    office.telegram.troubles[f"p:{WANG}"] = [Undelivered(why)]
    for text in ("one", "two"):
        office.run(lambda post, text=text: post.to_person(WANG, line(text)))
    office.drain()
    assert (office.telegram.words(), office.web.words()) == (["two"], ["one"])
    assert office.reachable() == {"web"}
    office.run(lambda post: post.to_person(WANG, line("three")))
    office.drain()
    assert office.web.words() == ["one", "three"]
    office.writer.run(lambda tx: letters.spoke(tx, "telegram", f"telegram-{WANG}", office.clock.now()))
    office.run(lambda post: post.to_person(WANG, line("four")))
    office.drain()
    assert office.telegram.words() == ["two", "four"]
    assert {state for state, _ in office.rows()} == {"sent"}


def test_where_none_is_left_it_fails_as_the_last_door_says(office):
    office.account("telegram", used=1)
    office.account("web", used=9)
    office.telegram.troubles[f"p:{WANG}"] = [Undelivered("blocked")]
    office.web.troubles[f"p:{WANG}"] = [Undelivered("gone")]
    office.run(lambda post: post.to_person(WANG, line("one")))
    office.drain()
    assert office.rows() == [("failed", "gone")]
    assert office.reachable() == set()
    office.run(lambda post: post.to_person(WANG, line("two")))
    office.drain()
    assert office.telegram.words() == ["two"], "whoever is nowhere reachable is tried where they were last"


def test_a_door_that_is_not_open_any_more_is_passed_over(office):
    office.account("wecom", used=1)
    office.account("web", used=9)
    office.run(lambda post: post.to_person(WANG, line("one")))
    office.drain()
    assert office.web.words() == ["one"]


def test_a_group_that_fails_is_told_nowhere_else(office):
    office.account("web", used=1)
    office.telegram.troubles["g"] = [Undelivered("gone")]
    office.write(line("one"), to=("telegram", "g"))
    office.drain()
    assert (office.rows(), office.web.words()) == ([("failed", "gone")], [])


def test_who_was_not_reached_is_reported_once_every_other_way_was_tried(office):
    office.account("telegram", used=1)
    office.account("web", used=1, person=OWNER)
    office.telegram.troubles[f"p:{WANG}"] = [Undelivered("blocked")]

    def tell(post):
        for key in (WANG, OWNER):
            with post.tx.guard.key():
                row = {"id": key, "branch_id": 1, "name": f"n{key}", "status": "full"}
                post.tx.conn.execute(insert(tables.people), row)
        post.batch("b", OWNER, line("by hand"))
        post.to_person(WANG, line("one"), batch="b")

    office.run(tell)
    office.drain()
    report, forward = office.web.words()
    assert f"n{WANG}" in report
    assert forward == "by hand"


def test_the_limits_hold_however_much_waits(database, writer):
    office = Office(database, writer, {"telegram": (Limit("door", 5, 1), Limit("chat", 1, 1), Limit("chat", 3, 20))})
    for number in range(24):
        office.write(line(f"m{number}"), to=("telegram", f"c-{number % 4}"))
    for _ in range(200):
        office.drain()
        with office.database.read() as tx:
            due = letters.next_due(tx)
        if due is None:
            break
        office.clock.set(due)
    sent = [(chat, at) for chat, _, _, at in office.telegram.arrived]
    assert len(sent) == 24
    for chat in {chat for chat, _ in sent}:
        times = [at for to, at in sent if to == chat]
        assert min(b - a for a, b in pairwise(times)) >= SECOND
        assert all(b - a >= 20 * SECOND for a, b in zip(times, times[3:], strict=False))
        assert office.telegram.words(chat) == [f"m{number}" for number in range(24) if f"c-{number % 4}" == chat]
    assert max(sum(first <= at < first + SECOND for _, at in sent) for _, first in sent) <= 5


def test_the_limits_hold_beyond_the_programs_end(database, writer):
    office = Office(database, writer, {"telegram": (Limit("chat", 3, 20),)})
    for number in range(6):
        office.write(line(f"m{number}"), to=("telegram", "c"))
    office.drain()
    office.clock.set(NOW + 5 * SECOND)
    office.postman = office.another()
    office.write(line("m6"), to=("telegram", "c"))
    office.later(5 * SECOND)
    assert office.telegram.words() == ["m0", "m1", "m2"]
    office.later(10 * SECOND)
    assert office.telegram.words() == [f"m{number}" for number in range(6)]


def test_the_pieces_of_a_long_message_keep_to_the_limit_too(database, writer):
    office = Office(database, writer, {"telegram": (Limit("chat", 1, 1),)})
    office.telegram.can = Can(text_bytes=100)
    office.write(line("x" * 250), to=("telegram", "c"))
    office.drain()
    assert "".join(office.telegram.words()) == "x" * 250
    assert [at - NOW for *_, at in office.telegram.arrived] == [0 * SECOND, SECOND, 2 * SECOND]


def test_stopped_it_finishes_what_it_is_sending(office):
    for number in range(10):
        office.write(line(f"m{number}"), to=("web", f"c-{number}"))

    async def shut():
        working = asyncio.create_task(office.postman.work())
        await asyncio.sleep(0.01)
        await office.postman.stop()
        await asyncio.wait_for(working, 5)

    asyncio.run(shut())
    with office.database.read() as tx:
        written = tx.value(select(func.count()).select_from(O).where(O.c.state == "sent"))
    assert written == len(office.web.arrived)


class Hanging(Inlet):
    """A door that does not answer before it is let."""

    def __init__(self, name, clock, can=None):
        super().__init__(name, clock, can)
        self.let, self.asked = asyncio.Event(), 0

    async def send(self, chat, message):
        self.asked += 1
        await self.let.wait()
        return await super().send(chat, message)


async def until(true):
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110  a condition of many kinds
            await asyncio.sleep(0.005)


def test_a_platform_that_does_not_answer_holds_up_no_other_and_nothing_is_sent_twice(office):
    hanging = office.postman.doors["telegram"] = Hanging("telegram", office.clock)
    office.account("telegram", used=1)
    office.account("web", used=9)
    office.run(lambda post: post.to_person(WANG, line("hangs")))

    async def scene():
        working = asyncio.create_task(office.postman.work())
        await until(lambda: hanging.asked)
        office.write(line("behind"), to=("telegram", f"p:{WANG}"))
        office.write(line("quick"))
        office.writer.run(lambda tx: letters.spoke(tx, "web", f"web-{WANG}", office.clock.now()))
        office.postman.wake()
        await until(lambda: ("sent", "") in office.rows())
        between = office.web.words(), hanging.asked, office.rows()
        hanging.let.set()
        await until(lambda: office.rows() == [("sent", "")] * 3)
        await office.postman.stop()
        await working
        return between

    between = asyncio.run(scene())
    assert between == (["quick"], 1, [("pending", ""), ("pending", ""), ("sent", "")])
    assert (office.web.words(), hanging.words()) == (["quick"], ["hangs", "behind"])


def test_shut_while_a_platform_does_not_answer_it_breaks_that_off(office):
    hanging = office.postman.doors["telegram"] = Hanging("telegram", office.clock)
    office.write(line("hangs"), to=("telegram", "c"))

    async def scene():
        working = asyncio.create_task(office.postman.work())
        await until(lambda: hanging.asked)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(office.postman.stop(), 0.01)
        await working
        hanging.let.set()
        await asyncio.sleep(0.01)

    asyncio.run(scene())
    assert (hanging.words(), office.rows()) == ([], [("pending", "")])


class Slow(Hanging):
    """A door that does not answer to what is no number."""

    async def send(self, chat, message):
        if message.text.isdecimal():
            return await Inlet.send(self, chat, message)
        return await super().send(chat, message)


def test_killed_in_the_midst_of_a_chat_it_says_nothing_again_that_had_arrived(office):
    slow = office.postman.doors["telegram"] = Slow("telegram", office.clock)
    for words in ("1", "2", "hangs"):
        office.write(line(words), to=("telegram", "c"))

    async def killed():
        working = asyncio.create_task(office.postman.work())
        await until(lambda: slow.asked and ("pending", "") not in office.rows()[:2])
        working.cancel()

    asyncio.run(killed())
    assert office.rows() == [("sent", ""), ("sent", ""), ("pending", "")]


def test_shut_in_the_midst_of_a_chat_it_begins_no_more_and_has_written_down_what_went_out(office):
    slow = office.postman.doors["telegram"] = Slow("telegram", office.clock)
    for words in ("1", "hangs", "3"):
        office.write(line(words), to=("telegram", "c"))

    async def scene():
        working = asyncio.create_task(office.postman.work())
        await until(lambda: slow.asked)
        office.postman.stopped = True
        slow.let.set()
        await office.postman.stop()
        await working

    asyncio.run(scene())
    assert slow.words() == ["1", "hangs"]
    assert office.rows() == [("sent", ""), ("sent", ""), ("pending", "")]


def test_a_crowd_at_a_platform_that_does_not_answer_hides_nothing_behind_it(office):
    hanging = office.postman.doors["telegram"] = Hanging("telegram", office.clock)
    office.account("telegram", used=1)
    office.account("web", used=1, person=OWNER)
    for number in range(PAGE):
        office.write(line("crowd"), to=("telegram", f"c-{number}"))
    for _ in range(2 * PAGE):
        office.run(lambda post: post.to_person(WANG, line("crowd")))
    office.run(lambda post: post.to_person(OWNER, line("quick")))

    async def scene():
        working = asyncio.create_task(office.postman.work())
        await until(office.web.words)
        working.cancel()

    asyncio.run(scene())
    assert (office.web.words(), hanging.words()) == (["quick"], [])


def test_the_pieces_of_a_long_message_hold_up_no_other_chat(database, writer):
    office = Office(database, writer, {"telegram": (Limit("chat", 1, 1),)})
    office.telegram.can = Can(text_bytes=100)
    for chat in ("long", "short"):
        office.write(line("x" * (250 if chat == "long" else 9)), to=("telegram", chat))
    pausing = asyncio.Event()
    office.postman.pause = lambda _seconds: pausing.wait()

    async def scene():
        working = asyncio.create_task(office.postman.work())
        await until(lambda: len(office.telegram.arrived) == 2)
        office.write(line("later"), to=("web", "c"))
        office.postman.wake()
        await until(office.web.words)
        working.cancel()

    asyncio.run(scene())
    assert sorted(office.telegram.words()) == ["x" * 9, "x" * 100]


def test_nothing_overtakes_a_message_that_waits_for_its_turn(database, writer):
    office = Office(database, writer, {"telegram": (Limit("chat", 1, 1),)})
    office.write(line("0"), to=("telegram", "c"))
    office.drain()
    for number in (1, 2):
        office.write(line(str(number)), to=("telegram", "c"))
    office.drain()  # both wait for 1 s
    office.write(line("3"), to=("telegram", "c"))
    gather = office.postman._gather

    def slowly(*args):
        found = gather(*args)
        office.clock.set(NOW + 2 * SECOND)  # meanwhile the chat may be written to again
        return found

    office.postman._gather = slowly
    asyncio.run(office.postman.drain())
    office.postman._gather = gather
    for _ in range(3):
        office.later(SECOND)
    assert office.telegram.words() == ["0", "1", "2", "3"]


def test_a_crowd_of_one_branch_keeps_no_other_waiting(database, writer):
    office = Office(database, writer, {"telegram": (Limit("door", 10, 1),)})
    for number in range(300):
        office.write(line("crowd"), to=("telegram", f"c-{number}"))
    looked = []
    deliver = office.postman._deliver

    async def counted(door, letter, words):
        looked.append(letter.id)
        return await deliver(door, letter, words)

    office.postman._deliver = counted
    office.drain()
    office.writer.run(lambda tx: Post(tx, NOW, 2).to_chat("telegram", "other", line("notice")))
    said = Incoming("telegram", Chat("telegram", "asks", "private"), "asks", "m-9", NOW, "x")
    inbox = office.writer.run(lambda tx: letters.take_in(tx, said, NOW))
    office.write(line("answer"), to=("telegram", "asks"), reply_to=inbox)
    for _ in range(400):
        office.drain()
        with office.database.read() as tx:
            due = letters.next_due(tx)
        if due is None:
            break
        office.clock.set(max(due, office.clock.now()))
    came = {words: (at - NOW) / SECOND for _, words, _, at in office.telegram.arrived}
    assert (came["answer"], came["notice"] <= 2, 29 <= came["crowd"] <= 33) == (1, True, True)
    assert len(looked) < 3 * 300


def test_after_the_clock_was_put_back_it_goes_on_within_the_limits(database, writer):
    office = Office(database, writer, {"telegram": (Limit("door", 2, 1),)})
    for number in range(6):
        office.write(line(str(number)), to=("telegram", f"c-{number}"))
    office.drain()
    back = NOW - timedelta(hours=1)
    office.clock._at = back  # a clock of tests goes forward alone
    office.writer.run(lambda tx: Post(tx, back, 1).to_chat("telegram", "c", line("new")))
    office.drain()
    office.later(SECOND)
    assert office.telegram.words("c") == ["new"]


def test_a_card_in_a_chat_that_is_gone_marks_nobody(office, count):
    office.account("web", used=1)
    office.run(lambda post: post.to_person(WANG, Live("test.card", 1)))
    office.drain()
    office.web.troubles[f"p:{WANG}"] = [Undelivered("gone")]
    count["n"] += 1
    office.run(lambda post: post.touch("test.card:1"))
    office.drain()
    assert office.rows() == [("failed", "gone")]
    assert office.reachable() == {"web"}


def test_the_secretary_hears_once_that_a_group_does_not_get_what_is_sent(office):
    office.account("web", used=1, person=OWNER)
    row = {"id": OWNER, "branch_id": 1, "name": "n", "status": "full", "post": "secretary"}

    def furnish(tx):
        _tie(tx, channel="telegram", chat="g", branch_id=1, group_id=None, title="研发群")
        with tx.guard.key():
            tx.conn.execute(insert(tables.people), row)

    office.writer.run(furnish)
    for trouble in ("gone", "gone", None, "refused"):
        office.telegram.troubles["g"] = [trouble and Undelivered(trouble)]
        office.write(line("x"), to=("telegram", "g"))
        office.drain()
    assert office.web.words() == ["群“研发群”没有收到：会话不在了。", "群“研发群”没有收到：平台没有接受。"]


def test_a_group_that_cannot_be_spoken_to_hears_it_the_spare_way(office):
    spare = Inlet("wecom_webhook", office.clock)
    office.postman.doors["wecom_webhook"] = spare
    tied = {"branch_id": 1, "group_id": None, "title": "研发群"}
    office.writer.run(lambda tx: _tie(tx, channel="web", chat="c-1", **tied))
    office.writer.run(lambda tx: _tie(tx, channel="wecom_webhook", chat="wecom_webhook", **tied))
    office.run(lambda post: post.to_branch(line("one")))
    office.web.troubles["c-1"] = [Undelivered("silent")]
    office.run(lambda post: post.to_branch(line("two")))
    office.drain()
    assert (office.web.words(), spare.words()) == (["two"], ["one"])


def _tie(tx, **chat):
    with tx.guard.key():
        tx.conn.execute(insert(tables.chats).values(**chat))
