"""The change log: one row for every change that a device may have to hear of, in the order of the database.

A position is the pair (xid, seq). SQLite has one writer: its sequence is the order of commits and xid is 0.
PostgreSQL hands out sequence numbers before it commits: a reader that only remembers the last number misses
rows that commit later. There a position is only passed on once every transaction before it has ended.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, String, Uuid, update
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.expression import ColumnElement

from server.core import clock, quick
from server.core.db import Base, SequenceInteger, UtcDateTime, db
from server.core.scope import RegionScoped

HERE, LEFT, GONE = "here", "left", "gone"


class _TransactionNumber(ColumnElement[int]):
    """The number of the running transaction; 0 on SQLite, which needs none."""

    type = BigInteger()
    inherit_cache = True


@compiles(_TransactionNumber)
def _no_number(*_: Any, **__: Any) -> str:
    return "0"


@compiles(_TransactionNumber, "postgresql")
def _postgres_number(*_: Any, **__: Any) -> str:
    return "CAST(CAST(pg_current_xact_id() AS text) AS bigint)"


class Change(RegionScoped, Base):
    """Something changed under a region code.

    ``effect`` says what a device of that region does with its copy: take it anew (here), put it away because
    it is another region's now (left), or because it is no more (gone). The row itself is never changed.
    """

    __tablename__ = "change"
    __table_args__ = (Index("ix_change_kind_xid_seq", "kind", "xid", "seq"),)

    seq: Mapped[int] = mapped_column(SequenceInteger, primary_key=True, autoincrement=True)
    xid: Mapped[int] = mapped_column(BigInteger, default=_TransactionNumber())
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    kind: Mapped[str] = mapped_column(String(12))
    entity_id: Mapped[UUID] = mapped_column(Uuid)
    effect: Mapped[str] = mapped_column(String(4), default=HERE)


@dataclass(frozen=True, order=True)
class Position:
    """A place in the change log; later places are greater."""

    xid: int
    seq: int

    def wire(self) -> list[int]:
        """As JSON: ``[xid, seq]``."""
        return [self.xid, self.seq]


def note(kind: str, entity_id: UUID, region_code: str, effect: str = HERE) -> Position:
    """Add a change to the present transaction, and say where in the log it stands.

    Raises:
        ScopeRequired: the region lies outside the scope.
    """
    values = {
        "at": clock.now(),
        "kind": kind,
        "entity_id": entity_id,
        "region_code": region_code,
        "effect": effect,
    }
    seq, xid = quick.insert_row(Change, values, returning=("seq", "xid"))
    return Position(xid, seq)


def forget_transactions() -> None:
    """Put every place of the log before the transactions to come, as a restored database needs it.

    Another PostgreSQL server counts its transactions from another number: rows with a higher one would be
    neither read nor durable for a long time. Their sequence still tells their order. Backups keep theirs:
    they are of an earlier epoch, and nothing rests on them any more.
    """
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if column.name in ("xid", "change_xid") and table.name != "backup":
                db.session.connection().execute(update(table).where(column != 0).values({column.name: 0}))
    db.session.info["wrote"] = True
