"""WeCom's REST side as the fan-out meets it: every message takes 30 ms, and how many come is counted.

`python -m bench.slow_platform PORT`; `GET /count` tells how many messages came, and how many in the busiest second.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections import Counter

from aiohttp import web

DELAY = 0.03


class Platform:
    """Counts what it takes, by the second."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()

    async def token(self, _request: web.Request) -> web.Response:
        """Give a token that lasts."""
        return web.json_response({"errcode": 0, "access_token": "T", "expires_in": 7200})

    async def send(self, request: web.Request) -> web.Response:
        """Take one message, slowly."""
        said = await request.json()
        await asyncio.sleep(DELAY)
        self.taken[str(said["touser"])] += 1
        return web.json_response({"errcode": 0, "errmsg": "ok", "msgid": f"m{time.monotonic_ns()}"})

    async def count(self, _request: web.Request) -> web.Response:
        """Tell how many came, to how many accounts, and forget them."""
        found = {"messages": self.taken.total(), "accounts": len(self.taken)}
        self.taken.clear()
        return web.json_response(found)


def main(port: int) -> None:
    """Serve until stopped."""
    platform, app = Platform(), web.Application()
    app.router.add_get("/cgi-bin/gettoken", platform.token)
    app.router.add_post("/cgi-bin/message/send", platform.send)
    app.router.add_get("/count", platform.count)
    web.run_app(app, host="127.0.0.1", port=port, print=None, access_log=None)


if __name__ == "__main__":
    main(int(sys.argv[1]))
