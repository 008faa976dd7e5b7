"""One row a photo that a visit promised; the bytes lie in the photo folder under the row's id."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, ForeignKey, Index, SmallInteger, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from server.core.db import Base, UtcDateTime
from server.core.scope import RegionScoped

EXPECTED, STORED, READY, REFUSED = "expected", "stored", "ready", "refused"


def position_of(xid: int | None, seq: int | None) -> list[int] | None:
    """``[xid, seq]``, or None for a photo that never arrived."""
    return None if xid is None or seq is None else [xid, seq]


class Photo(RegionScoped, Base):
    """A photo: expected (named by the visit), stored (bytes here), then ready or refused with a reason.

    ``sha256`` and ``length`` (bytes) are the original's, as the phone took it; they stay the photo's identity
    after the original has been replaced by the re-encoded picture. ``file_id`` names the files; a revision
    that keeps a photo of the revision before points at the same ones. ``change_xid`` and ``change_seq`` are
    the place of its last change of state in the change log (``core.changes.Position``).
    """

    __tablename__ = "photo"
    __table_args__ = (
        UniqueConstraint("visit_id", "sha256"),
        Index("ix_photo_state_stored_at", "state", "stored_at"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    file_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    visit_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("visit.id"))
    position: Mapped[int] = mapped_column(SmallInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    length: Mapped[int]
    kind: Mapped[str] = mapped_column(String(12))
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(10), default=EXPECTED)
    reason: Mapped[str | None] = mapped_column(String(30))
    width: Mapped[int | None]
    height: Mapped[int | None]
    stored_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    change_xid: Mapped[int | None] = mapped_column(BigInteger)
    change_seq: Mapped[int | None] = mapped_column(BigInteger)

    @property
    def change_position(self) -> list[int] | None:
        """The place in the change log as on the wire; None while nothing has happened to the photo."""
        return position_of(self.change_xid, self.change_seq)


class StrayPhoto(RegionScoped, Base):
    """A photo that arrived whole before its visit did; kept thirty days, opened by nobody.

    It belongs to the user who sent it: another user's visit of the same number does not get it.
    """

    __tablename__ = "stray_photo"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    visit_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    file_id: Mapped[UUID] = mapped_column(Uuid, unique=True)
    length: Mapped[int]
    stored_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
