"""Wire forms of the audit trail."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from server.audit.queries import Filters
from server.core.wire import Instant, Pattern, PlainText, StrictUuid

MOST = 100


class AuditQuerySchema(Schema):
    """What to search the trail for; ``action`` is one, or all of a domain: ``visit.*``.

    ``q`` is a part of a person's name or user name, or the number of a household.
    """

    actor = StrictUuid(load_default=None)
    target_type = fields.String(load_default=None, validate=Pattern(r"^[a-z_]{1,30}$"))
    target = fields.String(load_default=None, validate=Pattern(r"^[0-9A-Za-z._:-]{1,64}$"))
    household = StrictUuid(load_default=None)
    action = fields.String(load_default=None, validate=Pattern(r"^[a-z_]{1,20}\.([a-z_]{1,30}|\*)$"))
    q = PlainText(load_default=None, validate=validate.Length(1, 40))
    since = Instant(load_default=None)
    until = Instant(load_default=None)
    cursor = fields.String(load_default=None)
    limit = fields.Integer(load_default=50, validate=validate.Range(1, MOST))

    @post_load
    def _split(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        cursor, limit = data.pop("cursor"), data.pop("limit")
        return {"filters": Filters(**data), "cursor": cursor, "limit": limit}


class AuditEntrySchema(Schema):
    """Who did what to which record, when; ``target_name`` is that of an account. The chain has its place."""

    chain = fields.String(required=True)
    number = fields.Integer(required=True)
    at = Instant(required=True)
    actor_id = fields.UUID(required=True, allow_none=True)
    actor_name = fields.String(required=True, allow_none=True)
    actor_role = fields.String(required=True)
    action = fields.String(required=True)
    target_type = fields.String(required=True)
    target_id = fields.String(required=True)
    target_name = fields.String(required=True, allow_none=True)
    region_code = fields.String(required=True)
    details = fields.Dict(keys=fields.String(), required=True)


class AuditListSchema(Schema):
    """A page of entries, the newest first."""

    items = fields.List(fields.Nested(AuditEntrySchema), required=True)
    next = fields.String(required=True, allow_none=True)


class FindingSchema(Schema):
    """What is wrong at an entry; ``number`` is null for the chain as a whole."""

    number = fields.Integer(required=True, allow_none=True)
    kind = fields.String(required=True)


class CheckSchema(Schema):
    """The last verification: up to which entry, and at most twenty findings."""

    number = fields.Integer(required=True)
    at = Instant(required=True)
    findings = fields.List(fields.Nested(FindingSchema), required=True)


class SignedHeadSchema(Schema):
    """The end of a chain, signed (Ed25519, base64url) over the canonical text of its fields and ``kind``."""

    chain = fields.String(required=True)
    count = fields.Integer(required=True)
    hash = fields.String(required=True)
    made_at = fields.String(required=True)
    signature = fields.String(required=True)


class HeadsSchema(Schema):
    """A file of heads, to be kept elsewhere and given to ``flask audit verify --heads``."""

    format = fields.String(required=True)
    key = fields.String(required=True)
    public_key = fields.String(required=True)
    heads = fields.List(fields.Nested(SignedHeadSchema), required=True)


class AuditStateSchema(Schema):
    """Where a chain stands, and what its last verification found (null: none was made yet)."""

    chain = fields.String(required=True)
    count = fields.Integer(required=True)
    hash = fields.String(required=True)
    check = fields.Nested(CheckSchema, required=True, allow_none=True)
    document = fields.Nested(HeadsSchema, required=True)
