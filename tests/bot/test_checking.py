"""`zhibu doctor`: every thing that can be wrong is said so that it can be mended, and no secret is printed."""

# ruff: noqa: S105, S106  every secret here is invented

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import io
import socket
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from aiohttp import web
from fake_wecom_bot import BOT, FakeWeComBot
from fake_wecom_bot import SECRET as BOT_SECRET
from rich.console import Console
from serving import fake_served, routes_served
from typer.testing import CliRunner

from bot.channels.wechat.door import WeChatDoor
from bot.channels.wecom.door import WeComDoor
from bot.channels.wecom_bot.door import WeComBotDoor
from bot.command_line import app
from bot.commands import checking
from bot.commands.console import Speech
from bot.config import Config
from bot.settings import Web
from bot.settings_platforms import Telegram, WeChat, WeCom, WeComBot, WeComWebhook
from storage.database import Database
from storage.holding import Hold
from storage.migrate import migrate
from vocabulary.clock import SystemClock

NOW = datetime(2026, 3, 5, 2, 20, tzinfo=UTC)
TOKEN, SECRET = "123456:invented-token", "invented-app-secret"
AES_KEY = "a" * 43


class Platforms:
    """Telegram's, WeCom's and WeChat's interfaces as far as the doctor asks; each answer can be changed."""

    def __init__(self):
        self.me = {"ok": True, "result": {"id": 1, "username": "zhibu_bot", "can_read_all_group_messages": True}}
        self.hook = {"ok": True, "result": {"url": "", "pending_update_count": 0}}
        self.token = {"errcode": 0, "errmsg": "ok", "access_token": "T1", "expires_in": 7200}
        self.agent = {"errcode": 0, "errmsg": "ok", "agentid": 7, "name": "支部助手"}
        self.stable = {"access_token": "T1", "expires_in": 7200}

    async def bot_api(self, request):
        if request.match_info["token"] != TOKEN:
            return web.json_response({"ok": False, "error_code": 401, "description": "Unauthorized"}, status=401)
        found = self.me if request.match_info["method"] == "getMe" else self.hook
        return found if isinstance(found, web.Response) else web.json_response(found)

    async def give_token(self, request):
        if request.query.get("corpsecret") != SECRET:
            return web.json_response({"errcode": 40001, "errmsg": f"invalid credential {SECRET}"})
        return web.json_response(self.token)

    async def give_stable_token(self, request):
        assert (await request.json())["secret"] == SECRET
        return web.json_response(self.stable)

    async def give_agent(self, request):
        assert request.query["access_token"] == "T1"
        return web.json_response(self.agent)

    @asynccontextmanager
    async def served(self):
        served = web.Application()
        served.router.add_get("/bot{token}/{method}", self.bot_api)
        served.router.add_get("/cgi-bin/gettoken", self.give_token)
        served.router.add_get("/cgi-bin/agent/get", self.give_agent)
        served.router.add_post("/cgi-bin/stable_token", self.give_stable_token)
        runner = web.AppRunner(served, access_log=None, shutdown_timeout=0.01)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        try:
            yield f"http://127.0.0.1:{runner.addresses[0][1]}"
        finally:
            await runner.cleanup()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def settings(folder, **more):
    base = {"database": f"sqlite:///{folder / 'zhibu.db'}", "folder": str(folder), "web": Web(port=free_port())}
    return Config(**{**base, **more})


def furnish(config):
    database = Database(config.database, "key")
    migrate(database)
    database.close()


async def examined(config, now=NOW):
    """How many are broken, and all that was printed."""
    out = io.StringIO()
    speech = Speech(Console(file=out, highlight=False), now, ZoneInfo(config.timezone))
    broken = await checking.run(speech, config, "config.toml")
    return broken, out.getvalue()


def examine(config, now=NOW):
    return asyncio.run(examined(config, now))


