"""One row a light that a visit switched on, with the evidence and the article behind it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from server.core.db import Base, SequenceInteger, UtcDateTime
from server.core.scope import RegionScoped

OPEN, CLOSED = "open", "closed"


class Flag(RegionScoped, Base):
    """A rule met by a visit. A newer revision of the visit closes it; nothing deletes it."""

    __tablename__ = "flag"
    __table_args__ = (
        UniqueConstraint("visit_id", "rule"),
        Index("ix_flag_household_id_state", "household_id", "state"),
    )

    seq: Mapped[int] = mapped_column(SequenceInteger, primary_key=True, autoincrement=True)
    visit_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("visit.id"))
    household_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("household.id"))
    rule: Mapped[str] = mapped_column(String(40))
    severity: Mapped[str] = mapped_column(String(10))
    risks: Mapped[list[str]] = mapped_column(JSON)
    causes: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    articles: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    pack: Mapped[str] = mapped_column(String(60))
    pack_version: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(8), default=OPEN)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
