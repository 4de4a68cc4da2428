"""How the doctor asks a platform: once, within a bound, and without telling an address that may hold a secret."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

SECONDS = 10.0
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class Unheard(Exception):  # noqa: N818  a finding
    """No answer that can be read; `kind` says what came instead, without any address."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


def object_of(status: int, answer: bytes) -> dict[str, Any]:
    """Read an answer that must be a JSON object. Raises Unheard."""
    try:
        found = json.loads(answer)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Unheard(f"HTTP {status}")
    return found


async def got(url: str, query: dict[str, str], body: dict[str, Any] | None = None) -> tuple[int, bytes]:
    """Ask once, by POST where there is a body; a fault is told by its kind, for the address may hold a secret."""
    from aiohttp import ClientError, ClientSession, ClientTimeout

    is_loopback = urlsplit(url).hostname in LOOPBACK
    try:
        async with (
            ClientSession(timeout=ClientTimeout(total=SECONDS), trust_env=not is_loopback) as session,
            session.request(
                "GET" if body is None else "POST", url, params=query, json=body, allow_redirects=False
            ) as answer,
        ):
            return answer.status, await answer.read()
    except (ClientError, OSError, TimeoutError, ValueError) as error:
        raise Unheard(type(error).__name__) from None
