"""帮助: everything it says one can say is understood, in the role and the place it is said to."""

from __future__ import annotations

import asyncio
import re

import pytest

from bot.stage import Stage
from bot.transcript import Step
from texts import sentences

QUOTED = re.compile("“([^”]+)”")
TOPICS = ("签到", "请假", "开会", "通知", "提醒", "主题党日", "每日一题", "三会一课", "规定", "绑定")
ASKED = [
    ("李慧", None, "帮助"),
    ("吴丽娜", None, "帮助"),
    ("郑凯", None, "帮助"),
    ("陶然", None, "帮助"),
    ("郑凯", "研发群", "@支部助手 帮助"),
    *(("李慧", None, f"帮助 {topic}") for topic in TOPICS),
]
NO_ANSWERS = tuple(sentences()[f"refusal.{code}"][:4] for code in ("not_understood", "not_yet", "broken"))
IN_GROUP = ("绑定本群",)


async def said(stage, who, chat, text):
    """Say something and return the answers, in this chat or privately."""
    before = len(stage.door.heard)
    await stage.play(Step("say", 0, who, chat, text))
    heard = stage.door.heard[before:]
    return [each.shown.text for each in heard if each.chat.id in {f"p:{who}", f"g:{chat}"}]


async def examples_with_answers(furnished, who, chat, question):
    """Every example of a help text, as (example, answers); what it begins is dropped before the next."""
    async with Stage(template=furnished) as stage:
        await stage.play(Step("group", 0, "研发党支部", "研发群"))
        told = await said(stage, who, chat, question)
        found = []
        for example in dict.fromkeys(QUOTED.findall("\n".join(told))):
            place = "研发群" if example.startswith(IN_GROUP) else chat
            spoken = f"@支部助手 {example}" if place else example
            found.append((example, await said(stage, who, place, spoken)))
            await said(stage, who, place, "@支部助手 取消" if place else "取消")
        return found


@pytest.mark.parametrize(("who", "chat", "question"), ASKED, ids=str)
def test_every_example_of_the_help_is_understood(furnished, who, chat, question):
    found = asyncio.run(examples_with_answers(furnished, who, chat, question))
    assert found, "a help text shows by examples"
    failed = {
        example: answers
        for example, answers in found
        if (not answers and not chat) or any(answer.startswith(NO_ANSWERS) for answer in answers)
    }
    assert failed == {}


def test_each_topic_has_its_own_text(furnished):
    async def all_told():
        async with Stage(template=furnished) as stage:
            return [await said(stage, "李慧", None, question) for question in ("帮助", *(f"帮助 {t}" for t in TOPICS))]

    told = [answers[0] for answers in asyncio.run(all_told())]
    assert len(set(told)) == len(told)
