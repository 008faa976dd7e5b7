"""What is remembered of visits and pictures to compare later ones with, and the hints that came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from server.core.db import Base, UtcDateTime
from server.core.scope import RegionScoped

PHOTO_REUSED, QUICK, CLOSE, FAR, CLOCK, ALIKE = "photo_reused", "quick", "close", "far", "clock", "alike"
KINDS = (PHOTO_REUSED, CLOSE, QUICK, ALIKE, FAR, CLOCK)
"""In the order in which they are shown: what can least be explained by the day comes first."""


class VisitTrace(RegionScoped, Base):
    """When a visit ended, and a digest of its answers; ``looked`` once it was compared with the others.

    ``answers`` is None where too little was written to tell two households apart.
    """

    __tablename__ = "visit_trace"
    __table_args__ = (
        Index("ix_visit_trace_author_id_ended_at", "author_id", "ended_at"),
        Index("ix_visit_trace_answers", "answers"),
    )

    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visit.id"), primary_key=True)
    root_id: Mapped[UUID] = mapped_column(Uuid)
    household_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    author_id: Mapped[UUID] = mapped_column(Uuid)
    ended_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answers: Mapped[str | None] = mapped_column(String(64))
    looked: Mapped[bool] = mapped_column(default=False)


class PhotoTrace(RegionScoped, Base):
    """What a picture looks like, in 64 bits, and those in quarters: where three bits differ, one agrees.

    ``original`` is the SHA-256 of the camera's file as the phone said it, None where it did not.
    """

    __tablename__ = "photo_trace"
    __table_args__ = (
        Index("ix_photo_trace_quarter_0", "quarter_0"),
        Index("ix_photo_trace_quarter_1", "quarter_1"),
        Index("ix_photo_trace_quarter_2", "quarter_2"),
        Index("ix_photo_trace_quarter_3", "quarter_3"),
    )

    photo_id: Mapped[UUID] = mapped_column(ForeignKey("photo.id"), primary_key=True)
    visit_id: Mapped[UUID] = mapped_column(Uuid)
    root_id: Mapped[UUID] = mapped_column(Uuid)
    household_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    original: Mapped[str | None] = mapped_column(String(64), index=True)
    likeness: Mapped[str | None] = mapped_column(String(16))
    quarter_0: Mapped[int | None] = mapped_column(Integer)
    quarter_1: Mapped[int | None] = mapped_column(Integer)
    quarter_2: Mapped[int | None] = mapped_column(Integer)
    quarter_3: Mapped[int | None] = mapped_column(Integer)


class EvidenceHint(RegionScoped, Base):
    """One reason to look twice at a visit, shown with all its revisions (``root_id``).

    ``details`` holds figures and codes; ``other_id`` is another visit.
    """

    __tablename__ = "evidence_hint"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visit.id"))
    root_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    household_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    kind: Mapped[str] = mapped_column(String(12))
    other_id: Mapped[UUID | None] = mapped_column(Uuid)
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)
