"""Page cursors: the sort values of the last row, signed: who hands one back is who was given it."""

from __future__ import annotations

import base64
import binascii
import hmac
import json

from flask import g, has_request_context

from server.core.crypto import sign
from server.core.problems import Problem

Part = str | int | None


def pack(listing: str, *parts: Part, bound: bool = True) -> str:
    """A cursor of one listing for whoever asks now; it is of no use to another listing or to anybody else.

    ``bound`` is False where the parts themselves say whose it is.
    """
    body = json.dumps([listing, *parts], ensure_ascii=False, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(bytes.fromhex(_signature(body, bound))[:16] + body).decode()


def _signature(body: bytes, bound: bool) -> str:
    actor = g.get("actor") if bound and has_request_context() else None
    return sign("cursor", body if actor is None else f"{actor.id}\n".encode() + body)


def unpack(listing: str, cursor: str, *, bound: bool = True) -> list[Part]:
    """The parts ``pack`` was given.

    Raises:
        Problem: bad_request, for anything that is not a cursor of this listing, or is somebody else's.
    """
    try:
        raw = base64.b64decode(cursor, altchars=b"-_", validate=True)
        # Only the first half of the signature travels; 128 bits are plenty for a page of one's own rows.
        good = hmac.compare_digest(_signature(raw[16:], bound)[:32], raw[:16].hex())
        found: list[Part] = json.loads(raw[16:]) if good else []
    except (binascii.Error, ValueError) as error:
        raise Problem("bad_request") from error
    if not found or found[0] != listing:
        raise Problem("bad_request")
    return found[1:]
