"""The chains of the audit trail: one a county, one of what concerns none. Numbers and hashes, no database.

Each entry carries its number, without gaps, the hash of the one before it, and its own: SHA-256 over the
canonical text of all its columns, those two included. Whoever changes one entry has to change all that follow
and the head, and then still differs from a head that was written down elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from server.core import jsontext
from server.core.canonical import canonical
from server.core.db import instant_text

SYSTEM = "-"
NOTHING_BEFORE = bytes(32)
_COUNTY = 6
CONTENT = (
    "seq",
    "at",
    "actor_id",
    "actor_role",
    "action",
    "target_type",
    "target_id",
    "region_code",
    "request_id",
    "details",
)
"""What an entry says, beside its place; both hashed and read back in this order."""


def chain_of(region_code: str) -> str:
    """The county an entry belongs to, six digits; "-" for what concerns no county."""
    county = region_code[:_COUNTY]
    return county if len(county) == _COUNTY and county.isdecimal() else SYSTEM


def is_chain(given: object) -> bool:
    """Whether entries of ours can be in a chain of this name."""
    return isinstance(given, str) and chain_of(given) == given


def digest(chain: Any, number: Any, previous: bytes, content: Mapping[str, Any]) -> bytes:
    """The hash of an entry, 32 bytes.

    Args:
        chain: where it belongs.
        number: its place, from 1.
        previous: the hash of the entry before it.
        content: its other columns as ``as_text`` and the database's rows give them.

    Raises:
        ValueError, TypeError: a value has a kind that no entry of ours has.
    """
    text = canonical({"chain": chain, "number": number, "previous": previous.hex(), **content})
    return sha256(text.encode()).digest()


def as_text(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of an entry in the form that is hashed, the same on both engines."""
    actor = entry["actor_id"]
    return {
        **entry,
        "at": instant_text(entry["at"]),
        "actor_id": None if actor is None else actor.hex,
        "details": jsontext.dumps_sorted(entry["details"]),
    }
