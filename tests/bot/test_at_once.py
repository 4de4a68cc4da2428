"""Where a door answers in the same request, words go back at once and all else is sent, in order and once."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from bot.stage import CHANNEL, Stage
from vocabulary.messages import Can, Chat, Incoming

HOME = Chat(CHANNEL, "p:李慧", "private")


def said(stage, text, number):
    return Incoming(CHANNEL, HOME, "李慧", str(number), stage.clock.now(), text=text, addressed=True)


def answered(furnished, *texts):
    """Say things, each twice as a platform repeats them; return what came back at once, and what was sent."""

    async def scene():
        async with Stage(template=furnished) as stage:
            stage.door.answers_at_once = True
            back = []
            for number, text in enumerate(texts):
                for _ in range(2):
                    shown = await stage.house.desk.receive(said(stage, text, number))
                    back.append([piece.text for piece in shown])
                    await stage.house.settle()
            return back, [heard.shown for heard in stage.door.heard]

    return asyncio.run(scene())


def test_words_go_back_at_once_and_a_repeat_hears_them_again(furnished):
    (first, again), sent = answered(furnished, "这周有什么会")
    assert first == again
    assert len(first) == 1
    assert sent == []


def test_a_card_is_sent_once_and_nothing_goes_back(furnished):
    (first, again), sent = answered(furnished, "下周三下午三点在301开支部党员大会，讨论年度工作计划")
    assert (first, again) == ([], [])
    assert [bool(shown.buttons) for shown in sent] == [True]


def test_what_follows_a_card_does_not_overtake_it(furnished):
    back, sent = answered(furnished, "签到结束", "给我一道题", "帮助")
    assert len(sent) == len({shown.text for shown in sent})
    assert all(first == again for first, again in zip(back[::2], back[1::2], strict=True))


def test_where_a_card_may_be_the_answer_it_goes_back_and_is_found_again_by_the_messages_id(furnished):
    async def scene():
        async with Stage(template=furnished, can=Can(card_at_once=True)) as stage:
            stage.door.answers_at_once = True
            first = await stage.house.desk.receive(said(stage, "给我一道题", "m1"))
            again = await stage.house.desk.receive(said(stage, "给我一道题", "m1"))
            await stage.house.settle()
            now = await stage.house.postman.card_now(HOME, "m1")
            return first, again, now, stage.door.heard

    (first,), (again,), now, heard = asyncio.run(scene())
    assert first == again
    assert first.buttons
    assert (now.text, now.buttons) == (first.text, first.buttons)
    assert heard == []


def test_where_a_card_may_be_the_answer_words_after_a_press_are_sent(furnished):
    async def scene():
        async with Stage(template=furnished, can=Can(card_at_once=True)) as stage:
            stage.door.answers_at_once = True
            (card,) = await stage.house.desk.receive(
                said(stage, "下周三下午三点在301开支部党员大会，讨论年度工作计划", "m1")
            )
            press = next(button.press for button in card.buttons if button.label == "确认")
            pressed = replace(said(stage, "确认", "m2"), pressed=press)
            back = [await stage.house.desk.receive(pressed) for _ in range(2)]
            await stage.house.settle()
            return back, [heard.shown.answers for heard in stage.door.heard if heard.chat == HOME]

    back, answers = asyncio.run(scene())
    assert back == [(), ()]
    assert answers.count("m2") == 1


def test_a_text_too_long_for_its_card_goes_back_before_it(furnished):
    async def scene():
        async with Stage(template=furnished, can=Can(card_at_once=True, card_bytes=60)) as stage:
            stage.door.answers_at_once = True
            asked = said(stage, "下周三下午三点在301开支部党员大会，讨论年度工作计划", "m1")
            first = await stage.house.desk.receive(asked)
            return first, await stage.house.desk.receive(asked)

    first, again = asyncio.run(scene())
    assert first == again
    assert [bool(shown.buttons) for shown in first] == [*[False] * (len(first) - 1), True]
    assert len(first) > 1


def test_what_one_answer_cannot_hold_is_sent_by_the_post(furnished):
    """The hand holds one text: the rest must outlive a kill, a busy platform and a repeat."""

    async def scene():
        async with Stage(template=furnished, can=Can(buttons=False, text_bytes=120)) as stage:
            stage.door.answers_at_once = True
            back = [await stage.house.desk.receive(said(stage, "帮助", "m1")) for _ in range(2)]
            await stage.house.settle()
            stage.door.can = Can(buttons=False)
            whole = await stage.house.desk.receive(said(stage, "帮助", "m2"))
            return back, [heard.shown.text for heard in stage.door.heard], whole

    (first, again), sent, whole = asyncio.run(scene())
    assert first == again
    assert len(first) == 1
    pieces = [first[0].text, *sent]
    assert max(len(piece.encode()) for piece in pieces) <= 120
    assert "".join(pieces).replace("\n", "") == "".join(shown.text for shown in whole).replace("\n", "")


def test_what_answers_a_button_that_was_pressed_is_sent(furnished):
    async def scene():
        async with Stage(template=furnished) as stage:
            stage.door.answers_at_once = True
            await stage.house.desk.receive(said(stage, "给我一道题", "m1"))
            await stage.house.settle()
            press = stage.door.heard[-1].shown.buttons[0].press
            pressed = replace(said(stage, "A", "m2"), pressed=press)
            back = [await stage.house.desk.receive(pressed) for _ in range(2)]
            before = len(stage.door.heard)
            await stage.house.settle()
            return back, len(stage.door.heard) - before

    back, sent = asyncio.run(scene())
    assert back == [(), ()]
    assert sent >= 1


def test_a_card_that_went_back_is_not_sent_whole_when_it_changes(furnished):
    async def scene():
        async with Stage(template=furnished, can=Can(buttons=False, edits=False)) as stage:
            stage.door.answers_at_once = True
            await stage.house.desk.receive(said(stage, "给我一道题", "m1"))
            answer = await stage.house.desk.receive(said(stage, "1", "m2"))
            await stage.house.settle()
            return answer, [heard.shown.text for heard in stage.door.heard if heard.chat == HOME]

    answer, sent = asyncio.run(scene())
    assert len(answer) == 1
    assert sent == []
