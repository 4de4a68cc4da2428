"""In a group it is quiet: four messages a meeting, and where a card cannot change a line about it beside them."""

from __future__ import annotations

import asyncio

import pytest

from bot import doors, transcript
from bot.replay import play
from bot.stage import Stage

MEETING = """
李慧> 下周三下午三点在301会议室开支部党员大会，讨论年度工作计划
李慧> [确认]
时间 2026-03-11 14:40
李慧> 开始签到
研发群 王晓明> [签到]
研发群 吴丽娜> [签到]
研发群 郑凯> [签到]
时间 2026-03-11 15:20
李慧> 签到结束
时间 2026-03-12 15:20
"""


@pytest.mark.parametrize(
    ("door", "beside"), [("web", []), ("telegram", []), ("wecom_bot", ["已签到3/17，其中有表决权3/15"])]
)
def test_a_group_hears_four_messages_a_meeting(furnished, door, beside):
    can, hears_group = doors.abilities(door)
    stage = Stage(can=can, hears_group=hears_group, template=furnished)
    played = asyncio.run(play(transcript.parse("群 研发群 = 研发党支部\n" + MEETING), stage))
    heard = [item["text"] for item in played.said if item["chat"] == "研发群" and not item["edit"]]
    begins = ["各位同志：", "30分钟后", "签到：", *beside, "签到结束："]
    assert [text[: len(begin)] for text, begin in zip(heard, begins, strict=True)] == begins
