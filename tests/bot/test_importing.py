"""`zhibu import`: shows first, writes when told, and says what is wrong in one sentence."""

from __future__ import annotations

import io
import re
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner

from bot import premises, sample
from bot.commands import importing
from bot.commands.console import LOG_FILE, Speech, spoken
from bot.settings import Config
from services import people
from storage.migrate import migrate
from storage.writer import Writer
from vocabulary.clock import SetClock

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "content" / "sample" / "roster.csv"
NOW = datetime(2026, 3, 5, 2, 20, tzinfo=UTC)


@pytest.fixture
def config(tmp_path):
    folder = tmp_path / "data"
    return Config(database=f"sqlite:///{folder / 'zhibu.db'}", folder=str(folder))


def run(config, file, *, yes=False, left=()):
    """Exit code and everything that was printed."""
    console = Console(file=io.StringIO(), width=160)
    speech = Speech(console, NOW, ZoneInfo("Asia/Shanghai"))
    code = importing.run(speech, config, file, yes=yes, left=left, salt=lambda: "salt")
    return code, console.file.getvalue()


def edited(tmp_path, *changes):
    text = SAMPLE.read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "edited.csv"
    path.write_text(text, "utf-8")
    return path


def branch_names(config):
    database = premises.database(config)
    try:
        with database.read() as tx:
            return [found.name for found in people.organizations(tx)]
    finally:
        database.close()


def test_a_dry_run_shows_everyone_and_makes_nothing(config):
    code, said = run(config, SAMPLE)
    assert code == 0
    assert said.count("新增 ") == 35
    assert re.search(r"36 │ 职能党支部 │ 谢天明 │ 新增", said)
    assert "新增组织：园区党委" in said
    assert "加 --yes" in said
    assert not Path(config.folder).exists()


def test_yes_writes_and_says_what_to_try_first(config):
    code, said = run(config, SAMPLE, yes=True)
    assert code == 0
    assert "研发党支部：17名党员，15人有表决权。" in said
    assert (
        "名单已导入：33名党员，30人有表决权。先试一次：说“下周三下午三点在301会议室开支部党员大会”。确认之前不会通知任何人。"
        in said
    )
    assert branch_names(config) == ["园区党委", "研发党支部", "市场党支部", "职能党支部"]


def test_one_branch_is_told_in_one_sentence(config, tmp_path):
    lines = SAMPLE.read_text("utf-8").splitlines()
    path = tmp_path / "one.csv"
    path.write_text("\n".join(lines[:20]), "utf-8")
    _, said = run(config, path, yes=True)
    assert "名单已导入：17名党员，15人有表决权。" in said
    assert "研发党支部：" not in said


def test_again_changes_nothing(config):
    run(config, SAMPLE, yes=True)
    code, said = run(config, SAMPLE, yes=True)
    assert code == 0
    assert said == "新增0人，改动0人，离开0人，不变35人。\n和系统里一样，没有改动。\n"


def test_changes_are_shown_and_numbers_are_not(config, tmp_path):
    run(config, SAMPLE, yes=True)
    path = edited(
        tmp_path,
        (
            "预备党员,,,第一党小组,男,1998-04-05,2025-06-18,,19900000016,",
            "正式党员,,,,男,1998-04-05,2025-06-18,2026-03-01,19912345678,流动",
        ),
        ("市场党支部,潘越,正式党员,,,,男,1988-03-08,2010-06-24,2011-06-24,19900000030,流动\n", ""),
    )
    code, said = run(config, path)
    assert code == 0
    for words in (
        "人员类别：预备党员 → 正式党员",
        "党小组：第一党小组 → 空",
        "转正日期：空 → 2026-03-01",
        "流动：否 → 是",
        "手机有改动",
    ):
        assert words in said
    assert "19912345678" not in said
    assert "还在的1人：潘越（市场党支部）" in said
    _, said = run(config, path, yes=True, left=["潘越"])
    assert "离开1人" in said
    assert "还在的" not in said


