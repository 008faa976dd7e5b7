"""HTTP routes of the audit trail: parse, delegate, dump."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from server.audit import queries, services, views
from server.audit.jobs import CHECK
from server.audit.queries import Filters
from server.audit.schemas import AuditListSchema, AuditQuerySchema, AuditStateSchema
from server.core import jobs
from server.core.auth import current_actor
from server.core.db import transaction
from server.core.scope import EVERYTHING, region_scope

blueprint = Blueprint("audit", __name__, url_prefix="/api/v1", description="The audit trail")


@blueprint.get("/audit")
@blueprint.arguments(AuditQuerySchema, location="query", as_kwargs=True)
@blueprint.response(200, AuditListSchema)
def list_entries(filters: Filters, cursor: str | None, limit: int) -> dict[str, Any]:
    """Entries of the trail, the newest first: an auditor's county, a reviewer's area, else one's own."""
    rows, following = queries.page(current_actor(), filters, cursor, limit)
    return {"items": views.entries(rows), "next": following}


@blueprint.get("/audit/state")
@blueprint.response(200, AuditStateSchema)
def read_state() -> dict[str, Any]:
    """Where the chain stands, its signed head, and what the last verification found."""
    return views.state(current_actor())


@blueprint.post("/audit/checks")
@blueprint.response(202, AuditStateSchema)
def start_check() -> dict[str, Any]:
    """Have the chain verified soon; the state of now."""
    found = views.state(current_actor())
    with region_scope(EVERYTHING), transaction():  # an administrator's chain lies in no region
        services.note_asked(found["chain"])
    jobs.enqueue(CHECK, found["chain"])
    return found
