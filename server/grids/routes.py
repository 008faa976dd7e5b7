"""HTTP routes of grids: parse, delegate, dump."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from server.core.auth import current_actor
from server.core.db import transaction
from server.core.scope import EVERYTHING, region_scope
from server.grids import services
from server.grids.schemas import (
    GridListQuerySchema,
    GridListSchema,
    GridNameSchema,
    GridSchema,
    NewGridSchema,
)
from server.grids.services import ADMIN, GridRow
from server.regions import queries as regions

blueprint = Blueprint("grids", __name__, url_prefix="/api/v1", description="Grids of a village")
GRID = "/grids/<string(length=14):code>"


@blueprint.get("/grids")
@blueprint.arguments(GridListQuerySchema, location="query", as_kwargs=True)
@blueprint.response(200, GridListSchema)
def list_grids(place: str | None) -> dict[str, Any]:
    """The open grids of one's area: who works each, and those that nobody does."""
    with _area():
        return {"items": _described(services.listed(current_actor(), place))}


@blueprint.post("/grids")
@blueprint.arguments(NewGridSchema, as_kwargs=True)
@blueprint.response(200, GridSchema)
def create_grid(op_id: UUID, village_code: str, name: str) -> dict[str, Any]:
    """Add a grid to a village."""
    actor = current_actor()
    with _area():
        with transaction():
            code = services.create(actor, op_id, village_code, name)
        return _described([services.read(actor, code)])[0]


@blueprint.patch(GRID)
@blueprint.arguments(GridNameSchema, as_kwargs=True)
@blueprint.response(200, GridSchema)
def rename_grid(name: str, code: str) -> dict[str, Any]:
    """Give a grid another name."""
    actor = current_actor()
    with _area():
        with transaction():
            services.rename(actor, code, name)
        return _described([services.read(actor, code)])[0]


@blueprint.post(f"{GRID}/close")
@blueprint.response(204)
def close_grid(code: str) -> None:
    """Close a grid that has neither households nor people."""
    with _area(), transaction():
        services.close(current_actor(), code)


def _area() -> AbstractContextManager[None]:
    """An administrator's own area is nowhere; whether a grid has households is asked in all."""
    actor = current_actor()
    return region_scope(EVERYTHING if actor.role == ADMIN else actor.region_code)


def _described(found: Sequence[GridRow]) -> list[dict[str, Any]]:
    names = regions.names_of(row.code for row in found)
    return [
        {
            "code": row.code,
            "name": row.name,
            "village_code": row.code[:12],
            "place": [names[step] for step in regions.ancestors(row.code)[:-1]],
            "members": [{"id": key, "display_name": name} for key, name in row.members],
            "households": row.households,
        }
        for row in found
    ]
