"""Other people's packages beside which the doors are tested, installed on first use into `node_modules` here."""

import asyncio
import contextlib
import functools
import json
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@functools.cache
def installed_peers():
    """Return the folder with the packages of package.json installed, or None where they cannot be."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        return None
    if not _is_installed():
        try:
            subprocess.run(  # noqa: S603  npm with fixed words
                [shutil.which("npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
                cwd=HERE, capture_output=True, check=True, timeout=90,
            )  # fmt: skip
        except (subprocess.SubprocessError, OSError):
            return None
    return HERE if _is_installed() else None


def _is_installed():
    wanted = json.loads((HERE / "package.json").read_text())["dependencies"]
    for name, version in wanted.items():
        found = HERE / "node_modules" / name / "package.json"
        if not found.is_file() or json.loads(found.read_text())["version"] != version:
            return False
    return True


@contextlib.asynccontextmanager
async def telegram_test_api():
    """Run the Bot API server that somebody else wrote, and yield its address."""
    folder = installed_peers()
    if folder is None:
        pytest.skip("no node, or telegram-test-api cannot be installed")
    node = await asyncio.create_subprocess_exec(
        shutil.which("node"),
        "telegram_front.cjs",
        cwd=folder,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield (await asyncio.wait_for(node.stdout.readline(), 20)).decode().strip()
    finally:
        node.stdin.close()
        await node.wait()
