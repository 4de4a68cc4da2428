"""What the doctor asks of the network: this machine's port, the public address, Telegram, WeCom."""

from __future__ import annotations

import errno
import socket
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.commands import checking_bot, checking_telegram, checking_tencent
from bot.commands.binding import ANYWHERE
from bot.commands.checking_asking import LOOPBACK, Unheard, got
from bot.commands.checking_finding import Finding
from bot.commands.talking_line import NotThere, opened
from storage import health
from storage.database import Database
from vocabulary.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from bot.config import Config
    from bot.settings_platforms import WeComBot


async def findings(config: Config, *, running: bool) -> AsyncIterator[Finding]:
    """Everything that needs the network."""
    yield await _port(config, running=running)
    if config.web.public_url:
        yield await _public(config.web.public_url)
    elif config.wecom.is_configured or config.wechat.is_configured or _is_pushed(config.wecom_bot):
        yield Finding("note", "doctor.public_missing")
    elif any(getattr(config, name).is_configured for name in PLATFORMS):
        yield Finding("note", "doctor.public_none")
    heard = _last_heard(config)
    for name, (asked, key) in PLATFORMS.items():
        if getattr(config, name).is_configured:
            async for finding in asked(config, running):
                yield finding
            if at := heard.get(name):
                yield Finding("fine", key, {"at": at})


PLATFORMS: dict[str, tuple[Callable[[Config, bool], AsyncIterator[Finding]], str]] = {
    "telegram": (lambda config, running: checking_telegram.findings(config, running=running), "doctor.heard_telegram"),
    "wecom": (checking_tencent.wecom, "doctor.heard_wecom"),
    "wecom_bot": (checking_bot.findings, "doctor.heard_wecom_bot"),
    "wecom_webhook": (lambda config, _: checking_tencent.webhook(config.wecom_webhook), ""),
    "wechat": (checking_tencent.wechat, "doctor.heard_wechat"),
}
"""What is asked of each platform, by its table in the settings, and the sentence of when it was last heard, if ever."""


def _is_pushed(bot: WeComBot) -> bool:
    return bot.is_configured and bot.mode == "url"


async def _port(config: Config, *, running: bool) -> Finding:
    host, port = config.web.host, config.web.port
    words = {"host": host, "port": port}
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            return Finding("broken", "doctor.host_unknown", words)
    else:
        return Finding("note" if running else "fine", "doctor.port_elsewhere" if running else "doctor.port_free", words)
    if not running:
        return Finding("broken", "doctor.port_taken", words)  # whoever it is: this zhibu could not begin
    reached = "127.0.0.1" if host in ANYWHERE else host
    try:
        async with opened(
            f"http://[{reached}]:{port}" if ":" in reached else f"http://{reached}:{port}", None, None, None
        ):
            pass
    except NotThere:
        return Finding("broken", "doctor.port_taken", words)
    except Refusal:
        pass  # it is ours, and wants a link
    return Finding("fine", "doctor.port_ours", words)


async def _public(address: str) -> Finding:
    words = {"address": address}
    try:
        status, _ = await got(f"{address}/", {})
    except Unheard as unheard:
        return Finding("note", "doctor.public_closed", words | {"kind": unheard.kind})
    if status not in {200, 401}:
        return Finding("note", "doctor.public_other", words | {"status": status})
    if address.startswith("http://") and urlsplit(address).hostname not in LOOPBACK:
        return Finding("note", "doctor.public_plain", words)
    return Finding("fine", "doctor.public", words)


def _last_heard(config: Config) -> dict[str, datetime]:
    database = Database(config.database, "nothing is sealed here")
    if database.path is not None and not database.path.exists():
        return {}
    try:
        return health.last_heard(database)
    except Exception:  # noqa: BLE001  what is wrong with the database was said before
        return {}
    finally:
        database.close()
