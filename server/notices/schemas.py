"""Wire forms of notices."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from server.core.wire import Instant, Whole, WireSchema
from server.notices.kinds import KINDS


class NoticeQuerySchema(WireSchema):
    """Which page."""

    cursor = fields.String(load_default=None, validate=validate.Length(1, 200))
    limit = fields.Integer(load_default=30, validate=validate.Range(1, 100))


class NoticeSchema(Schema):
    """Something to know of. ``head_name`` is null where no household is meant, or none that may be seen."""

    seq = fields.Integer(required=True)
    at = Instant(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    region_code = fields.String(required=True)
    subject = fields.String(required=True)
    subject_id = fields.String(required=True)
    head_name = fields.String(required=True, allow_none=True)
    unread = fields.Boolean(required=True)


class NoticeListSchema(Schema):
    """One page, the newest first; ``unread`` counts all, to a hundred."""

    items = fields.List(fields.Nested(NoticeSchema), required=True)
    next = fields.String(required=True, allow_none=True)
    unread = fields.Integer(required=True)


class SeenSchema(WireSchema):
    """The newest notice that was on the screen."""

    upto = Whole(required=True, validate=validate.Range(0, 2**53 - 1))


class UnreadSchema(Schema):
    """How many are left."""

    unread = fields.Integer(required=True)
