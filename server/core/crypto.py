"""Keys derived from the one secret, field encryption, blind indexes, and short signed numbers."""

from __future__ import annotations

import base64
import hmac
import os
from hashlib import sha256

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

_PURPOSES = ("token", "field", "index", "receipt", "cursor", "policy")


class Keyring:
    """One 256-bit key a purpose, so that no key serves two."""

    def __init__(self, secret: str) -> None:
        self._keys = {p: _derive(secret, p) for p in _PURPOSES}

    def key(self, purpose: str) -> bytes:
        """The key of a purpose (one of token, field, index, receipt, cursor, policy)."""
        return self._keys[purpose]


def _derive(secret: str, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"liangdeng/{purpose}".encode()).derive(
        secret.encode()
    )


def keyring() -> Keyring:
    """The running app's keys."""
    keys: Keyring = current_app.extensions["keyring"]
    return keys


def seal(text: str, bound_to: str) -> str:
    """Encrypt a field (AES-256-GCM), bound to the record it belongs to; base64."""
    nonce = os.urandom(12)
    sealed = AESGCM(keyring().key("field")).encrypt(nonce, text.encode(), bound_to.encode())
    return base64.b64encode(nonce + sealed).decode()


def unseal(sealed: str, bound_to: str) -> str:
    """Decrypt what ``seal`` made for the same record.

    Raises:
        cryptography.exceptions.InvalidTag: altered, or moved from another record.
    """
    raw = base64.b64decode(sealed)
    return AESGCM(keyring().key("field")).decrypt(raw[:12], raw[12:], bound_to.encode()).decode()


def blind_index(text: str) -> str:
    """A keyed digest to look a sealed value up by; 64 hex digits."""
    return sign("index", text.encode())


def sign(purpose: str, message: bytes) -> str:
    """HMAC-SHA256 of a message with the purpose's key; 64 hex digits."""
    return hmac.new(keyring().key(purpose), message, sha256).hexdigest()


def verify(purpose: str, message: bytes, signature: str) -> bool:
    """Whether ``signature`` is ours, compared in constant time."""
    return hmac.compare_digest(sign(purpose, message), signature)
