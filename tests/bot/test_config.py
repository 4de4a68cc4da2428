"""The settings: their defaults, the environment over them, and how a fault names its place."""

from __future__ import annotations

import ast
import itertools
import tomllib
from datetime import time
from pathlib import Path

import pytest

from bot.config import Config, ConfigFault, known_keys, load

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "config.example.toml"
TEXTS = tomllib.loads((ROOT / "texts" / "config.toml").read_text("utf-8"))

WECHAT = """[wechat]
app_id = "wx1"
secret = "s"
token = "t"
mode = "plain"
"""
WECOM = """[wecom]
corp_id = "ww1"
agent_id = 1000002
secret = "s"
token = "t"
aes_key = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
"""


def written(tmp_path, text):
    path = tmp_path / "config.toml"
    path.write_text(text, "utf-8")
    return path


def fault_of(path, environ=None):
    with pytest.raises(ConfigFault) as caught:
        load(path, environ or {})
    return caught.value


def sentence(fault):
    """The fault as the administrator reads it: every placeholder must be filled."""
    return TEXTS[fault.code].format(**fault.words, where=TEXTS[fault.place].format(**fault.words))


def flat(table, prefix=""):
    for key, value in table.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}"


def test_without_file_and_environment_the_defaults_stand():
    config = load(None, {"PATH": "/bin"})
    assert config == Config()
    assert (config.web.host, config.web.port) == ("127.0.0.1", 8000)
    assert not config.telegram.is_configured
    assert not config.wecom.is_configured


def test_the_example_holds_every_setting_at_its_default_and_in_order():
    assert list(flat(tomllib.loads(EXAMPLE.read_text("utf-8")))) == list(known_keys())
    assert load(EXAMPLE, {}) == Config()


def test_every_setting_is_read_somewhere():
    sources = [path.read_text("utf-8") for path in (ROOT / "bot").rglob("*.py") if path.name != "settings.py"]
    read = {node.attr for text in sources for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Attribute)}
    assert [key for key in known_keys() if key.rpartition(".")[2] not in read] == []


def test_the_example_says_something_of_every_table():
    lines = EXAMPLE.read_text("utf-8").splitlines()
    assert [line for above, line in itertools.pairwise(lines) if line.startswith("[") and above[:1] != "#"] == []


def test_environment_wins_over_the_file(tmp_path):
    path = written(tmp_path, 'database = "sqlite:///a.db"\n[web]\nport = 9000\n')
    environ = {
        "ZHIBU_DATABASE": "postgresql://u:p@db/zhibu",
        "ZHIBU_WEB__PORT": "9001",
        "ZHIBU_TELEGRAM__TOKEN": "1:x",
        "ZHIBU_MEETINGS__QUARTERLY_LECTURE": "false",
        "ZHIBU_QUIET__START": "22:30",
        "ZHIBU_TEST_DATABASE": "not a setting",
    }
    config = load(path, environ)
    assert config.database == "postgresql+psycopg://u:p@db/zhibu"
    assert config.web.port == 9001
    assert config.telegram.is_configured
    assert config.meetings.quarterly_lecture is False
    assert config.quiet.start == time(22, 30)


def test_secrets_stay_out_of_print(tmp_path):
    path = written(tmp_path, WECOM + '[telegram]\ntoken = "123:sesame"\n')
    config = load(path, {"ZHIBU_SECRET_KEY": "sesame", "ZHIBU_DATABASE": "postgresql://u:sesame@db/zhibu"})
    assert config.wecom.is_configured
    assert config.wecom.agent_id == "1000002"
    assert config.telegram.token.get_secret_value() == "123:sesame"
    assert "sesame" not in repr(config)


def test_a_base_loses_its_last_slash(tmp_path):
    path = written(tmp_path, '[web]\npublic_url = "https://zhibu.example.org:8443/"\n')
    assert load(path, {}).web.public_url == "https://zhibu.example.org:8443"


