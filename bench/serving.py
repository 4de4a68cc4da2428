"""The server that is measured: the real house at its real door, and beside it an echo of the same server.

`python -m bench.serving PORT FOLDER [PROFILE]`: the third word is a file for a profile of where the time goes.
"""

from __future__ import annotations

import json
import signal
import sys
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bench.sampling import Sampling
from bot import server
from bot.channels.tencent.seal import Query, Seal, body_of, ciphertext_of
from bot.channels.tencent.xml import fields_of, text_answer
from bot.config import load

if TYPE_CHECKING:
    from starlette.requests import Request

DATABASE = "bench.db"
WECOM = {"corp_id": "ww1", "agent_id": "7", "secret": "s", "token": "t", "aes_key": "a" * 42 + "A"}
"""An invented app: nothing is sent to it, its callbacks are what is measured."""


async def echo(request: Request) -> JSONResponse:
    """Parse the same body and answer the same words; nothing is understood and nothing is kept."""
    frame = json.loads(await request.body())
    return JSONResponse({"ok": bool(frame)})


async def echo_sealed(request: Request) -> Response:
    """Open the same envelope and seal the same kind of answer; nothing is understood and nothing is kept."""
    now = datetime.now(UTC)
    seal = Seal(WECOM["token"], WECOM["aes_key"], WECOM["corp_id"])
    query = Query.of(request.query_params)
    fields = fields_of(seal.open(query, ciphertext_of(await body_of(request)), now))
    sealed = seal.enclose(text_answer(fields["Content"], fields["FromUserName"], "c", now), query.nonce, now)
    return Response(sealed, media_type="application/xml")


def main(port: int, folder: Path, profile: Path | None = None) -> None:
    """Serve until stopped."""
    where = {"ZHIBU_DATABASE": f"sqlite:///{folder / DATABASE}", "ZHIBU_FOLDER": str(folder)}
    wecom = {f"ZHIBU_WECOM__{key.upper()}": value for key, value in WECOM.items()}
    settings = load(None, where | wecom | {"ZHIBU_SECRET_KEY": "bench", "ZHIBU_WECOM__API_BASE": "http://127.0.0.1:9"})
    listening = server.listen("127.0.0.1", port)
    house, app = server.build(settings, sample_mode=True)
    app.router.routes.append(Route("/echo", echo, methods=["POST"]))
    app.router.routes.append(Route("/echo-wecom", echo_sealed, methods=["POST"]))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # uvicorn hands the signal on when it has stopped
    with nullcontext() if profile is None else Sampling(profile):
        server.serve(house, app, listening, lambda: True)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]) if len(sys.argv) > 3 else None)  # noqa: PLR2004
