"""Which way a message goes: one that is down for now gives way to the next at once, and nobody hears anything twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from office import MINUTE, SECOND, WANG, Inlet, Office, line
from sqlalchemy import insert

from services import letters
from storage import tables
from vocabulary.delivery import Undelivered
from vocabulary.messages import Can, Chat, Incoming

GROUP = ("wecom_bot", "g-1")
GONE = {"why": "down", "surely": True}
"""The bot's connection is gone: nothing went out."""


class Branch(Office):
    """A branch whose group is reached by the bot, the app's own group and the webhook, in this order."""

    def __init__(self, database, writer):
        super().__init__(database, writer)
        self.at = {name: Inlet(name, self.clock) for name in ("wecom_bot", "wecom", "wecom_group", "wecom_webhook")}
        self.postman.doors |= self.at
        for channel, chat in (GROUP, ("wecom_group", "a-1"), ("wecom_webhook", "wecom_webhook")):
            self.writer.run(lambda tx, channel=channel, chat=chat: _tie(tx, channel, chat))

    def tell(self, words):
        self.run(lambda post: post.to_branch(line(words)))

    def fails(self, door, chat, *faults):
        self.at[door].troubles[chat] = [Undelivered(**fault) for fault in faults]

    def said(self):
        """What arrived where."""
        return {name: inlet.words() for name, inlet in self.at.items() if inlet.arrived}


@pytest.fixture
def branch(database, writer):
    return Branch(database, writer)


def _tie(tx, channel, chat):
    with tx.guard.key():
        row = {"branch_id": 1, "group_id": None, "channel": channel, "chat": chat, "title": "研发群"}
        tx.conn.execute(insert(tables.chats).values(**row))


def test_a_group_is_spoken_to_by_its_best_way_alone(branch):
    branch.tell("one")
    branch.drain()
    assert branch.said() == {"wecom_bot": ["one"]}


@pytest.mark.parametrize(
    "fault",
    [GONE, {"why": "limited", "retry_after": 60.0}, {"why": "refused", "detail": "60020"}, {"why": "silent"}],
    ids=["gone", "45009", "60020", "846607"],
)
def test_a_way_that_is_down_gives_way_to_the_next_within_one_delivery(branch, fault):
    branch.fails("wecom_bot", "g-1", fault)
    branch.tell("one")
    branch.drain()
    assert branch.said() == {"wecom_group": ["one"]}
    branch.later(timedelta(hours=1))
    assert branch.said() == {"wecom_group": ["one"]}, "nobody hears it twice"


def test_where_two_ways_are_down_the_third_is_taken_and_in_order(branch):
    branch.fails("wecom_bot", "g-1", GONE)
    branch.fails("wecom_group", "a-1", {"why": "limited", "retry_after": 60.0})
    for number in range(5):
        branch.tell(f"m{number}")
    branch.drain()
    assert branch.said() == {"wecom_webhook": [f"m{number}" for number in range(5)]}
    branch.clock.set(branch.clock.now() + 3 * SECOND)
    branch.tell("back")
    branch.drain()
    assert branch.said()["wecom_bot"] == ["back"], "a way is tried again when its time is over"


def test_what_found_every_way_shut_takes_the_first_that_opens_and_is_not_overtaken(branch):
    branch.fails("wecom_bot", "g-1", {"why": "limited", "retry_after": 700.0})
    branch.fails("wecom_group", "a-1", {"why": "limited", "retry_after": 5.0})
    branch.fails("wecom_webhook", "wecom_webhook", {"why": "limited", "retry_after": 700.0})
    branch.tell("one")
    branch.tell("two")
    branch.drain()
    assert branch.said() == {}
    branch.clock.set(branch.clock.now() + 6 * SECOND)
    branch.tell("three")
    branch.drain()
    assert branch.said() == {"wecom_group": ["one", "two", "three"]}


def test_where_no_way_is_open_it_waits_for_the_first(branch):
    branch.fails("wecom_bot", "g-1", GONE)
    branch.fails("wecom_group", "a-1", {"why": "gone"})
    branch.fails("wecom_webhook", "wecom_webhook", {"why": "gone"})
    branch.tell("one")
    branch.tell("two")
    branch.drain()
    assert branch.said() == {}
    branch.later(3 * SECOND)
    assert branch.said() == {"wecom_bot": ["one", "two"]}
    assert set(branch.rows()) <= {("sent", ""), ("sent", "gone"), ("sent", "down")}


