"""Telegram's webhook calls: signed, small, committed, and only then answered."""

from __future__ import annotations

import hmac
import json
import logging
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

log = logging.getLogger(__name__)

MOST_BYTES = 1 << 20
SIGNED = "x-telegram-bot-api-secret-token"


async def hooked(request: Request, secret: str, take: Callable[[Any], Awaitable[None]]) -> Response:
    """Answer one call: 200 once `take` has committed its update, 503 where it raises, so that Telegram repeats it.

    Nothing of a call that is not signed with the secret is read.
    """
    said = request.headers.get(SIGNED, "")
    if not hmac.compare_digest(said.encode("utf-8", "replace"), secret.encode()):
        return Response(status_code=403)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            return Response(status_code=413)
    try:
        raw = json.loads(body)
    except (ValueError, RecursionError):
        return Response(status_code=400)
    try:
        await take(raw)
    except ConnectionError:
        return Response(status_code=503)
    except Exception:
        log.exception("telegram: an update is not stored, Telegram will repeat it")
        return Response(status_code=503)
    return Response()
