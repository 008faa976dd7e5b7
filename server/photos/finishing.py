"""The last step of an upload: file, then row, then the part goes.

The same for a phone's last piece and for the sweep after a crash; whichever of them calls is the one that
opens the transaction here.
"""

from __future__ import annotations

from dataclasses import replace

from flask import current_app

from server.core.db import db, transaction
from server.core.problems import Problem
from server.photos import uploads
from server.photos.models import READY, REFUSED
from server.photos.staging import Part, Staging, Upload
from server.photos.store import ORIGINAL, PhotoStore
from server.photos.uploads import Chunk, Overtaken, Place

ATTEMPTS = 3
RETRY_SECONDS = 5


def store() -> PhotoStore:
    """The running app's photo folder."""
    return PhotoStore(current_app.extensions["settings"].photo_dir)


def staging() -> Staging:
    """The running app's folder of photos on their way."""
    return Staging(current_app.extensions["settings"].photo_dir)


def receive(upload: Upload, chunk: Chunk, region_code: str) -> tuple[Place, int]:
    """Take a piece of a photo of a sender; with the last one the photo is stored.

    Args:
        upload: whose photo.
        chunk: the piece.
        region_code: where the sender works, for a photo whose visit is not here.

    Returns:
        Where the photo stands afterwards, and how many bytes have arrived.

    Raises:
        Problem: photo_not_expected, photo_length_mismatch, chunk_damaged, upload_offset, and as ``finish``.
    """
    with staging().opened(upload) as part:
        place = uploads.place_of(upload)
        uploads.check_expected(upload, place, chunk.total)
        db.session.rollback()  # no read transaction stays open while the disk works
        if place.state in uploads.COMPLETE:
            part.drop()
            return place, chunk.total
        is_all = uploads.take(part, chunk)
        if part.size < chunk.total:
            return replace(place, state=uploads.PARTIAL), part.size
        place = finish(upload, place, part, region_code, chunk.sha256 if is_all else None)
    return place, chunk.total


def finish(
    upload: Upload, place: Place, part: Part, region_code: str, known_digest: str | None = None
) -> Place:
    """Store a whole part; the place as it is afterwards.

    Args:
        upload: whose photo.
        place: where it belongs, as read under the part's lock.
        part: all its bytes, locked.
        region_code: where the sender works, for a photo whose visit is not here.
        known_digest: the part's SHA-256, if the caller has just worked it out.

    Raises:
        Problem: photo_hash_mismatch, photo_type_unsupported, storage_full; busy, and the part stays whole.
    """
    folder = store()
    uploads.settle_file(part, place, upload.sha256, folder, known_digest)
    stored = _noted(upload, place, part.size, region_code)
    part.drop()
    if stored.state in (READY, REFUSED):
        folder.remove(place.file_id, ORIGINAL)  # another request stored it, and it has been checked
    return stored


def _noted(upload: Upload, place: Place, length: int, region_code: str) -> Place:
    """Write the row; look again where another request stored the photo, or its household moved, meanwhile."""
    for _ in range(ATTEMPTS):
        try:
            with transaction():
                return uploads.note_arrival(upload, place, length, region_code)
        except Overtaken:
            place = uploads.again(upload, place)
            db.session.rollback()
    raise Problem("busy", retry_after=RETRY_SECONDS)
