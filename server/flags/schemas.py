"""Wire forms of runs over a county."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from server.core.wire import Instant, Pattern, PlainText, TextSchema, WireSchema
from server.flags.models import DONE, RUNNING, TRIGGERS, WAITING
from server.households.schemas import WrittenText

DIRECTIONS = ("opened", "closed")
LIGHTS = ("red", "yellow", "attention")


class RunActSchema(Schema):
    """The run over the county that opened or closed a light, by the rules of a version and day."""

    run_id = fields.UUID(required=True)
    at = Instant(required=True)
    day = fields.Date(required=True)
    trigger = fields.String(required=True, validate=validate.OneOf(TRIGGERS))
    reason = WrittenText(required=True)
    version = fields.String(required=True)


class HouseholdLineSchema(Schema):
    """A household as a line of a list."""

    id = fields.UUID(required=True)
    head_name = fields.String(required=True)
    number = fields.String(required=True)
    category = fields.String(required=True)
    village = fields.String(required=True)
    natural_village = fields.String(required=True)
    township = fields.String(required=True)


class RunRequestSchema(WireSchema):
    """Why the county is to be judged again."""

    reason = PlainText(required=True, validate=validate.Length(5, 500))


class RunSchema(Schema):
    """One run: ``done`` of ``total`` households so far, and what it changed."""

    id = fields.UUID(required=True)
    region_code = fields.String(required=True)
    trigger = fields.String(required=True, validate=validate.OneOf(TRIGGERS))
    reason = WrittenText(required=True)
    state = fields.String(required=True, validate=validate.OneOf((WAITING, RUNNING, DONE)))
    day = fields.Date(required=True)
    version = fields.String(required=True)
    total = fields.Integer(required=True)
    done = fields.Integer(required=True)
    households_changed = fields.Integer(required=True)
    opened = fields.Integer(required=True)
    closed = fields.Integer(required=True)
    unreadable = fields.Integer(required=True)
    requested_by = fields.String(required=True, allow_none=True)
    created_at = Instant(required=True)
    started_at = Instant(required=True, allow_none=True)
    finished_at = Instant(required=True, allow_none=True)


class RunPageQuerySchema(WireSchema):
    """Page of the list of runs."""

    after = fields.String(load_default=None, validate=validate.Length(1, 200))
    limit = fields.Integer(load_default=20, validate=validate.Range(1, 100))


class RunListSchema(Schema):
    """Runs, the newest first."""

    items = fields.List(fields.Nested(RunSchema), required=True)
    next = fields.String(required=True, allow_none=True)


class ChangesQuerySchema(WireSchema):
    """Page and filters of what a run changed."""

    direction = fields.String(load_default=None, validate=validate.OneOf(DIRECTIONS))
    rule = fields.String(load_default=None, validate=Pattern(r"^[A-Z0-9-]{1,40}$"))
    after = fields.String(load_default=None, validate=validate.Length(1, 200))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 100))


class FlagChangeSchema(Schema):
    """A flag that a run opened or closed, with the pack version that raised it."""

    household = fields.Nested(HouseholdLineSchema, required=True)
    visit_id = fields.UUID(required=True)
    rule = fields.String(required=True)
    label = fields.Nested(TextSchema, required=True)
    severity = fields.String(required=True, validate=validate.OneOf(LIGHTS))
    direction = fields.String(required=True, validate=validate.OneOf(DIRECTIONS))
    pack = fields.String(required=True)
    pack_version = fields.String(required=True)
    at = Instant(required=True)


class RuleChangesSchema(Schema):
    """How many flags of a rule a run opened and closed."""

    rule = fields.String(required=True)
    label = fields.Nested(TextSchema, required=True)
    severity = fields.String(required=True, validate=validate.OneOf(LIGHTS))
    opened = fields.Integer(required=True)
    closed = fields.Integer(required=True)


class ChangesSchema(Schema):
    """One page of what a run changed; ``counts`` is of all of it."""

    items = fields.List(fields.Nested(FlagChangeSchema), required=True)
    next = fields.String(required=True, allow_none=True)
    counts = fields.List(fields.Nested(RuleChangesSchema), required=True)
