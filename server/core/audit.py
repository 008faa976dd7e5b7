"""Audit entries: written in the transaction of the change, or the transaction does not commit."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import g, has_request_context
from sqlalchemy import JSON, String, Uuid, event
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, mapped_column

from server.core import clock, quick
from server.core.db import Base, SequenceInteger, UtcDateTime, before_commit, db, lives_a_transaction
from server.core.scope import RegionScoped


class AuditEntry(RegionScoped, Base):
    """Who did what to which record, when. Append-only; details never hold personal data."""

    __tablename__ = "audit_entry"

    seq: Mapped[int] = mapped_column(SequenceInteger, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[UUID | None] = mapped_column(Uuid)
    actor_role: Mapped[str] = mapped_column(String(20))
    action: Mapped[str] = mapped_column(String(40))
    target_type: Mapped[str] = mapped_column(String(30))
    target_id: Mapped[str] = mapped_column(String(64), index=True)
    request_id: Mapped[str | None] = mapped_column(String(36))
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class AuditMissing(RuntimeError):
    """A transaction wanted to commit changes that no audit entry tells of."""


def record(action: str, target: tuple[str, object], region_code: str, **details: Any) -> None:
    """Add one entry to the present transaction.

    Args:
        action: ``domain.verb``, for example ``visit.accept``.
        target: kind and identifier of the record.
        region_code: where the record lies; decides who may read the entry.
        details: codes, counts and identifiers only; who carried an author's work is added by itself.
    """
    actor = g.get("actor") if has_request_context() else None
    if actor is not None and actor.carried_by is not None:
        details["carried_by"] = str(actor.carried_by)
    entry = {
        "at": clock.now(),
        "actor_id": actor.id if actor else None,
        "actor_role": actor.role if actor else "system",
        "action": action,
        "target_type": target[0],
        "target_id": str(target[1]),
        "region_code": region_code,
        "request_id": g.get("request_id") if has_request_context() else None,
        "details": details,
    }
    quick.insert_row(AuditEntry, entry)
    db.session.info["audited"] = True


@event.listens_for(Session, "after_flush")
def _note_writes(session: Session, *_: object) -> None:
    rows = (*session.new, *session.dirty, *session.deleted)
    session.info["audited"] = session.info.get("audited") or any(isinstance(r, AuditEntry) for r in rows)
    session.info["wrote"] = session.info.get("wrote") or bool(rows)


@event.listens_for(Session, "do_orm_execute")
def _note_bulk_writes(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        state.session.info["wrote"] = True


@before_commit
def _require_entry(session: Session) -> None:
    session.flush()
    if session.info.get("wrote") and not session.info.get("audited"):
        raise AuditMissing("changes without an audit entry")


lives_a_transaction("wrote")
lives_a_transaction("audited")
