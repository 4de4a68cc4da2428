"""`zhibu replay`: what a transcript is, how it is played, compared and listed, and what the exit code says."""

from __future__ import annotations

import asyncio
import json

import pytest
from typer.testing import CliRunner

from bot import transcript
from bot.command_line import app
from bot.replay import compare, fits, play
from bot.stage import Stage

CALL = "李慧> 下周三下午三点在301会议室开支部党员大会，讨论年度工作计划\n"
CARD = """机器人> 要召开这个会议吗？
        支部党员大会 3月11日 周三 15:00 301会议室
        …
        [确认] [修改] [取消]
"""


@pytest.fixture
def played(furnished):
    """Plays a transcript on a fresh stage."""
    return lambda text: asyncio.run(play(transcript.parse(text), Stage(template=furnished)))


@pytest.fixture
def replay(tmp_path):
    """Runs the command on a transcript: exit code and both outputs."""

    def run(text, *options):
        file = tmp_path / "scene.chat"
        file.write_text(text, "utf-8")
        done = CliRunner().invoke(app, ["replay", *options, str(file)])
        assert done.exception is None or isinstance(done.exception, SystemExit)
        return done.exit_code, done.stdout, done.stderr

    return run


def test_without_check_what_the_file_wants_is_ignored(replay):
    code, said, wrong = replay(f"# 一句话\n{CALL}机器人> 别的话\n→王晓明 没有的事\n日志 no.such\n")
    assert (code, wrong) == (0, "")
    assert "别的话" not in said
    assert "没有的事" not in said
    assert "no.such" not in said
    assert said.startswith(f"{CALL}机器人> 要召开这个会议吗？\n        支部党员大会 3月11日 周三 15:00 301会议室\n")
    assert said.rstrip().endswith("[确认] [修改] [取消]\n日志")


def test_check_is_silent_where_all_is_well_and_shows_a_diff_where_not(replay):
    assert replay(CALL + CARD, "--check") == (0, "", "")
    code, said, wrong = replay(CALL + CARD.replace("301", "302"), "--check")
    assert (code, said) == (1, "")
    assert "-机器人> 要召开这个会议吗？ 支部党员大会 3月11日 周三 15:00 302会议室" in wrong
    assert "+机器人> 要召开这个会议吗？ 支部党员大会 3月11日 周三 15:00 301会议室" in wrong
    assert replay(CALL, "--check")[0] == 1, "everything that is said is listed"
    assert replay(CALL + CARD + CARD, "--check")[0] == 1, "and nothing that is not"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("李慧> 帮助\n没有人说的话\n", 2),
        ("    开头就缩进\n", 1),
        ("时间 2026-02-30 10:00\n", 1),
        ("时间 明天\n", 1),
        ("时间 2026-03-06 10:00\n# 往回走\n时间 2026-03-05 10:00\n", 3),
        ("李慧> 帮助\n时间 2026-03-05 10:19\n", 2),
        ("群 甲群 = 没有的支部\n", 1),
        ("\n群 甲群 = 研发党支部 第九党小组\n", 2),
    ],
)
def test_what_cannot_be_played_is_2_with_its_line(replay, text, line):
    code, said, wrong = replay(text)
    assert (code, said) == (2, "")
    assert wrong.splitlines()[0].startswith(wrong.partition(".chat: ")[0] + f".chat: {line}: ")


def test_a_file_that_is_not_there_or_no_text_is_2(tmp_path):
    assert CliRunner().invoke(app, ["replay", str(tmp_path / "none.chat")]).exit_code == 2
    (tmp_path / "bytes.chat").write_bytes(b"\xff\xfe\x00")
    assert CliRunner().invoke(app, ["replay", str(tmp_path / "bytes.chat")]).exit_code == 2
    (tmp_path / "empty.chat").write_text("")
    assert CliRunner().invoke(app, ["replay", "--door", "nowhere", str(tmp_path / "empty.chat")]).exit_code == 2


GROUP = "群 研发群 = 研发党支部\n"


def test_json_lists_what_the_program_says(replay):
    code, said, _ = replay(f"{GROUP}{CALL}李慧> [确认]\n时间 2026-03-11 15:00\n研发群 王晓明> 签到\n", "--json")
    assert code == 0
    found = [json.loads(line) for line in said.splitlines()]
    assert all(set(one) == {"at", "to", "chat", "text", "buttons", "files", "verb", "edit"} for one in found)
    card = found[0]
    assert card | {"text": ""} == {
        "at": "2026-03-05T10:20:00", "to": "李慧", "chat": None, "text": "", "buttons": ["确认", "修改", "取消"],
        "files": [], "verb": None, "edit": False,
    }  # fmt: skip
    assert "议题：讨论年度工作计划" in card["text"]
    notice = next(one for one in found if one["chat"])
    assert (notice["to"], notice["chat"], notice["verb"]) == ("研发群", "研发群", "convening.create")
    line = next(one for one in found if one["text"].startswith("30分钟后"))
    assert line["at"] == "2026-03-11T14:30:00", "what is due on the way happens at its own instant"
    last = found[-1]
    assert (last["to"], last["chat"], last["edit"], last["verb"]) == ("研发群", "研发群", True, "checkin.check_in")
    assert "已签到1/17" in last["text"]


