"""Page cursors: the sort values of the last row, signed: a client can only hand back what it was given."""

from __future__ import annotations

import base64
import binascii
import hmac
import json

from server.core.crypto import sign
from server.core.problems import Problem

Part = str | int | None


def pack(listing: str, *parts: Part) -> str:
    """A cursor of one listing; it is of no use to another."""
    body = json.dumps([listing, *parts], ensure_ascii=False, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(bytes.fromhex(sign("cursor", body))[:16] + body).decode()


def unpack(listing: str, cursor: str) -> list[Part]:
    """The parts ``pack`` was given.

    Raises:
        Problem: bad_request, for anything that is not a cursor of this listing.
    """
    try:
        raw = base64.b64decode(cursor, altchars=b"-_", validate=True)
        # Only the first half of the signature travels; 128 bits are plenty for a page of one's own rows.
        good = hmac.compare_digest(sign("cursor", raw[16:])[:32], raw[:16].hex())
        found: list[Part] = json.loads(raw[16:]) if good else []
    except (binascii.Error, ValueError) as error:
        raise Problem("bad_request") from error
    if not found or found[0] != listing:
        raise Problem("bad_request")
    return found[1:]
