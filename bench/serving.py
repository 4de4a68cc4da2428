"""The server that is measured: the real house at its real door, and beside it an echo of the same server.

`python -m bench.serving PORT FOLDER [PROFILE]`: the third word is a file for a profile of where the time goes.
"""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse
from starlette.routing import Route

from bench.sampling import Sampling
from bot import server
from bot.config import load

if TYPE_CHECKING:
    from starlette.requests import Request

DATABASE = "bench.db"


async def echo(request: Request) -> JSONResponse:
    """Parse the same body and answer the same words; nothing is understood and nothing is kept."""
    frame = json.loads(await request.body())
    return JSONResponse({"ok": bool(frame)})


def main(port: int, folder: Path, profile: Path | None = None) -> None:
    """Serve until stopped."""
    where = {"ZHIBU_DATABASE": f"sqlite:///{folder / DATABASE}", "ZHIBU_FOLDER": str(folder)}
    settings = load(None, where | {"ZHIBU_SECRET_KEY": "bench"})
    listening = server.listen("127.0.0.1", port)
    house, app = server.build(settings, sample_mode=True)
    app.router.routes.append(Route("/echo", echo, methods=["POST"]))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # uvicorn hands the signal on when it has stopped
    if profile is None:
        server.serve(settings, house, app, listening)
        return
    with Sampling(profile):
        server.serve(settings, house, app, listening)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]) if len(sys.argv) > 3 else None)  # noqa: PLR2004
