"""HTTP routes of corrections: a first secretary's own, and the decisions on those of others."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint
from sqlalchemy.exc import IntegrityError

from server.core.auth import current_actor
from server.core.db import transaction
from server.core.problems import Problem
from server.proposals import queries, services, views
from server.proposals.forms import HouseholdEditForm
from server.proposals.schemas import (
    EditOutcomeSchema,
    HouseholdEditSchema,
    ProposalDecisionSchema,
    ProposalListSchema,
    ProposalQuerySchema,
    ProposalSchema,
)

blueprint = Blueprint("proposals", __name__, url_prefix="/api/v1", description="Corrections of the register")


@blueprint.post("/households/<uuid:household_id>/edits")
@blueprint.arguments(HouseholdEditSchema)
@blueprint.response(200, EditOutcomeSchema)
def edit_household(given: dict[str, Any], household_id: UUID) -> dict[str, Any]:
    """Correct fields of a household; what cannot be merged waits for the township's decision."""
    with transaction():
        form = HouseholdEditForm(household_id=household_id, **given)
        return services.apply_edit(current_actor(), form).wire()


@blueprint.get("/proposals")
@blueprint.arguments(ProposalQuerySchema, location="query", as_kwargs=True)
@blueprint.response(200, ProposalListSchema)
def list_proposals(state: str, cursor: str | None, limit: int) -> dict[str, Any]:
    """Corrections that wait for the caller's level, the oldest first, or those decided, the newest first."""
    rows, following = queries.page(current_actor(), state, cursor, limit)
    return {"items": views.items(rows), "next": following}


@blueprint.post("/proposals/<uuid:proposal_id>/decision")
@blueprint.arguments(ProposalDecisionSchema)
@blueprint.response(200, ProposalSchema)
def decide_proposal(given: dict[str, str], proposal_id: UUID) -> dict[str, Any]:
    """Approve or decline a correction. Sent again it changes nothing."""
    try:
        with transaction():
            proposal = services.decide(current_actor(), proposal_id, **given)
    except IntegrityError as error:  # somebody gave the next number of the same grid at this moment
        raise Problem("busy", retry_after=1) from error
    return views.decided(proposal)
