"""Pictures and files of a bot: opened with the key that came with them, and handed over in pieces."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any, Protocol

from vocabulary.delivery import Undelivered, Unfetched

if TYPE_CHECKING:
    from collections.abc import Awaitable

BLOCK, IV = 32, 16
PIECE_BYTES = 512 * 1024
MOST_PIECES = 100


class Call(Protocol):
    """Sends a frame and returns its answer (`wecom_bot.socket.Socket.call`)."""

    def __call__(self, command: str, body: dict[str, Any]) -> Awaitable[dict[str, Any]]:
        """Raise as `Socket.call`."""
        ...


def opened(data: bytes, key: str) -> bytes:
    """Return a file in the clear: AES-256-CBC, the key's beginning as IV, padded to 32 bytes (developer page 100719).

    Raises:
        Unfetched: the key does not open it.
    """
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    try:
        raw = base64.b64decode(key + "=" * (-len(key) % 4), validate=True)
        cipher = Cipher(algorithms.AES(raw), modes.CBC(raw[:IV])).decryptor()
        plain = cipher.update(data) + cipher.finalize()
    except ValueError:
        raise Unfetched("gone", detail="the key does not fit") from None
    padding = plain[-1] if plain else 0
    if not 1 <= padding <= BLOCK or plain[-padding:] != bytes([padding]) * padding:
        raise Unfetched("gone", detail="the key does not open it")
    return plain[:-padding]


async def hand_over(call: Call, name: str, data: bytes) -> str:
    """Leave a file with WeCom in pieces of half a megabyte and return its media id (developer page 101463).

    Raises:
        Undelivered: it is empty or longer than 50 MB, or WeCom names no id for it.
    """
    pieces = [data[at : at + PIECE_BYTES] for at in range(0, len(data), PIECE_BYTES)]
    if not 1 <= len(pieces) <= MOST_PIECES:
        raise Undelivered("refused", detail="the file is empty or too long")
    about = {
        "type": "file",
        "filename": name,
        "total_size": len(data),
        "total_chunks": len(pieces),
        "md5": hashlib.md5(data, usedforsecurity=False).hexdigest(),
    }
    upload = (await call("aibot_upload_media_init", about)).get("body", {}).get("upload_id")
    for number, piece in enumerate(pieces):
        content = base64.b64encode(piece).decode()
        await call("aibot_upload_media_chunk", {"upload_id": upload, "chunk_index": number, "base64_data": content})
    media = (await call("aibot_upload_media_finish", {"upload_id": upload})).get("body", {}).get("media_id")
    if not isinstance(media, str) or not media:
        raise Undelivered("refused", detail="no media id")
    return media
