"""The way to the page for whoever opens it inside WeCom: the platform says who it is, without a password.

OAuth2 with the scope `snsapi_base`, which asks nobody anything (WeCom developer pages 91022 and 91023).
"""

from __future__ import annotations

import hmac
import logging
import re
import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass, field
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
AGAIN = "again"
"""How a state ends with which somebody was sent off for the second time, because their cookie did not come back."""
KEPT = 20_000
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
    _sent_off: OrderedDict[str, float] = field(default_factory=OrderedDict, repr=False)
    """The states that were made here and have not come back, and when: each is good once, whatever cookies say."""

    async def come(self, request: Request) -> Response:
        """Answer one visit: a first one is sent to WeCom, a return from there to the page.

        Strangers, forged returns and whoever cannot be asked about come to the front page, which says how to come in.
        """
        from starlette.responses import RedirectResponse

        code, state = request.query_params.get("code", ""), request.query_params.get("state", "")
        if not code and not state:
            return self._send_off()
        ours = request.cookies.get(STATE, "")
        is_ours = bool(ours) and hmac.compare_digest(ours.encode(), state.encode("utf-8", "replace"))
        is_fresh = is_ours and self._came_back(state)
        if code and not is_fresh and (is_ours or not ours) and not state.endswith(AGAIN):
            return self._send_off(AGAIN)  # the cookie is at another name of this house, or the state was good once
        entrance = await self._entrance(code) if is_fresh and CODE.fullmatch(code) else None
        back = RedirectResponse(f"{self.public_url}/in/{entrance}" if entrance else f"{self.public_url}/", 303)
        back.delete_cookie(STATE)
        return back

    async def _entrance(self, code: str) -> str | None:
        """Return the one-time code for the page of whoever has logged in; None for nobody of the roster."""
        try:
            account = await self.account_of(code)
        except Undelivered as failure:
            log.warning("wecom: a login could not be asked about: %s", failure)
            return None
        return await self.way_in(account) if account else None

    def _came_back(self, state: str) -> bool:
        """Use a state up; False where it was not made here, came back before, or is too old."""
        return time.monotonic() - self._sent_off.pop(state, -STATE_SECONDS) < STATE_SECONDS

    def _send_off(self, mark: str = "") -> Response:
        from starlette.responses import RedirectResponse

        state = secrets.token_hex(16) + mark
        self._sent_off[state] = time.monotonic()
        if len(self._sent_off) > KEPT:
            self._sent_off.popitem(last=False)
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