@pytest.mark.parametrize("door", ["web", "telegram", "wecom", "wecom_bot", "wechat"])
def test_a_scene_goes_at_every_door(replay, door):
    scene = f"{GROUP}{CALL}李慧> [确认]\n时间 2026-03-11 15:00\n研发群 王晓明> 签到\n"
    assert replay(scene, "--check", "--door", door)[0] == 0
    said = replay(scene, "--door", door)[1]
    assert ("1 确认" in said) is (door == "wechat")
    assert ("[确认] [修改] [取消]" in said) is (door != "wechat")


def test_the_same_beginning_prints_the_same(played):
    one = played(GROUP + CALL + "李慧> [确认]\n").lines
    other = played(GROUP + CALL + "李慧> [确认]\n王晓明> 收到\n").lines
    assert other[: len(one)] == one
    assert len(other) > len(one)


def test_what_is_printed_is_a_transcript_of_itself(played, replay):
    scene = f"{GROUP}{CALL}李慧> [确认]\n时间 2026-03-11 15:00\n研发群 王晓明> 签到\n李慧> 谁还没到\n日志\n"
    printed = "\n".join(played(scene).lines)
    assert replay(printed + "\n", "--check") == (0, "", "")


def test_a_line_has_its_place(played):
    assert compare(played(f"李慧> 帮助\n机器人> …\n{CALL}{CARD}")) == ""
    late = compare(played(f"李慧> 帮助\n{CALL}机器人> …\n{CARD}"))
    assert late, "an answer is listed below the words that it answers"


def test_a_diff_shows_only_what_differs(played):
    scene = f"李慧> 帮助\n机器人> 没有这句\n{CALL}{CARD}李慧> [取消]\n机器人> …什么都没有发。\n"
    changed = [line for line in compare(played(scene)).splitlines()[2:] if line[0] in "+-"]
    assert [line[:5] for line in changed] == ["-机器人>", "+机器人>"]


@pytest.mark.parametrize(
    ("wanted", "got", "fit"),
    [
        ("机器人> 已签到 …。", "机器人> 已签到 15:21。", True),
        ("机器人> …", "机器人> 任何话 [确认]", True),
        ("机器人> 已签到。", "机器人> 已签到。再见", False),
        ("→李慧 共(1+1)条.*", "→李慧 共(1+1)条.*", True),
        ("→李慧 共.*", "→李慧 共17人", False),
    ],
)
def test_dots_stand_for_any_text_and_nothing_else_does(wanted, got, fit):
    assert fits(wanted, got) is fit


def kinds(text):
    return [(step.kind, step.who, step.chat, step.whole) for step in transcript.parse(text)]


def test_every_form_of_a_line_is_read():
    assert kinds(
        "# 说明\n\n群 研发群 = 研发党支部\n李慧> 一\n    二\n\t三\n研发群 李慧> 四\n李慧> [确认]\n"
        "李慧> [图片 现场.jpg]\n李慧> [位置 31.2304,121.4737]\n李慧> [扫码]\n李慧> [语音 发言.amr]\n"
        "机器人> 五\n机器人@研发群> 六\n→研发群 七\n→李慧 八\n~研发群 九\n        十\n日志 a.b c.d\r\n"
    ) == [
        ("group", "研发党支部", "研发群", ""),
        ("say", "李慧", None, "一\n二\n三"),
        ("say", "李慧", "研发群", "四"),
        ("press", "李慧", None, "确认"),
        ("attach", "李慧", None, "[图片 现场.jpg]"),
        ("attach", "李慧", None, "[位置 31.2304,121.4737]"),
        ("attach", "李慧", None, "[扫码]"),
        ("attach", "李慧", None, "[语音 发言.amr]"),
        ("answer", "", None, "五"),
        ("answer", "", "研发群", "六"),
        ("send", "研发群", "研发群", "七"),
        ("send", "李慧", None, "八"),
        ("edit", "研发群", "研发群", "九\n十"),
        ("log", "", None, "a.b c.d"),
    ]


def test_the_log_lists_what_was_done_and_not_how_the_stage_was_set(played):
    assert played(f"{GROUP}李慧> 帮助\n日志\n").lines[-1] == "日志"
    assert played(f"{GROUP}{CALL}李慧> [确认]\n日志\n").lines[-1].startswith("日志 convening.create")


def test_a_name_that_is_not_on_the_roster_is_a_stranger(played):
    lines = played("路人甲> 这周有什么会\n王晓明> 这周有什么会\n").lines
    assert lines[1] != lines[3]
    assert "绑定" in lines[1]


def test_a_transcript_may_begin_before_the_usual_day(played):
    lines = played("时间 2026-01-07 09:00\n李慧> 周五下午三点在301会议室开支部党员大会，讨论年度工作计划\n").lines
    assert lines[2].startswith("机器人> 要召开这个会议吗？\n        支部党员大会 1月9日 周五 15:00 301会议室\n")


def test_a_press_finds_only_what_that_person_sees(played):
    scene = f"{GROUP}群 市场群 = 市场党支部\n{CALL}李慧> [确认]\n"
    mine = played(f"{scene}王晓明> [收到]\n日志\n").lines[-1]
    assert "attendance.accept" in mine
    other = played(f"{scene}何建平> [收到]\n日志\n").lines[-1]
    assert "attendance.accept" not in other


def test_things_without_words_are_heard_as_what_they_are(played):
    lines = played("李慧> [图片 现场.jpg]\n李慧> [扫码]\n李慧> [位置 31.2304,121.4737]\n").lines
    assert [line for line in lines if line.startswith("李慧>")] == [
        "李慧> [图片 现场.jpg]", "李慧> [扫码]", "李慧> [位置 31.2304,121.4737]"]  # fmt: skip
    assert sum(line.startswith("机器人>") for line in lines) == 3
