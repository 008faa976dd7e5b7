"""Taking in a photo piece by piece: each piece is checked before it counts, the whole before it is stored.

The row says stored only after the file and its name are on the disk. A photo whose visit is not here yet is
kept as a stray of its sender; it becomes the visit's when the visit arrives.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256 as digest_of
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from server.core import audit, changes, clock, quick
from server.core.problems import Problem
from server.core.scope import region_scope
from server.photos import queries
from server.photos.models import EXPECTED, READY, REFUSED, STORED, Photo, StrayPhoto, position_of
from server.photos.staging import Part, Upload
from server.photos.store import PhotoStore

ABSENT, PARTIAL, STRAY = "absent", "partial", "stray"
COMPLETE = (STORED, READY, REFUSED, STRAY)
_NAMES = uuid5(NAMESPACE_URL, "urn:liangdeng:photo")
_STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_START_BYTES = 12


class Overtaken(Exception):
    """Another request stored the photo meanwhile; give up the transaction and look again."""


@dataclass(frozen=True)
class Chunk:
    """A piece of a photo; ``offset`` and ``total`` (the whole photo) in bytes, ``sha256`` the piece's own."""

    offset: int
    total: int
    data: bytes
    sha256: str


@dataclass(frozen=True)
class Place:
    """Where the bytes of an upload belong and how far they are.

    ``photo_id`` is None while no visit of the sender lists the photo; ``length`` in bytes, if known.
    ``is_new`` when this very request made it whole.
    """

    file_id: UUID
    state: str
    photo_id: UUID | None = None
    region_code: str = ""
    length: int | None = None
    reason: str | None = None
    position: list[int] | None = None
    is_new: bool = False


def file_id_of(author_id: UUID, visit_id: UUID, sha256: str) -> UUID:
    """The name of a photo's files: the same whether it or its visit comes first, and after a restore."""
    return uuid5(_NAMES, f"{author_id}/{visit_id}/{sha256}")


def place_of(upload: Upload) -> Place:
    """Where a photo stands for its sender; another person's visit looks like one that is not here."""
    row = queries.own(upload.user_id, upload.visit_id, upload.sha256)
    if row is not None:
        return _place(row)
    stray = queries.own_stray(upload.user_id, upload.visit_id, upload.sha256)
    if stray is not None:
        return Place(stray.file_id, STRAY, length=stray.length)
    return Place(file_id_of(upload.user_id, upload.visit_id, upload.sha256), ABSENT)


def progress(upload: Upload, place: Place, offset: int) -> dict[str, Any]:
    """How far a photo is, ``offset`` in bytes, in the form of ``UploadSchema`` with nothing to convert."""
    return {
        "sha256": upload.sha256,
        "offset": offset,
        "state": place.state,
        "reason": place.reason,
        "position": place.position,
    }


def place_of_photo(photo: Photo) -> Place:
    """The place of a photo that somebody may send because its visit lies in their region."""
    return _place(photo)


def again(upload: Upload, place: Place) -> Place:
    """The same place as it is now."""
    row = queries.by_id(place.photo_id) if place.photo_id else None
    return _place(row) if row is not None else place_of(upload)


def _place(row: queries.Sent | Photo) -> Place:
    position = position_of(row.change_xid, row.change_seq)
    return Place(row.file_id, row.state, row.id, row.region_code, row.length, row.reason, position)


def check_expected(upload: Upload, place: Place, total: int) -> None:
    """Refuse a photo that the sender's visit does not list, or lists with another length.

    Raises:
        Problem: photo_not_expected, photo_length_mismatch.
    """
    if place.state == ABSENT and queries.wrote(upload.user_id, upload.visit_id):
        raise Problem("photo_not_expected")
    if place.length is not None and place.length != total:
        raise Problem("photo_length_mismatch")