def test_blanks_around_what_was_copied_are_no_part_of_it(tmp_path):
    path = written(tmp_path, WECOM.replace('secret = "', 'secret = " ').replace('corp_id = "', 'corp_id = " '))
    config = load(path, {"ZHIBU_WECOM__TOKEN": "a-token\n"})
    told = (config.wecom.corp_id, config.wecom.secret.get_secret_value(), config.wecom.token.get_secret_value())
    assert all(value and value == value.strip() for value in told)


def test_windows_marks_are_read_too(tmp_path):
    path = tmp_path / "config.toml"
    path.write_bytes("\ufeff# 注释\r\n[web]\r\nport = 8001\r\n".encode())
    assert load(path, {}).web.port == 8001


@pytest.mark.parametrize(
    ("text", "code", "line", "key"),
    [
        ("\n[web]\nprot = 1\n", "unknown_key_near", 3, "web.prot"),
        ("port = 1\n", "unknown_key_near", 1, "port"),
        ("[telgram]\ntoken = 'x'\n", "unknown_key_near", 1, "telgram"),
        ("[web]\nzzzzz = 1\n", "unknown_key", 2, "web.zzzzz"),
        ("web.zzzzz = 1\n", "unknown_key", 1, "web.zzzzz"),
        ("web = { zzzzz = 1 }\n", "unknown_key", 1, "web.zzzzz"),
        ("# x\nweb = 3\n", "not_a_table", 2, "web"),
        ("[web]\nport = 'many'\n", "not_a_number", 2, "web.port"),
        ("[web]\nport = 8.5\n", "not_a_number", 2, "web.port"),
        ("[web]\nport = 70000\n", "too_large", 2, "web.port"),
        ("[checkin]\n\nlate_after = -1\n", "too_small", 3, "checkin.late_after"),
        ("[web]\nhost = ''\n", "empty", 2, "web.host"),
        ("[web]\nhost = 1\n", "not_text", 2, "web.host"),
        ("[meetings]\nquarterly_lecture = 'perhaps'\n", "not_yes_or_no", 2, "meetings.quarterly_lecture"),
        ("[telegram]\nmode = 'push'\n", "not_one_of", 2, "telegram.mode"),
        ("[telegram]\nwebhook_secret = '密'\n", "bad_webhook_secret", 2, "telegram.webhook_secret"),
        ("[quiet]\nstart = 21\n", "not_a_time", 2, "quiet.start"),
        ("[quiet]\nstart = '25:00'\n", "not_a_time", 2, "quiet.start"),
        ("[quiet]\nstart = '21:00Z'\n", "not_a_time", 2, "quiet.start"),
        ("timezone = 'Asia/Peking'\n", "unknown_zone", 1, "timezone"),
        ("timezone = '../etc'\n", "unknown_zone", 1, "timezone"),
        ("database = 'mysql://x/y'\n", "unknown_database", 1, "database"),
        ("[telegram]\napi_base = 'https://x.org/bot'\n", "base_has_path", 2, "telegram.api_base"),
        ("[wecom]\napi_base = 'https://x.org/?a'\n", "base_has_path", 2, "wecom.api_base"),
        ("[web]\npublic_url = 'zhibu.example.org'\n", "not_an_address", 2, "web.public_url"),
        ("[web]\npublic_url = 'http://x.org:port'\n", "not_an_address", 2, "web.public_url"),
        ("\n[wecom]\ncorp_id = 'ww1'\n", "incomplete", 2, "wecom.agent_id"),
        (WECOM.replace("B2C", "B2"), "bad_aes_key", 6, "wecom.aes_key"),
        ("[wecom_bot]\nbot_id = 'b'\n", "incomplete", 1, "wecom_bot.secret"),
        ("[wecom_bot]\nmode = 'url'\nbot_id = 'b'\nsecret = 's'\n", "incomplete", 1, "wecom_bot.token"),
        ("[wecom_bot]\nmode = 'push'\n", "not_one_of", 2, "wecom_bot.mode"),
        ("[wecom_bot]\naes_key = 'short'\n", "bad_aes_key", 2, "wecom_bot.aes_key"),
        ("[wecom]\napi_base = ''\n", "empty", 2, "wecom.api_base"),
        (WECOM.replace("1000002", "'zhibu'"), "wrong_value", 3, "wecom.agent_id"),
        (
            "[wecom_webhook]\nurl = 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send'\n",
            "no_robot",
            2,
            "wecom_webhook.url",
        ),
        ("[wecom_webhook]\nurl = 'qyapi.weixin.qq.com/x?key=k'\n", "no_robot", 2, "wecom_webhook.url"),
        (WECHAT + "template = 'T'\n", "incomplete", 1, "wechat.template_fields"),
        (WECHAT + "subscription_fields = ['thing1']\n", "incomplete", 1, "wechat.subscription"),
        ("[telegram]\ntoken='1:x'\nmode='webhook'\n", "incomplete", 1, "telegram.webhook_secret"),
        ("[web]\n[telegram]\ntoken='1:x'\nmode='webhook'\nwebhook_secret='s'\n", "incomplete", 1, "web.public_url"),
        ("[web]\nport = \n", "not_toml", 2, ""),
        ("[web]\nhost = “127.0.0.1”\n", "not_toml", 2, ""),
        ("[web", "not_toml", 1, ""),
    ],
)
def test_a_fault_names_its_line_and_key(tmp_path, text, code, line, key):
    fault = fault_of(written(tmp_path, text))
    assert (fault.code, fault.line, fault.key) == (f"config.{code}", line, key)
    assert f"第{line}行" in sentence(fault)
    assert key in sentence(fault)


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("[web]\nprot = 1\n", "web.port"),
        ("port = 1\n", "web.port"),
        ("[telgram]\n", "telegram"),
        ("[checkin]\nlate = 1\n", "checkin.late_after"),
        ("[meetings]\nkeep_text_days = 1\n", "privacy.keep_text_days"),
        ("web_port = 1\n", "web.port"),
    ],
)
def test_an_unknown_key_is_told_the_nearest(tmp_path, text, nearest):
    assert f"“{nearest}”" in sentence(fault_of(written(tmp_path, text)))


