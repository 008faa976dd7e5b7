"""HTTP routes of re-checks by the township: parse, delegate, dump."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint
from sqlalchemy.exc import IntegrityError

from server.core.auth import current_actor
from server.core.db import transaction
from server.core.problems import Problem
from server.rechecks import export, queries, services, views
from server.rechecks.queries import LedgerFilters
from server.rechecks.schemas import (
    MONTH_TEXT,
    LedgerFilterSchema,
    LedgerQuerySchema,
    LedgerSchema,
    OutcomeFormSchema,
    RecheckDetailSchema,
    RecheckListSchema,
    RecheckMonthSchema,
    RecheckOutcomeSchema,
    RecheckQuerySchema,
)

blueprint = Blueprint("rechecks", __name__, url_prefix="/api/v1", description="Re-checks by the township")


@blueprint.get("/rechecks")
@blueprint.arguments(RecheckQuerySchema, location="query")
@blueprint.response(200, RecheckListSchema)
def list_rechecks(given: dict[str, Any]) -> dict[str, Any]:
    """What the township has to look at again, those whose time ends first at the top."""
    cursor, limit = given.pop("cursor"), given.pop("limit")
    return views.listing(current_actor(), given, cursor, limit)


@blueprint.get("/rechecks/<uuid:visit_id>")
@blueprint.response(200, RecheckDetailSchema)
def read_recheck(visit_id: UUID) -> dict[str, Any]:
    """One re-check, and whether the caller may decide on it."""
    return views.detail(current_actor(), queries.get(visit_id))


@blueprint.post("/rechecks/<uuid:visit_id>/outcomes")
@blueprint.arguments(OutcomeFormSchema)
@blueprint.alt_response(200, schema=RecheckOutcomeSchema, description="The same outcome was here already")
@blueprint.response(201, RecheckOutcomeSchema)
def conclude_recheck(form: services.OutcomeForm, visit_id: UUID) -> tuple[dict[str, Any], int]:
    """Settle a case in the township, or hand it up to the county."""
    try:
        with transaction():
            outcome, is_new = services.conclude(current_actor(), visit_id, form)
    except IntegrityError as error:  # the identifier is taken by an outcome out of scope, or just now
        raise Problem("recheck_conflict") from error
    return views.outcome(outcome), 201 if is_new else 200


@blueprint.put("/rechecks/months/<string(length=7):month>/confirmation")
@blueprint.response(200, RecheckMonthSchema)
def confirm_month(month: str) -> dict[str, Any]:
    """Say that the township has a month's list: its three working days begin."""
    if not re.fullmatch(MONTH_TEXT, month):
        raise Problem("bad_request")
    try:
        with transaction():
            return views.confirmation(services.confirm_month(current_actor(), month))
    except IntegrityError as error:  # a colleague said so at this moment
        raise Problem("busy", retry_after=1) from error


@blueprint.get("/ledger")
@blueprint.arguments(LedgerQuerySchema, location="query", as_kwargs=True)
@blueprint.response(200, LedgerSchema)
def read_ledger(filters: LedgerFilters, cursor: str | None, limit: int) -> dict[str, Any]:
    """What was re-checked, by cause, the newest first."""
    return views.ledger(current_actor(), filters, cursor, limit)


@blueprint.get("/ledger/file")
@blueprint.arguments(LedgerFilterSchema, location="query", as_kwargs=True)
@blueprint.response(200, {"type": "string"}, content_type="text/csv")
def export_ledger(filters: LedgerFilters) -> Response:
    """The ledger as a file for a spreadsheet, names masked; it is audited who took it."""
    with transaction():
        text = export.ledger_file(current_actor(), filters)
    name = {"Content-Disposition": 'attachment; filename="ledger.csv"', "Cache-Control": "no-store"}
    return Response(text, mimetype="text/csv", headers=name)
