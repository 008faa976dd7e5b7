"""Wire forms of households; sync adds what other domains know about them."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from server.core.masking import mask_written
from server.core.wire import CONTROL
from server.households.forms import OTHER, REVEAL_REASONS, SHORTEST_NOTE


class WrittenText(fields.String):
    """What somebody wrote, as others read it: numbers of people are masked."""

    def _serialize(self, value: str | None, *_args: Any, **_kwargs: Any) -> str | None:
        return None if value is None else mask_written(value)


class MemberSchema(Schema):
    """One member; ``age`` is full years today, the identity number masked."""

    id = fields.String(required=True, metadata={"format": "uuid"})
    name = fields.String(required=True)
    relation = fields.String(required=True)
    sex = fields.String(required=True, allow_none=True)
    age = fields.Integer(required=True, allow_none=True)
    stage = fields.String(required=True, allow_none=True)
    labour = fields.String(required=True)
    id_masked = fields.String(required=True)
    main_labour = fields.Boolean(required=True)
    disability_grade = fields.Integer(required=True, allow_none=True)


class HomeSchema(Schema):
    """Where the house stands: WGS-84 degrees as text."""

    lat = fields.String(required=True)
    lon = fields.String(required=True)


class HouseholdSchema(Schema):
    """One household of the register, as ``households.services.present`` gives it."""

    id = fields.String(required=True, metadata={"format": "uuid"})
    number = fields.String(required=True)
    head_name = fields.String(required=True)
    pinyin = fields.String(required=True)
    initials = fields.String(required=True)
    id_tail = fields.String(required=True)
    region_code = fields.String(required=True)
    township = fields.String(required=True)
    village = fields.String(required=True)
    natural_village = fields.String(required=True)
    grid = fields.String(required=True)
    address = fields.String(required=True)
    phone_masked = fields.String(required=True)
    category = fields.String(required=True)
    revision = fields.Integer(required=True)
    roster = fields.Dict(keys=fields.String(), values=fields.Raw(allow_none=True), required=True)
    home = fields.Nested(HomeSchema, required=True, allow_none=True)
    last_visited_on = fields.String(required=True, allow_none=True, metadata={"format": "date"})
    due_on = fields.String(required=True, allow_none=True, metadata={"format": "date"})
    members = fields.List(fields.Nested(MemberSchema), required=True)


class RevealSchema(Schema):
    """Why somebody has to see full numbers; "other" wants words."""

    reason = fields.String(required=True, validate=validate.OneOf(REVEAL_REASONS))
    note = fields.String(load_default="", validate=validate.Length(max=200))

    @validates_schema
    def _say_other(self, data: dict[str, Any], **_: Any) -> None:
        if CONTROL.search(data["note"]):
            raise ValidationError("Not a text.", "note")
        if data["reason"] == OTHER and len(data["note"].strip()) < SHORTEST_NOTE:
            raise ValidationError("Say why.", "note")

    @post_load
    def _trim(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return data | {"note": data["note"].strip()}


class RevealedSchema(Schema):
    """Full numbers; None = not on record."""

    id_number = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)
