"""Visits and photos as people in the simulation make them: small, valid, each with a word of its own."""

from __future__ import annotations

import json
from random import Random
from typing import Any
from uuid import UUID

from server.core.canonical import canonical, sha256_hex
from tests.sim.server import digest
from tests.visits.bodies import CLEAN, DRY, ROSTER, instant

Body = dict[str, Any]
KINDS = ("house", "water", "certificate", "bill", "scene")


def new_id(dice: Random) -> str:
    """An identifier such as a phone makes."""
    value = dice.getrandbits(128) & ~(0xF << 76) & ~(0x3 << 62) | (7 << 76) | (2 << 62)
    return str(UUID(int=value))


def photo(dice: Random, *, bomb: bool = False) -> bytes:
    """Bytes that begin like a JPEG and are as good as any to carry; a bomb is refused by the check."""
    size = dice.choice([100, 1_000, 9_000, 15_000, 26_000])
    return b"\xff\xd8\xff\xe0" + (b"bomb" if bomb else b"") + dice.randbytes(size)


def visit(dice: Random, household: Body, word: str, at: float, photos: list[bytes], **changes: Any) -> Body:
    """A visit finished at an instant of the phone's own clock."""
    body = {
        "id": new_id(dice),
        "household_id": household["id"],
        "revises": None,
        "checklist_version": "2026-1",
        "started_at": _instant(at - 300_000),
        "finished_at": _instant(at),
        "answers": dict(CLEAN if dice.random() < 0.8 else DRY),
        "notes": {"water_state": word},
        "roster": household["roster"],
        "location": None,
        "location_missing_reason": "no_signal",
        "photos": [
            {"sha256": digest(data), "length": len(data), "kind": dice.choice(KINDS), "taken_at": None}
            for data in photos
        ],
        "device": {"id": "phone", "app_version": "sim"},
    }
    return body | changes


def _instant(ms: float) -> str:
    from datetime import UTC, datetime

    return instant(datetime.fromtimestamp(max(ms, 0) / 1000, UTC))


def hash_of(body: Any) -> str:
    """The hash under which a body is signed for."""
    return sha256_hex(canonical(body))


def text_of(value: Any) -> bytes:
    """JSON as it travels."""
    return json.dumps(value, ensure_ascii=False).encode()


__all__ = ["KINDS", "ROSTER", "digest", "hash_of", "new_id", "photo", "text_of", "visit"]
