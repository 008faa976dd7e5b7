"""HTTP routes of held operations and of receipts: for those who decide, and for whoever holds a number."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from server.core.auth import current_actor
from server.core.db import transaction
from server.core.problems import Problem
from server.sync import deciding, held_views
from server.sync.deciding import HeldDecision
from server.sync.held_schemas import (
    HeldDecisionSchema,
    HeldListSchema,
    HeldQuerySchema,
    HeldSchema,
    ReceiptProofSchema,
)
from server.sync.proofs import proof_of
from server.visits.services import Overtaken

blueprint = Blueprint("held", __name__, url_prefix="/api/v1", description="Operations kept for a decision")
ATTEMPTS = 3


@blueprint.get("/held")
@blueprint.arguments(HeldQuerySchema, location="query", as_kwargs=True)
@blueprint.response(200, HeldListSchema)
def list_held(state: str, cursor: str | None, limit: int) -> dict[str, Any]:
    """Operations of one's area that could not be carried out, in the order they came."""
    rows, following = held_views.page(state, cursor, limit)
    return {"items": rows, "next": following}


@blueprint.post("/held/<uuid:held_id>/decision")
@blueprint.arguments(HeldDecisionSchema)
@blueprint.response(200, HeldSchema)
def decide_held(form: HeldDecision, held_id: UUID) -> dict[str, Any]:
    """Carry a held operation out as its author's, or decline it. Sent again it changes nothing."""
    for _ in range(ATTEMPTS):
        with suppress(Overtaken):
            with transaction():
                row = deciding.decide(current_actor(), held_id, form)
            return held_views.items([row])[0]
    raise Problem("busy", retry_after=1)


@blueprint.get("/receipts/<number>")
@blueprint.response(200, ReceiptProofSchema)
def read_receipt(number: str) -> dict[str, Any]:
    """What a receipt number stands for, with a signature that others can verify."""
    return proof_of(current_actor(), number)
