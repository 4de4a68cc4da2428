"""What the Telegram door says to Telegram itself, beside the messages: who am I, the menu, a press that arrived."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

from bot.channels.telegram.reading import PRESS, Me

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.channels.telegram.request import AiohttpRequest
    from vocabulary.messages import Incoming

log = logging.getLogger(__name__)


async def who_i_am(request: AiohttpRequest, commands: Mapping[str, str]) -> Me:
    """Ask who the bot is, and whether it hears all that groups say.

    Raises:
        telegram.error.TelegramError: it could not be asked, or the token is not accepted.
    """
    found = await request.call("getMe", {})
    names = str(found.get("username", "")), str(found.get("first_name", ""))
    return Me(int(found["id"]), *names, bool(found.get("can_read_all_group_messages")), commands)


async def put_up_menu(request: AiohttpRequest, commands: Mapping[str, str]) -> None:
    """Show the menu of commands; without it everything still works."""
    from telegram.error import TelegramError

    menu = [{"command": name, "description": words} for name, words in commands.items()]
    try:
        if menu:
            await request.call("setMyCommands", {"commands": json.dumps(menu, ensure_ascii=False)})
    except TelegramError as error:
        log.warning("telegram: the menu is not put up: %s", error)


async def stop_spinner(request: AiohttpRequest | None, heard: Incoming) -> None:
    """Tell the presser's screen that the press arrived; what it did is told by the reply."""
    from telegram.error import TelegramError

    try:
        if request is not None:
            await request.call("answerCallbackQuery", {"callback_query_id": heard.message_id.removeprefix(PRESS)})
    except TelegramError as error:
        log.info("telegram: a press is not acknowledged: %s", error)
