"""Wire forms of regions."""

from __future__ import annotations

from marshmallow import Schema, fields

from server.core.wire import Pattern, WireSchema


class RegionSchema(Schema):
    """One region; ``level`` is county, township, village or grid."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    level = fields.String(required=True)
    parent_code = fields.String(required=True, allow_none=True)


class RegionListQuerySchema(WireSchema):
    """The part to list; a place that is not the caller's restricts nothing."""

    under = fields.String(validate=Pattern(r"^([0-9]{6}|[0-9]{9}|[0-9]{12})$"))


class RegionListSchema(Schema):
    """All regions a caller may know of."""

    items = fields.List(fields.Nested(RegionSchema), required=True)
