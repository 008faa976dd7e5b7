"""Photos: promised by a visit, received whole, checked in a child process, kept only re-encoded."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256 as digest_of
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from server.core import audit, clock
from server.core.problems import Problem
from server.photos import queries
from server.photos.models import EXPECTED, READY, REFUSED, STORED, Photo
from server.photos.store import FULL, ORIGINAL, THUMB, PhotoStore

if TYPE_CHECKING:
    from server.visits.services import ExpectedPhoto

CHECK_SECONDS = 10
_DECODER = Path(__file__).with_name("decode.py")
_STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")


@dataclass(frozen=True)
class Verdict:
    """What the child process found: a size in pixels, or a reason code why the file is refused."""

    width: int | None = None
    height: int | None = None
    reason: str | None = None


def promised_rows(
    visit_id: UUID, region_code: str, revises_id: UUID | None, promised: Sequence[ExpectedPhoto]
) -> list[Photo]:
    """Rows for the photos of a new visit, to be added once the visit is stored.

    A photo that the revision before already brought is not asked for again.
    """
    if not promised:
        return []
    held = {p.sha256: p for p in queries.of_visit(revises_id)} if revises_id else {}
    return [
        Photo(
            visit_id=visit_id, region_code=region_code, position=place, **_row(photo, held.get(photo.sha256))
        )
        for place, photo in enumerate(promised)
    ]


def asked(rows: Sequence[Photo]) -> list[dict[str, str]]:
    """Wire form of which photos the server still waits for."""
    return [{"sha256": row.sha256, "state": row.state} for row in rows]


def _row(promised: ExpectedPhoto, held: Photo | None) -> dict[str, Any]:
    photo_id = uuid4()
    row: dict[str, Any] = {"id": photo_id, "file_id": photo_id, "state": EXPECTED}
    row |= {name: getattr(promised, name) for name in ("sha256", "length", "kind", "taken_at")}
    if held is not None and held.state in (STORED, READY):
        row |= {name: getattr(held, name) for name in ("file_id", "state", "width", "height", "stored_at")}
    return row


def check_bytes(photo: Photo, data: bytes) -> None:
    """Refuse bytes that are not the promised photo.

    Raises:
        Problem: photo_length_mismatch, photo_hash_mismatch, photo_type_unsupported.
    """
    if len(data) != photo.length:
        raise Problem("photo_length_mismatch")
    if digest_of(data).hexdigest() != photo.sha256:
        raise Problem("photo_hash_mismatch")
    is_webp = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    if not is_webp and not data.startswith(_STARTS):
        raise Problem("photo_type_unsupported")


def mark_stored(photo: Photo) -> None:
    """Note that the bytes of a photo are on disk and wait for their check."""
    photo.state, photo.reason, photo.stored_at = STORED, None, clock.now()
    audit.record("photo.store", ("photo", photo.id), photo.region_code, bytes=photo.length)


def inspect(store: PhotoStore, file_id: UUID) -> Verdict | None:
    """Re-encode one original in a child process. None when it could not be tried (the disk is full).

    Raises:
        FileNotFoundError: the original is gone.
    """
    original = store.path(file_id, ORIGINAL)
    if not original.exists():
        raise FileNotFoundError(original.name)
    paths = [str(store.path(file_id, part)) for part in (ORIGINAL, FULL, THUMB)]
    try:
        child = subprocess.run(  # noqa: S603 - our own script, paths made of a UUID
            [sys.executable, "-I", str(_DECODER), *paths],
            capture_output=True,
            timeout=CHECK_SECONDS,
            check=False,
            env={"LC_ALL": "C.UTF-8"},
        )
    except subprocess.TimeoutExpired:
        return Verdict(reason="timeout")
    if child.returncode == os.EX_TEMPFAIL:
        return None
    return _verdict(child)


def _verdict(child: subprocess.CompletedProcess[bytes]) -> Verdict:
    """A child that died without a word was stopped by its limits or crashed on the file."""
    try:
        said: dict[str, Any] = json.loads(child.stdout)
    except ValueError:
        return Verdict(reason="decoder_crashed")
    return Verdict(**said)


def settle(file_id: UUID, verdict: Verdict) -> None:
    """Write a verdict to every row that shows the file."""
    for photo in queries.by_file(file_id):
        if photo.state != STORED:
            continue
        photo.state = READY if verdict.reason is None else REFUSED
        photo.width, photo.height, photo.reason = verdict.width, verdict.height, verdict.reason
        _record("photo.check", photo)


def ask_again(file_id: UUID) -> None:
    """The file is gone though its rows say stored: wait for the phone to send it once more."""
    for photo in queries.by_file(file_id):
        if photo.state == STORED:
            photo.state, photo.reason = EXPECTED, "lost"
            _record("photo.lost", photo)


def _record(action: str, photo: Photo) -> None:
    audit.record(action, ("photo", photo.id), photo.region_code, state=photo.state, reason=photo.reason)


def waiting_since(before: datetime) -> Sequence[UUID]:
    """Files whose check is overdue."""
    return queries.files_left_stored(before)
