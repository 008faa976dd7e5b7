"""From a passphrase to the keys of a backup folder. Pure: the standard library and cryptography."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SHORTEST = 12
COST = 2**17  # 128 MiB and some 0.4 s a guess
_COSTS = range(2**14, 2**20 + 1)
_CHECK_BYTES = 16


@dataclass(frozen=True)
class Recipe:
    """How the passphrase becomes a key: scrypt with this salt and these costs. Not secret."""

    salt: bytes
    cost: int
    block: int = 8
    lanes: int = 1

    @classmethod
    def new(cls) -> Recipe:
        """One for a new backup folder."""
        return cls(os.urandom(16), COST)

    def wire(self) -> dict[str, Any]:
        """As JSON."""
        salt = base64.b64encode(self.salt).decode()
        return {"kdf": "scrypt", "salt": salt, "n": self.cost, "r": self.block, "p": self.lanes}

    @classmethod
    def read(cls, wire: Mapping[str, Any]) -> Recipe:
        """From JSON.

        Raises:
            ValueError: not a recipe, or one that would cost too much to follow.
        """
        try:
            found = cls(base64.b64decode(wire["salt"], validate=True), wire["n"], wire["r"], wire["p"])
        except (KeyError, TypeError) as error:
            raise ValueError("not a recipe") from error
        if (
            wire.get("kdf") != "scrypt"
            or type(found.cost) is not int
            or found.cost not in _COSTS
            or (found.block, found.lanes) != (8, 1)
        ):
            raise ValueError("not a recipe of ours")
        return found


@dataclass(frozen=True)
class Keys:
    """The keys of one passphrase and recipe; no key serves two purposes."""

    recipe: Recipe
    root: bytes

    def derive(self, purpose: str) -> bytes:
        """The 256-bit key of a purpose."""
        info = f"liangdeng-backup/{purpose}".encode()
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(self.root)

    def check(self, header: bytes) -> bytes:
        """What tells a wrong passphrase from a damaged file; says nothing about the key."""
        return hmac.digest(self.derive("check"), header, "sha256")[:_CHECK_BYTES]


@lru_cache(maxsize=8)
def keys_of(passphrase: str, recipe: Recipe) -> Keys:
    """The keys; slow on purpose the first time."""
    root = hashlib.scrypt(
        passphrase.encode(),
        salt=recipe.salt,
        n=recipe.cost,
        r=recipe.block,
        p=recipe.lanes,
        maxmem=256 * recipe.cost * recipe.block,
        dklen=32,
    )
    return Keys(recipe, root)