def test_faults_name_their_rows_and_nothing_is_written(config, tmp_path):
    path = edited(
        tmp_path, ("研发党支部,周建国,正式党员,副书记", "研发党支部,周建国,正式党员,书记"), ("2008-12-10", "昨天")
    )
    code, said = run(config, path, yes=True)
    assert code == 1
    assert re.search(r"3 +│ 党内职务 │ 书记已经是李慧（第2行）", said)
    assert re.search(r"4 +│ 入党日期 │ “昨天”不是日期", said)
    assert "共2处问题，什么都没有导入" in said
    assert not Path(config.folder).exists()


def test_names_are_never_markup(config, tmp_path):
    _, said = run(config, edited(tmp_path, ("李雪梅", "[red]李[/]")))
    assert "[red]李[/]" in said


def test_the_sample_takes_no_real_people(config):
    database = premises.database(config)
    migrate(database)
    writer = Writer(database)
    writer.start()
    sample.build(database, writer, SetClock(NOW), "web")
    writer.stop()
    database.close()
    code, said = run(config, SAMPLE, yes=True)
    assert code == 1
    assert "这是示例的数据库" in said


def test_it_waits_while_another_program_writes(config):
    run(config, SAMPLE, yes=True)
    database = premises.database(config)
    held, order = threading.Event(), []

    def hold():
        with database.writing().begin():
            held.set()
            time.sleep(0.4)
            order.append("the other")

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait()
    code, _ = run(config, SAMPLE, yes=True, left=["潘越"])
    assert code == 1  # he is in the file; looking does not wait
    assert order == []
    importing._write(config, lambda _: order.append("import"))
    thread.join()
    database.close()
    assert order == ["the other", "import"]


app = typer.Typer()
app.command("import")(importing.import_)


@app.callback()
def zhibu():
    """A command among others."""


def command(*args, **environ):
    return CliRunner().invoke(app, [*map(str, args)], env={"COLUMNS": "160", **environ})


def settings(tmp_path):
    folder = tmp_path / "data"
    return {"ZHIBU_DATABASE": f"sqlite:///{folder / 'zhibu.db'}", "ZHIBU_FOLDER": str(folder)}


def test_the_command_reads_the_settings(tmp_path):
    done = command(
        "import", edited(tmp_path, ("2026-01-15", "2024-01-15"), ("2025-", "2024-")), "--yes", **settings(tmp_path)
    )
    assert done.exit_code == 0, done.output
    assert "名单已导入：33名党员" in done.output
    key = tmp_path / "data" / premises.KEY_FILE
    assert key.stat().st_mode & 0o077 == 0
    assert len(key.read_text()) >= 32


def test_several_may_have_left_in_one_word(tmp_path):
    done = command("import", SAMPLE, "--left", "甲、乙", "--left", "丙", **settings(tmp_path))
    assert done.exit_code == 1
    assert all(f"--left {name}：名单上没有这个人。" in done.output for name in "甲乙丙")


def test_a_wrong_setting_is_named(tmp_path):
    done = command("import", SAMPLE, "--config", tmp_path / "none.toml")
    assert done.exit_code == 2
    assert done.stderr.startswith("没有找到配置文件")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"this is no database at all, " * 100, "数据库文件坏了"), (None, "打不开")],
)
def test_a_database_that_is_none_is_one_sentence_with_a_number(tmp_path, content, sentence):
    folder = tmp_path / "data"
    folder.mkdir()
    path = folder / "zhibu.db"
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    done = command("import", SAMPLE, "--yes", **settings(tmp_path))
    assert done.exit_code == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.output + done.stderr
    [number] = re.findall(r"编号([0-9A-F]{4})", done.stderr)
    log = (folder / LOG_FILE).read_text("utf-8")
    assert number in log
    assert "Traceback" in log


def test_what_nobody_foresaw_has_a_number_too(tmp_path, capsys):
    with pytest.raises(typer.Exit) as left, spoken(tmp_path):
        raise ZeroDivisionError("a fault of ours")
    assert left.value.exit_code == 1
    [number] = re.findall(r"编号是([0-9A-F]{4})", capsys.readouterr().err)
    assert f"number {number}" in (tmp_path / LOG_FILE).read_text("utf-8")
