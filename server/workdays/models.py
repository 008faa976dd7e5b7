"""A county's own days: what its notices say beside the national calendar (三月三, 开斋节, a Saturday).

The table is not region-scoped: a township's deadline needs the days of its county. Every read names it.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, ForeignKey, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from server.core.db import Base, UtcDateTime


class CalendarDay(Base):
    """One entry of a county about one day. ``removed`` keeps the row of an entry that was taken back."""

    __tablename__ = "calendar_day"

    county_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    on: Mapped[date] = mapped_column("day", Date, primary_key=True)
    working: Mapped[bool]
    name: Mapped[str] = mapped_column(String(40))
    source: Mapped[str] = mapped_column(String(200))
    removed: Mapped[bool]
    changed_by: Mapped[UUID] = mapped_column(Uuid, ForeignKey("user_account.id"))
    changed_by_name: Mapped[str] = mapped_column(String(60))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
