"""A door that is not configured costs nothing: neither its code nor a platform's library is loaded."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLATFORMS = ["telegram", "wechatpy", "xmltodict", "aiohttp", "websockets", "requests"]
SCRIPT = """
import json, sys
import bot.server, bot.commands.running
from bot.doors import configured
from bot.house import House
from bot.settings import Config
from storage.database import Database
from vocabulary.clock import SystemClock
from zoneinfo import ZoneInfo
config = Config(**json.loads(sys.argv[1]))
house = House(Database("sqlite://", "key"), SystemClock(), ZoneInfo("Asia/Shanghai"))
names = [door.name for door in configured(config, house)]
folders = {name.split(".")[2] for name in sys.modules if name.startswith("bot.channels.") and name.count(".") > 2}
loaded = {name.partition(".")[0] for name in sys.modules}
print(json.dumps([names, sorted(folders - {"web"}), sorted(loaded & set(json.loads(sys.argv[2])))]))
"""


@pytest.mark.parametrize(
    ("tables", "names", "folders"),
    [
        ({}, [], []),
        (
            {"wechat": {"app_id": "wx1", "secret": "s", "token": "t", "mode": "plain"}},
            ["wechat"],
            ["tencent", "wechat"],
        ),
    ],
)
def test_only_what_is_configured_is_loaded(tables, names, folders):
    arguments = [sys.executable, "-c", SCRIPT, json.dumps(tables), json.dumps(PLATFORMS)]
    told = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603  ours
    assert json.loads(told.stdout) == [names, folders, []]
