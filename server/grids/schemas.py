"""Wire forms of grids."""

from __future__ import annotations

from marshmallow import Schema, fields

from server.core.names import NameText
from server.core.wire import Pattern, StrictUuid, WireSchema

_VILLAGE = Pattern(r"^[0-9]{12}$")
_PLACE = Pattern(r"^([0-9]{6}|[0-9]{9}|[0-9]{12})$")


class GridListQuerySchema(WireSchema):
    """The part of one's area to list; all of it when left out."""

    place = fields.String(load_default=None, validate=_PLACE)


class GridMemberSchema(Schema):
    """Somebody who works a grid."""

    id = fields.UUID(required=True)
    display_name = fields.String(required=True)


class GridSchema(Schema):
    """A grid, who works it, and how many households it has (null: not the caller's business)."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    village_code = fields.String(required=True)
    place = fields.List(fields.String(), required=True)
    members = fields.List(fields.Nested(GridMemberSchema), required=True)
    households = fields.Integer(required=True, allow_none=True)


class GridListSchema(Schema):
    """The open grids of an area, by code."""

    items = fields.List(fields.Nested(GridSchema), required=True)


class NewGridSchema(WireSchema):
    """A grid to add to a village, by a number of the client's."""

    op_id = StrictUuid(required=True)
    village_code = fields.String(required=True, validate=_VILLAGE)
    name = NameText(required=True)


class GridNameSchema(WireSchema):
    """Another name of a grid."""

    name = NameText(required=True)
