"""`zhibu understand`: for people, for programs, and what was missed."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.command_line import app
from texts import sentences

NOW = ("--now", "2026-03-05T10:20:00")


def run(*words, given=""):
    return CliRunner().invoke(app, ["understand", *words], input=given)


def test_words_are_read_as_one_object():
    told = json.loads(run("周五下午三点开支委会", *NOW).stdout)
    assert (told["intent"], told["slots"]["start"]) == ("meeting.create", "2026-03-06T15:00:00")


def test_an_explanation_is_for_people():
    told = run("后天下午三点在301开支委会", "--explain", *NOW).stdout
    for part in ("整理后：后天下午三点在301开支委会", "2026-03-07 15:00", "meeting.create", "得分最高", "读作："):
        assert part in told


def test_an_explanation_says_what_is_open_to_doubt():
    told = run("帮小李签到", "--explain", *NOW).stdout
    assert "有几种读法，要问：person 李慧 / 李雪梅" in told


@pytest.mark.parametrize(("said", "why"), [("开始签到", "命令词"), ("👍", "没有字"), ("今天好累", "不猜")])
def test_an_explanation_says_what_decided(said, why):
    assert why in run(said, "--explain", *NOW).stdout


def test_every_step_of_the_reader_has_its_sentence():
    code = (Path(__file__).parents[2] / "understanding" / "reader.py").read_text("utf-8")
    whys = re.findall(r'why(?:\.append\(|[^"\n]*?, )"([a-z ]+)"', code)
    assert len(whys) > 8
    assert [why for why in whys if f"reading.why.{why.replace(' ', '_')}" not in sentences()] == []


def test_what_is_left_open_is_explained():
    told = run("下周三或者下周四下午三点开支委会", "--explain", *NOW).stdout
    assert "在两样之间没有定" in told
    assert "2026-03-11T15:00:00 / 2026-03-12T15:00:00" in told


def test_lines_are_answered_in_order_and_a_faulty_one_does_not_end_it():
    good = json.dumps({"text": "签到", "now": "2026-03-05T10:20:00", "context": {"open": ["checkin"]}})
    told = [json.loads(line) for line in run("--jsonl", given=f"{good}\nnonsense\n\n{good}\n").stdout.splitlines()]
    assert [one.get("intent", "error") for one in told] == ["checkin.do", "error", "checkin.do"]


def test_nothing_to_read_and_no_instant_are_said():
    assert run().exit_code == 2
    assert run("签到", "--now", "soon").exit_code == 2


def test_what_was_missed_is_listed_as_data(furnished, tmp_path, monkeypatch):
    import shutil

    from services import missed
    from storage.database import Database
    from storage.writer import Writer
    from vocabulary.clock import SystemClock

    shutil.copy(furnished, tmp_path / "zhibu.db")
    monkeypatch.setenv("ZHIBU_DATABASE", f"sqlite:///{tmp_path / 'zhibu.db'}")
    monkeypatch.setenv("ZHIBU_FOLDER", str(tmp_path))
    assert "没有没看懂的话" in run("--missed").stdout
    database = Database(f"sqlite:///{tmp_path / 'zhibu.db'}", "key")
    writer = Writer(database)
    writer.start()
    for words in ("把那个弄一下", '再来"一个"', "把那个弄一下"):
        writer.run(lambda tx, words=words: missed.keep(tx, SystemClock().now(), 1, words))
    writer.stop()
    database.close()
    told = run("--missed").stdout.splitlines()
    assert [line.partition(",  # ")[0] for line in told] == ['["把那个弄一下"]', '["再来\\"一个\\""]']
    assert "2次" in told[0]


def test_without_a_database_it_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("ZHIBU_DATABASE", f"sqlite:///{tmp_path / 'none.db'}")
    told = run("--missed")
    assert (told.exit_code, "还没有数据库" in told.stdout) == (1, True)
