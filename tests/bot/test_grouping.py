"""`zhibu group`: the app makes a branch's group, ties it, and takes in who comes later."""

from __future__ import annotations

import asyncio
import io
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from fake_wecom import FakeWeCom
from pydantic import SecretStr
from rich.console import Console
from serving import fake_served
from sqlalchemy import select
from written import write

from bot.commands import grouping
from bot.commands.console import Speech
from bot.settings import Config
from bot.settings_platforms import WeCom
from services import chats, roster
from services.deeds import Means
from storage import tables
from vocabulary.clock import SetClock
from vocabulary.views.roster import Account, Row

NOW = datetime(2026, 3, 5, 2, 20, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
KEY = "a" * 43


def row(line, name, account="", branch="一支部", **facts):
    held = (Account("wecom", account, account),) if account else ()
    return Row(line, branch, name, {"status": "full", **facts}, held)


ROWS = [row(2, "甲", "jia"), row(3, "乙", "yi", post="secretary"), row(4, "丙")]


class Scene:
    """A house with a roster, and the platform that its app is at."""

    def __init__(self, folder):
        self.platform = FakeWeCom("corp", "token", KEY, SetClock(NOW))
        self.config = Config(database=f"sqlite:///{folder / 'zhibu.db'}", folder=str(folder))

    def bring_in(self, rows):
        self.write(lambda tx: roster.bring_in(tx, Means(NOW, ZONE, "salt"), rows, today=NOW.date()))

    def write(self, job):
        return write(self.config, job)

    def group(self, branch=None, *, secret=""):
        """Run the command; return its end and what it said."""
        console = Console(file=io.StringIO(), width=40)

        async def whole():
            async with fake_served(self.platform.add_routes) as api:
                keys = WeCom(corp_id="corp", agent_id="7", secret=SecretStr(secret or self.platform.secret),
                             token=SecretStr("token"), aes_key=SecretStr(KEY), api_base=api)  # fmt: skip
                config = self.config.model_copy(update={"wecom": keys})
                return await grouping.run(Speech(console, NOW, ZONE), config, branch)

        return asyncio.run(whole()), console.file.getvalue()

    def tied(self):
        def look(tx):
            return [row.chat for row in chats.spoken_to(tx, 1)], [
                (row.channel, row.chat, row.parts[0]) for row in tx.all(select(tables.outbox))
            ]

        return self.write(look)


@pytest.fixture
def scene(tmp_path):
    made = Scene(tmp_path)
    made.bring_in(ROWS)
    return made


def test_a_group_is_made_of_who_has_an_account_and_greeted(scene):
    code, said = scene.group()
    assert code == 0
    assert "已为一支部建群，2人" in said
    assert "没有企业微信账号、进不了群的：丙。" in said
    (made,) = scene.platform.groups.values()
    assert (made["name"], made["owner"], made["userlist"]) == ("一支部", "yi", ["jia", "yi"])
    chats_, sent = scene.tied()
    assert chats_ == ["wr1"]
    ((channel, chat, parts),) = sent
    assert (channel, chat) == ("wecom_group", "wr1")
    assert "binding.app_group" in str(parts)


def test_again_it_takes_in_who_is_new_and_makes_no_second_group(scene):
    scene.group()
    assert "人已经齐了" in scene.group()[1]
    scene.bring_in([*ROWS[:2], row(4, "丙", "bing")])
    code, said = scene.group("一支部")
    assert (code, said) == (0, "一支部的群里新加了1人。\n")
    (made,) = scene.platform.groups.values()
    assert made["userlist"] == ["jia", "yi", "bing"]
    assert len(scene.tied()[1]) == 1


def test_in_the_place_of_a_group_that_is_gone_a_new_one_is_made(scene):
    scene.group()
    scene.platform.groups["wr0"] = scene.platform.groups.pop("wr1")
    assert "已为一支部建群" in scene.group()[1]
    assert scene.tied()[0] == ["wr2"]


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"errcode": 60011, "errmsg": "no privilege"}, "可见范围改成整个企业"),
        ({"errcode": 60020, "errmsg": "not allow to access from your ip"}, "企业可信IP"),
        ({"errcode": 40031, "errmsg": "invalid userid list"}, "核对“企业微信账号”一列"),
        ({"errcode": 48002, "errmsg": "api forbidden"}, "没有建成：48002 api forbidden"),
    ],
)
def test_what_wecom_says_against_it_is_told_and_nothing_is_tied(scene, fault, words):
    scene.platform.faults.append(fault)
    code, said = scene.group()
    assert code == 1
    assert words in said
    assert scene.tied() == ([], [])


def test_a_wrong_secret_is_told_without_it(scene):
    code, said = scene.group(secret="wrong-secret-9")  # noqa: S106  an invented one
    assert code == 1
    assert "不认 corp_id 或 secret（40001）" in said
    assert "wrong-secret-9" not in said


def test_two_are_needed_and_of_several_branches_one_is_named(scene):
    scene.bring_in([row(5, "丁", "ding", branch="二支部")])
    assert scene.group() == (1, "请写明是哪个支部：一支部、二支部。\n")
    assert scene.group("三支部")[0] == 1
    assert scene.group("二支部") == (
        1,
        "二支部有企业微信账号的只有1人，建群至少要2人。请在名单里填“企业微信账号”，再导入一次。\n",
    )
    assert scene.platform.groups == {}


def test_without_an_app_there_is_no_group(tmp_path):
    console = Console(file=io.StringIO(), width=40)
    speech = Speech(console, NOW, ZONE)
    assert asyncio.run(grouping.run(speech, Config(folder=str(tmp_path)), None)) == 1
    assert "docs/wecom.md" in console.file.getvalue()
