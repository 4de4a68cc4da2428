"""Sealed text: phone numbers, reasons and remarks are unreadable in a copied database file."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken

MARK = "gAAAAA"
"""How a Fernet token begins: version 0x80 and a time stamp whose first bytes are zero until the year 2106."""


def is_sealed(words: str) -> bool:
    """Whether a text looks as `Seal.close` leaves it."""
    return words.startswith(MARK)


class Seal:
    """Encrypts and opens short texts with the house's key (Fernet: AES-128-CBC and HMAC-SHA-256)."""

    def __init__(self, secret: str) -> None:
        self._box = Fernet(urlsafe_b64encode(sha256(secret.encode()).digest()))

    def close(self, words: str | None) -> str | None:
        """Encrypt; nothing stays nothing."""
        return None if words is None else self._box.encrypt(words.encode()).decode()

    def open(self, sealed: str | None) -> str | None:
        """Decrypt; a text sealed with another key gives nothing."""
        if sealed is None:
            return None
        try:
            return self._box.decrypt(sealed.encode()).decode()
        except InvalidToken:
            return None
