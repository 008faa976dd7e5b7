"""Operations that cannot be carried out now: kept whole and sealed, signed for, decided on later."""

from __future__ import annotations

import json
import re
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import undefer

from server.core import audit, changes, clock, jsontext, quick
from server.core.auth import Actor
from server.core.changes import Position
from server.core.crypto import seal, unseal
from server.core.db import db
from server.core.problems import Problem
from server.core.scope import EVERYTHING, region_scope
from server.core.wire import UUID_TEXT
from server.households.queries import households_by_id, lock_households
from server.regions import queries as regions
from server.sync import ledger, operations
from server.sync.models import DECLINED, OPEN, TAKEN, HeldOperation
from server.sync.operations import (
    ACCEPTED,
    CONFLICT,
    EDIT,
    HELD,
    HOUSEHOLD,
    VERSION,
    VISIT,
    Op,
    Outcome,
    rejected,
)
from server.sync.push_schemas import read_op
from server.visits.services import Overtaken

GRID_TEXT = re.compile(r"[0-9]{14}\Z")


def hold(author: Actor, op: Op, code: str) -> Outcome:
    """Keep an operation and sign for it, in the caller's transaction.

    It is decided on where its household is. Whether there is such a household, and where, its sender does
    not learn.

    Raises:
        Overtaken: another copy was kept meanwhile.
    """
    with region_scope(EVERYTHING):
        household_id = household_of(op)
        region = _region_of(household_id) or _grid_of(op) or author.region_code
        row_id = uuid4()
        position = changes.note("held", row_id, region)
        outcome = Outcome(st=HELD, code=code, position=position, region_code=region, is_new=True)
        _keep(author, op, outcome, row_id, household_id)
        if code != CONFLICT:  # the number of a conflict is in the ledger already, with another text
            ledger.write(author.id, op, outcome)
        audit.record("sync.hold", ("operation", op.op_id), region, code=code, kind=op.kind, sha256=op.sha256)
    return outcome


def _keep(author: Actor, op: Op, outcome: Outcome, row_id: UUID, household_id: UUID | None) -> None:
    assert outcome.position is not None
    row = {
        "id": row_id,
        "user_id": author.id,
        "author_name": author.display_name,
        "op_id": op.op_id,
        "sha256": op.sha256,
        "kind": op.kind,
        "household_id": household_id,
        "schema_v": op.schema_v,
        "code": outcome.code,
        "raw": seal(_raw_text(op), _bound_to(row_id)),
        "xid": outcome.position.xid,
        "change_seq": outcome.position.seq,
        "received_at": clock.now(),
        "region_code": outcome.region_code,
    }
    try:
        quick.insert_row(HeldOperation, row)
    except IntegrityError as error:
        raise Overtaken(str(op.op_id)) from error


def _raw_text(op: Op) -> str:
    """As ASCII: half a character that a phone may have written has no other text to be sealed as."""
    return json.dumps({"op": op.raw, "device": op.device_id, "drift_ms": op.drift_ms})


def _bound_to(row_id: UUID) -> str:
    return f"held_operation:{row_id}"


def reopened(row: HeldOperation) -> Op:
    """The operation that a row keeps.

    Raises:
        Problem: invalid, for one that this server still does not understand.
    """
    kept: dict[str, Any] = json.loads(unseal(row.raw, _bound_to(row.id)))
    return read_op(kept["op"], kept["device"], kept["drift_ms"])


def kept_text(user_id: UUID, op: Op) -> HeldOperation | None:
    """The row of exactly this text under this number, if it was kept."""
    query = select(HeldOperation).where(
        HeldOperation.user_id == user_id,
        HeldOperation.op_id == op.op_id,
        HeldOperation.sha256 == op.sha256,
    )
    with region_scope(EVERYTHING):
        return db.session.scalar(query)


def undecided_visits() -> set[tuple[UUID, UUID]]:
    """Author and identifier of every visit that somebody has still to decide on."""
    query = select(HeldOperation.user_id, HeldOperation.op_id)
    rows = db.session.execute(query.where(HeldOperation.state == OPEN, HeldOperation.kind == VISIT))
    return {(user_id, op_id) for user_id, op_id in rows}


def with_raw(row_id: UUID) -> HeldOperation | None:
    """A row in scope with what it keeps, held until the transaction ends.

    Its household is held before it: one that moves away takes the row along.
    """
    home = select(HeldOperation.household_id).where(HeldOperation.id == row_id)
    lock_households(key for key in db.session.scalars(home) if key is not None)
    query = select(HeldOperation).where(HeldOperation.id == row_id).options(undefer(HeldOperation.raw))
    return db.session.scalar(query.with_for_update().execution_options(populate_existing=True))


def known_by_now() -> list[UUID]:
    """Operations kept because of their version that this server knows by now, in the order they came."""
    query = select(HeldOperation.id).where(HeldOperation.state == OPEN, HeldOperation.code == VERSION)
    query = query.where(HeldOperation.schema_v <= operations.SCHEMA_MAX)
    return list(db.session.scalars(query.order_by(HeldOperation.received_at, HeldOperation.change_seq)))


def position_of(row: HeldOperation) -> Position:
    """The row's place in the change log."""
    return Position(row.xid, row.change_seq)


def is_open(row: HeldOperation) -> bool:
    """Whether nobody has decided yet."""
    return row.state == OPEN


def household_of(op: Op) -> UUID | None:
    """The household that an operation says it is about; None where it does not say so in a known form."""
    if op.kind == EDIT:
        return op.entity
    named = op.body.get("household_id") if isinstance(op.body, dict) else None
    return UUID(named) if isinstance(named, str) and UUID_TEXT.match(named) else None


def _region_of(household_id: UUID | None) -> str | None:
    found = households_by_id([household_id]).get(household_id) if household_id is not None else None
    return found.region_code if found is not None else None


def _grid_of(op: Op) -> str | None:
    """The grid in which a new household was found, if it is one."""
    named = op.body.get("grid") if op.kind == HOUSEHOLD and isinstance(op.body, dict) else None
    return named if isinstance(named, str) and GRID_TEXT.match(named) and regions.is_grid(named) else None


def outcome_of(row: HeldOperation, *, in_sight: bool) -> Outcome:
    """What became of an operation that was kept, without what was found once its place is out of sight."""
    if row.state == DECLINED:
        return rejected(_declined(row))
    if row.state == TAKEN:
        result = row.result if in_sight else _bare(row.result)
        return Outcome(st=ACCEPTED, position=position_of(row), result=result)
    return Outcome(st=HELD, code=row.code, position=position_of(row))


def _bare(result: str) -> str:
    told: dict[str, Any] = json.loads(result)
    receipt = {name: told[name] for name in ("id", "sha256", "receipt") if name in told}
    return jsontext.dumps(receipt) if "receipt" in told else result


def declined(user_id: UUID, op: Op) -> Problem:
    """Why an operation that was kept will not be carried out."""
    row = kept_text(user_id, op)
    return _declined(row) if row is not None else Problem("held_declined")


def _declined(row: HeldOperation) -> Problem:
    return Problem("held_declined", comment=row.comment)
