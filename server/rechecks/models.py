"""One row a visit that its township has to look at again, the outcomes of that, and the months' lists."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, SmallInteger, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from server.core import triggers
from server.core.db import Base, UtcDateTime
from server.core.scope import RegionScoped

DUE, SETTLED, HANDED_UP, WITHDRAWN = "due", "settled", "handed_up", "withdrawn"
MONITOR, NO_RISK, BACK = "monitor", "no_risk", "back"
SETTLE, HAND_UP = "settle", "hand_up"


class Recheck(RegionScoped, Base):
    """Where a visit stands between the village's decision and the county's.

    ``state`` is due, settled or handed_up, then what the county decided: monitor or no_risk (back makes it
    due again). ``withdrawn``: the visit was given back to the grid member. ``month`` and ``decided_on`` are
    of the village's decision; ``starts_on`` is day 0 of the time the township has. ``severity_rank`` and
    ``risks`` are copies of the visit's that the database keeps (TRIGGERS): a visit that was not handed up and
    has neither red nor yellow any more need not be looked at. ``handed_up_at`` is the first time.
    """

    __tablename__ = "recheck"
    __table_args__ = (
        Index(
            "ix_recheck_month_counted",
            "month",
            "region_code",
            "state",
            "starts_on",
            "severity_rank",
            "escalated",
        ),
        Index("ix_recheck_due", "state", "starts_on", "visit_id", "region_code", "month", "severity_rank"),
        Index(
            "ix_recheck_handed_up",
            "state",
            "handed_up_at",
            "visit_id",
            "region_code",
            "cause",
            "persons",
            "assignee_id",
            "department",
            "severity_rank",
        ),
        Index("ix_recheck_ledger", "outcome_at", "visit_id", "region_code", "cause", "state", "month"),
        Index(
            "ix_recheck_ledger_counted",
            "region_code",
            "outcome_at",
            "state",
            "cause",
            "month",
            "persons",
            "household_id",
        ),
    )

    visit_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("visit.id"), primary_key=True)
    household_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("household.id"), index=True)
    month: Mapped[str] = mapped_column(String(7))
    decided_on: Mapped[date]
    reviewer_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("user_account.id"))
    reviewer_name: Mapped[str] = mapped_column(String(60))
    escalated: Mapped[bool]
    severity_rank: Mapped[int] = mapped_column(SmallInteger)
    risks: Mapped[str] = mapped_column(String(300))
    state: Mapped[str] = mapped_column(String(12), default=DUE)
    starts_on: Mapped[date]
    rounds: Mapped[int] = mapped_column(SmallInteger, default=0)

    cause: Mapped[str | None] = mapped_column(String(24))
    persons: Mapped[int] = mapped_column(SmallInteger, default=0)
    outcome_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    officer_name: Mapped[str | None] = mapped_column(String(60))
    handed_up_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    assignee_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("user_account.id"))
    assignee_name: Mapped[str | None] = mapped_column(String(60))
    department: Mapped[str | None] = mapped_column(String(40))
    concluded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RecheckOutcome(RegionScoped, Base):
    """What a township officer found and did about a visit; never changed. ``id`` is made by the device.

    ``findings`` are of a visit at home: for each light ``rule``, ``found`` (yes, no, unclear) and ``note``.
    ``newer_visit_id`` is the newest visit of the household then, where it is a later one. ``sha256`` is of
    the content.
    """

    __tablename__ = "recheck_outcome"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    visit_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("visit.id"), index=True)
    household_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("household.id"), index=True)
    decision: Mapped[str] = mapped_column(String(10))
    cause: Mapped[str] = mapped_column(String(24))
    opinion: Mapped[str] = mapped_column(Text)
    home_on: Mapped[date | None]
    home_by: Mapped[str] = mapped_column(String(100), default="")
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    newer_visit_id: Mapped[UUID | None] = mapped_column(Uuid)
    officer_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("user_account.id"))
    officer_name: Mapped[str] = mapped_column(String(60))
    sha256: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RecheckMonth(RegionScoped, Base):
    """A township's word that it has the list of a month: day 0 for what is on it (NX-8-4-2a, AMB-23)."""

    __tablename__ = "recheck_month"

    region_code: Mapped[str] = mapped_column(String(14), primary_key=True)
    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    confirmed_on: Mapped[date]
    confirmed_by: Mapped[UUID] = mapped_column(Uuid, ForeignKey("user_account.id"))
    confirmed_by_name: Mapped[str] = mapped_column(String(60))
    confirmed_at: Mapped[datetime] = mapped_column(UtcDateTime)


TRIGGERS = triggers.declare(
    ("visit", "recheck"),
    ("recheck_follows_visit",),
    sqlite="""
CREATE TRIGGER IF NOT EXISTS recheck_follows_visit AFTER UPDATE OF severity_rank, risks ON visit
WHEN OLD.severity_rank <> NEW.severity_rank OR OLD.risks <> NEW.risks BEGIN
  UPDATE recheck SET severity_rank = NEW.severity_rank, risks = NEW.risks WHERE visit_id = NEW.id;
END
""",
    postgresql="""
CREATE OR REPLACE FUNCTION recheck_follow_visit() RETURNS trigger LANGUAGE plpgsql AS $follow$
BEGIN
  UPDATE recheck SET severity_rank = NEW.severity_rank, risks = NEW.risks WHERE visit_id = NEW.id;
  RETURN NULL;
END $follow$
--
CREATE OR REPLACE TRIGGER recheck_follows_visit AFTER UPDATE OF severity_rank, risks ON visit
FOR EACH ROW WHEN (OLD.severity_rank <> NEW.severity_rank OR OLD.risks <> NEW.risks)
EXECUTE FUNCTION recheck_follow_visit()
""",
)
