"""The file in which somebody carries another's work: only its phone and we can read or change that.

A clear header, then records, each sealed (AES-256-GCM) by the key of the phone and bound to the header, to
its place in the file and to its direction. So a record that was changed, moved, or taken from another file
opens nowhere, and the others are none the worse for it. The answer to a record is sealed the same way.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, TypeGuard

from cryptography.exceptions import InvalidTag

from server.core import jsontext
from server.core.http import MAX_DEPTH, is_readable
from server.core.problems import Problem
from server.core.sealing import Sealer

FORMAT = 1
HEADER_BYTES = 1024
MOST_RECORDS = 100_000
DEVICE_LENGTH = 64
WORK, ANSWER = "work", "answer"


@dataclass(frozen=True)
class Header:
    """What a file says openly. ``raw`` is its very bytes, to which every record is bound."""

    raw: bytes
    device: str
    key_id: str
    count: int


def read_header(encoded: str) -> Header:
    """The header of a file, from base64url text.

    Raises:
        Problem: relay_unreadable; relay_version, for a file of a newer app.
    """
    try:
        raw = base64.b64decode(encoded.encode(), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise Problem("relay_unreadable") from error
    told = read_object(raw) if len(raw) <= HEADER_BYTES else None
    if told is None or type(told.get("v")) is not int or told.get("what") != WORK:
        raise Problem("relay_unreadable")
    if told["v"] != FORMAT:
        raise Problem("relay_version")
    device, named, count = told.get("device"), told.get("key"), told.get("count")
    if not isinstance(device, str) or not isinstance(named, str) or not _is_count(count):
        raise Problem("relay_unreadable")
    if not 0 < len(device) <= DEVICE_LENGTH or "\0" in device:
        raise Problem("relay_unreadable")
    return Header(raw, device, named, count)


def _is_count(value: Any) -> TypeGuard[int]:
    return type(value) is int and 0 < value <= MOST_RECORDS


def read_object(raw: bytes, levels: int = MAX_DEPTH) -> dict[str, Any] | None:
    """The JSON object of some bytes that nobody has looked at yet, or None."""
    if not is_readable(raw, levels):
        return None
    try:
        told = jsontext.loads(raw)
    except ValueError:
        return None
    return told if isinstance(told, dict) else None


def bound_to(header: Header, direction: str, place: int) -> str:
    """What a record is sealed for: this file, this place in it, this direction."""
    return f"liangdeng/relay/{FORMAT}\n{direction}\n{sha256(header.raw).hexdigest()}\n{place}"


def open_record(key: str, header: Header, place: int, sealed: bytes) -> tuple[dict[str, Any], bytes]:
    """What a record holds: a JSON object that says what it is, and the bytes it is about.

    Raises:
        Problem: relay_damaged: it was changed, moved, or is of another file.
    """
    if not 0 <= place < header.count:
        raise Problem("relay_damaged")
    try:
        opened = Sealer(bytes.fromhex(key)).unseal(sealed, bound_to(header, WORK, place))
    except (InvalidTag, ValueError) as error:
        raise Problem("relay_damaged") from error
    head, _, payload = opened.partition(b"\n")
    told = read_object(head)
    if told is None:
        raise Problem("relay_damaged")
    return told, payload


def seal_answer(key: str, header: Header, place: int, answer: str) -> str:
    """The answer to a record, for the eyes of its phone alone; base64."""
    sealed = Sealer(bytes.fromhex(key)).seal(answer.encode(), bound_to(header, ANSWER, place))
    return base64.b64encode(sealed).decode()
