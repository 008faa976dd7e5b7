"""Wire forms of the protocol's front door: hello, push, and one operation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from marshmallow import Schema, ValidationError, fields, post_load, validate

from server.accounts.devices import DeviceReport
from server.accounts.schemas import DeviceReportSchema
from server.core import jsontext
from server.core.auth import ACTIVE, DRAIN, KILL
from server.core.http import MAX_DEPTH
from server.core.openapi import ProblemSchema
from server.core.problems import Problem, flatten
from server.core.quickform import QuickForm
from server.core.wire import Instant, Pattern, PlainText, StrictUuid, Whole, WireSchema
from server.proposals.services import FieldChange
from server.sync.operations import HELD_CODES, INTERNAL, PARENT_MISSING, PROPOSED, STATES, Op, is_newer
from server.visits.schemas import SHA256, SignedReceiptSchema

MAX_OPS = 50
MAX_NEEDS = 50
MAX_FIELDS = 20
MAX_NEW_FIELDS = 250  # twenty members of nine fields, and the household's own
OP_DEPTH = MAX_DEPTH - 3  # it lies in a list in an object
# An operation that is too deep is its own affair; only what might exhaust the parser is not looked at.
DEEPEST = 200
PROTOCOL = 1
_CENTURY_MS = 4_000_000_000_000
_LARGEST = 2**53 - 1
_OFFSET = validate.Range(-_CENTURY_MS, _CENTURY_MS)
_COUNTER = validate.Range(0, _LARGEST)
_CODES = (*HELD_CODES, PROPOSED, PARENT_MISSING, INTERNAL)
_POSITION = {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2}


@dataclass(frozen=True, kw_only=True)
class Push:
    """The envelope of a push; what is inside ``ops`` is each operation's own affair."""

    device: str
    client_time: datetime
    report: DeviceReport | None
    ops: list[Any]


class OpSchema(WireSchema):
    """One operation, never changed once it was sent. ``sha256`` is of the canonical text of ``body``."""

    op_id = StrictUuid(required=True)
    n = Whole(load_default=None, allow_none=True, validate=_COUNTER)
    kind = fields.String(required=True, validate=Pattern(r"^[a-z][a-z0-9_.]{0,19}$"))
    entity = StrictUuid(required=True)
    base_rev = Whole(load_default=None, allow_none=True, validate=validate.Range(0, 2**31 - 1))
    needs = fields.List(StrictUuid(), load_default=list, validate=validate.Length(max=MAX_NEEDS))
    schema_v = Whole(required=True, validate=validate.Range(1, 2**15 - 1))
    app_v = PlainText(required=True, validate=validate.Length(max=40))
    client_time = Instant(required=True)
    mono_ms = Whole(load_default=None, allow_none=True, validate=_COUNTER)
    offset_ms = Whole(load_default=None, allow_none=True, validate=_OFFSET)
    sha256 = fields.String(required=True, validate=SHA256)
    body = fields.Raw(required=True)


class AsSent(fields.Nested):
    """An operation that is described here and read later: a wrong one must not stop the others."""

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> Any:
        return value


class PushSchema(WireSchema):
    """Up to fifty operations, or none when only the report is to be told."""

    v = fields.Integer(required=True, strict=True, validate=validate.OneOf((PROTOCOL,)))
    device = PlainText(required=True, validate=validate.Length(1, 64))
    client_time = Instant(required=True)
    report = fields.Nested(DeviceReportSchema, load_default=None, allow_none=True)
    ops = fields.List(AsSent(OpSchema, allow_none=True), required=True, validate=validate.Length(max=MAX_OPS))

    @post_load
    def _to_push(self, data: dict[str, Any], **_: object) -> Push:
        del data["v"]
        return Push(**data)


class EditedFieldSchema(WireSchema):
    """A field of the household (``member_id`` null) or of a member, and the value it is to have."""

    member_id = StrictUuid(load_default=None, allow_none=True)
    field = fields.String(required=True, validate=validate.Length(1, 24))
    value = fields.Raw(required=True, allow_none=True)

    @post_load
    def _to_change(self, data: dict[str, Any], **_: object) -> FieldChange:
        return FieldChange(**data)


class EditBodySchema(WireSchema):
    """A correction of the register."""

    household_id = StrictUuid(required=True)
    reason = PlainText(required=True, validate=validate.Length(max=500))
    changes = fields.List(
        fields.Nested(EditedFieldSchema),
        required=True,
        data_key="set",
        validate=validate.Length(1, MAX_FIELDS),
    )


class _NewcomerBodySchema(WireSchema):
    reason = PlainText(required=True, validate=validate.Length(max=500))
    changes = fields.List(
        fields.Nested(EditedFieldSchema),
        required=True,
        data_key="set",
        validate=validate.Length(1, MAX_NEW_FIELDS),
    )


class NewHouseholdBodySchema(_NewcomerBodySchema):
    """A household that the register lacks: its fields, its members' fields, and the grid it was found in."""

    grid = fields.String(required=True, validate=Pattern(r"^[0-9]{14}$"))


class NewMemberBodySchema(_NewcomerBodySchema):
    """Somebody who lives in a household of the register and is not in it yet."""

    household_id = StrictUuid(required=True)


