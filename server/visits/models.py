"""One row a visit, the body exactly as the phone signed it beside what the server concluded from it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    Computed,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from server.core.db import Base, SequenceInteger, UtcDateTime
from server.core.scope import RegionScoped

SUBMITTED, APPROVED, RETURNED, SUPERSEDED = "submitted", "approved", "returned", "superseded"
ESCALATED = "escalated"
SEVERITIES = ("red", "yellow", "attention", "none")
# Places of two: a corrected visit, or one drawn to be looked at, comes first within its class.
_QUEUE_RANK = """
2 * CASE WHEN severity_rank < 3 THEN severity_rank
         WHEN dismissed_count > 0 THEN 3 WHEN changed_count > 0 THEN 4 ELSE 5 END
+ CASE WHEN revision > 1 OR spot_check THEN 0 ELSE 1 END"""


class Visit(RegionScoped, Base):
    """One visit, or one revision of it. The body, sealed, never changes; ``seq`` is the order of the server.

    ``root_id`` is the first revision's id. ``severity_rank`` is the place of ``severity`` in SEVERITIES;
    ``queue_rank`` is the order of a reviewer's work: by light, then with a light somebody dismissed, then
    changed since last time, then the rest. ``spot_check`` marks a visit that was drawn when others were
    approved together: somebody has to look at it. ``handed_up`` stays with one that the village handed up,
    also when its state went on, unless it was given back. ``risks`` is the sorted risk ids between bars
    ("|health|house|"). ``latest`` marks the newest visit of a household of the register; the database keeps
    it (``tallies``). ``clock_offset_ms`` is server time minus the phone's, None where nobody knows;
    ``clock_suspect`` marks a phone whose clock was more than ten minutes off. ``preview_version`` is that of
    the rules the phone judged by before the server, None where it did not.
    """

    __tablename__ = "visit"
    __table_args__ = (
        UniqueConstraint("root_id", "revision"),
        Index("ix_visit_household_id_seq", "household_id", "seq"),
        # A page of a list is found in it whatever it is narrowed to, without looking at a row.
        Index("ix_visit_listed", "queue_rank", "seq", "region_code", "state", "latest", "risks"),
        Index("ix_visit_author_id_state", "author_id", "state"),
    )

    seq: Mapped[int] = mapped_column(SequenceInteger, primary_key=True, autoincrement=True)
    id: Mapped[UUID] = mapped_column(Uuid, unique=True)
    household_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("household.id"))
    author_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("user_account.id"))
    author_name: Mapped[str] = mapped_column(String(60))
    root_id: Mapped[UUID] = mapped_column(Uuid)
    revises_id: Mapped[UUID | None] = mapped_column(Uuid)
    revision: Mapped[int] = mapped_column(SmallInteger, default=1)

    checklist_version: Mapped[str] = mapped_column(String(20))
    body: Mapped[str] = mapped_column(Text, deferred=True)
    sha256: Mapped[str] = mapped_column(String(64))
    visited_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    clock_offset_ms: Mapped[int | None] = mapped_column(BigInteger)
    clock_suspect: Mapped[bool] = mapped_column(default=False)
    distance_m: Mapped[int | None]
    photo_count: Mapped[int] = mapped_column(SmallInteger, default=0)

    state: Mapped[str] = mapped_column(String(12), default=SUBMITTED)
    handed_up: Mapped[bool] = mapped_column(default=False, server_default=false())
    severity: Mapped[str] = mapped_column(String(10), default="none")
    severity_rank: Mapped[int] = mapped_column(SmallInteger, default=3)
    red_count: Mapped[int] = mapped_column(SmallInteger, default=0)
    yellow_count: Mapped[int] = mapped_column(SmallInteger, default=0)
    attention_count: Mapped[int] = mapped_column(SmallInteger, default=0)
    risks: Mapped[str] = mapped_column(String(300), default="")
    packs: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    judgement: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    not_asked: Mapped[list[str]] = mapped_column(JSON, default=list)

    latest: Mapped[bool] = mapped_column(default=False, server_default=false())
    preview_version: Mapped[str | None] = mapped_column(String(16))

    previous_id: Mapped[UUID | None] = mapped_column(Uuid)
    changes: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    changed_count: Mapped[int] = mapped_column(SmallInteger, default=0)
    dismissed_count: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    spot_check: Mapped[bool] = mapped_column(default=False, server_default=false())
    queue_rank: Mapped[int] = mapped_column(SmallInteger, Computed(_QUEUE_RANK, persisted=True))

    result: Mapped[str] = mapped_column(Text, default="", deferred=True)
