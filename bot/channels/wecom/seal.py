"""The signed and encrypted envelope of WeCom's callbacks: opened when it is ours, sealed for the answer."""

from __future__ import annotations

import hmac
import re
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

MOST_BYTES = 1 << 20
"""A callback's body is at most this long."""

# The body begins with its root element, so it cannot hold a document type; the envelope is read without a parser,
# because it comes from anybody until its signature is checked.
ROOT_FIRST = re.compile(r"\s*+(?:<\?xml[^<>]*\?>)?\s*+<xml[\s>]")
ENCRYPTED = re.compile(r"<Encrypt>\s*+(?:<!\[CDATA\[)?([A-Za-z0-9+/]+={0,2})(?:\]\]>)?\s*+</Encrypt>")
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
    def of(cls, parameters: Mapping[str, str]) -> Query:
        """Take it from the query string; raises NotOurs where it is incomplete."""
        query = cls(parameters.get("msg_signature", ""), parameters.get("timestamp", ""), parameters.get("nonce", ""))
        if not query.signature or not SECONDS.fullmatch(query.timestamp) or not NONCE.fullmatch(query.nonce):
            raise NotOurs(400, "incomplete query")
        return query


@dataclass(frozen=True, slots=True)
class Seal:
    """The keys of one WeCom app's callback.

    `oldest_seconds` is how far the signed timestamp may be from now, either way: the protocol itself sets no bound.
    """

    token: str = field(repr=False)
    aes_key: str = field(repr=False)
    corp_id: str
    oldest_seconds: int = 300

    def check(self) -> None:
        """Raise ValueError with a plain reason where the keys cannot work."""
        for name, value in (("token", self.token), ("corp_id", self.corp_id)):
            if not value:
                raise ValueError(f"wecom: {name} is empty")
        try:
            self._crypto()
        except (AssertionError, ValueError):
            raise ValueError("wecom: aes_key must be the 43 letters and digits of EncodingAESKey") from None

    def open(self, query: Query, encrypted: str, now: datetime) -> str:
        """Return the plain text of a ciphertext; raises NotOurs where signature, age, or receiver is wrong."""
        from wechatpy.enterprise.exceptions import InvalidCorpIdException
        from wechatpy.utils import WeChatSigner

        signer = WeChatSigner()
        signer.add_data(self.token, query.timestamp, query.nonce, encrypted)
        if not hmac.compare_digest(signer.signature.encode(), query.signature.encode("utf-8", "replace")):
            raise NotOurs(403, "wrong signature")
        if abs(now.timestamp() - int(query.timestamp)) > self.oldest_seconds:
            raise NotOurs(403, "timestamp too far from now")
        try:
            opened: str = self._crypto().check_signature(query.signature, query.timestamp, query.nonce, encrypted)
        except InvalidCorpIdException:
            raise NotOurs(403, "meant for another receiver") from None
        except (ValueError, IndexError, struct.error):
            raise NotOurs(400, "ciphertext does not open") from None
        return opened

    def close(self, xml: str, nonce: str, now: datetime) -> str:
        """Return the encrypted and signed answer with this XML inside."""
        sealed: str = self._crypto().encrypt_message(xml, nonce, str(int(now.timestamp())))
        return sealed

    def _crypto(self) -> Any:
        from wechatpy.enterprise.crypto import WeChatCrypto

        return WeChatCrypto(self.token, self.aes_key, self.corp_id)


def ciphertext_of(body: bytes) -> str:
    """Return the ciphertext in a callback's body; raises NotOurs where the body is no envelope."""
    text = body.decode("utf-8", "replace")
    if not ROOT_FIRST.match(text):
        raise NotOurs(400, "not an envelope")
    found = ENCRYPTED.search(text)
    if found is None:
        raise NotOurs(400, "no ciphertext")
    return found.group(1)
