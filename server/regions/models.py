"""Tables of regions. They are not region-scoped: whoever sees a village may read the name of its county."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from server.core.db import Base, UtcDateTime

COUNTY, TOWNSHIP, VILLAGE, GRID = "county", "township", "village", "grid"
LEVEL_BY_LENGTH = {6: COUNTY, 9: TOWNSHIP, 12: VILLAGE, 14: GRID}
"""Digits of a code → its level (GB/T 2260 and the statistical code; grids add two digits of our own)."""


class Region(Base):
    """A county, township, village or grid; a child's code starts with its parent's.

    A grid that is closed keeps its code and name: visits of before lie in it. Nothing new does.
    """

    __tablename__ = "region"

    code: Mapped[str] = mapped_column(String(14), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    level: Mapped[str] = mapped_column(String(10))
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"), index=True)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class NaturalVillage(Base):
    """A hamlet (自然屯) within an administrative village; there is no national code for it."""

    __tablename__ = "natural_village"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    village_code: Mapped[str] = mapped_column(ForeignKey("region.code"), index=True)
    name: Mapped[str] = mapped_column(String(60))
