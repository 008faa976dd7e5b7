"""One row a proposal: fields of a household that somebody wants changed and somebody else decides on."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from server.core.db import Base, UtcDateTime
from server.core.scope import RegionScoped

OPEN, APPROVED, DECLINED = "open", "approved", "declined"
EDIT, MEMBER, HOUSEHOLD = KINDS = ("edit", "member", "household")


class Proposal(RegionScoped, Base):
    """Fields that were not changed by themselves: others changed them meanwhile, or they are protected.

    Or, by ``kind``, all the fields of a member or of a household that is to be registered: ``subject_id`` is
    the identifier that it is to have. A new household has no ``household_id`` until somebody approved it.

    ``fields`` is sealed JSON, a list of ``{member_id, field, current, proposed, reason, current_by,
    current_at}``; both values stay on record whatever is decided. ``level`` says who decides: village, or
    township for a move between villages.
    """

    __tablename__ = "proposal"
    __table_args__ = (
        UniqueConstraint("author_id", "op_id"),
        Index("ix_proposal_state_level", "state", "level"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), default=EDIT)
    household_id: Mapped[UUID | None] = mapped_column(ForeignKey("household.id"), index=True)
    subject_id: Mapped[UUID | None] = mapped_column(Uuid, index=True)
    op_id: Mapped[UUID] = mapped_column(Uuid)
    author_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    author_name: Mapped[str] = mapped_column(String(60))
    base_revision: Mapped[int]
    fields: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(String(500), default="")
    level: Mapped[str] = mapped_column(String(10), default="village")
    state: Mapped[str] = mapped_column(String(10), default=OPEN)
    written_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str | None] = mapped_column(String(60))
    comment: Mapped[str] = mapped_column(String(500), default="")
