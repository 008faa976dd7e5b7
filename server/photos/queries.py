"""Reads of photos."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from server.core.auth import Actor
from server.core.db import db
from server.core.problems import Problem
from server.photos.models import READY, STORED, Photo
from server.visits import queries as visits


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
    """A photo of a visit that the actor may open.

    Raises:
        Problem: not_found, visit_not_found.
    """
    photo = db.session.scalar(select(Photo).where(Photo.id == photo_id))
    if photo is None:
        raise Problem("not_found")
    visits.check_visible(actor, photo.visit_id)
    return photo


def by_file(file_id: UUID) -> Sequence[Photo]:
    """The rows that share one set of files: a photo and its place in later revisions."""
    return db.session.scalars(select(Photo).where(Photo.file_id == file_id)).all()


def files_left_stored(before: datetime, limit: int = 50) -> Sequence[UUID]:
    """Files that have waited for their check since before an instant, the oldest first."""
    query = select(Photo.file_id).where(Photo.state == STORED, Photo.stored_at < before)
    return db.session.scalars(
        query.group_by(Photo.file_id).order_by(func.min(Photo.stored_at)).limit(limit)
    ).all()


def ready_counts(visit_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many photos of each visit can be looked at."""
    query = select(Photo.visit_id, func.count()).where(
        Photo.visit_id.in_(set(visit_ids)), Photo.state == READY
    )
    return dict(db.session.execute(query.group_by(Photo.visit_id)).all())