def test_what_may_have_arrived_is_not_said_another_way(branch):
    branch.fails("wecom_bot", "g-1", {"why": "down"})
    branch.tell("one")
    branch.drain()
    assert branch.said() == {}
    branch.later(3 * SECOND)
    assert branch.said() == {"wecom_bot": ["one"]}


def test_what_has_begun_to_arrive_goes_on_where_it_began(branch):
    branch.at["wecom_bot"].can = Can(text_bytes=100)
    branch.at["wecom_bot"].troubles["g-1"] = [None, Undelivered(**GONE)]
    branch.tell("x" * 250)
    branch.drain()
    branch.later(3 * SECOND)
    assert {door: "".join(words) for door, words in branch.said().items()} == {"wecom_bot": "x" * 250}


def test_what_has_begun_to_arrive_another_way_goes_on_there(branch):
    branch.at["wecom_group"].can = Can(text_bytes=100)
    branch.fails("wecom_bot", "g-1", GONE)
    branch.at["wecom_group"].troubles["a-1"] = [None, Undelivered(**GONE)]
    branch.tell("x" * 250)
    branch.drain()
    branch.later(3 * SECOND)
    assert {door: "".join(words) for door, words in branch.said().items()} == {"wecom_group": "x" * 250}


def test_what_broke_off_for_good_another_way_is_said_whole_by_its_own(branch):
    branch.at["wecom_group"].can = Can(text_bytes=100)
    branch.fails("wecom_bot", "g-1", GONE)
    branch.at["wecom_group"].troubles["a-1"] = [None, Undelivered("gone")]
    branch.tell("x" * 150)
    branch.drain()
    branch.later(3 * SECOND)
    assert branch.said() == {"wecom_group": ["x" * 100], "wecom_bot": ["x" * 150]}


def test_what_has_begun_to_arrive_is_not_begun_anew_elsewhere_when_its_way_shuts(branch):
    branch.at["wecom_bot"].can = Can(text_bytes=100)
    branch.at["wecom_bot"].troubles["g-1"] = [None, Undelivered("down"), Undelivered(**GONE)]
    branch.tell("x" * 250)
    branch.drain()
    now = branch.clock.now()
    asked = Incoming("wecom_bot", Chat(*GROUP, "group"), "wang", "m-9", now, "签到")
    inbox = branch.writer.run(lambda tx: letters.take_in(tx, asked, now))
    branch.write(line("answer"), to=GROUP, reply_to=inbox)
    for _ in range(4):
        branch.later(3 * SECOND)
    assert set(branch.said()) == {"wecom_bot"}
    assert "".join(sorted(branch.said()["wecom_bot"])) == "answer" + "x" * 250


def test_where_two_chats_are_told_the_spare_ways_stand_for_one_of_them(branch):
    branch.writer.run(lambda tx: _tie(tx, "telegram", "t-1"))
    branch.telegram.troubles["t-1"] = [Undelivered("limited", retry_after=60.0), Undelivered("gone")]
    branch.tell("one")
    branch.drain()
    assert branch.said() == {"wecom_bot": ["one"]}, "the same people would hear it twice"
    branch.later(MINUTE)
    assert branch.said() == {"wecom_bot": ["one"]}
    branch.fails("wecom_bot", "g-1", GONE)
    branch.tell("two")
    branch.drain()
    assert (branch.said()["wecom_group"], branch.telegram.words()) == (["two"], ["two"])


def test_a_member_is_told_by_the_app_while_the_bot_is_gone(branch):
    branch.account("wecom_bot", used=1)
    branch.account("wecom", used=5)
    branch.fails("wecom_bot", f"p:{WANG}", {"why": "limited", "retry_after": 60.0})
    for words in ("one", "two"):
        branch.run(lambda post, words=words: post.to_person(WANG, line(words)))
    branch.drain()
    assert branch.said() == {"wecom": ["one", "two"]}
    assert branch.reachable() == {"wecom", "wecom_bot"}, "it is the bot that is limited, not the account that is lost"
    branch.run(lambda post: post.to_person(WANG, line("three"), due_at=branch.clock.now() + 2 * MINUTE))
    branch.later(2 * MINUTE)
    assert branch.said()["wecom_bot"] == ["three"]


