"""What the doctor asks of WeCom's AI bot: whether it is accepted, unless it is at work, which asking would end."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.channels.wecom_bot.socket import Refused, Socket
from bot.commands.checking_finding import Finding

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.config import Config

SECONDS = 10.0


async def findings(config: Config, running: bool) -> AsyncIterator[Finding]:  # noqa: FBT001  as each platform's
    """Subscribe for a moment; WeCom keeps the newest subscriber alone, so that a running program is left in peace."""
    settings = config.wecom_bot
    if running:
        yield Finding("note", "doctor.wecom_bot_busy")
        return
    subscribed = asyncio.Event()
    socket = Socket(
        url=settings.ws_url,
        bot_id=settings.bot_id,
        secret=settings.secret.get_secret_value(),
        take=lambda _frame: None,
    )
    trying = asyncio.create_task(socket.run(subscribed.set))
    there = asyncio.create_task(subscribed.wait())
    await asyncio.wait({trying, there}, timeout=SECONDS, return_when=asyncio.FIRST_COMPLETED)
    refused = trying.done() and isinstance(trying.exception(), Refused)
    for task in (trying, there):
        task.cancel()
    await asyncio.gather(trying, there, return_exceptions=True)
    if refused:
        yield Finding("broken", "doctor.wecom_bot_refused")
    elif subscribed.is_set():
        yield Finding("fine", "doctor.wecom_bot")
    else:
        yield Finding("broken", "doctor.unreachable", {"base": settings.ws_url, "kind": socket.fault})
