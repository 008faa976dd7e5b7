"""Wire forms of the phone's door."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from server.core.openapi import ProblemSchema
from server.core.wire import Instant, TextSchema, WireSchema
from server.households.schemas import HouseholdSchema
from server.photos.schemas import PhotoAgainSchema
from server.reviews.schemas import STATES, CommentSchema
from server.visits.queries import SEVERITIES
from server.visits.schemas import SHA256, VisitBodySchema, VisitResultSchema


class BatchEntrySchema(Schema):
    """One visit of a batch and the SHA-256 of its canonical body."""

    sha256 = fields.String(required=True, validate=SHA256)
    body = fields.Nested(VisitBodySchema, required=True)


class BatchSchema(Schema):
    """Up to 50 visits."""

    visits = fields.List(fields.Nested(BatchEntrySchema), required=True, validate=validate.Length(1, 50))


class RejectedSchema(Schema):
    """A visit of a batch that was not taken, and why; ``id`` is null when it had none."""

    id = fields.String(required=True, allow_none=True)
    state = fields.String(required=True, validate=validate.OneOf(("rejected",)))
    problem = fields.Nested(ProblemSchema, required=True)


class PageQuerySchema(WireSchema):
    """Which page of the households."""

    after = fields.String(load_default=None, validate=validate.Length(1, 200))
    limit = fields.Integer(load_default=200, validate=validate.Range(1, 500))


class LitSchema(Schema):
    """A light that is on: its rule, its name, and the identifiers of the articles it rests on."""

    rule = fields.String(required=True)
    label = fields.Nested(TextSchema, required=True)
    severity = fields.String(required=True, validate=validate.OneOf(SEVERITIES))
    articles = fields.List(fields.String(), required=True)


class CadenceSchema(Schema):
    """Every how many months a monitored household and any other one is visited."""

    monitored = fields.Integer(required=True)
    others = fields.Integer(required=True)


class LastVisitSchema(Schema):
    """The household's newest visit, to start the next one from, and the lights that are on since."""

    id = fields.UUID(required=True)
    visited_at = Instant(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    severity = fields.String(required=True, validate=validate.OneOf(SEVERITIES))
    checklist_version = fields.String(required=True)
    answers = fields.Dict(keys=fields.String(), required=True)
    lights = fields.List(fields.Nested(LitSchema), required=True)


class ReturnedSchema(Schema):
    """A visit that a reviewer gave back, with what is to be corrected."""

    visit_id = fields.UUID(required=True)
    comment = fields.String(required=True)
    comments = fields.List(fields.Nested(CommentSchema), required=True)
    answers = fields.Dict(keys=fields.String(), required=True)
    notes = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    photos = fields.List(fields.Nested(PhotoAgainSchema), required=True)
    reviewed_at = Instant(required=True)
    reviewer_name = fields.String(required=True)


class PastVisitSchema(Schema):
    """A line of a household's history."""

    id = fields.UUID(required=True)
    visited_at = Instant(required=True)
    author_name = fields.String(required=True)
    revision = fields.Integer(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    severity = fields.String(required=True, validate=validate.OneOf(SEVERITIES))


class AssignmentSchema(HouseholdSchema):
    """A household to visit; ``history`` is what a grid member may see of its visits, the newest first."""

    last_visit = fields.Nested(LastVisitSchema, required=True, allow_none=True)
    history = fields.List(fields.Nested(PastVisitSchema), required=True)
    returned = fields.Nested(ReturnedSchema, required=True, allow_none=True)


class AssignmentListSchema(Schema):
    """One page of households; ``next`` is the cursor of the following one."""

    items = fields.List(fields.Nested(AssignmentSchema), required=True)
    next = fields.String(required=True, allow_none=True)
    income_line = fields.Decimal(required=True, allow_none=True, as_string=True, metadata={"type": "string"})
    server_time = Instant(required=True)


class PullQuerySchema(WireSchema):
    """How far the device is; without a cursor everything is sent anew."""

    cursor = fields.String(load_default=None, validate=validate.Length(1, 300))
    limit = fields.Integer(load_default=200, validate=validate.Range(1, 500))


class PullSchema(Schema):
    """Households to take anew, to drop because they are no more (gone) or no longer the caller's (left).

    ``snapshot``: a page of a full pull; what is on none of its pages is dropped when it ends. ``scope`` is
    the prefix of all region codes the caller may see; ``epoch`` names the history of the server's database.
    ``cadence`` is the county's, by which ``due_on`` is reckoned here and anew on the device.
    """

    rows = fields.List(fields.Nested(AssignmentSchema), required=True)
    gone = fields.List(fields.UUID(), required=True)
    left = fields.List(fields.UUID(), required=True)
    cursor = fields.String(required=True)
    more = fields.Boolean(required=True)
    snapshot = fields.Boolean(required=True)
    epoch = fields.String(required=True)
    scope = fields.String(required=True)
    cadence = fields.Nested(CadenceSchema, required=True)
    income_line = fields.Decimal(required=True, allow_none=True, as_string=True, metadata={"type": "string"})
    server_time = Instant(required=True)


# apispec reads schemas inside such a description; marshmallow itself has no "one of two forms".
BATCH_ANSWER = {
    "type": "object",
    "required": ["results", "server_time"],
    "properties": {
        "results": {"type": "array", "items": {"oneOf": [VisitResultSchema, RejectedSchema]}},
        "server_time": {"type": "string", "format": "date-time"},
    },
}
