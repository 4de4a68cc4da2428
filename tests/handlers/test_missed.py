"""What is said to the program and not understood is kept, masked; what is said to others in a group is not."""

from __future__ import annotations

import asyncio

from bot.stage import Stage
from bot.transcript import Step
from services.missed import most_frequent


async def missed_after(furnished, *said):
    async with Stage(template=furnished) as stage:
        await stage.play(Step("group", 0, "研发党支部", "研发群"))
        for who, chat, text in said:
            await stage.play(Step("say", 0, who, chat, text))
        with stage.house.database.read() as tx:
            return [(one.words, one.times) for one in most_frequent(tx, 10)]


def test_words_to_the_program_are_kept_and_others_are_not(furnished):
    kept = asyncio.run(
        missed_after(
            furnished,
            ("李慧", None, "王晓明昨晚又打呼噜"),
            ("郑凯", "研发群", "中午一起吃饭吗王晓明"),
            ("郑凯", "研发群", "@支部助手 王晓明昨晚又打呼噜"),
            ("郑凯", None, "签到"),
        )
    )
    assert kept == [("某某昨晚又打呼噜", 2)]
