"""HTTP routes of the register itself: parse, delegate, dump."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from server.core.auth import current_actor
from server.core.db import transaction
from server.households import services
from server.households.schemas import RevealedSchema, RevealSchema

blueprint = Blueprint("households", __name__, url_prefix="/api/v1", description="The register")


@blueprint.post("/households/<uuid:household_id>/members/<uuid:member_id>/reveal")
@blueprint.arguments(RevealSchema, as_kwargs=True)
@blueprint.response(200, RevealedSchema)
def reveal_member(reason: str, note: str, household_id: UUID, member_id: UUID) -> dict[str, Any]:
    """The full identity number of one member and the household's telephone number, for a stated reason."""
    with transaction():
        return services.reveal(current_actor(), household_id, member_id, reason, note)
