"""Reads of photos."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, bindparam, func, select

from server.core import quick
from server.core.auth import Actor
from server.core.db import db
from server.core.problems import Problem
from server.core.scope import EVERYTHING, region_scope
from server.photos.models import EXPECTED, READY, STORED, Photo, StrayPhoto
from server.visits import queries as visits
from server.visits.queries import RETURNED, Visit

__all__ = [
    "Photo",
    "Sent",
    "Stray",
    "all_strays",
    "by_file",
    "by_id",
    "expected",
    "files_stored",
    "get_visible",
    "kept",
    "of_visit",
    "of_visits",
    "own",
    "own_stray",
    "ready_counts",
    "returned_with",
    "stray_of_file",
    "strays",
    "strays_before",
    "strays_with_place",
    "wrote",
]


def of_visit(visit_id: UUID) -> Sequence[Photo]:
    """The photos a visit promised, in its order."""
    return db.session.scalars(select(Photo).where(Photo.visit_id == visit_id).order_by(Photo.position)).all()


def of_visits(visit_ids: Iterable[UUID]) -> dict[UUID, list[Photo]]:
    """The photos of several visits in one query."""
    found: dict[UUID, list[Photo]] = {visit_id: [] for visit_id in visit_ids}
    query = select(Photo).where(Photo.visit_id.in_(found)).order_by(Photo.position)
    for photo in db.session.scalars(query):
        found[photo.visit_id].append(photo)
    return found


def returned_with(photo_id: UUID) -> tuple[UUID, str] | None:
    """Household and region of the visit that lists a photo, if it was given back and waits for its author."""
    with region_scope(EVERYTHING):  # a photo lies where its visit does
        found = _RETURNED.rows(photo_id=photo_id)
    return (found[0][0], found[0][1]) if found else None


class Sent(NamedTuple):
    """What the sender of a photo's bytes is told of it, and what storing them needs."""

    id: UUID
    file_id: UUID
    region_code: str
    length: int
    state: str
    reason: str | None
    change_xid: int | None
    change_seq: int | None


class Stray(NamedTuple):
    """The file of a photo that its sender's visit has not followed yet, its length in bytes, when it came."""

    file_id: UUID
    length: int
    stored_at: datetime


def own(user_id: UUID, visit_id: UUID, sha256: str) -> Sent | None:
    """A photo as its author is told of it; None unless they wrote the visit that lists it.

    Looked up by author and not by region: the household may have moved away since, and what its visitor has
    still to send belongs to the visit all the same. Nothing is told but the state of the sender's own bytes.
    """
    with region_scope(EVERYTHING):
        found = _OWN.rows(user_id=user_id, visit_id=visit_id, sha256=sha256)
    return Sent(*found[0]) if found else None


def by_id(photo_id: UUID) -> Sent | None:
    """The same of a photo that the caller was shown before."""
    with region_scope(EVERYTHING):
        found = _BY_ID.rows(photo_id=photo_id)
    return Sent(*found[0]) if found else None


def own_stray(user_id: UUID, visit_id: UUID, sha256: str) -> Stray | None:
    """A stray of a user."""
    with region_scope(EVERYTHING):
        found = _OWN_STRAY.rows(user_id=user_id, visit_id=visit_id, sha256=sha256)
    return Stray(*found[0]) if found else None


def wrote(user_id: UUID, visit_id: UUID) -> bool:
    """Whether a visit is here and its author is the user."""
    with region_scope(EVERYTHING):
        return bool(_OWN_VISIT.rows(user_id=user_id, visit_id=visit_id))


def _sent() -> Select[*tuple[Any, ...]]:
    return select(*(getattr(Photo, name) for name in Sent._fields))


def _own_photo() -> Select[*tuple[Any, ...]]:
    query = _sent().join(Visit, Visit.id == Photo.visit_id)
    query = query.where(Photo.visit_id == bindparam("visit_id"), Photo.sha256 == bindparam("sha256"))
    return query.where(Visit.author_id == bindparam("user_id"))


def _own_stray_photo() -> Select[*tuple[Any, ...]]:
    query = select(*(getattr(StrayPhoto, name) for name in Stray._fields))
    query = query.where(StrayPhoto.user_id == bindparam("user_id"))
    query = query.where(StrayPhoto.visit_id == bindparam("visit_id"))
    return query.where(StrayPhoto.sha256 == bindparam("sha256"))


def _own_visit() -> Select[*tuple[Any, ...]]:
    query = select(Visit.seq).where(Visit.id == bindparam("visit_id"))
    return query.where(Visit.author_id == bindparam("user_id"))


