"""Sealed bytes with one cipher object for many rows. Knows no Flask: worker processes import it too."""

from __future__ import annotations

import os
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12


class Sealer:
    """AES-256-GCM with one key; every sealed value is bound to the record it belongs to."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, data: bytes, bound_to: str) -> bytes:
        """Nonce and ciphertext."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, data, bound_to.encode())

    def unseal(self, sealed: bytes, bound_to: str) -> bytes:
        """What ``seal`` was given for the same record.

        Raises:
            cryptography.exceptions.InvalidTag: altered, or moved from another record.
        """
        return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], bound_to.encode())


@lru_cache(maxsize=4)
def sealer(key: bytes) -> Sealer:
    """The cipher of a key, made once."""
    return Sealer(key)