def test_a_wrong_variable_is_named_as_a_variable():
    fault = fault_of(None, {"ZHIBU_WEB_PORT": "9001"})
    assert sentence(fault).startswith("环境变量 ZHIBU_WEB_PORT：")
    assert "“ZHIBU_WEB__PORT”" in sentence(fault)
    assert sentence(fault_of(None, {"ZHIBU_WEB__PORT": "x"})) == "环境变量 ZHIBU_WEB__PORT：“web.port”要写整数。"


def test_a_table_cannot_be_a_variable(tmp_path):
    assert fault_of(None, {"ZHIBU_WEB": "x"}).code == "config.not_a_table"
    path = written(tmp_path, "web = 1\n")
    assert fault_of(path, {"ZHIBU_WEB__PORT": "9001"}).line == 1


def test_a_file_that_cannot_be_read_is_said(tmp_path):
    assert fault_of(tmp_path / "none.toml").code == "config.no_file"
    assert fault_of(tmp_path).code == "config.unreadable"
    path = tmp_path / "gbk.toml"
    path.write_bytes("# 中文".encode("gbk"))
    assert fault_of(path).code == "config.not_utf8"
    assert str(path) in sentence(fault_of(path))


def test_every_sentence_of_a_fault_is_reached():
    source = (ROOT / "bot" / "config.py").read_text("utf-8")
    assert [key for key in TEXTS if f'"{key}"' not in source] == []


def test_the_fields_of_a_notice_are_a_list_or_one_string(tmp_path):
    listed = written(tmp_path, WECHAT + "template = 'T'\ntemplate_fields = ['thing1', 'time2']\n")
    fields = "ZHIBU_WECHAT__TEMPLATE_FIELDS"
    assert load(listed, {}).wechat.template_fields == ("thing1", "time2")
    assert load(listed, {fields: "thing3, date4"}).wechat.template_fields == ("thing3", "date4")
