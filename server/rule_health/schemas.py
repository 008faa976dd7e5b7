"""Wire forms of the page on how the rules do."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from server.core.wire import Instant, TextSchema

MOST = 100
RULE = validate.Regexp(r"^R-[A-Z]{2,4}-[0-9]{2}$")


class AgreementSchema(Schema):
    """Visits that came with a preview, and how many of them the server judged alike."""

    compared = fields.Integer(required=True)
    agreed = fields.Integer(required=True)
    differing = fields.Integer(required=True)


class VersionPairSchema(Schema):
    """Differing visits by the rules the phone had and the rules it would have been given."""

    phone = fields.String(required=True)
    server = fields.String(required=True)
    visits = fields.Integer(required=True)
    last_at = Instant(required=True)


class RuleDifferencesSchema(Schema):
    """In how many visits only the phone or only the server met the rule, or left it open."""

    met_phone = fields.Integer(required=True)
    met_server = fields.Integer(required=True)
    open_phone = fields.Integer(required=True)
    open_server = fields.Integer(required=True)


class HealthOfRuleSchema(Schema):
    """One rule over the newest facts of each household; shares are of all of them, 0 to 1."""

    rule = fields.String(required=True)
    label = fields.Nested(TextSchema, required=True)
    severity = fields.String(required=True)
    met = fields.Integer(required=True)
    met_share = fields.Float(required=True, allow_none=True)
    left_open = fields.Integer(required=True, data_key="unknown")
    unknown_share = fields.Float(required=True, allow_none=True)
    last_met_at = Instant(required=True, allow_none=True)
    differences = fields.Nested(RuleDifferencesSchema, required=True)


class RuleHealthSchema(Schema):
    """How the rules do in a county."""

    version = fields.String(required=True)
    households = fields.Integer(required=True)
    previews = fields.Nested(AgreementSchema, required=True)
    versions = fields.List(fields.Nested(VersionPairSchema), required=True)
    rules = fields.List(fields.Nested(HealthOfRuleSchema), required=True)


class DifferenceQuerySchema(Schema):
    """What to page through."""

    rule = fields.String(load_default=None, validate=RULE)
    cursor = fields.String(load_default=None)
    limit = fields.Integer(load_default=50, validate=validate.Range(1, MOST))


class DifferenceSchema(Schema):
    """One visit that phone and server judge otherwise; the lists hold what only one of them says."""

    visit_id = fields.UUID(required=True)
    household_id = fields.UUID(required=True)
    region_code = fields.String(required=True)
    author_name = fields.String(required=True)
    visited_at = Instant(required=True)
    noted_at = Instant(required=True)
    phone_version = fields.String(required=True)
    server_version = fields.String(required=True)
    packs = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    met_phone = fields.List(fields.String(), required=True)
    met_server = fields.List(fields.String(), required=True)
    open_phone = fields.List(fields.String(), required=True)
    open_server = fields.List(fields.String(), required=True)


class DifferenceListSchema(Schema):
    """A page of differing visits, the newest first."""

    items = fields.List(fields.Nested(DifferenceSchema), required=True)
    next = fields.String(required=True, allow_none=True)