def _returned_visit() -> Select[*tuple[Any, ...]]:
    query = select(Visit.household_id, Visit.region_code).join(Photo, Photo.visit_id == Visit.id)
    return query.where(Photo.id == bindparam("photo_id"), Visit.state == RETURNED)


_RETURNED = quick.Query(_returned_visit)
_OWN = quick.Query(_own_photo)
_BY_ID = quick.Query(lambda: _sent().where(Photo.id == bindparam("photo_id")))
_OWN_STRAY = quick.Query(_own_stray_photo)
_OWN_VISIT = quick.Query(_own_visit)


def strays(user_id: UUID, visit_id: UUID, hashes: Sequence[str]) -> dict[str, Stray]:
    """Which of several photos of a visit arrived before it, by hash."""
    ours = {"user_id": user_id, "visit_id": visit_id}
    with region_scope(EVERYTHING):
        found = quick.rows(StrayPhoto, ("sha256", *Stray._fields), "sha256", hashes, also=ours)
    return {sha256: Stray(*rest) for sha256, *rest in found}


def strays_before(before: datetime, limit: int | None = None) -> Sequence[StrayPhoto]:
    """Strays that arrived before an instant, the oldest first."""
    query = select(StrayPhoto).where(StrayPhoto.stored_at < before)
    return db.session.scalars(query.order_by(StrayPhoto.stored_at).limit(limit)).all()


def strays_with_place(limit: int = 200) -> Sequence[StrayPhoto]:
    """Strays whose visit is here and still waits for them."""
    query = select(StrayPhoto).join(
        Photo, (Photo.visit_id == StrayPhoto.visit_id) & (Photo.sha256 == StrayPhoto.sha256)
    )
    query = query.join(Visit, (Visit.id == Photo.visit_id) & (Visit.author_id == StrayPhoto.user_id))
    return db.session.scalars(query.where(Photo.state == EXPECTED).limit(limit)).all()


def expected(visit_id: UUID, sha256: str, *, lock: bool = False) -> Photo:
    """The row of a photo that a visit of the scope listed; ``lock`` reads it anew and holds it.

    Raises:
        Problem: visit_not_found, photo_not_expected.
    """
    query = select(Photo).where(Photo.visit_id == visit_id, Photo.sha256 == sha256)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    photo = db.session.scalar(query)
    if photo is None:
        raise Problem("visit_not_found" if visits.by_id(visit_id) is None else "photo_not_expected")
    return photo


def get_visible(actor: Actor, photo_id: UUID) -> Photo:
    """A photo of a visit that the actor may open; of any other it is not even said that it exists.

    Raises:
        Problem: not_found.
    """
    query = select(Photo).join(Visit, Visit.id == Photo.visit_id)
    photo = db.session.scalar(query.where(Photo.id == photo_id, visits.visible_to(actor)))
    if photo is None:
        raise Problem("not_found")
    return photo


def by_file(file_id: UUID) -> Sequence[Photo]:
    """The rows that share one set of files: a photo and its place in later revisions."""
    return db.session.scalars(select(Photo).where(Photo.file_id == file_id)).all()


def files_stored(limit: int = 50) -> Sequence[UUID]:
    """Files that wait for their check, the oldest first."""
    query = select(Photo.file_id).where(Photo.state == STORED)
    return db.session.scalars(
        query.group_by(Photo.file_id).order_by(func.min(Photo.stored_at)).limit(limit)
    ).all()


def ready_counts(visit_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many photos of each visit can be looked at."""
    query = select(Photo.visit_id, func.count()).where(
        Photo.visit_id.in_(set(visit_ids)), Photo.state == READY
    )
    return dict(db.session.execute(query.group_by(Photo.visit_id)).all())


def kept() -> Sequence[Any]:
    """Every photo whose files must be there: file, state, hash and place of its last change."""
    columns = (Photo.file_id, Photo.state, Photo.sha256, Photo.change_xid, Photo.change_seq)
    return db.session.execute(select(*columns).where(Photo.state.in_((STORED, READY)))).all()


def all_strays() -> Sequence[Any]:
    """File and hash of every photo that came before its visit."""
    return db.session.execute(select(StrayPhoto.file_id, StrayPhoto.sha256)).all()


def stray_of_file(file_id: UUID) -> StrayPhoto | None:
    """The stray that a file belongs to."""
    return db.session.scalar(select(StrayPhoto).where(StrayPhoto.file_id == file_id))


def ids_of_visits(visit_ids: Iterable[UUID]) -> Sequence[UUID]:
    """The identifiers of the photos of several visits."""
    return db.session.scalars(select(Photo.id).where(Photo.visit_id.in_(list(visit_ids)))).all()
