"""HTTP routes of importing people: bytes in, a table out. The file itself is not kept."""

from __future__ import annotations

import base64
from typing import Any
from uuid import UUID

from flask import Response, request
from flask_smorest import Blueprint
from werkzeug.exceptions import RequestEntityTooLarge

from server.accounts import importing, user_views
from server.accounts.import_plan import PlannedRow
from server.accounts.import_schemas import (
    ApplyQuerySchema,
    CheckedSheetSchema,
    ImportedSchema,
)
from server.accounts.routes import refuse_guessing
from server.accounts.sheets import MAX_BYTES
from server.core.auth import current_actor
from server.core.db import transaction
from server.core.problems import Problem
from server.core.scope import EVERYTHING, region_scope

blueprint = Blueprint("user_imports", __name__, url_prefix="/api/v1", description="Importing accounts")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OCTETS = "application/octet-stream"
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_BODY = {"required": True, "content": {OCTETS: _BINARY}}


@blueprint.get("/users/imports/template")
@blueprint.doc(responses={"200": {"description": "An empty sheet", "content": {XLSX: _BINARY}}})
def read_template() -> Response:
    """The sheet to fill in."""
    headers = {"Content-Disposition": 'attachment; filename="liangdeng-accounts.xlsx"'}
    return Response(importing.template(), content_type=XLSX, headers=headers)


@blueprint.post("/users/imports/check")
@blueprint.doc(
    requestBody=_BODY, responses={"413": "REQUEST_ENTITY_TOO_LARGE", "422": "UNPROCESSABLE_ENTITY"}
)
@blueprint.response(200, CheckedSheetSchema)
def check_import() -> dict[str, Any]:
    """What a sheet would do, row by row; nothing is changed."""
    actor = current_actor()
    refuse_guessing(str(actor.id))  # the answer tells which user names there are
    data = _read_body()
    with region_scope(EVERYTHING):
        plan = importing.check(actor, data)
    rows = [_row(row, plan.places.all_names) for row in plan.rows]
    return {"rows": rows, "counts": importing.counts(plan), "digest": plan.digest}


@blueprint.post("/users/imports")
@blueprint.doc(requestBody=_BODY, responses={"413": "REQUEST_ENTITY_TOO_LARGE"})
@blueprint.arguments(ApplyQuerySchema, location="query", as_kwargs=True)
@blueprint.response(200, ImportedSchema)
def apply_import(op_id: UUID, digest: str) -> dict[str, Any]:
    """Make the accounts of a sheet that was checked, and give their one-time passwords, once."""
    actor = current_actor()
    data = _read_body()
    with region_scope(EVERYTHING):
        plan = importing.check(actor, data)
        with transaction():
            given = importing.apply(actor, op_id, plan, digest)
    names = plan.places.all_names
    items = [
        {
            "username": one.form.username,
            "display_name": one.form.display_name,
            "role": one.form.role,
            "place": user_views.place(names, one.form.region_code),
            "password": one.password,
        }
        for one in given
    ]
    sheet = base64.b64encode(importing.password_sheet(given, plan.places)).decode()
    return {"created": items, "sheet": sheet}


def _row(row: PlannedRow, names: dict[str, str]) -> dict[str, Any]:
    faults = [
        {"cell": one.cell, "column": one.column, "code": one.code, "text": one.sentences}
        for one in row.faults
    ]
    return {
        "row": row.number,
        "status": row.status,
        "username": row.form.username,
        "display_name": row.form.display_name,
        "role": row.form.role or None,
        "place": user_views.place(names, row.form.region_code) if row.form.region_code else [],
        "faults": faults,
    }


def _read_body() -> bytes:
    """The sheet, whole, within the limit. Raises Problem: type_unsupported, length_required, too_large."""
    if request.mimetype not in (OCTETS, XLSX):
        raise Problem("type_unsupported")
    if request.content_length is None:
        raise Problem("length_required")
    request.max_content_length = MAX_BYTES
    try:
        data = request.get_data()
    except RequestEntityTooLarge as error:
        raise Problem("too_large") from error
    return data
