"""A door's own quiz: put privately alone, and an option that is chosen answers the question."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from bot.stage import CHANNEL, Stage
from bot.transcript import Step
from vocabulary.messages import Can, Chat, Incoming

CAN = Can(quiz_signs=(300, 100))


class Quizzing:
    """A stage whose door names what it sends as Telegram names its quizzes."""

    def __init__(self, stage):
        self.stage = stage
        send = stage.door.send

        async def named(chat, message):
            found = await send(chat, message)
            return f"poll:{found}:1" if message.quiz else found

        stage.door.send = named

    def quiz(self, who):
        return next(h for h in reversed(self.stage.door.heard) if h.chat.id == f"p:{who}" and h.shown.quiz)

    async def choose(self, who, option, about=None):
        asked = self.quiz(who)
        said = Incoming(
            CHANNEL,
            Chat(CHANNEL, f"p:{who}", "private"),
            who,
            f"{asked.id}-{option}",
            self.stage.clock.now(),
            addressed=True,
            about=about or f"poll:{asked.id}:",
            chosen=option,
        )
        await self.stage.house.desk.receive(said)
        await self.stage.house.settle()
        return self.stage.door.heard[-1].shown.text


def test_an_option_that_is_chosen_answers_the_question(furnished):
    async def scene():
        async with Stage(template=furnished, can=CAN) as stage:
            play = Quizzing(stage)
            for who in ("郑凯", "王晓明"):
                await stage.play(Step("say", 0, who, None, "给我一道题"))
            right = play.quiz("郑凯").shown.quiz.right
            told = await play.choose("郑凯", right)
            wrong = play.quiz("王晓明").shown.quiz.right
            return told, await play.choose("王晓明", 1 - min(wrong, 1))

    right, wrong = asyncio.run(scene())
    assert right.startswith("对")
    assert not wrong.startswith("对")


def test_a_choice_in_a_quiz_that_is_not_ours_answers_nothing(furnished):
    async def scene():
        async with Stage(template=furnished, can=CAN) as stage:
            play = Quizzing(stage)
            await stage.play(Step("say", 0, "郑凯", None, "给我一道题"))
            return await play.choose("郑凯", 0, about="poll:other:")

    assert "不作数" in asyncio.run(scene())


def test_in_a_group_nobody_sees_who_chose_what(furnished):
    async def scene():
        async with Stage(template=furnished, can=replace(CAN)) as stage:
            await stage.play(Step("group", 0, "研发党支部", "研发群"))
            await stage.play(Step("say", 0, "李慧", None, "每天早上八点推送每日一题"))
            await stage.play(Step("press", 0, "李慧", None, "确认"))
            await stage.house.advance(stage.clock.now().replace(day=6, hour=4), stage.clock)
            return [h.shown for h in stage.door.heard if h.chat.kind == "group"]

    (card,) = asyncio.run(scene())
    assert card.quiz is None
    assert card.buttons
