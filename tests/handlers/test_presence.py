"""The program is let into a group, or put out of one: it says how to begin, or tells the secretary."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.stage import CHANNEL, Stage
from bot.transcript import Step
from handlers.presence import noticed
from services import binding, letters
from texts import sentences
from vocabulary.messages import Chat, Incoming

GROUP = Chat(CHANNEL, "g:研发群", "group", "研发群")


def told(furnished, *events, tied=True):
    """Return what was said, to whom, after things happened to the program in a chat."""

    async def scene():
        async with Stage(template=furnished) as stage:
            if tied:
                await stage.play(Step("group", 0, "研发党支部", "研发群"))
            for number, event in enumerate(events):
                await stage.house.desk.receive(replace(event, message_id=f"e{number}", at=stage.clock.now()))
            await stage.house.settle()
            return [(heard.chat.id, heard.shown.text) for heard in stage.door.heard]

    return asyncio.run(scene())


def happened(event, chat=GROUP, account="李慧", *, deaf=False):
    return Incoming(CHANNEL, chat, account, "", None, event=event, deaf=deaf)


def test_a_group_that_is_new_hears_how_it_is_tied(furnished):
    ((chat, text),) = told(furnished, happened("joined"), tied=False)
    assert (chat, "绑定本群到研发党支部" in text) == ("g:研发群", True)
    ((_, text),) = told(furnished, happened("joined", account="stranger"), tied=False)
    assert "绑定本群到支部名" in text


def test_where_not_all_is_heard_it_says_how_to_change_that(furnished):
    ((_, text),) = told(furnished, happened("joined", deaf=True))
    assert "设为群管理员" in text
    assert told(furnished, happened("joined")) == []


def test_the_secretary_hears_that_it_was_put_out_of_the_branchs_group(furnished):
    ((chat, text),) = told(furnished, happened("left", account="郑凯"))
    assert (chat, "被移出了群“研发群”" in text) == ("p:李慧", True)
    assert told(furnished, happened("left"), tied=False) == []


def test_the_same_event_again_says_nothing_more(furnished):
    async def scene():
        async with Stage(template=furnished) as stage:
            await stage.play(Step("group", 0, "研发党支部", "研发群"))
            for _ in range(2):
                await stage.house.desk.receive(replace(happened("left"), message_id="once", at=stage.clock.now()))
            await stage.house.settle()
            return len(stage.door.heard)

    assert asyncio.run(scene()) == 1


def test_who_blocks_it_is_told_elsewhere_until_they_let_it_in(furnished):
    private = Chat(CHANNEL, "p:郑凯", "private")

    async def scene():
        async with Stage(template=furnished) as stage:
            found = []
            for number, event in enumerate(("left", "joined")):
                said = replace(happened(event, private, "郑凯"), message_id=f"e{number}", at=stage.clock.now())
                await stage.house.desk.receive(said)
                with stage.house.database.read() as tx:
                    found.append(tx.first(letters.ACCOUNT, person=_person(tx, "郑凯")).reachable)
            return found

    assert asyncio.run(scene()) == [False, True]


def test_a_stranger_who_lets_it_in_hears_how_to_be_bound(furnished):
    theirs, known = Chat(CHANNEL, "p:stranger", "private"), Chat(CHANNEL, "p:郑凯", "private")
    ((chat, text),) = told(furnished, happened("joined", theirs, "stranger"), tied=False)
    assert (chat, "绑定码" in text) == ("p:stranger", True)
    assert told(furnished, happened("left", theirs, "stranger"), tied=False) == []
    assert told(furnished, happened("joined", known, "郑凯"), tied=False) == []


def _person(tx, account):
    from services import people

    return people.of_account(tx, CHANNEL, account).id


def test_whom_a_platform_names_gets_a_way_to_the_page_once(furnished):
    async def scene():
        async with Stage(template=furnished) as stage:

            def visit(tx):
                code = binding.own_way_in(tx, CHANNEL, "郑凯", stage.house.fresh())
                entered = [binding.enter(tx, code, stage.house.fresh()) for _ in range(2)]
                return entered, binding.own_way_in(tx, CHANNEL, "stranger", stage.house.fresh()), _person(tx, "郑凯")

            return await stage.house.writer.do(visit)

    (first, again), stranger, person_id = asyncio.run(scene())
    assert (first, again, stranger) == (f"m{person_id}", None, None)


@pytest.mark.parametrize(
    ("account", "channel", "said"),
    [("stranger", CHANNEL, "还没有绑定"), ("郑凯", CHANNEL, ""), ("stranger", "wecom", "")],
)
def test_who_comes_by_themselves_and_is_bound_to_nobody_is_told_how_to_bind(furnished, account, channel, said):
    async def scene():
        async with Stage(template=furnished) as stage:
            came = happened("joined", Chat(channel, f"p:{account}", "private"), account)
            outcome, _ = await stage.house.writer.do(
                lambda tx: noticed(tx, replace(came, channel=channel), stage.house.fresh)
            )
            return [sentences()[part.key] for part in outcome.parts]

    told = asyncio.run(scene())
    assert "".join(told).startswith(said)
    assert bool(told) == bool(said)
