"""HTTP routes of the review desk: parse, delegate, dump."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint
from sqlalchemy.exc import IntegrityError

from server.core.auth import current_actor
from server.core.db import transaction
from server.core.problems import Problem
from server.flags.services import explanation
from server.reviews import queries, services, views
from server.reviews.explanation_schemas import ExplanationSchema
from server.reviews.models import Review
from server.reviews.queries import Filters
from server.reviews.schemas import (
    HouseholdHistorySchema,
    ListQuerySchema,
    ReviewFormSchema,
    ReviewSchema,
    VisitDetailSchema,
    VisitListSchema,
)
from server.visits.queries import get_visible

blueprint = Blueprint("reviews", __name__, url_prefix="/api/v1", description="The review desk")


@blueprint.get("/visits")
@blueprint.arguments(ListQuerySchema, location="query", as_kwargs=True)
@blueprint.response(200, VisitListSchema)
def list_visits(filters: Filters, cursor: str | None, limit: int, breakdown: bool) -> dict[str, Any]:
    """Visits, the most severe first, with counts for the filters."""
    actor = current_actor()
    rows, following = queries.page(actor, filters, cursor, limit)
    return {
        "items": views.summaries(rows),
        "next": following,
        "counts": views.counts(actor, filters, breakdown),
    }


@blueprint.get("/visits/<uuid:visit_id>")
@blueprint.response(200, VisitDetailSchema)
def read_visit(visit_id: UUID) -> dict[str, Any]:
    """All of one visit."""
    return views.detail(get_visible(current_actor(), visit_id))


@blueprint.get("/visits/<uuid:visit_id>/lights/<string(maxlength=40):rule>/explanation")
@blueprint.response(200, ExplanationSchema)
def explain_light(visit_id: UUID, rule: str) -> dict[str, Any]:
    """Why a light of a visit is lit, and the smallest change that would clear it."""
    return explanation(get_visible(current_actor(), visit_id), rule)


@blueprint.post("/visits/<uuid:visit_id>/reviews")
@blueprint.arguments(ReviewFormSchema)
@blueprint.alt_response(200, schema=ReviewSchema, description="The same decision was here already")
@blueprint.response(201, ReviewSchema)
def review_visit(form: services.ReviewForm, visit_id: UUID) -> tuple[Review, int]:
    """Approve a visit, or give it back with what is to be corrected."""
    try:
        with transaction():
            review, is_new = services.review(current_actor(), visit_id, form)
    except IntegrityError as error:  # the identifier is taken by a decision out of scope, or just now
        raise Problem("review_conflict") from error
    return review, 201 if is_new else 200


@blueprint.get("/households/<uuid:household_id>")
@blueprint.response(200, HouseholdHistorySchema)
def read_household(household_id: UUID) -> dict[str, Any]:
    """A household with its whole history."""
    return views.history(current_actor(), household_id)
