"""The ledger: what the server has signed for, by user and operation, in the transaction of the effect.

It is read past the region scope, but never past its user: an author may hear that their work is here, also
when its household has moved out of their area.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from server.core import clock, quick
from server.core.changes import Position
from server.core.db import db
from server.core.scope import EVERYTHING, region_scope
from server.sync.models import DECLINED, Operation
from server.sync.operations import Op, Outcome
from server.visits.services import Overtaken

__all__ = ["Operation", "decline", "find", "position_of", "rewrite", "same_body", "strike", "write"]


def find(user_id: UUID, op_ids: Iterable[UUID]) -> dict[UUID, Operation]:
    """What is known of several operations of a user."""
    with region_scope(EVERYTHING):
        known = quick.rows(Operation, ("op_id",), "op_id", set(op_ids), also={"user_id": user_id})
        if not known:
            return {}  # the usual case: they are new
        query = select(Operation).where(Operation.user_id == user_id)
        found = db.session.scalars(query.where(Operation.op_id.in_([op_id for (op_id,) in known])))
        return {row.op_id: row for row in found}


def same_body(known: str, sent: str) -> bool:
    """Whether an operation that arrived again says what it said the first time; both are hashes."""
    return known == sent


def position_of(row: Operation) -> Position:
    """The operation's place in the change log."""
    return Position(row.xid, row.change_seq)


def write(user_id: UUID, op: Op, outcome: Outcome, *, kept: bool = False) -> None:
    """Sign for an operation, in the transaction of its effect.

    Args:
        user_id: whose operation it is.
        op: the operation.
        outcome: what became of it; accepted or held, with its position and region.
        kept: whether its answer is kept elsewhere (a visit's is, with the visit).

    Raises:
        Overtaken: another copy was signed for meanwhile; give up the transaction and look again.
    """
    assert outcome.position is not None
    row = {
        "user_id": user_id,
        "op_id": op.op_id,
        "sha256": op.sha256,
        "kind": op.kind,
        "entity_id": op.entity,
        "state": outcome.st,
        "code": outcome.code,
        "result": "" if kept else outcome.result or "",
        "device_id": op.device_id,
        "n": op.n,
        "schema_v": op.schema_v,
        "app_v": op.app_v,
        "xid": outcome.position.xid,
        "change_seq": outcome.position.seq,
        "received_at": clock.now(),
        "region_code": outcome.region_code,
    }
    try:
        quick.insert_row(Operation, row)
    except IntegrityError as error:
        raise Overtaken(str(op.op_id)) from error


def rewrite(row: Operation, outcome: Outcome, *, kept: bool = False) -> None:
    """Write down what became later of an operation that was held, in the caller's transaction."""
    row.state, row.code = outcome.st, outcome.code
    row.result = "" if kept else outcome.result or ""
    if outcome.position is not None:
        row.xid, row.change_seq = outcome.position.xid, outcome.position.seq
    _flush()


def decline(row: Operation) -> None:
    """Write down that an operation will not be carried out."""
    row.state = DECLINED
    _flush()


def strike(row: Operation) -> None:
    """Forget an operation that turned out to be refused: sent again it is judged anew."""
    db.session.delete(row)
    _flush()


def _flush() -> None:
    """A line stays where its household was when it was written; who decides may be elsewhere by now."""
    with region_scope(EVERYTHING):
        db.session.flush()
