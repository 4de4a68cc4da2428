"""How long a platform may take, and whether its connection ever stood: where it did not, nothing can have gone out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiohttp import ClientTimeout

CONNECT_SECONDS = 5.0
"""A connection that does not stand by then is given up for this time: firewalls drop what they do not let through."""


def bound(seconds: float) -> ClientTimeout:
    """Return the timeout of a call that may take so long as a whole, of which connecting has half at most."""
    from aiohttp import ClientTimeout

    return ClientTimeout(total=seconds, sock_connect=min(CONNECT_SECONDS, seconds / 2))


def is_unreached(error: BaseException) -> bool:
    """Say whether a call failed before its connection stood."""
    from aiohttp import ClientConnectorError, ConnectionTimeoutError

    return isinstance(error, ClientConnectorError | ConnectionTimeoutError)
