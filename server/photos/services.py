"""Photos: promised by a visit, received whole, checked in a child process, kept only re-encoded."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256 as digest_of
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import delete, select, update

from server.core import audit, changes, clock, quick
from server.core.db import db
from server.core.problems import Problem
from server.core.scope import EVERYTHING, region_scope
from server.households.services import moves_along
from server.photos import queries
from server.photos.decoding import decode
from server.photos.models import EXPECTED, READY, REFUSED, STORED, Photo, StrayPhoto
from server.photos.store import FULL, ORIGINAL, THUMB, PhotoStore
from server.photos.uploads import begins_like_a_photo, file_id_of, note_stored, place_of, tell_phones
from server.visits.queries import Visit
from server.visits.services import photo_facts

if TYPE_CHECKING:
    from server.photos.staging import Upload
    from server.visits.services import ExpectedPhoto

CHECK_SECONDS = 120  # of a machine whose web workers come first; its own processor time ends at ten
_NOT_ITS_FAULT = (os.EX_TEMPFAIL, -signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP)
_SHOWN = (
    "id",
    "sha256",
    "kind",
    "state",
    "reason",
    "change_position",
    "length",
    "width",
    "height",
    "taken_at",
)
_KEPT = ("file_id", "state", "width", "height", "stored_at", "change_xid", "change_seq")


@dataclass(frozen=True)
class Verdict:
    """What the child process found: a size in pixels, or a reason code why the file is refused.

    ``likeness`` is what the picture looks like (``decode.likeness``), None for a flat one.
    """

    width: int | None = None
    height: int | None = None
    reason: str | None = None
    likeness: str | None = None


Follower = Callable[[Photo, Verdict], None]
_followers: dict[str, Follower] = {}


def once_ready(follower: Follower) -> Follower:
    """Declare what another domain does, in the same transaction, with a photo that has passed its check."""
    _followers[f"{follower.__module__}.{follower.__qualname__}"] = follower
    return follower


@moves_along
def move_household(household_id: UUID, region_code: str) -> None:
    """Take the photos of a household's visits along to another grid; strays stay with whoever sent them."""
    ids = select(Visit.id).where(Visit.household_id == household_id)
    db.session.execute(update(Photo).where(Photo.visit_id.in_(ids)).values(region_code=region_code))


def promised_rows(visit: Visit, promised: Sequence[ExpectedPhoto]) -> list[Photo]:
    """Rows for the photos of a new visit, for ``keep_promised`` once the visit is stored.

    A photo that the revision before already brought is not asked for again, nor one that its author sent
    before the visit: that one stops being a stray in the caller's transaction.
    """
    if not promised:
        return []
    held = {p.sha256: p for p in queries.of_visit(visit.revises_id)} if visit.revises_id else {}
    held = {sha: photo for sha, photo in held.items() if photo.state in (STORED, READY)}
    awaited = [photo.sha256 for photo in promised if photo.sha256 not in held]
    strays = queries.strays(visit.author_id, visit.id, awaited) if awaited else {}
    rows = [
        quick.unsaved(Photo, _row(visit, photo, held.get(photo.sha256)) | {"position": place})
        for place, photo in enumerate(promised)
    ]
    for row in rows:
        if row.sha256 in strays:
            _take_home(row, strays[row.sha256])
    return rows


def _row(visit: Visit, promised: ExpectedPhoto, held: Photo | None) -> dict[str, Any]:
    photo_id = file_id_of(visit.author_id, visit.id, promised.sha256)
    row: dict[str, Any] = dict.fromkeys(_KEPT) | {"id": photo_id, "file_id": photo_id, "state": EXPECTED}
    row |= {"visit_id": visit.id, "region_code": visit.region_code, "reason": None}
    row |= {name: getattr(promised, name) for name in ("sha256", "length", "kind", "taken_at")}
    if held is not None:
        row |= {name: getattr(held, name) for name in _KEPT}
    return row


def keep_promised(rows: Sequence[Photo]) -> None:
    """Add the rows that ``promised_rows`` made, all of the same columns, to the present transaction."""
    quick.add_all(rows)


def _take_home(photo: Photo, stray: queries.Stray) -> None:
    """Make a stray the stored photo that its visit promised; the check finds it by its state."""
    position = changes.note("photo", photo.id, photo.region_code)
    photo.change_xid, photo.change_seq = position.xid, position.seq
    photo.state, photo.stored_at, photo.length = STORED, stray.stored_at, stray.length
    photo.file_id = stray.file_id
    audit.record("photo.link", ("photo", photo.id), photo.region_code, bytes=stray.length)
    tell_phones(photo.id)
    _remove_row(stray.file_id)


def _remove_row(stray_file: UUID) -> None:
    """Delete the row of a stray, wherever its sender works by now."""
    query = delete(StrayPhoto).where(StrayPhoto.file_id == stray_file)
    with region_scope(EVERYTHING):
        db.session.execute(query, execution_options={"synchronize_session": False})


def link_stray(upload: Upload) -> None:
    """Make a stray the stored photo of its visit, if there is one that still waits for it.

    Raises:
        Overtaken: the photo came another way meanwhile.
    """
    place = place_of(upload)
    stray = queries.own_stray(upload.user_id, upload.visit_id, upload.sha256)
    if stray is not None and place.state == EXPECTED and place.file_id == stray.file_id:
        note_stored(place, "photo.link")
        _remove_row(stray.file_id)


def keep_strays(visits: Set[tuple[UUID, UUID]], before: datetime) -> None:
    """Let the thirty days of strays begin anew that came before an instant and whose visit is still to come.

    ``visits`` are pairs of who wrote a visit and its identifier.
    """
    for stray in queries.strays_before(before):
        if (stray.user_id, stray.visit_id) in visits:
            stray.stored_at = clock.now()
            audit.record("photo.stray_kept", ("visit", stray.visit_id), stray.region_code, bytes=stray.length)


