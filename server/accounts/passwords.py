"""Password hashing: argon2id with 19 MiB, two passes, one lane (OWASP password storage cheat sheet)."""

from __future__ import annotations

from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MIN_LENGTH = 8
MAX_LENGTH = 128
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_quick_hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
_slots = BoundedSemaphore(4)  # 500 phones that sign in at once must not take 500 × 19 MiB


class PasswordRefused(ValueError):
    """The password is too short or too long; the message says which."""


def hash_password(password: str) -> str:
    """The hash to keep.

    Raises:
        PasswordRefused: shorter than 8 or longer than 128 characters.
    """
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise PasswordRefused(f"a password has {MIN_LENGTH} to {MAX_LENGTH} characters")
    with _slots:
        return _hasher.hash(password)


def hash_random(password: str) -> str:
    """The hash of a password that the server made at random.

    59 random bits cannot be tried, however quick a try is; an import makes two thousand at once.
    """
    return _quick_hasher.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password belongs to the hash; without a slow hash it takes the same time to say so."""
    with _slots:
        is_right = _verified(password_hash or _nobodys_hash(), password)
        if password_hash is not None and password_hash.startswith(_quick_form()):
            _verified(_nobodys_hash(), password)
    return is_right and password_hash is not None


def is_random(password_hash: str, password: str) -> bool:
    """Whether the hash is that of this password and was made by ``hash_random``; quick."""
    return password_hash.startswith(_quick_form()) and _verified(password_hash, password)


def _verified(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(password_hash: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)


@cache
def _quick_form() -> str:
    """How the hashes of random passwords begin: kind, version and costs."""
    return _quick_hasher.hash("").rsplit("$", 2)[0]


@cache
def _nobodys_hash() -> str:
    return _hasher.hash("the password of no account")