def test_nobody_has_to_look_at_the_page_because_their_chat_is_limited_for_a_minute(branch):
    branch.account("wecom_bot", used=1)
    branch.account("web", used=5)
    branch.fails("wecom_bot", f"p:{WANG}", {"why": "limited", "retry_after": 60.0})
    branch.run(lambda post: post.to_person(WANG, line("one")))
    branch.drain()
    branch.later(MINUTE)
    assert (branch.said(), branch.web.words()) == ({"wecom_bot": ["one"]}, [])
    branch.fails("wecom_bot", f"p:{WANG}", *[GONE] * 9)
    branch.run(lambda post: post.to_person(WANG, line("two")))
    branch.drain()
    for _ in range(6):
        branch.later(MINUTE)
    assert (branch.said(), branch.web.words()) == ({"wecom_bot": ["one"]}, ["two"]), "where it lasts the page takes it"


def test_an_answer_waits_for_the_chat_that_it_answers(branch):
    now = branch.clock.now()
    asked = Incoming("wecom_bot", Chat(*GROUP, "group"), "wang", "m-9", now, "签到")
    inbox = branch.writer.run(lambda tx: letters.take_in(tx, asked, now))
    branch.fails("wecom_bot", "g-1", GONE)
    branch.write(line("one"), to=GROUP, reply_to=inbox)
    branch.drain()
    assert branch.said() == {}
    branch.later(3 * SECOND)
    assert branch.said() == {"wecom_bot": ["one"]}


def test_an_hours_limit_loses_nothing(branch):
    branch.account("wecom", used=1)
    branch.fails("wecom", f"p:{WANG}", *[{"why": "limited", "retry_after": 60.0}] * 59)
    branch.run(lambda post: post.to_person(WANG, line("one")))
    branch.drain()
    for _ in range(60):
        branch.later(MINUTE)
    assert branch.said() == {"wecom": ["one"]}


def test_another_way_that_is_gone_gives_up_nothing_that_waits_for_its_own(branch):
    branch.fails("wecom_bot", "g-1", *[{"why": "limited", "retry_after": 60.0}] * 59)
    branch.fails("wecom_group", "a-1", *[{"why": "gone"}] * 99)
    branch.fails("wecom_webhook", "wecom_webhook", *[{"why": "down", "surely": True}] * 99)
    branch.tell("one")
    branch.drain()
    for _ in range(70):
        branch.later(MINUTE)
    assert branch.said() == {"wecom_bot": ["one"]}


def test_what_broke_off_at_a_limit_is_overtaken_by_nothing_for_as_long_as_that_lasts(branch):
    branch.at["wecom_bot"].can = Can(text_bytes=100)
    branch.fails("wecom_bot", "g-1", {"why": "limited", "retry_after": 1200.0})
    branch.at["wecom_bot"].troubles["g-1"].insert(0, None)
    branch.tell("x" * 150)
    branch.drain()
    branch.tell("new")
    branch.later(SECOND)
    assert branch.said() == {"wecom_bot": ["x" * 100]}
    branch.later(20 * MINUTE)
    assert branch.said() == {"wecom_bot": ["x" * 100, "x" * 50, "new"]}


def test_after_the_clock_was_put_back_no_way_stays_shut(branch):
    branch.fails("wecom_bot", "g-1", {"why": "limited", "retry_after": 60.0})
    branch.tell("one")
    branch.drain()
    assert branch.said() == {"wecom_group": ["one"]}
    branch.clock._at = branch.clock.now() - timedelta(hours=1)  # a clock of tests goes forward alone
    branch.tell("two")
    branch.drain()
    assert branch.said()["wecom_bot"] == ["two"]


def test_a_platform_that_is_limited_is_left_alone_until_it_wants_to_be_asked_again(branch):
    branch.account("wecom", used=1)
    branch.fails("wecom", f"p:{WANG}", {"why": "limited", "retry_after": 60.0})
    for words in ("one", "two"):
        branch.run(lambda post, words=words: post.to_person(WANG, line(words)))
        branch.later(10 * SECOND)
    assert branch.said() == {}, "what is written meanwhile does not ask either"
    branch.later(MINUTE)
    assert branch.said() == {"wecom": ["one", "two"]}


def test_a_way_that_takes_an_answer_is_open_again(branch):
    branch.fails("wecom_bot", "g-1", {"why": "down", "surely": True, "retry_after": 600.0})
    branch.tell("one")
    branch.drain()
    now = branch.clock.now()
    asked = Incoming("wecom_bot", Chat(*GROUP, "group"), "wang", "m-9", now, "签到")
    inbox = branch.writer.run(lambda tx: letters.take_in(tx, asked, now))
    branch.write(line("answer"), to=GROUP, reply_to=inbox)
    branch.drain()
    branch.tell("two")
    branch.drain()
    assert branch.said() == {"wecom_group": ["one"], "wecom_bot": ["answer", "two"]}
