"""What the doctor asks of WeCom and WeChat: whether they take the keys and calls from here, and are heard here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bot.channels.tencent.seal import Seal
from bot.commands.checking_asking import Unheard, got, object_of
from bot.commands.checking_callback import called
from bot.commands.checking_finding import Finding

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.config import Config
    from bot.settings_platforms import WeChat, WeCom, WeComWebhook

FROM_IP = re.compile(r"(?:from ip: ?|invalid ip )([0-9a-fA-F.:]{3,45})")
WECOM = {
    40013: "doctor.wecom_corp",
    40001: "doctor.wecom_secret",
    40056: "doctor.wecom_agent",
    301002: "doctor.wecom_agent",
    60011: "doctor.wecom_agent",
}
"""WeCom's codes for a wrong setting (its developer page 90313), as the key of a sentence."""
WECHAT = {40013: "doctor.wechat_app", 40125: "doctor.wechat_secret", 40001: "doctor.wechat_secret"}
"""WeChat's codes for a wrong setting (its page on return codes), as the key of a sentence."""
NOT_ALLOWED_HERE = {60020, 40164}
NO_ROBOT = {93000, 93008}
"""A webhook's key is none, or its robot is in no group."""


async def wecom(config: Config, running: bool) -> AsyncIterator[Finding]:  # noqa: FBT001  as each platform's
    """Ask WeCom about the app, and call the address where the app is pushed, where the program runs."""
    settings, address = config.wecom, config.web.public_url
    async for finding in _wecom_app(settings):
        yield finding
    seal = Seal(settings.token.get_secret_value(), settings.aes_key.get_secret_value(), settings.corp_id)
    if running and address and (found := await called(seal, f"{address}/wecom")):
        yield found


async def wechat(config: Config, running: bool) -> AsyncIterator[Finding]:  # noqa: FBT001  likewise
    """Ask WeChat about the account, and call the address where it is pushed, where the program runs."""
    settings, address = config.wechat, config.web.public_url
    async for finding in _wechat_account(settings):
        yield finding
    seal = Seal(settings.token.get_secret_value(), "", settings.app_id)
    if running and address and (found := await called(seal, f"{address}/wechat", is_plain=True)):
        yield found


async def webhook(settings: WeComWebhook) -> AsyncIterator[Finding]:
    """Send a message without words, which WeCom says nothing of in the group: a wrong key has a code of its own."""
    url = settings.url.get_secret_value()
    try:
        answer = object_of(*await got(url, {}, {"msgtype": "text", "text": {"content": ""}}))
    except Unheard as unheard:
        base = "{0.scheme}://{0.hostname}".format(urlsplit(url))
        yield Finding("broken", "doctor.unreachable", {"base": base, "kind": unheard.kind})
        return
    is_known = answer.get("errcode", 0) not in NO_ROBOT
    yield Finding("fine", "doctor.webhook") if is_known else Finding("broken", "doctor.webhook_gone")


async def _wecom_app(settings: WeCom) -> AsyncIterator[Finding]:
    """Ask for a token and for the app: no message is sent."""
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
    elif code in NOT_ALLOWED_HERE:
        at = FROM_IP.search(str(answer.get("errmsg", "")))
        yield Finding("broken", "doctor.wecom_address", {"address": at[1] if at else None})
    else:
        yield Finding("broken", WECOM.get(code, "doctor.wecom_code"), {"code": code})


async def _wecom_api(settings: WeCom, path: str, query: dict[str, str]) -> dict[str, Any]:
    status, answer = await got(f"{settings.api_base}{path}", query)
    return object_of(status, answer)


async def _wechat_account(settings: WeChat) -> AsyncIterator[Finding]:
    """Ask for the stable token: it is the one that the running program has, which stays good."""
    body = {"grant_type": "client_credential", "appid": settings.app_id, "secret": settings.secret.get_secret_value()}
    try:
        answer = object_of(*await got(f"{settings.api_base}/cgi-bin/stable_token", {}, body))
    except Unheard as unheard:
        yield Finding("broken", "doctor.unreachable", {"base": settings.api_base, "kind": unheard.kind})
        return
    code = answer.get("errcode", 0)
    if code == 0 and answer.get("access_token"):
        yield Finding("fine", "doctor.wechat")
    elif code in NOT_ALLOWED_HERE:
        at = FROM_IP.search(str(answer.get("errmsg", "")))
        yield Finding("broken", "doctor.wechat_address", {"address": at[1] if at else None})
    else:
        yield Finding("broken", WECHAT.get(code, "doctor.wechat_code"), {"code": code})
