"""New households and members as operations."""

from __future__ import annotations

from marshmallow import ValidationError

from server.core import jsontext
from server.core.problems import Problem, flatten
from server.proposals.services import EditOutcome, NewcomerForm
from server.sync.operations import HELD, HOUSEHOLD, PROPOSED, Op, Outcome, check_hash
from server.sync.push_schemas import NewHouseholdBodySchema, NewMemberBodySchema

_HOUSEHOLD, _MEMBER = NewHouseholdBodySchema(), NewMemberBodySchema()


def read(op: Op) -> NewcomerForm:
    """What an operation wants registered. Its entity is the new household, or the new member.

    Raises:
        Problem: body_hash_mismatch, invalid (errors by field).
    """
    schema = _HOUSEHOLD if op.kind == HOUSEHOLD else _MEMBER
    text = check_hash(op)
    try:
        told = schema.load(jsontext.loads(text))  # what was hashed, as of a correction
    except ValidationError as error:
        raise Problem("invalid", errors=flatten(error.messages)) from error
    given = {"household_id": None, "grid": None} | told
    return NewcomerForm(op_id=op.op_id, subject_id=op.entity, written_at=op.client_time, **given)


def outcome_of(found: EditOutcome, region_code: str) -> Outcome:
    """What the device is told: kept until somebody has decided."""
    return Outcome(
        st=HELD,
        code=PROPOSED,
        position=found.position,
        result=jsontext.dumps(found.wire()),
        region_code=region_code,
        is_new=True,
    )
