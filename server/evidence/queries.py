"""Reads of traces and hints."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, or_, select

from server.core.db import db
from server.core.scope import within
from server.evidence.models import KINDS, EvidenceHint, PhotoTrace, VisitTrace
from server.visits.queries import Visit

NEAR = timedelta(hours=3)
MOST_LIKE = 200
COUNTY_DIGITS = 6


class Past(NamedTuple):
    """What a visit is compared with of another one of its author."""

    visit_id: UUID
    author_id: UUID
    household_id: UUID
    ended_at: datetime
    answers: str | None


_QUARTERS = (PhotoTrace.quarter_0, PhotoTrace.quarter_1, PhotoTrace.quarter_2, PhotoTrace.quarter_3)


def unseen(behind: int, limit: int) -> list[tuple[int, UUID]]:
    """Visits behind a number of the server that were not compared yet: number and identifier, in order."""
    seen = select(VisitTrace.visit_id).where(VisitTrace.visit_id == Visit.id, VisitTrace.looked).exists()
    query = select(Visit.seq, Visit.id).where(Visit.seq > behind, ~seen).order_by(Visit.seq)
    return [(seq, visit_id) for seq, visit_id in db.session.execute(query.limit(limit))]


def traces(visit_ids: Iterable[UUID]) -> dict[UUID, VisitTrace]:
    """The traces of several visits."""
    query = select(VisitTrace).where(VisitTrace.visit_id.in_(set(visit_ids)))
    return {trace.visit_id: trace for trace in db.session.scalars(query)}


def compared(visit_ids: Iterable[UUID]) -> set[UUID]:
    """Which of several visits were compared with the others."""
    query = select(VisitTrace.visit_id).where(VisitTrace.visit_id.in_(set(visit_ids)), VisitTrace.looked)
    return set(db.session.scalars(query))


def oldest_since(behind: int, instant: datetime) -> int | None:
    """The least number behind ``behind`` of a visit received at ``instant`` or later."""
    query = select(func.min(Visit.seq)).where(Visit.seq > behind, Visit.received_at >= instant)
    return db.session.scalar(query)


def newest() -> int:
    """The greatest number of a visit; 0 without any."""
    return db.session.scalar(select(func.max(Visit.seq))) or 0


def near(traces: Iterable[VisitTrace]) -> list[Past]:
    """Visits of the same authors within three hours of one of several, these included, in their order."""
    mine = [_during(trace.author_id, trace.ended_at - NEAR, trace.ended_at + NEAR) for trace in traces]
    return _past(or_(false(), *mine))


def like(traces: Iterable[VisitTrace], reach: timedelta) -> list[Past]:
    """Visits of the same authors with the very answers of one of several, none older than that by more."""
    mine = [
        and_(
            VisitTrace.answers == trace.answers,
            VisitTrace.author_id == trace.author_id,
            VisitTrace.ended_at >= trace.ended_at - reach,
        )
        for trace in traces
        if trace.answers is not None
    ]
    return _past(or_(false(), *mine))


def _during(author_id: UUID, first: datetime, last: datetime) -> ColumnElement[bool]:
    return and_(VisitTrace.author_id == author_id, VisitTrace.ended_at.between(first, last))


def _past(condition: ColumnElement[bool]) -> list[Past]:
    columns = [getattr(VisitTrace, name) for name in Past._fields]
    query = select(*columns).where(condition).order_by(VisitTrace.ended_at, VisitTrace.visit_id)
    return [Past(*row) for row in db.session.execute(query)]


def is_traced(photo_id: UUID) -> bool:
    """Whether a photo was compared already."""
    query = select(PhotoTrace.photo_id).where(PhotoTrace.photo_id == photo_id)
    return db.session.scalar(query) is not None


def same_files(trace: PhotoTrace) -> Sequence[PhotoTrace]:
    """Photos of other visits in the county that are the same file, or were made from the same file."""
    same = [PhotoTrace.sha256 == trace.sha256]
    same += [PhotoTrace.original == trace.original] if trace.original else []
    return _others(trace, or_(*same))


def alike(trace: PhotoTrace) -> Sequence[PhotoTrace]:
    """Photos of other visits in the county that agree in a quarter of what they look like."""
    quarters = (trace.quarter_0, trace.quarter_1, trace.quarter_2, trace.quarter_3)
    if trace.likeness is None:
        return []
    return _others(trace, or_(*(column == own for column, own in zip(_QUARTERS, quarters, strict=True))))


def _others(trace: PhotoTrace, condition: ColumnElement[bool]) -> Sequence[PhotoTrace]:
    query = select(PhotoTrace).where(
        condition,
        PhotoTrace.root_id != trace.root_id,
        within(PhotoTrace.region_code, trace.region_code[:COUNTY_DIGITS]),
    )
    return db.session.scalars(query.order_by(PhotoTrace.seq.desc()).limit(MOST_LIKE)).all()


def known(root_id: UUID, kind: str, other_id: UUID | None) -> bool:
    """Whether a visit has a hint of the kind about the other visit already."""
    query = select(EvidenceHint.id).where(
        EvidenceHint.root_id == root_id, EvidenceHint.kind == kind, EvidenceHint.other_id == other_id
    )
    return db.session.scalar(query.limit(1)) is not None


def of_roots(root_ids: Iterable[UUID]) -> dict[UUID, list[EvidenceHint]]:
    """The hints of several visits by their first revision, in the order in which they are shown."""
    found: dict[UUID, list[EvidenceHint]] = {root_id: [] for root_id in root_ids}
    query = select(EvidenceHint).where(EvidenceHint.root_id.in_(found)).order_by(EvidenceHint.found_at)
    for hint in db.session.scalars(query):
        found[hint.root_id].append(hint)
    for hints in found.values():
        hints.sort(key=lambda hint: KINDS.index(hint.kind))
    return found
