"""Lights as rows, the facts each household was last judged on, and the runs that judge them again."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, SmallInteger, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from server.core.db import Base, SequenceInteger, UtcDateTime
from server.core.scope import RegionScoped

OPEN, CLOSED = "open", "closed"
WAITING, RUNNING, DONE = "waiting", "running", "done"
TRIGGERS = ASKED, SETTING, PACKS, COMMAND = "asked", "setting", "packs", "command"


class Flag(RegionScoped, Base):
    """A rule met by a visit. A revision of the visit closes it, or a run of newer rules; nothing deletes it.

    It keeps the version of the pack that raised it. A run may raise a rule again that another run closed:
    that is a new row. ``opened_run_id`` and ``closed_run_id`` are empty where a visit did it;
    ``dismissal_id`` says that a person closed it.
    """

    __tablename__ = "flag"

    seq: Mapped[int] = mapped_column(SequenceInteger, primary_key=True, autoincrement=True)
    visit_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("visit.id"))
    household_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("household.id"))
    rule: Mapped[str] = mapped_column(String(40))
    severity: Mapped[str] = mapped_column(String(10))
    risks: Mapped[list[str]] = mapped_column(JSON)
    causes: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    articles: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    pack: Mapped[str] = mapped_column(String(60))
    pack_version: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(8), default=OPEN)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    opened_run_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("rejudgement.id"))
    closed_run_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("rejudgement.id"))
    dismissal_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("flag_dismissal.id"))


class Dismissal(RegionScoped, Base):
    """Somebody's word that a light of a visit needs no more attention, and why; never changed.

    ``id`` is made by the device, ``sha256`` is of the content. ``actor_name`` and ``actor_role`` are those of
    the moment.
    """

    __tablename__ = "flag_dismissal"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    visit_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("visit.id"), index=True)
    household_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("household.id"), index=True)
    rule: Mapped[str] = mapped_column(String(40))
    severity: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    actor_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("user_account.id"))
    actor_name: Mapped[str] = mapped_column(String(60))
    actor_role: Mapped[str] = mapped_column(String(20))
    sha256: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


Index("ix_flag_household_id_state", Flag.household_id, Flag.state)
# A visit has a rule's light once; what was closed may stand beside it.
Index(
    "uq_flag_open",
    Flag.visit_id,
    Flag.rule,
    unique=True,
    sqlite_where=Flag.state == OPEN,
    postgresql_where=Flag.state == OPEN,
)
Index(
    "ix_flag_opened_run_id",
    Flag.opened_run_id,
    sqlite_where=Flag.opened_run_id.is_not(None),
    postgresql_where=Flag.opened_run_id.is_not(None),
)
Index(
    "ix_flag_closed_run_id",
    Flag.closed_run_id,
    sqlite_where=Flag.closed_run_id.is_not(None),
    postgresql_where=Flag.closed_run_id.is_not(None),
)


class HouseholdFacts(RegionScoped, Base):
    """What a household was last judged on: the facts of its newest visit that could be judged.

    ``facts`` is the sealed JSON of ``policy.stored``; ``met`` the rules met, between bars; ``version`` that
    of the rules (``Bench.version``); ``persons`` the members at the time of the visit.
    """

    __tablename__ = "household_facts"
    __table_args__ = (Index("ix_household_facts_region_code_household_id", "region_code", "household_id"),)

    household_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("household.id"), primary_key=True)
    region_code: Mapped[str] = mapped_column(String(14))
    visit_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("visit.id"))
    visited_at: Mapped[datetime] = mapped_column(UtcDateTime)
    persons: Mapped[int] = mapped_column(SmallInteger)
    met: Mapped[str] = mapped_column(String(1000))
    severity: Mapped[str] = mapped_column(String(10))
    kind: Mapped[str | None] = mapped_column(String(30))
    version: Mapped[str] = mapped_column(String(16))
    judged_at: Mapped[datetime] = mapped_column(UtcDateTime)
    facts: Mapped[bytes] = mapped_column(LargeBinary)


class Rejudgement(RegionScoped, Base):
    """One run over the facts of a county by the rules of a day; ``region_code`` is the county's.

    ``cursor`` is the last region code that is done: a run that was killed goes on behind it. ``beat_at``
    moves with every step, so that nobody takes over a run that lives.
    """

    __tablename__ = "rejudgement"
    __table_args__ = (Index("ix_rejudgement_region_code_created_at", "region_code", "created_at"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    region_code: Mapped[str] = mapped_column(String(14))
    trigger: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(500))
    requested_by: Mapped[str | None] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(String(8), default=WAITING)
    day: Mapped[date]
    version: Mapped[str] = mapped_column(String(16))
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    households_changed: Mapped[int] = mapped_column(default=0)
    opened: Mapped[int] = mapped_column(default=0)
    closed: Mapped[int] = mapped_column(default=0)
    unreadable: Mapped[int] = mapped_column(default=0)
    cursor: Mapped[str] = mapped_column(String(14), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    beat_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


# One run a county at a time: two would judge by different rules and take turns in undoing each other.
Index(
    "uq_rejudgement_active",
    Rejudgement.region_code,
    unique=True,
    sqlite_where=Rejudgement.state != DONE,
    postgresql_where=Rejudgement.state != DONE,
)
