"""Wire forms of regions."""

from __future__ import annotations

from marshmallow import Schema, fields


class RegionSchema(Schema):
    """One region; ``level`` is county, township, village or grid."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    level = fields.String(required=True)
    parent_code = fields.String(required=True, allow_none=True)


class RegionListSchema(Schema):
    """All regions a caller may know of."""

    items = fields.List(fields.Nested(RegionSchema), required=True)
