"""Wire forms of held operations and of receipts."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from server.core.wire import Instant, PlainText, WireSchema
from server.photos.schemas import STATES
from server.sync.deciding import HeldDecision
from server.sync.held_views import DECIDED
from server.sync.models import DECLINED, OPEN, TAKEN
from server.sync.operations import HELD_CODES
from server.sync.push_schemas import EditedFieldSchema
from server.visits.schemas import SignedReceiptSchema


class HeldQuerySchema(WireSchema):
    """Which held operations: those that wait, or those decided."""

    state = fields.String(load_default=OPEN, validate=validate.OneOf((OPEN, DECIDED)))
    cursor = fields.String(load_default=None, validate=validate.Length(1, 200))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 100))


class HeldVisitSchema(Schema):
    """What a held visit says, numbers of people masked; nothing has judged it yet."""

    answers = fields.Dict(keys=fields.String(), required=True)
    notes = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    revises = fields.UUID(required=True, allow_none=True)
    photo_count = fields.Integer(required=True)


class HeldEditSchema(Schema):
    """What a held correction wants, numbers of people masked."""

    reason = fields.String(required=True)
    changes = fields.List(fields.Nested(EditedFieldSchema), required=True, data_key="set", attribute="set")


class HeldSchema(Schema):
    """An operation that was kept because it could not be carried out.

    The household is null when it is not in the reader's area, ``visit`` and ``edit`` when this server cannot
    read them.
    """

    id = fields.UUID(required=True)
    kind = fields.String(required=True)
    code = fields.String(required=True, validate=validate.OneOf(HELD_CODES))
    author_name = fields.String(required=True)
    household_id = fields.UUID(required=True, allow_none=True)
    household_number = fields.String(required=True, allow_none=True)
    head_name = fields.String(required=True, allow_none=True)
    village = fields.String(required=True, allow_none=True)
    received_at = Instant(required=True)
    visited_at = Instant(required=True, allow_none=True)
    visit = fields.Nested(HeldVisitSchema, required=True, allow_none=True)
    edit = fields.Nested(HeldEditSchema, required=True, allow_none=True)
    state = fields.String(required=True, validate=validate.OneOf((OPEN, TAKEN, DECLINED)))
    decided_by = fields.String(required=True, allow_none=True)
    decided_at = Instant(required=True, allow_none=True)
    comment = fields.String(required=True)


class HeldListSchema(Schema):
    """One page; ``next`` is the cursor of the following one."""

    items = fields.List(fields.Nested(HeldSchema), required=True)
    next = fields.String(required=True, allow_none=True)


class HeldDecisionSchema(WireSchema):
    """Take it as its author's after all, or decline it; the author reads the comment."""

    decision = fields.String(required=True, validate=validate.OneOf((TAKEN, DECLINED)))
    comment = PlainText(load_default="", validate=validate.Length(max=500))

    @post_load
    def _to_form(self, data: dict[str, Any], **_: object) -> HeldDecision:
        return HeldDecision(**data)


class ReceiptPhotoSchema(Schema):
    """A photo the visit lists, and how far it is."""

    sha256 = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))


class ReceiptProofSchema(SignedReceiptSchema):
    """What a receipt number stands for; ``public_key`` (base64url) verifies its signature."""

    visit_id = fields.UUID(required=True)
    sha256 = fields.String(required=True)
    photos = fields.List(fields.Nested(ReceiptPhotoSchema), required=True)
    public_key = fields.String(required=True)
    household_number = fields.String(required=True)
