"""WeRoBot's bare echo of an encrypted callback: `python -m bench.peer_werobot PORT SERVER TOKEN AES_KEY RECEIVER`.

All of it is the library's: its robot with its own codec, one handler, and as the server `waitress`, which it runs on by
default, or `tornado`, for which it has a handler of its own. Two things are in its favour: its sessions are off, which
an echo does not need and each of which would be written to SQLite, and nothing is logged.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from typing import Any

from werobot import WeRoBot


def robot(token: str, aes_key: str, receiver: str) -> WeRoBot:
    """Make it."""
    made = WeRoBot()
    made.config.update(TOKEN=token, ENCODING_AES_KEY=aes_key, APP_ID=receiver, SESSION_STORAGE=False)

    @made.text
    def echo(message: Any) -> str:
        return str(message.content)

    return made


async def on_tornado(made: WeRoBot, port: int) -> None:
    """Serve until stopped, with its handler for Tornado."""
    from tornado.web import Application
    from werobot.contrib.tornado import make_handler

    Application([("/", make_handler(made))]).listen(port, "127.0.0.1")
    await asyncio.Event().wait()


def main(port: int, server: str, *keys: str) -> None:
    """Serve until stopped."""
    logging.disable(logging.CRITICAL)
    made = robot(*keys)
    if server == "tornado":
        asyncio.run(on_tornado(made, port))
    else:
        made.wsgi.run(server=server, host="127.0.0.1", port=port, quiet=True)  # all that its own `run` does


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])
