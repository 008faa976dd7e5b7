"""One row an act of a county: a setting of the policy, or the revocation of one. Rows are never changed.

The acts of a county are a chain: each is signed over its content and over the signature before it, so that a
row that was changed, taken out or slipped in from outside is noticed when the settings are next read.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from server.core.db import Base, UtcDateTime
from server.core.scope import RegionScoped

REVOCATION = "revocation"


class LocalSetting(RegionScoped, Base):
    """An act, numbered within its county; ``id`` is made by the device of the person who signed.

    ``kind`` is ``parameter`` (``name`` gets ``value``), ``rule_off``, ``rule_on`` (a rule that a county may
    choose), or ``revocation``: of ``revokes_id``, from ``since`` on. Where that is a revocation itself, it is
    brought forward. Days are included at both ends; ``value`` is the number as text; ``region_code`` is the
    county's; ``signer_name`` that of the moment.
    """

    __tablename__ = "local_setting"
    __table_args__ = (UniqueConstraint("region_code", "position"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(40))
    value: Mapped[str | None] = mapped_column(String(20))
    since: Mapped[date]
    until: Mapped[date | None]
    revokes_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("local_setting.id"), unique=True)
    reason: Mapped[str] = mapped_column(Text)
    signed_by: Mapped[UUID] = mapped_column(Uuid, ForeignKey("user_account.id"))
    signer_name: Mapped[str] = mapped_column(String(60))
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    previous: Mapped[str] = mapped_column(String(64))
    signature: Mapped[str] = mapped_column(String(64))
