"""The end of each chain of the audit trail: how many entries, and the hash of the last.

On PostgreSQL the row is locked from when a transaction begins to write its entries until it has committed:
two transactions of one county commit one after the other, those of two counties beside each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, LargeBinary, String, bindparam, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Mapped, mapped_column

from server.core.audit_chain import NOTHING_BEFORE
from server.core.db import Base, UtcDateTime, present_connection
from server.core.prepared import Prepared

# The numbers are drawn when the lock is held, so that they follow the order of the chain.
_TAKE = {
    "sqlite": (
        "SELECT count, hash, (SELECT coalesce(max(seq), 0) FROM audit_entry) FROM audit_head"
        " WHERE chain = :chain"
    ),
    "postgresql": (
        "WITH head AS MATERIALIZED (SELECT count, hash FROM audit_head WHERE chain = :chain FOR UPDATE)"
        " SELECT count, hash, ARRAY(SELECT nextval(pg_get_serial_sequence('audit_entry', 'seq'))"
        " FROM generate_series(1, CAST(:entries AS integer))) FROM head"
    ),
}


class AuditHead(Base):
    """Where a chain ends; ``count`` is the number of its last entry, ``at`` that entry's time."""

    __tablename__ = "audit_head"

    chain: Mapped[str] = mapped_column(String(6), primary_key=True)
    count: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime | None] = mapped_column(UtcDateTime)


@dataclass(frozen=True)
class Taken:
    """A head as it was found, and the values of ``seq`` for the entries to come."""

    count: int
    hash: bytes
    places: Sequence[int]


def take(chain: str, entries: int) -> Taken:
    """Lock the head of a chain until the transaction ends; a chain that nobody has written to is begun."""
    found = _take(chain, entries)
    if found is None:
        connection = present_connection()
        new = {"chain": chain, "count": 0, "hash": NOTHING_BEFORE, "at": None}
        _statement(connection.dialect, "begin").run(connection, new)
        found = _take(chain, entries)
        assert found is not None
    count, last, place = found
    places = place if isinstance(place, list) else range(place + 1, place + 1 + entries)
    return Taken(count, bytes(last), places)


def _take(chain: str, entries: int) -> Any:
    connection = present_connection()
    statement = _statement(connection.dialect, "take")
    return statement.run(connection, {"chain": chain, "entries": entries}).fetchone()


def put(chain: str, count: int, last: bytes, at: datetime) -> None:
    """Move the head of a chain that was taken."""
    connection = present_connection()
    values = {"old_chain": chain, "new_count": count, "new_hash": last, "new_at": at}
    _statement(connection.dialect, "put").run(connection, values)


@lru_cache(maxsize=8)
def _statement(dialect: Dialect, what: str) -> Prepared:
    if what == "take":
        return Prepared(text(_TAKE[dialect.name]), dialect)
    if what == "put":
        moved = update(AuditHead).where(AuditHead.chain == bindparam("old_chain"))
        return Prepared(moved.values({n: bindparam(f"new_{n}") for n in ("count", "hash", "at")}), dialect)
    insert = (sqlite.insert if dialect.name == "sqlite" else postgresql.insert)(AuditHead)
    return Prepared(insert.on_conflict_do_nothing(), dialect, ("chain", "count", "hash", "at"))
