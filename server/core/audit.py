"""Audit entries: written in the transaction of the change, or the transaction does not commit.

They are gathered and written, with their places in the chains, when all else is done: whoever takes the
head of a chain has nothing left to wait for but the heads after it, so no two can wait for each other.
"""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from flask import g, has_request_context
from sqlalchemy import (
    JSON,
    BigInteger,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    Uuid,
    event,
    func,
    select,
)
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, mapped_column

from server.core import audit_guard, audit_heads, clock, quick
from server.core.audit_chain import as_text, chain_of, digest
from server.core.db import Base, SequenceInteger, UtcDateTime, before_commit, db, lives_a_transaction
from server.core.scope import EVERYTHING, RegionScoped, ScopeRequired, covers, current_scope, region_scope

_WAITING = lives_a_transaction("entries")


class AuditEntry(RegionScoped, Base):
    """Who did what to which record, when. Append-only; details never hold personal data.

    ``chain`` is a county or "-", ``number`` the place in it; see ``audit_chain``.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        UniqueConstraint("chain", "number"),
        Index("ix_audit_entry_chain_at", "chain", "at"),
        Index("ix_audit_entry_chain_action_at", "chain", "action", "at"),
        Index("ix_audit_entry_actor_id_at", "actor_id", "at"),
    )

    seq: Mapped[int] = mapped_column(SequenceInteger, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[UUID | None] = mapped_column(Uuid)
    actor_role: Mapped[str] = mapped_column(String(20))
    action: Mapped[str] = mapped_column(String(40))
    target_type: Mapped[str] = mapped_column(String(30))
    target_id: Mapped[str] = mapped_column(String(64), index=True)
    request_id: Mapped[str | None] = mapped_column(String(36))
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    chain: Mapped[str] = mapped_column(String(6))
    number: Mapped[int] = mapped_column(BigInteger)
    previous: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


audit_guard.protect(AuditEntry.__table__)


class AuditMissing(RuntimeError):
    """A transaction wanted to commit changes that no audit entry tells of."""


def record(action: str, target: tuple[str, object], region_code: str, **details: Any) -> None:
    """Add one entry to the present transaction; it is written when that commits.

    Args:
        action: ``domain.verb``, for example ``visit.accept``.
        target: kind and identifier of the record.
        region_code: where the record lies; decides who may read the entry.
        details: codes, counts and identifiers only; who carried an author's work is added by itself.

    Raises:
        ScopeRequired: the region lies outside the scope.
    """
    prefix = current_scope()
    if prefix is None or not covers(prefix, region_code):
        raise ScopeRequired("a row outside the scope was about to be written")
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
    db.session.info.setdefault(_WAITING, []).append(entry)


def count_since(actor_id: UUID, action: str, since: datetime) -> int:
    """How often somebody did something since an instant, within the scope; the present transaction apart."""
    query = select(func.count()).where(AuditEntry.actor_id == actor_id, AuditEntry.at > since)
    return db.session.scalar(query.where(AuditEntry.action == action)) or 0


@event.listens_for(Session, "after_flush")
def _note_writes(session: Session, *_: object) -> None:
    session.info["wrote"] = session.info.get("wrote") or bool(session.new or session.dirty or session.deleted)


@event.listens_for(Session, "do_orm_execute")
def _note_bulk_writes(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        state.session.info["wrote"] = True


@before_commit
def _require_entry(session: Session) -> None:
    session.flush()
    waiting = session.info.pop(_WAITING, None)
    if waiting:
        _seal(waiting)
    elif session.info.get("wrote"):
        raise AuditMissing("changes without an audit entry")


def _seal(waiting: list[dict[str, Any]]) -> None:
    """Write the entries of a transaction at the ends of their chains, these always in the same order."""
    if len(waiting) > 1:
        waiting.sort(key=lambda entry: chain_of(entry["region_code"]))
    with region_scope(EVERYTHING):
        for chain, entries in groupby(waiting, lambda entry: chain_of(entry["region_code"])):
            _append(chain, list(entries))


def _append(chain: str, entries: list[dict[str, Any]]) -> None:
    head = audit_heads.take(chain, len(entries))
    previous = head.hash
    for number, (seq, entry) in enumerate(zip(head.places, entries, strict=True), head.count + 1):
        entry["seq"] = seq
        own = digest(chain, number, previous, as_text(entry))
        entry.update(chain=chain, number=number, previous=previous, hash=own)
        previous = own
    if len(entries) == 1:
        quick.insert_row(AuditEntry, entries[0])
    else:
        quick.insert_rows(AuditEntry, entries)
    audit_heads.put(chain, head.count + len(entries), previous, entries[-1]["at"])


lives_a_transaction("wrote")
