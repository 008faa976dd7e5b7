"""Looks for marks of other people's records in an answer: text, headers, cursors, pictures."""

from __future__ import annotations

import base64
import binascii
import re
from hashlib import sha256
from typing import Any

from werkzeug.test import TestResponse

from tests.matrix import table
from tests.matrix.people import Caller
from tests.matrix.records import UUID_TEXT, Ledger, Record

CODED = re.compile(r"[A-Za-z0-9_-]{24,}={0,2}")


def texts_of(reply: TestResponse) -> list[str]:
    """All that an answer says, whatever it is packed in."""
    data = reply.get_data()
    if reply.mimetype.startswith("image/"):
        return [str(reply.headers), sha256(data).hexdigest()]
    said = f"{reply.headers}\n{data.decode('utf-8', 'replace')}"
    return [said, *(_unpacked(code) for code in CODED.findall(said))]


def _unpacked(code: str) -> str:
    try:
        return base64.urlsafe_b64decode(code + "=" * (-len(code) % 4)).decode("utf-8", "ignore")
    except (binascii.Error, ValueError):
        return ""


def _may_see(row: dict[str, Any], caller: Caller, owner: Record, mark: str) -> bool:
    shown = row.get("shows", {}).get(owner.kind, {}).get(caller.role)
    named = row.get("identifiers") and (UUID_TEXT.fullmatch(mark) or len(mark) == 64)
    return (
        table.sees(caller, owner)
        or table.in_reach(shown, caller, owner)
        or bool(named and table.in_reach(["own", "inside"], caller, owner))
    )


def leaks(ledger: Ledger, caller: Caller, asked: str, reply: TestResponse, row: dict[str, Any]) -> list[str]:
    """The marks in an answer that its caller may not see and did not send themselves."""
    found = {mark for text in texts_of(reply) for mark in ledger.found_in(text)}
    return sorted(
        f"{mark} of {[(o.kind, o.region) for o in ledger.marks[mark]]}"
        for mark in found
        if mark not in asked and not any(_may_see(row, caller, owner, mark) for owner in ledger.marks[mark])
    )