class FieldNameSchema(Schema):
    """Which field of a household or member."""

    member_id = fields.UUID(required=True, allow_none=True)
    field = fields.String(required=True)


class EditResultSchema(Schema):
    """What became of a correction; ``proposal`` names what somebody else has to decide."""

    revision = fields.Integer(required=True)
    applied = fields.List(fields.Nested(FieldNameSchema), required=True)
    unchanged = fields.List(fields.Nested(FieldNameSchema), required=True)
    proposal = fields.UUID(required=True, allow_none=True)


class BareVisitResultSchema(Schema):
    """The answer to the author of a visit whose household is no longer theirs: it is here, and no more."""

    id = fields.UUID(required=True)
    sha256 = fields.String(required=True)
    receipt = fields.Nested(SignedReceiptSchema, required=True)


class OpResultSchema(Schema):
    """What became of one operation; ``op_id`` and ``sha256`` as they were sent, null when they were none."""

    op_id = fields.String(required=True, allow_none=True)
    sha256 = fields.String(required=True, allow_none=True)
    st = fields.String(required=True, validate=validate.OneOf(STATES))
    code = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "/".join((*HELD_CODES, PROPOSED, PARENT_MISSING, INTERNAL))
            + " or a problem's code"
        },
    )
    position = fields.List(fields.Integer(), required=True, allow_none=True, metadata=_POSITION)
    problem = fields.Nested(ProblemSchema, required=True, allow_none=True)
    result = fields.Raw(required=True, allow_none=True)


class StateSchema(Schema):
    """What every answer to a device says: history of the database, time, what is safe, what is ordered."""

    epoch = fields.String(required=True)
    server_time = Instant(required=True)
    durable = fields.List(fields.Integer(), required=True, metadata=_POSITION)
    order = fields.String(required=True, validate=validate.OneOf((ACTIVE, DRAIN, KILL)))


class SchemaRangeSchema(Schema):
    """Versions of operations that this server carries out; newer ones are kept."""

    min = fields.Integer(required=True)
    max = fields.Integer(required=True)


class LimitsSchema(Schema):
    """Operations a push, and bytes of a push and of a piece of a photo."""

    ops = fields.Integer(required=True)
    push_bytes = fields.Integer(required=True)
    chunk_bytes = fields.Integer(required=True)


class HelloSchema(StateSchema):
    """Whom a device is talking to."""

    versions = fields.Nested(SchemaRangeSchema, required=True, data_key="schema", attribute="schema")
    limits = fields.Nested(LimitsSchema, required=True)
    app_version = fields.String(required=True)


class PushAnswerSchema(StateSchema):
    """One result an operation, in order."""

    results = fields.List(fields.Nested(OpResultSchema), required=True)


_OP, _PUSH = QuickForm(OpSchema()), QuickForm(PushSchema(), taken_as_is=(AsSent,))
_ID, _HASH = StrictUuid(), fields.String(validate=SHA256)


def read_push(raw: Any) -> Push:
    """The envelope of a push.

    Raises:
        Problem: invalid.
    """
    try:
        push: Push = _PUSH.load(raw)
    except ValidationError as error:
        raise Problem("invalid", errors=flatten(error.messages)) from error
    return push


def read_op(raw: Any, device_id: str, drift_ms: int | None) -> Op:
    """One operation of a push. Of a newer version only what it takes to keep it has to be understood.

    Raises:
        Problem: invalid (errors by field).
    """
    if jsontext.deeper_than(raw, OP_DEPTH):
        raise Problem("invalid", errors={"body": [{"code": "invalid", "message": "Too deep."}]})
    try:
        told = _OP.load(raw)
    except ValidationError as error:
        if (newer := _read_newer(raw)) is None:
            raise Problem("invalid", errors=flatten(error.messages)) from error
        told = newer
    needs = tuple(dict.fromkeys(told.pop("needs")))
    return Op(**told, needs=needs, device_id=device_id, drift_ms=drift_ms, raw=raw)


def _read_newer(raw: Any) -> dict[str, Any] | None:
    """What can be read of an operation whose form this server does not know yet; None if it is no such."""
    op_id, sha256 = echo(raw)
    if op_id is None or sha256 is None or not is_newer(_or_none("schema_v", raw) or 0):
        return None
    told: dict[str, Any] = {name: _or_none(name, raw) for name in _OP.schema.fields}
    unread = {"kind": "unknown", "entity": UUID(op_id), "needs": [], "app_v": ""}
    return told | {name: value for name, value in unread.items() if told[name] is None}


def _or_none(name: str, raw: dict[str, Any]) -> Any:
    try:
        return _OP.schema.fields[name].deserialize(raw.get(name))
    except ValidationError:
        return None


def echo(raw: Any) -> tuple[str | None, str | None]:
    """Identifier and hash of what was sent as an operation, each only if it is one."""
    if not isinstance(raw, dict):
        return None, None
    op_id, sha256 = raw.get("op_id"), raw.get("sha256")
    return _if_valid(_ID, op_id), _if_valid(_HASH, sha256)


def _if_valid(field: fields.Field[Any], value: Any) -> str | None:
    try:
        field.deserialize(value)
    except ValidationError:
        return None
    return str(value)
