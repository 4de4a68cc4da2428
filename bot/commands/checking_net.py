"""What the doctor asks of the network: this machine's port, the public address, Telegram, WeCom."""

from __future__ import annotations

import errno
import json
import re
import socket
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bot.commands.binding import ANYWHERE
from bot.commands.checking_finding import Finding
from bot.commands.talking_line import NotThere, opened
from storage import health
from storage.database import Database
from vocabulary.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.config import Config
    from bot.settings_platforms import Telegram, WeCom

SECONDS = 10.0
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
MANY = 100
"""So many updates that wait at Telegram are worth a word."""
FROM_IP = re.compile(r"from ip: ?([0-9a-fA-F.:]{3,45})")
TELEGRAM_REFUSES = {401, 404}
WECOM = {
    40013: "doctor.wecom_corp",
    40001: "doctor.wecom_secret",
    40056: "doctor.wecom_agent",
    301002: "doctor.wecom_agent",
    60011: "doctor.wecom_agent",
}
"""WeCom's codes for a wrong setting (its developer page 90313), as the key of a sentence."""
NOT_ALLOWED_HERE = 60020


class Unheard(Exception):  # noqa: N818  a finding
    """No answer that can be read; `kind` says what came instead, without any address."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


async def findings(config: Config, *, running: bool) -> AsyncIterator[Finding]:
    """Everything that needs the network."""
    yield await _port(config, running=running)
    if config.web.public_url:
        yield await _public(config.web.public_url)
    elif config.wecom.is_configured:
        yield Finding("note", "doctor.public_missing")
    if config.telegram.is_configured:
        async for finding in _telegram(config, running=running):
            yield finding
    if config.wecom.is_configured:
        async for finding in _wecom(config.wecom):
            yield finding
    for channel, key in (("telegram", "doctor.heard_telegram"), ("wecom", "doctor.heard_wecom")):
        if getattr(config, channel).is_configured and (at := _last_heard(config).get(channel)):
            yield Finding("fine", key, {"at": at})


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
        status, _ = await _get(f"{address}/", {})
    except Unheard as unheard:
        return Finding("note", "doctor.public_closed", words | {"kind": unheard.kind})
    if status not in {200, 401}:
        return Finding("note", "doctor.public_other", words | {"status": status})
    if address.startswith("http://") and urlsplit(address).hostname not in LOOPBACK:
        return Finding("note", "doctor.public_plain", words)
    return Finding("fine", "doctor.public", words)


async def _telegram(config: Config, *, running: bool) -> AsyncIterator[Finding]:
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
    status, answer = await _get(f"{settings.api_base}/bot{settings.token.get_secret_value()}/{method}", {})
    if status in TELEGRAM_REFUSES:
        raise LookupError(method)
    result = _object(status, answer).get("result")
    if not isinstance(result, dict):
        raise Unheard(f"HTTP {status}")
    return result


async def _wecom(settings: WeCom) -> AsyncIterator[Finding]:
    secret = settings.secret.get_secret_value()
    try:
        asked = {"corpid": settings.corp_id, "corpsecret": secret}
        answer = await _wecom_api(settings, "/cgi-bin/gettoken", asked)
        if answer.get("errcode", 0) == 0:
            asked = {"access_token": str(answer.get("access_token", "")), "agentid": settings.agent_id}
            answer = await _wecom_api(settings, "/cgi-bin/agent/get", asked)
    except Unheard as unheard:
        yield Finding("broken", "doctor.unreachable", {"base": settings.api_base, "kind": unheard.kind})
        return
    code = answer.get("errcode", 0)
    if code == 0:
        yield Finding("fine", "doctor.wecom", {"name": str(answer.get("name", ""))[:40]})
    elif code == NOT_ALLOWED_HERE:
        at = FROM_IP.search(str(answer.get("errmsg", "")))
        yield Finding("broken", "doctor.wecom_address", {"address": at[1] if at else None})
    else:
        yield Finding("broken", WECOM.get(code, "doctor.wecom_code"), {"code": code})


async def _wecom_api(settings: WeCom, path: str, query: dict[str, str]) -> dict[str, Any]:
    status, answer = await _get(f"{settings.api_base}{path}", query)
    return _object(status, answer)


def _object(status: int, answer: bytes) -> dict[str, Any]:
    try:
        found = json.loads(answer)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Unheard(f"HTTP {status}")
    return found


async def _get(url: str, query: dict[str, str]) -> tuple[int, bytes]:
    """Ask once; what goes wrong is told by its kind alone, because the address may hold a secret."""
    from aiohttp import ClientError, ClientSession, ClientTimeout

    is_loopback = urlsplit(url).hostname in LOOPBACK
    try:
        async with (
            ClientSession(timeout=ClientTimeout(total=SECONDS), trust_env=not is_loopback) as session,
            session.get(url, params=query, allow_redirects=False) as answer,
        ):
            return answer.status, await answer.read()
    except (ClientError, OSError, TimeoutError, ValueError) as error:
        raise Unheard(type(error).__name__) from None


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
