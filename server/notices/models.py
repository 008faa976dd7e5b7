"""Notices by role and place, how far each user has read, and where a county has them sent."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, SmallInteger, String, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from server.core.db import Base, SequenceInteger, UtcDateTime
from server.core.scope import RegionScoped

JSON_FORMAT, WECOM, DINGTALK = FORMATS = ("json", "wecom", "dingtalk")


class Notice(RegionScoped, Base):
    """Something for a role to know of at a place; whoever has the role above that place sees it.

    ``chain`` and ``number`` are those of the audit entry that it tells of: told once, however often the trail
    is read. ``subject`` and ``subject_id`` name a record, never a person.
    """

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("chain", "number", "role"),
        Index("ix_notice_role_seq", "role", "seq"),
    )

    seq: Mapped[int] = mapped_column(SequenceInteger, primary_key=True)
    chain: Mapped[str] = mapped_column(String(6))
    number: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    role: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(24))
    actor_id: Mapped[UUID | None] = mapped_column(Uuid)
    subject: Mapped[str] = mapped_column(String(30))
    subject_id: Mapped[str] = mapped_column(String(64))


class NoticeMark(Base):
    """The newest notice that a user has seen."""

    __tablename__ = "notice_mark"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)


class Webhook(RegionScoped, Base):
    """An address of a county's own to which counts are sent; ``region_code`` is the county's.

    Sent is what lies behind ``seq``. A message on its way covers what lies between ``seq`` and ``upto`` and
    is the same at every try, so that whoever got it twice can tell; ``tries`` counts them.
    """

    __tablename__ = "webhook"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    url_sealed: Mapped[str] = mapped_column(Text)
    secret_sealed: Mapped[str] = mapped_column(Text)
    format: Mapped[str] = mapped_column(String(10))
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seq: Mapped[int] = mapped_column(BigInteger)
    upto: Mapped[int | None] = mapped_column(BigInteger)
    tries: Mapped[int] = mapped_column(SmallInteger, default=0)
    next_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str | None] = mapped_column(String(40))
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