def at_platforms(config_of, platforms):
    async def scene():
        async with platforms.served() as base:
            return await examined(config_of(base))

    broken, said = asyncio.run(scene())
    assert TOKEN not in said
    assert SECRET not in said
    assert AES_KEY not in said
    return broken, said


@contextlib.contextmanager
def running(folder):
    """Hold a folder's lock, as a zhibu does that runs there."""
    with (folder / "zhibu.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def test_a_new_place_is_well_and_nothing_is_made_there(tmp_path):
    broken, said = examine(settings(tmp_path / "data"))
    assert broken == 0
    assert "还没有建" in said
    assert "放假安排收录到2026年" in said
    assert list(tmp_path.iterdir()) == []


def test_a_furnished_place_is_well(tmp_path):
    config = settings(tmp_path, secret_key="invented")
    furnish(config)
    broken, said = examine(config)
    assert broken == 0
    assert "读写正常。" in said
    assert "要改" not in said.replace("没有要改的", "")


def test_a_wrong_setting_is_said_with_its_line(tmp_path):
    file = tmp_path / "config.toml"
    file.write_text("[web]\nprot = 8000\n", "utf-8")
    done = CliRunner().invoke(app, ["doctor", "--config", str(file)])
    assert done.exit_code == 1
    assert "第2行" in done.output
    assert "web.port" in done.output


@pytest.mark.parametrize(
    ("content", "said"), [(b"this is not a database at all, but longer than a header" * 20, "文件坏了")]
)
def test_a_broken_database_is_said(tmp_path, content, said):
    config = settings(tmp_path, secret_key="invented")
    (tmp_path / "zhibu.db").write_bytes(content)
    broken, words = examine(config)
    assert broken == 1
    assert said in words


def test_a_database_of_a_newer_program_is_left_alone(tmp_path):
    config = settings(tmp_path, secret_key="invented")
    furnish(config)
    database = Database(config.database, "key")
    with database.writing().begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    broken, said = examine(config)
    assert broken == 1
    assert "请换回新版本的程序" in said


def test_a_lost_key_and_an_open_key_are_said(tmp_path):
    config = settings(tmp_path)
    furnish(config)
    broken, said = examine(config)
    assert broken == 1
    assert "请从备份里找回密钥文件" in said
    key = tmp_path / "secret.key"
    key.write_text("invented", "ascii")
    key.chmod(0o644)
    broken, said = examine(config)
    assert broken == 1
    assert f"chmod 600 {key}" in said
    key.chmod(0o600)
    assert examine(config)[0] == 0


def test_a_taken_port_is_said(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        broken, said = examine(settings(tmp_path, web=Web(port=other.getsockname()[1])))
    assert broken == 1
    assert "被别的程序占用" in said


def test_a_port_where_another_answers_while_it_runs_is_said(tmp_path):
    with running(tmp_path):
        broken, said = at_platforms(
            lambda base: settings(tmp_path, web=Web(port=int(base.rpartition(":")[2]))), Platforms()
        )
    assert broken == 1
    assert "被别的程序占用" in said


def test_the_lock_tells_whether_it_runs(tmp_path):
    config = settings(tmp_path)
    with running(tmp_path):
        assert "支部助手正在运行" in examine(config)[1]
    assert "支部助手没有在运行" in examine(config)[1]


@pytest.mark.parametrize(
    ("now", "owed"),
    [(NOW, False), (datetime(2026, 12, 5, tzinfo=UTC), True), (datetime(2027, 2, 1, tzinfo=UTC), True)],
)
def test_the_end_of_the_holiday_table_is_said_in_time(tmp_path, now, owed):
    broken, said = examine(settings(tmp_path), now)
    assert broken == 0
    assert ("先按周末和固定节日算" in said) is owed


def test_an_address_that_nobody_answers_at_is_noted(tmp_path):
    address = f"http://127.0.0.1:{free_port()}"
    broken, said = examine(settings(tmp_path, web=Web(port=free_port(), public_url=address)))
    assert broken == 0
    assert f"打不开 {address}" in said


def test_the_log_tells_of_two_programs_with_one_token(tmp_path):
    line = "2026-03-05 10:00:00,000 WARNING zhibu telegram: Conflict terminated by other getUpdates request"
    (tmp_path / "zhibu.log").write_text(line + "\n", "utf-8")
    said = examine(settings(tmp_path))[1]
    assert "两个程序在用同一个Telegram的token" in said
    assert line in said


def telegram(folder, token=TOKEN, **more):
    return lambda base: settings(folder, telegram=Telegram(token=token, api_base=base, **more))


def test_telegram_is_well(tmp_path):
    broken, said = at_platforms(telegram(tmp_path), Platforms())
    assert broken == 0
    assert "@zhibu_bot 能用" in said
    assert "setprivacy" not in said


def test_telegram_that_hears_no_group_is_noted(tmp_path):
    platforms = Platforms()
    platforms.me["result"]["can_read_all_group_messages"] = False
    broken, said = at_platforms(telegram(tmp_path), platforms)
    assert broken == 0
    assert "/setprivacy 选 Disable" in said


def test_a_wrong_token_is_said_and_not_printed(tmp_path):
    broken, said = at_platforms(telegram(tmp_path, token="654321:another"), Platforms())
    assert broken == 1
    assert "Telegram不认这个token" in said
    assert "another" not in said


def test_a_webhook_stands_in_the_way_of_polling(tmp_path):
    platforms = Platforms()
    platforms.hook["result"] = {"url": "https://other.example.org/hook/private-path", "pending_update_count": 250}
    broken, said = at_platforms(telegram(tmp_path), platforms)
    assert broken == 0
    assert "推送到 other.example.org" in said
    assert "private-path" not in said
    assert "还有250条消息" in said
    with running(tmp_path):
        assert at_platforms(telegram(tmp_path), platforms)[0] == 1


def test_a_platform_that_answers_nonsense_is_unreachable(tmp_path):
    platforms = Platforms()
    platforms.me = web.Response(status=502, text="<html>bad gateway</html>")
    broken, said = at_platforms(telegram(tmp_path), platforms)
    assert broken == 1
    assert "连不上 http://127.0.0.1" in said
    assert "HTTP 502" in said


def test_a_platform_that_is_not_there_is_unreachable(tmp_path):
    broken, said = examine(telegram(tmp_path)(f"http://127.0.0.1:{free_port()}"))
    assert broken == 1
    assert "ClientConnectorError" in said
    assert TOKEN not in said


def wecom(folder, secret=SECRET):
    def config(base):
        app_settings = WeCom(corp_id="ww1", agent_id="7", secret=secret, token="t", aes_key=AES_KEY, api_base=base)
        return settings(folder, wecom=app_settings)

    return config


def test_wecom_is_well_and_misses_its_public_address(tmp_path):
    broken, said = at_platforms(wecom(tmp_path), Platforms())
    assert broken == 0
    assert "“支部助手”能用" in said
    assert "public_url 空着" in said


@pytest.mark.parametrize(
    ("part", "answer", "said"),
    [
        ("token", {"errcode": 40013, "errmsg": "invalid corpid"}, "不认 corp_id"),
        (
            "agent",
            {"errcode": 60020, "errmsg": "not allow to access from your ip, hint: [1], from ip: 203.0.113.9, more"},
            "（203.0.113.9）",
        ),
        ("agent", {"errcode": 301002, "errmsg": "no privilege"}, "不是同一个应用"),
        ("agent", {"errcode": 45009, "errmsg": "api freq out of limit"}, "代码45009"),
    ],
)
def test_what_wecom_refuses_is_said_in_words(tmp_path, part, answer, said):
    platforms = Platforms()
    setattr(platforms, part, answer)
    broken, words = at_platforms(wecom(tmp_path), platforms)
    assert broken == 1
    assert said in words


def test_a_wrong_secret_of_wecom_is_said_and_not_printed(tmp_path):
    broken, said = at_platforms(wecom(tmp_path, secret="wrong-secret"), Platforms())
    assert broken == 1
    assert "不认 secret（40001）" in said
    assert "wrong-secret" not in said


@pytest.mark.parametrize(
    ("answer", "grade", "said"),
    [
        ({"access_token": "T", "expires_in": 7200}, 0, "app_id 和 secret 能用"),
        ({"errcode": 40125, "errmsg": "invalid appsecret"}, 1, "不认 secret（40125）"),
        ({"errcode": 40013, "errmsg": "invalid appid"}, 1, "不认 app_id"),
        (
            {"errcode": 40164, "errmsg": "invalid ip 203.0.113.9, not in whitelist"},
            1,
            "（203.0.113.9）",
        ),
        ({"errcode": 45009, "errmsg": "reach max api daily quota limit"}, 1, "代码45009"),
    ],
)
def test_what_wechat_says_is_said_in_words(tmp_path, answer, grade, said):
    platforms = Platforms()
    platforms.stable = answer

    def config(base):
        return settings(tmp_path, wechat=WeChat(app_id="wx1", secret=SECRET, token="t", aes_key=AES_KEY, api_base=base))

    broken, words = at_platforms(config, platforms)
    assert broken == grade
    assert said in words
    assert SECRET not in words


@pytest.mark.parametrize(("secret", "broken", "said"), [(BOT_SECRET, 0, "能连上"), ("wrong", 1, "不认智能机器人")])
def test_the_bot_is_asked_where_it_is_not_at_work(tmp_path, secret, broken, said):
    async def scene():
        async with FakeWeComBot().served() as address:
            bot = WeComBot(bot_id=BOT, secret=secret, ws_url=address)
            return await examined(settings(tmp_path, wecom_bot=bot))

    grade, words = asyncio.run(scene())
    assert grade == broken
    assert said in words
    assert secret not in words


def test_the_bot_is_left_in_peace_while_it_works_for_another_folder_on_the_same_database(tmp_path):
    bot = WeComBot(bot_id=BOT, secret=BOT_SECRET, ws_url="ws://127.0.0.1:9")
    config = settings(tmp_path, wecom_bot=bot)
    hold = Hold(config.database)
    assert hold.take()
    assert "试会把它挤掉" in examine(config)[1]
    hold.leave()
    said = examine(config)[1]
    assert "试会把它挤掉" not in said
    assert "连不上 ws://127.0.0.1:9（ConnectionRefusedError）" in said


def test_the_bot_is_left_in_peace_while_it_works(tmp_path):
    bot = WeComBot(bot_id=BOT, secret=BOT_SECRET, ws_url="ws://127.0.0.1:9")
    with running(tmp_path):
        broken, words = examine(settings(tmp_path, wecom_bot=bot))
    assert broken == 0
    assert "试会把它挤掉" in words


@pytest.mark.parametrize(("token", "broken", "said"), [("t", 0, "听得到平台推送来的话"), ("other", 1, "没有认出")])
def test_the_address_where_a_bot_is_pushed_is_called_as_wecom_does(tmp_path, token, broken, said):
    async def nobody(_incoming):
        return ()

    async def scene():
        door = WeComBotDoor(mode="url", bot_id=BOT, token="t", aes_key=AES_KEY, clock=SystemClock())
        await door.start(nobody)
        try:
            async with routes_served(door.routes) as address:
                bot = WeComBot(mode="url", bot_id=BOT, token=token, aes_key=AES_KEY)
                return await examined(settings(tmp_path, wecom_bot=bot, web=Web(port=free_port(), public_url=address)))
        finally:
            await door.stop()

    with running(tmp_path):
        found, words = asyncio.run(scene())
    assert found == broken
    assert said in words


@pytest.mark.parametrize(("token", "broken", "said"), [("t", 0, "听得到平台推送来的话"), ("other", 1, "没有认出")])
@pytest.mark.parametrize("name", ["wecom", "wechat"])
def test_the_address_of_an_app_and_of_an_account_is_called_as_the_platform_does(tmp_path, name, token, broken, said):
    keys = {"secret": SECRET, "aes_key": AES_KEY}
    named = {"corp_id": "ww1", "agent_id": "7"} if name == "wecom" else {"app_id": "wx1"}

    async def nobody(_incoming):
        return ()

    async def scene():
        async with Platforms().served() as base:
            door = {"wecom": WeComDoor, "wechat": WeChatDoor}[name](
                **named, **keys, token="t", clock=SystemClock(), api_base=base
            )
            await door.start(nobody)
            try:
                async with routes_served(door.routes) as address:
                    table = {"wecom": WeCom, "wechat": WeChat}[name](**named, **keys, token=token, api_base=base)
                    here = Web(port=free_port(), public_url=address)
                    return await examined(settings(tmp_path, web=here, **{name: table}))
            finally:
                await door.stop()

    with running(tmp_path):
        found, words = asyncio.run(scene())
    assert found == broken
    assert said in words
    assert SECRET not in words


@pytest.mark.parametrize(
    ("key", "broken", "said"), [("a-key", 0, "“消息推送”地址能用"), ("another", 1, "不认 [wecom_webhook] url 里的 key")]
)
def test_a_robot_is_asked_without_a_word_in_its_group(tmp_path, key, broken, said):
    heard = []

    async def send(request):
        asked = await request.json()
        if request.query["key"] != "a-key":
            return web.json_response({"errcode": 93000, "errmsg": "invalid webhook url"})
        if asked["text"]["content"]:
            heard.append(asked)
        return web.json_response({"errcode": 44004, "errmsg": "empty content"})

    async def scene():
        async with fake_served(lambda router: router.add_post("/cgi-bin/webhook/send", send)) as base:
            robot = WeComWebhook(url=f"{base}/cgi-bin/webhook/send?key={key}")
            return await examined(settings(tmp_path, wecom_webhook=robot))

    found, words = asyncio.run(scene())
    assert (found, heard) == (broken, [])
    assert said in words
    assert key not in words


def test_a_bot_that_is_pushed_needs_a_public_address(tmp_path):
    bot = WeComBot(mode="url", bot_id=BOT, token="t", aes_key=AES_KEY)
    broken, words = examine(settings(tmp_path, wecom_bot=bot))
    assert broken == 0
    assert "public_url 空着" in words
    assert "这里没有试" in words


@pytest.mark.parametrize(
    ("doors", "said"),
    [
        ({}, None),
        ({"telegram": Telegram(token="1:a", api_base="http://127.0.0.1:9")}, "绑定用绑定码"),
        ({"wecom_bot": WeComBot(mode="url", bot_id=BOT, token="t", aes_key=AES_KEY)}, "要从公网访问到 /wecom"),
    ],
)
def test_what_is_lost_without_a_public_address_is_said_where_a_platform_is_used(tmp_path, doors, said):
    _, words = examine(settings(tmp_path, **doors))
    about = [line for line in words.replace("\n", "").split("。") if "public_url" in line]
    assert len(about) == (said is not None)
    assert said is None or said in words.replace("\n", "")


def test_the_exit_code_tells(tmp_path):
    file = tmp_path / "config.toml"
    file.write_text(f'database = "sqlite:///{tmp_path}/zhibu.db"\nfolder = "{tmp_path}"\n[web]\nport = {free_port()}\n')
    assert CliRunner().invoke(app, ["doctor", "--config", str(file)]).exit_code == 0
    Path(tmp_path / "zhibu.db").write_text("no database, and long enough to be one" * 9)
    assert CliRunner().invoke(app, ["doctor", "--config", str(file)]).exit_code == 1
