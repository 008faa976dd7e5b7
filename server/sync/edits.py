"""Corrections of the register as operations."""

from __future__ import annotations

from marshmallow import ValidationError

from server.core import jsontext
from server.core.problems import Problem, flatten
from server.proposals.services import EditOutcome, HouseholdEditForm, decision_on
from server.sync import ledger
from server.sync.operations import ACCEPTED, CONFLICT, HELD, Op, Outcome, check_hash, rejected
from server.sync.push_schemas import EditBodySchema

_BODY = EditBodySchema()


def read(op: Op) -> HouseholdEditForm:
    """What a correction wants.

    Raises:
        Problem: body_hash_mismatch, invalid (errors by field).
    """
    text = check_hash(op)
    try:
        told = _BODY.load(
            jsontext.loads(text)
        )  # what was hashed: half a character has no form to be shown in
    except ValidationError as error:
        raise Problem("invalid", errors=flatten(error.messages)) from error
    if told["household_id"] != op.entity:
        raise _wrong("entity", "Not the household of the body.")
    if op.base_rev is None:
        raise _wrong("base_rev", "The revision of the household that was seen.")
    return HouseholdEditForm(
        op_id=op.op_id,
        base_revision=op.base_rev,
        written_at=op.client_time,
        seen=frozenset(op.needs),
        **told,
    )


def _wrong(field: str, message: str) -> Problem:
    return Problem("invalid", errors={field: [{"code": "invalid", "message": message}]})


def outcome_of(found: EditOutcome, region_code: str) -> Outcome:
    """What the device is told: held as long as somebody has to decide on some of the fields."""
    proposed = found.proposal_id is not None
    return Outcome(
        st=HELD if proposed else ACCEPTED,
        code=CONFLICT if proposed else None,
        position=found.position,
        result=jsontext.dumps(found.wire()),
        region_code=region_code,
        is_new=True,
    )


def standing(row: ledger.Operation) -> Outcome:
    """How a correction or a newcomer stands of which something was proposed to others."""
    decision = decision_on(row.user_id, row.op_id)
    if decision is not None and decision.is_declined:
        return rejected(Problem("held_declined", comment=decision.comment))
    is_open = decision is None or decision.is_open
    return Outcome(
        st=HELD if is_open else ACCEPTED,
        code=row.code if is_open else None,
        position=ledger.position_of(row),
        result=row.result,
    )
