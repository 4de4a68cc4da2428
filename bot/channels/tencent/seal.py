"""The signed and encrypted envelope of callbacks: opened when it is ours, sealed for the answer."""

from __future__ import annotations

import base64
import hmac
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from starlette.requests import Request

MOST_BYTES = 1 << 20
"""A callback's body is at most this long."""

# The body begins with its root element, so it cannot hold a document type; the envelope is read without a parser,
# because it comes from anybody until its signature is checked.
ROOT_FIRST = re.compile(r"\s*+(?:<\?xml[^<>]*\?>)?\s*+<xml[\s>]")
ENCRYPTED = re.compile(r"<Encrypt>\s*+(?:<!\[CDATA\[)?([A-Za-z0-9+/]+={0,2})(?:\]\]>)?\s*+</Encrypt>")
ENCRYPTED_IN_JSON = re.compile(r'\s*+\{(?:[^"]|"(?!encrypt"))*+"encrypt"\s*+:\s*+"((?:[A-Za-z0-9+/]|\\/)++={0,2})"')
BLOCK, RANDOM, LENGTH, KEY = 32, 16, 4, 32
"""Bytes: of padding at most, of randomness before the text, of its length, of the key."""
NONCE = re.compile(r"[\w-]{1,128}", re.ASCII)
SECONDS = re.compile(r"[0-9]{1,12}")


class NotOurs(Exception):  # noqa: N818  it says what the request is
    """A request that is not answered: `status` is its HTTP answer, the text says why, for the log."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


@dataclass(frozen=True, slots=True)
class Query:
    """The signed part of a callback's address."""

    signature: str
    timestamp: str
    nonce: str

    @classmethod
    def of(cls, parameters: Mapping[str, str], signature: str = "msg_signature") -> Query:
        """Take it from the query string, where the signature has that name; raises NotOurs where it is incomplete."""
        query = cls(parameters.get(signature, ""), parameters.get("timestamp", ""), parameters.get("nonce", ""))
        if not query.signature or not SECONDS.fullmatch(query.timestamp) or not NONCE.fullmatch(query.nonce):
            raise NotOurs(400, "incomplete query")
        return query


@dataclass(frozen=True, slots=True)
class Seal:
    """The keys of one account's callback.

    `receiver` is whom messages are meant for: the corporation's id, a 公众号's AppID, empty for an AI bot of one's own.
    `oldest_seconds` is how far the signed timestamp may be from now, either way: the protocol itself sets no bound.
    """

    token: str = field(repr=False)
    aes_key: str = field(repr=False)
    receiver: str
    oldest_seconds: int = 300

    def check(self, door: str) -> None:
        """Raise ValueError with a plain reason where the keys cannot work."""
        if not self.token:
            raise ValueError(f"{door}: token is empty")
        try:
            self._key()
        except ValueError:
            raise ValueError(f"{door}: aes_key must be the 43 letters and digits of EncodingAESKey") from None

    def vouch(self, query: Query, now: datetime, *signed: str) -> None:
        """Raise NotOurs where the signature over token, time, nonce and what else was signed is wrong or too old."""
        if not hmac.compare_digest(self.sign(query.timestamp, query.nonce, *signed), _ascii(query.signature)):
            raise NotOurs(403, "wrong signature")
        if abs(now.timestamp() - int(query.timestamp)) > self.oldest_seconds:
            raise NotOurs(403, "timestamp too far from now")

    def open(self, query: Query, encrypted: str, now: datetime) -> str:
        """Return the plain text of a ciphertext; raises NotOurs where signature, age, form or receiver is wrong."""
        self.vouch(query, now, encrypted)
        try:
            return self._opened(base64.b64decode(encrypted, validate=True))
        except ValueError:
            raise NotOurs(400, "ciphertext does not open") from None

    def close(self, text: str, nonce: str, now: datetime) -> tuple[str, str, str]:
        """Return the ciphertext of an answer, its signature, and the timestamp that was signed with it."""
        from wechatpy.crypto import PrpCrypto

        encrypted: str = PrpCrypto(self._key()).encrypt(text, self.receiver).decode()
        timestamp = str(int(now.timestamp()))
        return encrypted, self.sign(timestamp, nonce, encrypted).decode(), timestamp

    def enclose(self, xml: str, nonce: str, now: datetime) -> str:
        """Return the envelope with an XML answer sealed in it."""
        encrypted, signature, timestamp = self.close(xml, nonce, now)
        return (
            f"<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt><MsgSignature><![CDATA[{signature}]]></MsgSignature>"
            f"<TimeStamp>{timestamp}</TimeStamp><Nonce><![CDATA[{nonce}]]></Nonce></xml>"
        )

    def sign(self, *signed: str) -> bytes:
        """Return the signature over the token and what is signed with it, in lower hexadecimal digits."""
        from wechatpy.utils import WeChatSigner

        signer = WeChatSigner()
        signer.add_data(self.token, *signed)
        return str(signer.signature).encode()

    def _opened(self, ciphertext: bytes) -> str:
        """Decrypt: 16 random bytes, four of length, the text, the receiver, padding to 32 (developer page 91144).

        wechatpy's own way checks no padding: with an empty receiver some forgeries open to noise. Raises ValueError.
        """
        from wechatpy.crypto.base import WeChatCipher

        plain = WeChatCipher(self._key()).decrypt(ciphertext)
        padding = plain[-1] if plain else 0
        if not 1 <= padding <= BLOCK or plain[-padding:] != bytes([padding]) * padding:
            raise ValueError("padding")
        content = plain[RANDOM:-padding]
        length = int.from_bytes(content[:LENGTH], "big")
        if len(content) < LENGTH or length > len(content) - LENGTH:
            raise ValueError("length")
        text: bytes = content[LENGTH : LENGTH + length]
        receiver = content[LENGTH + length :]
        if receiver != self.receiver.encode():
            raise NotOurs(403, "meant for another receiver")
        return text.decode()

    def _key(self) -> bytes:
        key = base64.b64decode(self.aes_key + "=", validate=True)
        if len(key) != KEY:
            raise ValueError("length")
        return key


def _ascii(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def ciphertext_of(body: bytes) -> str:
    """Return the ciphertext in a callback's body; raises NotOurs where the body is no envelope."""
    text = body.decode("utf-8", "replace")
    if not ROOT_FIRST.match(text):
        raise NotOurs(400, "not an envelope")
    found = ENCRYPTED.search(text)
    if found is None:
        raise NotOurs(400, "no ciphertext")
    return found.group(1)


def ciphertext_in(body: bytes) -> str:
    """Return the ciphertext in a callback's body of JSON; raises NotOurs where the body is no envelope."""
    found = ENCRYPTED_IN_JSON.match(body.decode("utf-8", "replace"))
    if found is None:
        raise NotOurs(400, "no ciphertext")
    return found.group(1).replace("\\/", "/")


async def body_of(request: Request) -> bytes:
    """Read a body of at most a megabyte; raises NotOurs beyond that, and where it breaks off."""
    from starlette.requests import ClientDisconnect

    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MOST_BYTES:
                raise NotOurs(413, "body too long")
    except ClientDisconnect:
        raise NotOurs(400, "body breaks off") from None
    return bytes(body)
