"""Reading the change log so that nothing which commits later is passed over, and shortening it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import takewhile
from typing import Any, cast

from sqlalchemy import BigInteger, ColumnElement, String, delete, func, select, tuple_
from sqlalchemy import cast as sql_cast

from server.core import audit, state
from server.core.changes import Change, Position
from server.core.db import db

PRUNED = "changes_pruned"
START = Position(0, 0)


def settled() -> Position:
    """The place up to which, itself included, every change there will ever be is already to be seen.

    On PostgreSQL all transactions before it have ended; later ones, though they may have committed, may
    still be overtaken by others with smaller numbers.
    """
    connection = db.session.connection()
    if connection.dialect.name == "postgresql":
        oldest = sql_cast(sql_cast(func.pg_snapshot_xmin(func.pg_current_snapshot()), String), BigInteger)
        return Position(connection.execute(select(oldest)).scalar_one(), 0)
    table = cast("Any", Change.__table__)
    return Position(0, connection.execute(select(func.max(table.c.seq))).scalar() or 0)


def between(after: Position, until: Position) -> ColumnElement[bool]:
    """Condition: a change stands behind ``after``, and not behind ``until``.

    SQLite looks up a pair by its first part alone, which is the same for all rows there: without a condition
    of its own on the number it would read the whole log.
    """
    if after.xid == until.xid:
        return (Change.xid == after.xid) & (Change.seq > after.seq) & (Change.seq <= until.seq)
    place = tuple_(Change.xid, Change.seq)
    return (place > tuple_(*after.wire())) & (place <= tuple_(*until.wire()))


def changes(kind: str, after: Position, until: Position, limit: int) -> Sequence[tuple[Any, Position]]:
    """The entities of a kind that changed in scope, in the order of their changes, with the place of each."""
    query = select(Change.entity_id, Change.xid, Change.seq).where(Change.kind == kind, between(after, until))
    rows = db.session.execute(query.order_by(Change.xid, Change.seq).limit(limit))
    return [(entity_id, Position(xid, seq)) for entity_id, xid, seq in rows]


def forgotten() -> Position:
    """The last place whose change was pruned: who stands before it has missed something."""
    found = (state.read(PRUNED) or "").split(":")
    if len(found) != 3 or found[0] != (state.epoch() or ""):
        return START  # of another history, whose transactions were counted from another number
    return Position(int(found[1]), int(found[2]))


def prunable(before: datetime) -> bool:
    """Whether the log begins with a change that is older than an instant."""
    first = db.session.scalar(select(Change.at).order_by(Change.seq).limit(1))
    return first is not None and first < before


def prune(before: datetime, limit: int) -> int:
    """Delete the first changes of the log that are older than an instant; how many. The newest always stays.

    It stays because SQLite would otherwise hand out its number again.
    """
    query = select(Change.seq, Change.xid, Change.at).order_by(Change.seq).limit(limit + 1)
    rows = db.session.execute(query).all()
    old = list(takewhile(lambda row: row.at < before, rows[:-1]))
    if not old:
        return 0
    last = max(Position(row.xid, row.seq) for row in old)
    db.session.execute(delete(Change).where(Change.seq <= old[-1].seq, Change.at < before))
    reached, epoch = max(last, forgotten()), state.epoch() or ""
    state.write(PRUNED, f"{epoch}:{reached.xid}:{reached.seq}")
    audit.record("changes.prune", ("change", old[-1].seq), "0", rows=len(old))
    return len(old)
