"""What the doctor asks about WeCom's AI bot: whether it is accepted, or whether its address hears what is pushed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.channels.tencent.seal import Seal
from bot.channels.wecom_bot.door import PATH
from bot.channels.wecom_bot.socket import Refused, Socket
from bot.commands.checking_callback import called
from bot.commands.checking_finding import Finding

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.config import Config
    from bot.settings_platforms import WeComBot

SECONDS = 10.0


async def findings(config: Config, running: bool) -> AsyncIterator[Finding]:  # noqa: FBT001  as each platform's
    """Ask in the way of the bot's mode; nothing is said to anybody."""
    if config.wecom_bot.mode == "url":
        yield await _pushed(config, running=running)
    elif running:
        # WeCom keeps the newest subscriber alone: asking would end the running program's connection.
        yield Finding("note", "doctor.wecom_bot_busy")
    else:
        yield await _subscribed(config.wecom_bot)


async def _pushed(config: Config, *, running: bool) -> Finding:
    """Call the public address as WeCom checks it, signed with the bot's own keys: the running program must answer."""
    settings, address = config.wecom_bot, config.web.public_url
    if not running or not address:
        return Finding("note", "doctor.wecom_bot_unasked")
    seal = Seal(settings.token.get_secret_value(), settings.aes_key.get_secret_value(), "")
    found = await called(seal, f"{address}{PATH}")
    return found or Finding("note", "doctor.wecom_bot_unasked")  # that the address is closed was said before


async def _subscribed(settings: WeComBot) -> Finding:
    """Subscribe for a moment, once: the first fault is what an administrator wants to know."""
    there = asyncio.Event()
    socket = Socket(
        url=settings.ws_url,
        bot_id=settings.bot_id,
        secret=settings.secret.get_secret_value(),
        take=lambda _frame: None,
    )
    trying = asyncio.create_task(socket.hold(there.set))
    waiting = asyncio.create_task(there.wait())
    await asyncio.wait({trying, waiting}, timeout=SECONDS, return_when=asyncio.FIRST_COMPLETED)
    fault = trying.exception() if trying.done() else TimeoutError()
    for task in (trying, waiting):
        task.cancel()
    await asyncio.gather(trying, waiting, return_exceptions=True)
    if there.is_set():
        return Finding("fine", "doctor.wecom_bot")
    if isinstance(fault, Refused):
        return Finding("broken", "doctor.wecom_bot_refused")
    return Finding("broken", "doctor.unreachable", {"base": settings.ws_url, "kind": type(fault).__name__})
