"""The way to the page for whoever opens it inside WeCom: the platform says who it is, without a password.

OAuth2 with the scope `snsapi_base`, which asks nobody anything (WeCom developer pages 91022 and 91023).
"""

from __future__ import annotations

import hmac
import logging
import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from vocabulary.delivery import Undelivered

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.responses import Response

log = logging.getLogger(__name__)

AUTHORIZE = "https://open.weixin.qq.com/connect/oauth2/authorize"
PATH = "/wecom/in"
STATE = "zhibu_wecom_state"
STATE_SECONDS = 600
CODE = re.compile(r"[\w-]{1,512}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Login:
    """Sends a browser to WeCom, and what comes back from there to the page.

    `account_of` tells whose a login code is; `way_in` gives that account's one-time code for the page, None where
    nobody of the roster has the account.
    """

    corp_id: str
    agent_id: str
    public_url: str
    account_of: Callable[[str], Awaitable[str | None]]
    way_in: Callable[[str], Awaitable[str | None]]

    async def come(self, request: Request) -> Response:
        """Answer one visit: without a code to WeCom, with one to the page; 403 for strangers and forged returns."""
        from starlette.responses import PlainTextResponse, RedirectResponse

        code, state = request.query_params.get("code", ""), request.query_params.get("state", "")
        if not code:
            return self._send_off()
        ours = request.cookies.get(STATE, "")
        if not ours or not hmac.compare_digest(ours.encode(), state.encode("utf-8", "replace")):
            return self._send_off() if not ours else PlainTextResponse("403", 403)
        try:
            account = await self.account_of(code) if CODE.fullmatch(code) else None
        except Undelivered as failure:
            log.warning("wecom: a login could not be asked about: %s", failure)
            return PlainTextResponse("503", 503)
        entrance = await self.way_in(account) if account else None
        if entrance is None:
            return PlainTextResponse("403", 403)
        inside = RedirectResponse(f"{self.public_url}/in/{entrance}", 303)
        inside.delete_cookie(STATE)
        return inside

    def _send_off(self) -> Response:
        from starlette.responses import RedirectResponse

        state = secrets.token_hex(16)
        query = {
            "appid": self.corp_id,
            "redirect_uri": self.public_url + PATH,
            "response_type": "code",
            "scope": "snsapi_base",
            "state": state,
            "agentid": self.agent_id,
        }
        away = RedirectResponse(f"{AUTHORIZE}?{urlencode(query)}#wechat_redirect", 303)
        away.set_cookie(STATE, state, max_age=STATE_SECONDS, httponly=True, samesite="lax", secure=True)
        return away
