"""Wire forms of grids."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from server.core.wire import Pattern, PlainText, StrictUuid, WireSchema

_VILLAGE = Pattern(r"^[0-9]{12}$")
_PLACE = Pattern(r"^([0-9]{6}|[0-9]{9}|[0-9]{12})$")


def _not_blank(text: str) -> None:
    if not text.strip():
        raise ValidationError("Not blank.")


def _name() -> PlainText:
    return PlainText(required=True, validate=[validate.Length(1, 40), _not_blank])


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
    name = _name()

    @post_load
    def _tidied(self, data: dict[str, Any], **_: object) -> dict[str, Any]:
        return data | {"name": data["name"].strip()}


class GridNameSchema(WireSchema):
    """Another name of a grid."""

    name = _name()

    @post_load
    def _tidied(self, data: dict[str, Any], **_: object) -> dict[str, Any]:
        return data | {"name": data["name"].strip()}
