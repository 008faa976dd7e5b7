"""HTTP routes of regions: parse, delegate, dump."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from server.core.auth import current_actor
from server.core.scope import covers
from server.regions import queries
from server.regions.schemas import RegionListQuerySchema, RegionListSchema

blueprint = Blueprint("regions", __name__, url_prefix="/api/v1", description="The tree of regions")


@blueprint.get("/regions")
@blueprint.arguments(RegionListQuerySchema, location="query", as_kwargs=True)
@blueprint.response(200, RegionListSchema)
def list_regions(under: str | None = None) -> dict[str, Any]:
    """The regions under the caller's own, and those above it; or those under one of them.

    An administrator, whose own is nowhere, is given the counties, and the rest county by county.
    """
    actor = current_actor()
    if actor.role == "admin":
        return {"items": queries.under(under) if under else queries.all_counties()}
    reaches = under is not None and covers(actor.region_code, under)
    return {"items": queries.under(under if under and reaches else actor.region_code)}
