"""A button's payload may come from anywhere: whoever forges one does no more than their words could."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from bot.stage import Stage
from bot.transcript import Step, parse
from handlers.registry import PRESSES
from services import stagehand
from storage import tables
from texts import sentences

SET_UP = """\
群 研发群 = 研发党支部
李慧> 下周三下午三点在301会议室开支部党员大会，讨论年度工作计划
李慧> [确认]
李慧> 3月13日下午四点在302会议室开支委会
李慧> [确认]
李慧> 通知大家明天下班前交党费，收到请回复
李慧> [确认]
李慧> 每天早上八点推送每日一题
李慧> [确认]
郑凯> 请假 孩子发烧
时间 2026-03-06 08:30
"""
STRANGE = ("", ":", "1", "-1", "0", "x", "１", "²", "9" * 40, "1:", "1:2:3", "1:x", "x:1", "'; DROP TABLE inbox; --")
BROKEN = sentences()["refusal.broken"][:6]
STALE = sentences()["refusal.stale_button"]
TOUCHED = ("meetings", "attendances", "notices", "notice_people", "quiz_plans", "quiz_answers", "reminders")


async def press(stage, who, payload, chat=None):
    """Send a payload as somebody's press, and return what was said because of it: (to, words)."""
    before = len(stage.door.heard)
    said = replace(stage._incoming(Step("say", 0, who, chat, "")), pressed=payload, addressed=True)
    await stage.house.desk.receive(said)
    await stage.house.settle()
    return [(heard.chat.id, heard.shown.text) for heard in stage.door.heard[before:]]


async def set_up(stage):
    for step in parse(SET_UP):
        await stage.play(step)


def world(stage):
    """All that a press could have changed."""
    with stage.house.database.read() as tx:
        return [tx.all(getattr(tables, name).select().order_by(getattr(tables, name).c.id)) for name in TOUCHED]


def keys(stage):
    """The numbers of what stands: the meeting for all, the committee's, the notice, the question, who asked leave."""
    with stage.house.database.read() as tx:
        kinds = {row.type: row.id for row in tx.all(tables.meetings.select())}
        notice = tx.value(tables.notices.select())
        question = tx.value(tables.quiz_rounds.select())
        asking = tx.first(tables.people.select().where(tables.people.c.name == "郑凯")).id
    assert None not in {notice, question}
    return kinds["member_meeting"], kinds["committee_meeting"], notice, question, asking


def playing(scene, furnished):
    async def play():
        async with Stage(template=furnished) as stage:
            await set_up(stage)
            return await scene(stage)

    return asyncio.run(play())


def test_nobody_of_another_branch_does_anything_with_a_forged_button(furnished):
    async def scene(stage):
        meeting, committee, notice, question, asking = keys(stage)
        forged = [f"{kind}:{each}" for each in (meeting, committee) for kind in ("lv", "ce", "ra", "yes:1")]
        forged += [f"yes:{meeting}:1", f"yes:{committee}:1", f"nt:{notice}", f"rn:{notice}", f"qz:{question}:A"]
        forged += [f"{kind}:{meeting}:{asking}" for kind in ("la", "lr")] + [f"in:{meeting}", f"cv:1:0:{asking}"]
        before = world(stage)
        for who in ("何建平", "张伟", "魏国强", "陶然", "一个生人"):
            for payload in forged:
                for to, words in await press(stage, who, payload):
                    assert to == f"p:{who}", (who, payload, words)
                    assert BROKEN not in words, (who, payload)
                    may_look = who in {"魏国强", "陶然"}  # of the committee above: they see what is held, and no names
                    for secret in ("郑凯", "孩子", *(() if may_look else ("301", "302", "党费", "年度"))):
                        assert secret not in words, (who, payload, words)
        assert world(stage) == before

    playing(scene, furnished)


def test_a_member_does_nothing_that_is_not_theirs(furnished):
    async def scene(stage):
        meeting, committee, notice, _, asking = keys(stage)
        forged = [f"la:{meeting}:{asking}", f"lr:{meeting}:{asking}", f"ce:{meeting}", f"ra:{meeting}", f"rn:{notice}"]
        forged += [
            f"yes:{committee}:1",
            f"lv:{committee}",
            f"ce:{committee}",
            f"ra:{committee}",
            "qs:stop",
            "ar:member_meeting",
        ]
        before = world(stage)
        for who in ("郑凯", "尤佳", "冯媛"):
            for payload in forged:
                for to, words in await press(stage, who, payload):
                    assert to == f"p:{who}", (who, payload, words)
                    assert BROKEN not in words, (who, payload)
                    assert "302" not in words, (who, payload, words)
                    assert "孩子" not in words, (who, payload, words)
        assert world(stage) == before

    playing(scene, furnished)


def test_a_groups_leader_has_nothing_of_the_branchs_own_in_hand(furnished):
    async def scene(stage):
        meeting, _, notice, _, asking = keys(stage)
        before = world(stage)
        for payload in (f"la:{meeting}:{asking}", f"ce:{meeting}", f"ra:{meeting}", f"rn:{notice}"):
            (said,) = await press(stage, "王晓明", payload)
            assert said[0] == "p:王晓明"
            assert BROKEN not in said[1]
        assert world(stage) == before
        for words in ("谁还没回", "谁请假了"):
            await stage.play(Step("say", 0, "王晓明", None, words))
            assert "郑凯" not in stage.door.heard[-1].shown.text
            assert "冯媛" not in stage.door.heard[-1].shown.text

    playing(scene, furnished)


def test_what_no_button_ever_said_is_a_stale_button(furnished):
    async def scene(stage):
        before = world(stage)
        for prefix in [*PRESSES, "cv", "no_such", ""]:
            for strange in STRANGE:
                said = await press(stage, "李慧", f"{prefix}:{strange}")
                assert not any(BROKEN in words for _, words in said), (prefix, strange)
        for prefix in PRESSES:
            assert await press(stage, "李慧", prefix) == [("p:李慧", STALE)], prefix
            assert await press(stage, "李慧", f"{prefix}:", chat="研发群") == [("p:李慧", STALE)], prefix
        rows = zip(TOUCHED, before, world(stage), strict=True)
        assert [name for name, old, new in rows if old != new] in ([], ["quiz_plans"], ["meetings", "attendances"])

    playing(scene, furnished)


def test_the_stage_is_set_as_these_tests_need_it(furnished):
    async def scene(stage):
        with stage.house.database.read() as tx:
            verbs = {name for _, name in stagehand.verbs_since(tx, 0)}
        wanted = {"convening.create", "notices.create", "quiz.schedule", "quiz.push", "attendance.ask_leave"}
        assert wanted <= verbs

    playing(scene, furnished)
