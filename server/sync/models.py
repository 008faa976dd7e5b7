"""What the server remembers of operations: the ledger, and what it holds without having carried it out."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, SmallInteger, String, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from server.core.db import Base, SequenceInteger, UtcDateTime
from server.core.scope import RegionScoped

ACCEPTED, HELD = "accepted", "held"
OPEN, TAKEN, DECLINED = "open", "taken", "declined"


class Operation(RegionScoped, Base):
    """The ledger: an operation of a user that the server has signed for, written in its effect's transaction.

    The same operation with the same hash gets the first answer again. ``n`` is the device's own counter: a
    gap shows that something was lost on the device. ``xid`` and ``change_seq`` are its place in the change
    log. ``result`` is JSON; empty for a visit, whose answer is kept with the visit.
    """

    __tablename__ = "operation"
    __table_args__ = (
        UniqueConstraint("user_id", "op_id"),
        Index("ix_operation_entity_id", "entity_id"),
    )

    seq: Mapped[int] = mapped_column(SequenceInteger, primary_key=True, autoincrement=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    op_id: Mapped[UUID] = mapped_column(Uuid)
    sha256: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(20))
    entity_id: Mapped[UUID] = mapped_column(Uuid)
    state: Mapped[str] = mapped_column(String(8))
    code: Mapped[str | None] = mapped_column(String(20))
    result: Mapped[str] = mapped_column(Text, default="")
    device_id: Mapped[str] = mapped_column(String(64))
    n: Mapped[int | None] = mapped_column(BigInteger)
    schema_v: Mapped[int] = mapped_column(SmallInteger)
    app_v: Mapped[str] = mapped_column(String(40))
    xid: Mapped[int] = mapped_column(BigInteger)
    change_seq: Mapped[int] = mapped_column(BigInteger)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)


class HeldOperation(RegionScoped, Base):
    """An operation kept whole because it could not be carried out: nothing that arrived is ever lost.

    ``code`` is version (of a newer app), scope (the household is no longer the sender's), conflict (another
    text under a number that was taken), or quarantine (from a phone that is being emptied). ``region_code``
    is where it is to be decided on: the household's, else the sender's. ``raw`` is the sealed operation.
    ``xid`` and ``change_seq`` are its place in the change log, ``result`` the JSON answer since it was
    carried out: the ledger has no row of its own for a second text under one number.
    """

    __tablename__ = "held_operation"
    __table_args__ = (
        UniqueConstraint("user_id", "op_id", "sha256"),
        Index("ix_held_operation_state_code", "state", "code"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    author_name: Mapped[str] = mapped_column(String(60))
    op_id: Mapped[UUID] = mapped_column(Uuid)
    sha256: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(20))
    household_id: Mapped[UUID | None] = mapped_column(Uuid)
    schema_v: Mapped[int] = mapped_column(SmallInteger)
    code: Mapped[str] = mapped_column(String(20))
    raw: Mapped[str] = mapped_column(Text, deferred=True)
    state: Mapped[str] = mapped_column(String(8), default=OPEN)
    result: Mapped[str] = mapped_column(Text, default="")
    xid: Mapped[int] = mapped_column(BigInteger)
    change_seq: Mapped[int] = mapped_column(BigInteger)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str | None] = mapped_column(String(60))
    comment: Mapped[str] = mapped_column(String(500), default="")
