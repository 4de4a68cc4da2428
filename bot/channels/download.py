"""Fetches what came with a message, never more of it than is wanted, and without telling where from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vocabulary.delivery import Unfetched

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import ClientResponse, ClientSession

MOST_BYTES = 20 << 20
"""The longest file that is taken: what Telegram and WeCom hand over."""
MOST_ANSWER = 1 << 20
"""The longest answer to a call that is read."""
SECONDS = 60.0
_CHUNK = 1 << 16
_GONE = {400, 401, 403, 404, 410}


async def whole(answer: ClientResponse, most: int = MOST_ANSWER) -> bytes:
    """Return what a platform answers; raises ValueError beyond `most` bytes, for nobody's answer fills the memory."""
    found = bytearray()
    async for chunk in answer.content.iter_chunked(_CHUNK):
        found += chunk
        if len(found) > most:
            raise ValueError("too long")
    return bytes(found)


async def download(
    session: ClientSession, url: str, query: Mapping[str, str] | None = None, *, most: int = MOST_BYTES
) -> tuple[bytes, str]:
    """Return the bytes at an address and their content type. The address may hold secrets: no error tells it.

    Raises:
        Unfetched: it is gone, longer than `most` bytes, or cannot be reached.
    """
    from aiohttp import ClientError, ClientTimeout

    found = bytearray()
    try:
        async with session.get(
            url, params=query, timeout=ClientTimeout(total=SECONDS), allow_redirects=False
        ) as answer:
            if answer.status in _GONE:
                raise Unfetched("gone", detail=f"HTTP {answer.status}")
            if answer.status != 200:  # noqa: PLR2004  HTTP's own word for here it is
                raise Unfetched("down", detail=f"HTTP {answer.status}")
            async for chunk in answer.content.iter_chunked(_CHUNK):
                found += chunk
                if len(found) > most:
                    raise Unfetched("too_large")
            return bytes(found), answer.content_type
    except (ClientError, OSError, TimeoutError, ValueError) as error:
        raise Unfetched("down", detail=type(error).__name__) from None
