"""Reads of the backups that this database knows to be good, and of a database as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, Select, bindparam, func, select

from server.backups.models import Backup
from server.core import inventory, quick, state
from server.core.audit import AuditEntry
from server.core.changes import Change, Position
from server.core.db import db


def newest(epoch: str, limit: int) -> Sequence[Backup]:
    """Verified backups of an epoch, the newest first."""
    query = select(Backup).where(Backup.epoch == epoch)
    return db.session.scalars(query.order_by(Backup.created_at.desc(), Backup.id.desc()).limit(limit)).all()


def newest_places(epoch: str, limit: int) -> list[Position]:
    """Up to where the newest verified backups of an epoch hold the change log; asked with every push."""
    return [Position(xid, seq) for xid, seq in _PLACES.rows(epoch=epoch, limit=limit)]


def _places() -> Select[*tuple[Any, ...]]:
    query = select(Backup.xid, Backup.seq).where(Backup.epoch == bindparam("epoch"))
    return query.order_by(Backup.created_at.desc(), Backup.id.desc()).limit(bindparam("limit", type_=Integer))


_PLACES = quick.Query(_places)


def all_known() -> Sequence[Backup]:
    """Every backup that was verified here and not removed since."""
    return db.session.scalars(select(Backup)).all()


@dataclass(frozen=True)
class Whole:
    """What a database says of itself: its history, schema, rows a table, and how far its two logs go."""

    epoch: str | None
    revision: str | None
    counts: dict[str, int]
    last_change: int
    last_entry: int

    @property
    def is_fresh(self) -> bool:
        """Whether nobody has used it yet."""
        return not any(self.counts.get(name) for name in ("user_account", "household", "visit", "change"))


def whole() -> Whole | None:
    """The database of the present session; None when it holds no tables of ours."""
    counts = inventory.counts()
    if state.ServerState.__tablename__ not in counts:
        return None
    return Whole(
        epoch=state.epoch(),
        revision=inventory.revision(),
        counts=counts,
        last_change=int(db.session.scalar(select(func.max(Change.seq))) or 0),
        last_entry=int(db.session.scalar(select(func.max(AuditEntry.seq))) or 0),
    )


def entries_after(seq: int) -> int:
    """How much was done to a database after an audit entry, making backups not counted."""
    query = select(func.count()).where(AuditEntry.seq > seq, AuditEntry.action.not_like("backup.%"))
    return int(db.session.scalar(query) or 0)