def take(part: Part, chunk: Chunk) -> bool:
    """Add a piece to its part. A part that is whole already takes nothing and is ready to be finished.

    Returns:
        Whether the part is now this piece and nothing else.

    Raises:
        Problem: chunk_damaged, upload_offset (with the true ``offset``), photo_type_unsupported,
            storage_full.
    """
    if not chunk_is_intact(chunk):
        raise Problem("chunk_damaged")
    size = part.size
    if size == chunk.total:
        return False
    if not offset_fits(size, chunk.offset):
        raise Problem("upload_offset", offset=size)
    is_start = size == 0 and _START_BYTES <= len(chunk.data) < chunk.total
    if is_start and not begins_like_a_photo(chunk.data):
        raise Problem("photo_type_unsupported")  # the rest need not come
    part.append(chunk.data)
    return size == 0


def digest(part: Part) -> str:
    """The SHA-256 of all that has arrived."""
    return digest_of(part.read()).hexdigest()


def settle_file(part: Part, place: Place, sha256: str, store: PhotoStore, known_digest: str | None) -> None:
    """Check a whole part and make it the original under its name, durable; ``known_digest`` saves reading it.

    Raises:
        Problem: photo_hash_mismatch (with ``offset`` 0), photo_type_unsupported, storage_full.
    """
    if not photo_is_intact(known_digest or digest(part), sha256):
        part.drop()
        raise Problem("photo_hash_mismatch", offset=0)
    if not begins_like_a_photo(part.read(_START_BYTES)):
        part.drop()
        raise Problem("photo_type_unsupported")
    part.sync()
    store.adopt(place.file_id, part.path)


def chunk_is_intact(chunk: Chunk) -> bool:
    """Whether a piece arrived as it was sent."""
    return digest_of(chunk.data).hexdigest() == chunk.sha256


def offset_fits(size: int, offset: int) -> bool:
    """Whether a piece begins where the part ends."""
    return size == offset


def photo_is_intact(found: str, sha256: str) -> bool:
    """Whether a whole file's hash is that of the photo it was announced as."""
    return found == sha256


def begins_like_a_photo(data: bytes) -> bool:
    """Whether the first bytes are those of a JPEG, PNG or WebP file."""
    return data.startswith(_STARTS) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")


def note_arrival(upload: Upload, place: Place, length: int, region_code: str) -> Place:
    """Note that a photo is whole and durable, in the caller's transaction; as it stands afterwards.

    ``region_code`` is where the sender works: that of a photo whose visit is not here.

    Raises:
        Overtaken: the photo's row says otherwise by now.
    """
    if place.photo_id is None:
        place = place_of(upload)  # the visit may have come while the photo did
    if place.photo_id is not None:
        return place if place.state != EXPECTED else note_stored(place)
    return place if place.state == STRAY else _note_stray(upload, place, length, region_code)


def note_stored(place: Place, action: str = "photo.store") -> Place:
    """Move an expected photo to stored.

    Raises:
        Overtaken: it is not expected any more.
    """
    assert place.photo_id is not None
    with region_scope(place.region_code):
        position = changes.note("photo", place.photo_id, place.region_code)
        values: dict[str, Any] = {"state": STORED, "reason": None, "stored_at": clock.now()}
        values |= {"change_xid": position.xid, "change_seq": position.seq}
        if not quick.change(Photo, {"id": place.photo_id, "state": EXPECTED}, values):
            raise Overtaken(str(place.photo_id))
        audit.record(action, ("photo", place.photo_id), place.region_code, bytes=place.length)
        tell_phones(place.photo_id)
    return Place(
        place.file_id,
        STORED,
        place.photo_id,
        place.region_code,
        place.length,
        position=position.wire(),
        is_new=True,
    )


def tell_phones(photo_id: UUID) -> None:
    """Phones show a visit that was given back with the state of its photos: what is here stays."""
    if found := queries.returned_with(photo_id):
        changes.note("household", *found)


def _note_stray(upload: Upload, place: Place, length: int, region_code: str) -> Place:
    quick.add(
        StrayPhoto(
            user_id=upload.user_id,
            visit_id=upload.visit_id,
            sha256=upload.sha256,
            file_id=place.file_id,
            length=length,
            stored_at=clock.now(),
            region_code=region_code,
        )
    )
    audit.record("photo.stray", ("visit", upload.visit_id), region_code, bytes=length)
    return Place(place.file_id, STRAY, length=length, is_new=True)
