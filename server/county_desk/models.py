"""Decisions of the county, assignments of cases to people and departments, and filters people saved."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from server.core.db import Base, UtcDateTime
from server.core.scope import RegionScoped


class CountyDecision(RegionScoped, Base):
    """What a county officer decided on a case that was handed up; never changed. ``id`` is the device's."""

    __tablename__ = "county_decision"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    visit_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("visit.id"), index=True)
    household_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("household.id"), index=True)
    decision: Mapped[str] = mapped_column(String(10))
    opinion: Mapped[str] = mapped_column(Text)
    officer_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("user_account.id"))
    officer_name: Mapped[str] = mapped_column(String(60))
    sha256: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AssignmentBatch(RegionScoped, Base):
    """Cases given to one person or department together; ``region_code`` is the county's.

    ``results`` is what was answered for each case, so that the same batch sent again is answered alike.
    """

    __tablename__ = "assignment_batch"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(String(300))
    assigned_by: Mapped[UUID] = mapped_column(Uuid, ForeignKey("user_account.id"))
    results: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Assignment(RegionScoped, Base):
    """One case of a batch, given to a person of the county office or to a department; never changed."""

    __tablename__ = "assignment"

    batch_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("assignment_batch.id"), primary_key=True)
    visit_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("visit.id"), primary_key=True)
    household_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("household.id"), index=True)
    assignee_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("user_account.id"))
    assignee_name: Mapped[str | None] = mapped_column(String(60))
    department: Mapped[str | None] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(String(300))
    assigned_by: Mapped[UUID] = mapped_column(Uuid, ForeignKey("user_account.id"))
    assigned_by_name: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SavedFilter(Base):
    """A filter that a user named; nobody else sees it. ``query`` holds codes, never names of people."""

    __tablename__ = "saved_filter"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    user_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("user_account.id"), index=True)
    name: Mapped[str] = mapped_column(String(30))
    query: Mapped[dict[str, str]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