def drop_stray(upload: Upload, region_code: str) -> UUID | None:
    """Delete a stray whose visit never came; its file, for the caller to remove once that is committed.

    None when there is nothing to remove: the visit came, or a photo has the file.
    """
    stray = queries.own_stray(upload.user_id, upload.visit_id, upload.sha256)
    if stray is None:
        return None
    _remove_row(stray.file_id)
    audit.record("photo.stray_removed", ("visit", upload.visit_id), region_code, bytes=stray.length)
    file_id: UUID = stray.file_id
    return None if queries.by_file(file_id) else file_id


def note_part_removed(upload: Upload, region_code: str, size: int) -> None:
    """Note that the beginning of a photo (``size`` bytes) is removed because nobody sent the rest."""
    audit.record("photo.part_removed", ("visit", upload.visit_id), region_code, bytes=size)


def present(rows: Sequence[Photo], body: dict[str, Any]) -> list[dict[str, Any]]:
    """Photos of a visit with what its body says of them: who reviews sees the hints the visitor saw."""
    facts = photo_facts(body)
    return [{name: getattr(row, name) for name in _SHOWN} | facts[row.sha256] for row in rows]


def asked(rows: Sequence[Photo]) -> list[dict[str, str]]:
    """Wire form of which photos the server still waits for."""
    return [{"sha256": row.sha256, "state": row.state} for row in rows]


def check_bytes(photo: Photo, data: bytes) -> None:
    """Refuse bytes that are not the promised photo.

    Raises:
        Problem: photo_length_mismatch, photo_hash_mismatch, photo_type_unsupported.
    """
    if len(data) != photo.length:
        raise Problem("photo_length_mismatch")
    if digest_of(data).hexdigest() != photo.sha256:
        raise Problem("photo_hash_mismatch")
    if not begins_like_a_photo(data):
        raise Problem("photo_type_unsupported")


def inspect(store: PhotoStore, file_id: UUID) -> Verdict | None:
    """Re-encode one original in a process of its own.

    Returns:
        None when it could not be tried: the disk is full, or the server was being stopped.

    Raises:
        FileNotFoundError: the original is gone.
    """
    original = store.path(file_id, ORIGINAL)
    if not original.exists():
        raise FileNotFoundError(original.name)
    said = decode([str(store.path(file_id, part)) for part in (ORIGINAL, FULL, THUMB)], CHECK_SECONDS)
    if said is None or said.code in _NOT_ITS_FAULT:
        return None
    return Verdict(reason="timeout") if said.late else _verdict(said.said)


def _verdict(said: str) -> Verdict:
    """A child that died without a word was stopped by its limits or crashed on the file."""
    try:
        found: dict[str, Any] = json.loads(said)
    except ValueError:
        return Verdict(reason="decoder_crashed")
    return Verdict(**found)


def settle(file_id: UUID, verdict: Verdict) -> None:
    """Write a verdict to every row that shows the file."""
    for photo in queries.by_file(file_id):
        if photo.state != STORED:
            continue
        photo.state = READY if verdict.reason is None else REFUSED
        photo.width, photo.height, photo.reason = verdict.width, verdict.height, verdict.reason
        _note("photo.check", photo)
        for follow in _followers.values() if photo.state == READY else ():
            follow(photo, verdict)


def ask_again(file_id: UUID) -> None:
    """The file is gone though its rows say stored: wait for the phone to send it once more."""
    for photo in queries.by_file(file_id):
        if photo.state == STORED:
            photo.state, photo.reason = EXPECTED, "lost"
            _note("photo.lost", photo)


def _note(action: str, photo: Photo) -> None:
    position = changes.note("photo", photo.id, photo.region_code)
    photo.change_xid, photo.change_seq = position.xid, position.seq
    audit.record(action, ("photo", photo.id), photo.region_code, state=photo.state, reason=photo.reason)
    tell_phones(photo.id)


@dataclass(frozen=True)
class Kept:
    """A photo whose files must be there; ``position`` is its last change, None where nobody heard of one."""

    file_id: UUID
    state: str
    sha256: str
    position: changes.Position | None

    @property
    def parts(self) -> tuple[str, ...]:
        """Which of its files there must be."""
        return (FULL, THUMB) if self.state == READY else (ORIGINAL,)


def kept() -> list[Kept]:
    """All photos that were received and not refused, those that came before their visit included."""
    rows = [Kept(row.file_id, row.state, row.sha256, _position(row)) for row in queries.kept()]
    return rows + [Kept(row.file_id, STORED, row.sha256, None) for row in queries.all_strays()]


def _position(row: Any) -> changes.Position | None:
    return None if row.change_seq is None else changes.Position(row.change_xid, row.change_seq)


def path_of(folder: Path, file_id: UUID, part: str) -> Path:
    """Where a file of a photo lies in a photo folder."""
    return PhotoStore(folder).path(file_id, part)


def verdict_on(file_id: UUID) -> Verdict | None:
    """What the check found, None while it has not looked."""
    for photo in queries.by_file(file_id):
        if photo.state in (READY, REFUSED):
            return Verdict(photo.width, photo.height, photo.reason)
    return None


def lose(file_id: UUID) -> None:
    """The files of a photo are gone, whatever its rows say: wait for the phone to send it once more."""
    if stray := queries.stray_of_file(file_id):
        audit.record("photo.lost", ("visit", stray.visit_id), stray.region_code, state="stray")
        _remove_row(file_id)
    for photo in queries.by_file(file_id):
        if photo.state in (STORED, READY):
            photo.state, photo.reason = EXPECTED, "lost"
            _note("photo.lost", photo)
