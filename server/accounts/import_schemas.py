"""Wire forms of importing people."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from server.accounts.import_plan import STATUSES
from server.core.wire import Pattern, StrictUuid, TextSchema, WireSchema


class ApplyQuerySchema(WireSchema):
    """The number of the act, and the digest of the check it follows."""

    op_id = StrictUuid(required=True)
    digest = fields.String(required=True, validate=Pattern(r"^[0-9a-f]{64}$"))


class SheetFaultSchema(Schema):
    """What is wrong with a cell; ``code`` is stable."""

    cell = fields.String(required=True)
    column = fields.String(required=True)
    code = fields.String(required=True)
    text = fields.Nested(TextSchema, required=True)


class CheckedRowSchema(Schema):
    """What would become of a row: create, same (it is there already), conflict or error."""

    row = fields.Integer(required=True)
    status = fields.String(required=True, validate=validate.OneOf(STATUSES))
    username = fields.String(required=True)
    display_name = fields.String(required=True)
    role = fields.String(required=True, allow_none=True)
    place = fields.List(fields.String(), required=True)
    faults = fields.List(fields.Nested(SheetFaultSchema), required=True)


class CheckedSheetSchema(Schema):
    """The dry run; the digest confirms exactly this."""

    rows = fields.List(fields.Nested(CheckedRowSchema), required=True)
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    digest = fields.String(required=True)


class ImportedRowSchema(Schema):
    """An account that was made; the password is null where it was shown long enough."""

    username = fields.String(required=True)
    display_name = fields.String(required=True)
    role = fields.String(required=True)
    place = fields.List(fields.String(), required=True)
    password = fields.String(required=True, allow_none=True)


class ImportedSchema(Schema):
    """The accounts that were made, and the same as an Excel sheet (base64) to hand the passwords over."""

    created = fields.List(fields.Nested(ImportedRowSchema), required=True)
    sheet = fields.String(required=True)
