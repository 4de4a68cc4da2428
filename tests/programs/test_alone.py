"""Two programs on one database: one holds the bot's connection, the other waits, and takes over when that one ends."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

from fake_wecom_bot import BOT, SECRET, FakeWeComBot
from serving import until

ROOT = Path(__file__).parents[2]
SECONDS = 60.0


@contextlib.asynccontextmanager
async def started(folder, url, ws, *words):
    """Start zhibu in a folder of its own, on a database that it may share."""
    folder.mkdir(exist_ok=True)
    settings = {
        "ZHIBU_DATABASE": url,
        "ZHIBU_SECRET_KEY": "one key for both",
        "ZHIBU_WECOM_BOT__BOT_ID": BOT,
        "ZHIBU_WECOM_BOT__SECRET": SECRET,
        "ZHIBU_WECOM_BOT__WS_URL": ws,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", "--port", "0", *words, cwd=folder,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "PYTHONPATH": str(ROOT), **settings},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def line(process):
    async with asyncio.timeout(SECONDS):
        return (await process.stdout.readline()).decode()


def test_one_subscribes_the_other_says_so_and_takes_over_when_it_is_killed(tmp_path, url):
    async def scene():
        bot = FakeWeComBot()
        async with bot.served() as ws, started(tmp_path / "a", url, ws) as first:
            assert "支部助手已经开了" in await line(first)
            await bot.until_subscribed()
            async with started(tmp_path / "b", url, ws, "--wait") as second:
                assert "等它停了，这一个接着" in await line(second)
                async with started(tmp_path / "c", url, ws) as third:
                    said = (await third.communicate())[1].decode()
                assert (third.returncode, said) == (
                    1,
                    "另一个支部助手在用这个数据库。先停掉那一个；要等它停了再接着，加 --wait。\n",
                )
                assert bot.subscriptions == 1
                os.kill(first.pid, signal.SIGKILL)
                assert "支部助手已经开了" in await line(second)
                await until(lambda: bot.subscriptions == 2 and bot.connection is not None, SECONDS)
                second.terminate()
                assert await second.wait() == 0
                return (tmp_path / "b" / "data" / "zhibu.log").read_text("utf-8")

    assert asyncio.run(scene()) == ""
