"""HTTP routes of regions: parse, delegate, dump."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from server.core.auth import current_actor
from server.regions import queries
from server.regions.schemas import RegionListSchema

blueprint = Blueprint("regions", __name__, url_prefix="/api/v1", description="The tree of regions")


@blueprint.get("/regions")
@blueprint.response(200, RegionListSchema)
def list_regions() -> dict[str, Any]:
    """The regions under the caller's own, and those above it."""
    return {"items": queries.under(current_actor().region_code)}
