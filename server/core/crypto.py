"""Keys derived from the one secret, field encryption, blind indexes, and short signed numbers."""

from __future__ import annotations

import base64
import hmac
import os
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

_PURPOSES = (
    *("token", "field", "index", "receipt", "cursor", "policy", "signature", "recovery", "relay"),
    *("one_time", "import"),
)


class Keyring:
    """One 256-bit key a purpose, so that no key serves two."""

    def __init__(self, secret: str) -> None:
        self._keys = {p: _derive(secret, p) for p in _PURPOSES}
        self.signer = Signer(self._keys["signature"])
        self.field_cipher = AESGCM(self._keys["field"])

    def key(self, purpose: str) -> bytes:
        """The key of a purpose, one of those above."""
        return self._keys[purpose]


class Signer:
    """Signs what others than we can verify: Ed25519. ``key_id`` names the key, 8 hex digits."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public_key = self._key.public_key().public_bytes_raw()
        self.key_id = sha256(self.public_key).hexdigest()[:8]

    def sign(self, message: bytes) -> bytes:
        """The signature, 64 bytes; the same for the same message."""
        return self._key.sign(message)


def is_signed(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether a message was signed by the holder of a public key (32 bytes)."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def unpadded(data: bytes) -> str:
    """Bytes as base64url text without padding."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


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
    sealed = keyring().field_cipher.encrypt(nonce, text.encode(), bound_to.encode())
    return base64.b64encode(nonce + sealed).decode()


def unseal(sealed: str, bound_to: str) -> str:
    """Decrypt what ``seal`` made for the same record.

    Raises:
        cryptography.exceptions.InvalidTag: altered, or moved from another record.
    """
    raw = base64.b64decode(sealed)
    return keyring().field_cipher.decrypt(raw[:12], raw[12:], bound_to.encode()).decode()


def blind_index(text: str) -> str:
    """A keyed digest to look a sealed value up by; 64 hex digits."""
    return sign("index", text.encode())


def sign(purpose: str, message: bytes) -> str:
    """HMAC-SHA256 of a message with the purpose's key; 64 hex digits."""
    return hmac.new(keyring().key(purpose), message, sha256).hexdigest()


def verify(purpose: str, message: bytes, signature: str) -> bool:
    """Whether ``signature`` is ours, compared in constant time."""
    return hmac.compare_digest(sign(purpose, message), signature)
