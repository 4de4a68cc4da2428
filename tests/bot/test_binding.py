"""`zhibu bind`: a code and a link that work once, for one person."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest
import typer
from rich.console import Console
from sqlalchemy import select
from typer.testing import CliRunner
from written import write

from bot.commands import binding
from bot.commands.console import Speech
from bot.settings import Config, Web
from bot.settings_platforms import Telegram
from services import binding as codes
from services import links, people, roster
from services.deeds import Means
from storage import tables
from vocabulary.messages import Chat, Incoming
from vocabulary.refusals import Refusal
from vocabulary.views.roster import Row

NOW = datetime(2026, 3, 5, 2, 20, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
ROWS = [
    Row(2, "一支部", "甲", {"status": "full"}),
    Row(3, "二支部", "甲", {"status": "full"}),
    Row(4, "一支部", "乙", {"status": "full"}),
]


@pytest.fixture
def config(tmp_path):
    """The settings of a house with three people."""
    folder = tmp_path / "data"
    config = Config(database=f"sqlite:///{folder / 'zhibu.db'}", folder=str(folder))
    write(config, lambda tx: roster.bring_in(tx, Means(NOW, ZONE, "salt"), ROWS, today=NOW.date()))
    return config


def run(config, name, *, branch=None, channel=None, numbers=None):
    console = Console(file=io.StringIO(), width=40)
    numbers = numbers or count(1)
    speech = Speech(console, NOW, ZONE)
    code = binding.run(speech, config, name, branch=branch, channel=channel, code=lambda: f"ABCDEF{next(numbers):02}")
    return code, console.file.getvalue()


def say(config, code, at=NOW):
    """Someone says a code in Telegram."""
    incoming = Incoming("telegram", Chat("telegram", "10001", "private"), "10001", "1", at, f"绑定 {code.lower()}")
    return write(config, lambda tx: codes.by_code(tx, incoming, Means(at, ZONE, "salt")))


def test_a_code_binds_the_account_that_says_it(config):
    code, said = run(config, "乙")
    assert code == 0
    assert "乙的绑定码：ABCDEF01，48小时内有效，只能用一次。" in said
    assert "http://127.0.0.1:8000/in/ABCDEF02\n" in said
    assert say(config, "ABCDEF01").name == "乙"
    assert write(config, lambda tx: people.of_account(tx, "telegram", "10001")).name == "乙"
    with pytest.raises(Refusal):
        say(config, "ABCDEF01")


@pytest.mark.parametrize(("channel", "has"), [(None, True), ("telegram", True), ("wecom", False), ("web", False)])
def test_where_telegram_is_open_a_link_says_the_code(config, channel, has):
    numbers = count(1)
    write(config, lambda tx: links.keep(tx, "https://t.me/zhibu_bot?start="))
    open_there = config.model_copy(update={"telegram": Telegram(token="1:a")})  # noqa: S106  an invented one
    assert (
        "https://t.me/zhibu_bot?start=ABCDEF01" in run(open_there, "乙", channel=channel, numbers=numbers)[1]
    ) == has
    assert "t.me" not in run(config, "乙", channel=channel, numbers=numbers)[1]


def test_a_new_code_ends_the_old_one_and_none_lasts(config):
    numbers = count(1)
    run(config, "乙", channel="telegram", numbers=numbers)
    run(config, "乙", channel="telegram", numbers=numbers)
    with pytest.raises(Refusal):
        say(config, "ABCDEF01")
    with pytest.raises(Refusal):
        say(config, "ABCDEF02", NOW + timedelta(hours=49))
    assert say(config, "ABCDEF02", NOW + timedelta(hours=47)).name == "乙"


def test_a_link_is_no_code_for_a_chat(config):
    run(config, "乙", channel="web")
    with pytest.raises(Refusal):
        say(config, "ABCDEF01")


@pytest.mark.parametrize(
    ("channel", "has_code", "has_link"), [(None, True, True), ("web", False, True), ("telegram", True, False)]
)
def test_the_channel_chooses(config, channel, has_code, has_link):
    _, said = run(config, "乙", channel=channel)
    assert ("绑定码" in said, "/in/" in said) == (has_code, has_link)


def test_no_code_is_kept_in_plain_words(config):
    run(config, "乙")
    stored = write(config, lambda tx: [*tx.all(select(tables.codes)), *tx.all(select(tables.audit))])
    assert "ABCDEF" not in str(stored)
    assert [row.purpose for row in stored[:2]] == ["bind", "web"]


def test_several_of_one_name_need_a_branch(config):
    code, said = run(config, "甲")
    assert code == 1
    assert said == "有2个甲。请加 --branch：一支部、二支部。\n"
    code, _ = run(config, "甲", branch="二支部")
    assert code == 0
    assert say(config, "ABCDEF01").branch == "二支部"


@pytest.mark.parametrize(
    ("name", "more", "said"),
    [
        ("丙", {}, "名单上没有丙。\n"),
        ("乙", {"branch": "二支部"}, "二支部的名单上没有乙。\n"),
        ("[b]", {}, "名单上没有[b]。\n"),
    ],
)
def test_who_is_not_there_is_said(config, name, more, said):
    assert run(config, name, **more) == (1, said)


def test_a_channel_that_does_not_exist(config):
    code, said = run(config, "乙", channel="fax")
    assert code == 1
    assert "没有“fax”这种账号" in said
    assert "wecom" in said


def test_who_has_left_gets_no_code(config):
    write(
        config,
        lambda tx: roster.bring_in(tx, Means(NOW, ZONE, "salt"), ROWS[:2], today=NOW.date(), left=["乙"]),
    )
    assert run(config, "乙")[0] == 1


def test_without_a_roster_nothing_is_made(tmp_path):
    config = Config(database=f"sqlite:///{tmp_path / 'none' / 'zhibu.db'}", folder=str(tmp_path / "none"))
    code, said = run(config, "乙")
    assert (code, said) == (1, "还没有名单。先用 zhibu import 导入。\n")
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("web", "address"),
    [
        (Web(public_url="https://zhibu.example.org"), "https://zhibu.example.org"),
        (Web(host="0.0.0.0", port=9000), "http://127.0.0.1:9000"),  # noqa: S104
        (Web(host="::1"), "http://[::1]:8000"),
        (Web(host="10.0.0.5"), "http://10.0.0.5:8000"),
    ],
)
def test_where_a_link_leads(web, address):
    assert binding.address(Config(web=web)) == address


def test_codes_are_made_of_clear_letters():
    made = {binding.new_code() for _ in range(200)}
    assert len(made) == 200
    assert all(re.fullmatch(r"[A-HJ-NP-Z2-9]{8}", code) for code in made)


def test_the_command_reads_the_settings(config):
    app = typer.Typer()
    app.command()(binding.bind)
    environ = {"ZHIBU_DATABASE": config.database, "ZHIBU_FOLDER": config.folder}
    done = CliRunner().invoke(app, ["甲", "--branch", "一支部"], env=environ)
    assert done.exit_code == 0, done.output
    [code] = re.findall(r"甲的绑定码：(\w{8})", done.output)
    assert say(config, code, datetime.now(UTC)).branch == "一支部"
