"""One row a decision of a reviewer; decisions are never changed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from server.core.db import Base, UtcDateTime
from server.core.scope import RegionScoped


class Review(RegionScoped, Base):
    """Approval, return or handing up of a visit; ``id`` is made by the reviewer's device.

    ``batch_id`` is that of the approval of many at once that this one was part of.

    ``sha256`` is of the decision's content. ``reviewer_name`` and ``reviewer_role`` are those of the moment.
    """

    __tablename__ = "review"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    visit_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("visit.id"), index=True)
    reviewer_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("user_account.id"))
    reviewer_name: Mapped[str] = mapped_column(String(60))
    reviewer_role: Mapped[str] = mapped_column(String(20))
    decision: Mapped[str] = mapped_column(String(10))
    comment: Mapped[str] = mapped_column(Text, default="")
    comments: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    sha256: Mapped[str] = mapped_column(String(64))
    batch_id: Mapped[UUID | None] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
