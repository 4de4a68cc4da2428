"""Whether the address where a platform pushes hears it: it is called as the platform checks it."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from bot.commands.checking_asking import Unheard, got
from bot.commands.checking_finding import Finding
from vocabulary.clock import SystemClock

if TYPE_CHECKING:
    from bot.channels.tencent.seal import Seal


async def called(seal: Seal, address: str, *, is_plain: bool = False) -> Finding | None:
    """Call an address with the settings' own keys: the running program must answer with what was sent.

    WeCom seals its check; WeChat's is plain in every mode (`is_plain`). None where nobody answers at the address.
    """
    echo, nonce, now = secrets.token_hex(8), secrets.token_hex(8), SystemClock().now()
    if is_plain:
        timestamp = str(int(now.timestamp()))
        query = {"signature": seal.sign(timestamp, nonce).decode(), "echostr": echo}
    else:
        sealed, signature, timestamp = seal.close(echo, nonce, now)
        query = {"msg_signature": signature, "echostr": sealed}
    try:
        status, answer = await got(address, query | {"timestamp": timestamp, "nonce": nonce})
    except Unheard:
        return None
    if answer == echo.encode():
        return Finding("fine", "doctor.pushed", {"address": address})
    return Finding("broken", "doctor.unheard", {"address": address, "status": status})
