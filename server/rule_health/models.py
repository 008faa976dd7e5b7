"""A row for each visit whose rules came out otherwise on the phone than on the server."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from server.core.db import Base, SequenceInteger, UtcDateTime
from server.core.scope import RegionScoped


class PreviewDifference(RegionScoped, Base):
    """What only one of the two said. The server's judgement is the one that counts.

    The lists are rule ids between bars ("|R-WAT-01|R-WAT-02|"), empty without any: met on the phone only, met
    on the server only, left open on the phone only, left open on the server only. ``phone_version`` is that
    of the rules the phone had, ``server_version`` that of the rules a phone would have been given.
    """

    __tablename__ = "preview_difference"

    seq: Mapped[int] = mapped_column(SequenceInteger, primary_key=True, autoincrement=True)
    visit_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("visit.id"), unique=True)
    household_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("household.id"))
    phone_version: Mapped[str] = mapped_column(String(16))
    server_version: Mapped[str] = mapped_column(String(16))
    met_phone: Mapped[str] = mapped_column(String(1000))
    met_server: Mapped[str] = mapped_column(String(1000))
    open_phone: Mapped[str] = mapped_column(String(1000))
    open_server: Mapped[str] = mapped_column(String(1000))
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime)
