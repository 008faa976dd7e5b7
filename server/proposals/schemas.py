"""Wire forms of corrections and proposals."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from server.core.wire import Instant, PlainText, StrictUuid, Whole, WireSchema
from server.proposals.forms import FieldChange
from server.proposals.models import APPROVED, DECLINED, KINDS, OPEN

STATES = (OPEN, APPROVED, DECLINED)
SIDES = (OPEN, "decided")
LEVELS = ("village", "township")
MAX_FIELDS = 20


class FieldNameSchema(Schema):
    """A field of the household (``member_id`` null) or of one of its members."""

    member_id = fields.UUID(required=True, allow_none=True)
    field = fields.String(required=True)


class FieldChangeSchema(WireSchema):
    """A field and the value it is to have."""

    member_id = StrictUuid(load_default=None, allow_none=True)
    field = fields.String(required=True, validate=validate.Length(1, 24))
    value = fields.Raw(required=True, allow_none=True)

    @post_load
    def _to_form(self, data: dict[str, Any], **_: object) -> FieldChange:
        return FieldChange(**data)


class HouseholdEditSchema(WireSchema):
    """A correction of one household; ``base_revision`` is the household's revision that was on the screen.

    ``op_id`` is made by the device: the same correction sent twice is one.
    """

    op_id = StrictUuid(required=True)
    base_revision = Whole(required=True, validate=validate.Range(0, 2**31 - 1))
    reason = PlainText(load_default="", validate=validate.Length(max=500))
    written_at = Instant(load_default=None, allow_none=True)
    changes = fields.List(
        fields.Nested(FieldChangeSchema),
        required=True,
        data_key="set",
        validate=validate.Length(1, MAX_FIELDS),
    )


class EditOutcomeSchema(Schema):
    """What became of each field; those in neither list are in the proposal."""

    revision = fields.Integer(required=True)
    applied = fields.List(fields.Nested(FieldNameSchema), required=True)
    unchanged = fields.List(fields.Nested(FieldNameSchema), required=True)
    proposal = fields.UUID(required=True, allow_none=True)


class TwinSchema(Schema):
    """Another household of the reader's area in which somebody carries the same identity number."""

    household_id = fields.UUID(required=True)
    household_number = fields.String(required=True)
    head_name = fields.String(required=True)


class TwinsSchema(Schema):
    """Who else carries an identity number: ``here`` in the reader's area, ``elsewhere`` only whether any."""

    here = fields.List(fields.Nested(TwinSchema), required=True)
    elsewhere = fields.Boolean(required=True)


class ProposedFieldSchema(FieldNameSchema):
    """Both values of a field, numbers of people masked, places by name.

    ``current`` is the present value while the proposal is open, later the one it had when it was proposed;
    ``current_by`` and ``current_at`` say who gave it that, null for what was registered so. ``why`` is
    overlap (changed meanwhile), protected (never changed without a decision) or new (of somebody new).
    ``twins`` tells of an identity number that waits for a decision whether others of the county carry it.
    """

    member_name = fields.String(required=True, allow_none=True)
    current = fields.Raw(required=True, allow_none=True)
    proposed = fields.Raw(required=True, allow_none=True)
    why = fields.String(required=True, validate=validate.OneOf(("overlap", "protected", "new")))
    current_by = fields.String(required=True, allow_none=True)
    current_at = Instant(required=True, allow_none=True)
    twins = fields.Nested(TwinsSchema, required=True, allow_none=True)


class ProposalSchema(Schema):
    """Fields of a household that somebody wants changed; ``level`` is who decides on it.

    ``kind`` member and household: all that is known of somebody whom the register lacks. A new household has
    no identifier in the register and no number until it is approved.
    """

    id = fields.UUID(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    household_id = fields.UUID(required=True, allow_none=True)
    household_number = fields.String(required=True)
    head_name = fields.String(required=True)
    village = fields.String(required=True)
    author_name = fields.String(required=True)
    written_at = Instant(required=True, allow_none=True)
    created_at = Instant(required=True)
    reason = fields.String(required=True)
    level = fields.String(required=True, validate=validate.OneOf(LEVELS))
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    decided_by = fields.String(required=True, allow_none=True)
    decided_at = Instant(required=True, allow_none=True)
    comment = fields.String(required=True)
    fields_ = fields.List(
        fields.Nested(ProposedFieldSchema), required=True, data_key="fields", attribute="fields"
    )


class ProposalListSchema(Schema):
    """One page; ``next`` is the cursor of the following one."""

    items = fields.List(fields.Nested(ProposalSchema), required=True)
    next = fields.String(required=True, allow_none=True)


class ProposalQuerySchema(WireSchema):
    """Which proposals: those that wait, or those decided."""

    state = fields.String(load_default=OPEN, validate=validate.OneOf(SIDES))
    cursor = fields.String(load_default=None, validate=validate.Length(1, 200))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 100))


class ProposalDecisionSchema(WireSchema):
    """A decision."""

    decision = fields.String(required=True, validate=validate.OneOf((APPROVED, DECLINED)))
    comment = PlainText(load_default="", validate=validate.Length(max=500))
