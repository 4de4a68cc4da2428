"""What the doctor asks of Telegram: whose token it is, what the bot hears, and how its messages come."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bot.commands.checking_asking import Unheard, got, object_of
from bot.commands.checking_finding import Finding

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.config import Config
    from bot.settings_platforms import Telegram

MANY = 100
"""So many updates that wait at Telegram are worth a word."""
TELEGRAM_REFUSES = {401, 404}


async def findings(config: Config, *, running: bool) -> AsyncIterator[Finding]:
    """Everything about the bot that can be asked without side effects."""
    settings = config.telegram
    base = {"base": settings.api_base}
    try:
        me = await _bot_api(settings, "getMe")
        hook = await _bot_api(settings, "getWebhookInfo")
    except Unheard as unheard:
        yield Finding("broken", "doctor.unreachable", base | {"kind": unheard.kind})
        return
    except LookupError:
        yield Finding("broken", "doctor.telegram_token")
        return
    yield Finding("fine", "doctor.telegram", {"name": str(me.get("username", ""))})
    if not me.get("can_read_all_group_messages"):
        yield Finding("note", "doctor.telegram_privacy")
    for finding in _hooked(settings, hook, config.web.public_url, running=running):
        yield finding


def _hooked(settings: Telegram, hook: dict[str, Any], public_url: str, *, running: bool) -> list[Finding]:
    """What Telegram says of the way in which messages come."""
    found = []
    url = str(hook.get("url", ""))
    if settings.mode == "poll" and url:
        host = urlsplit(url).hostname or ""
        found.append(Finding("broken" if running else "note", "doctor.telegram_hooked", {"host": host}))
    elif settings.mode == "webhook" and url != f"{public_url}/telegram":
        found.append(Finding("broken" if running else "note", "doctor.telegram_unhooked", {"address": public_url}))
    if settings.mode == "webhook" and (said := str(hook.get("last_error_message", ""))):
        at = datetime.fromtimestamp(int(hook.get("last_error_date", 0)), UTC)
        found.append(Finding("note", "doctor.telegram_hook_fault", {"said": said[:120], "at": at}))
    if (waiting := int(hook.get("pending_update_count", 0))) >= MANY:
        found.append(Finding("note", "doctor.telegram_waiting", {"count": waiting}))
    return found


async def _bot_api(settings: Telegram, method: str) -> dict[str, Any]:
    """Call a method of the Bot API. Raises LookupError where the token is not accepted."""
    status, answer = await got(f"{settings.api_base}/bot{settings.token.get_secret_value()}/{method}", {})
    if status in TELEGRAM_REFUSES:
        raise LookupError(method)
    result = object_of(status, answer).get("result")
    if not isinstance(result, dict):
        raise Unheard(f"HTTP {status}")
    return result
