"""HTTP routes of the review desk: parse, delegate, dump."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import current_app
from flask_smorest import Blueprint
from sqlalchemy.exc import IntegrityError

from server.core.auth import current_actor
from server.core.db import transaction
from server.core.problems import Problem
from server.flags.queries import Dismissal
from server.flags.services import DismissalForm, dismiss, explanation
from server.reviews import queries, services, together, views
from server.reviews.explanation_schemas import ExplanationSchema
from server.reviews.models import Review
from server.reviews.queries import Filters
from server.reviews.schemas import (
    DismissalFormSchema,
    DismissalSchema,
    HouseholdHistorySchema,
    ListQuerySchema,
    ReviewFormSchema,
    ReviewSchema,
    TogetherFormSchema,
    TogetherSchema,
    VisitDetailSchema,
    VisitListSchema,
)
from server.visits.queries import get_visible

blueprint = Blueprint("reviews", __name__, url_prefix="/api/v1", description="The review desk")


@blueprint.get("/visits")
@blueprint.arguments(ListQuerySchema, location="query", as_kwargs=True)
@blueprint.response(200, VisitListSchema)
def list_visits(filters: Filters, cursor: str | None, limit: int, breakdown: bool) -> dict[str, Any]:
    """Visits in the order of a reviewer's work, with counts for the filters."""
    actor = current_actor()
    rows, following = queries.page(actor, filters, cursor, limit)
    return {
        "items": views.summaries(actor, rows),
        "next": following,
        "counts": views.counts(actor, filters, breakdown),
    }


@blueprint.get("/visits/<uuid:visit_id>")
@blueprint.response(200, VisitDetailSchema)
def read_visit(visit_id: UUID) -> dict[str, Any]:
    """All of one visit."""
    actor = current_actor()
    return views.detail(actor, get_visible(actor, visit_id))


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
    """Approve a visit, give it back with what is to be corrected, or hand it up to the township."""
    try:
        with transaction():
            review, is_new = services.review(current_actor(), visit_id, form)
    except IntegrityError as error:  # the identifier is taken by a decision out of scope, or just now
        raise Problem("review_conflict") from error
    return review, 201 if is_new else 200


@blueprint.post("/visits/approvals")
@blueprint.arguments(TogetherFormSchema)
@blueprint.response(200, TogetherSchema)
def approve_visits(form: together.TogetherForm) -> dict[str, Any]:
    """Approve several visits that are unchanged and without a light, but for a sample drawn here."""
    percent = current_app.extensions["settings"].spot_check_percent
    try:
        with transaction():
            return {"results": together.approve_together(current_actor(), form, percent)}
    except IntegrityError as error:  # the number is somebody else's
        raise Problem("review_conflict") from error


@blueprint.post("/visits/<uuid:visit_id>/lights/<string(maxlength=40):rule>/dismissals")
@blueprint.arguments(DismissalFormSchema)
@blueprint.alt_response(200, schema=DismissalSchema, description="The same dismissal was here already")
@blueprint.response(201, DismissalSchema)
def dismiss_light(form: DismissalForm, visit_id: UUID, rule: str) -> tuple[Dismissal, int]:
    """Say that a light of a visit needs no more attention, and why."""
    try:
        with transaction():
            row, is_new = dismiss(current_actor(), visit_id, rule, form)
    except IntegrityError as error:  # the identifier is taken by a dismissal out of scope, or just now
        raise Problem("dismissal_conflict") from error
    return row, 201 if is_new else 200


@blueprint.get("/households/<uuid:household_id>")
@blueprint.response(200, HouseholdHistorySchema)
def read_household(household_id: UUID) -> dict[str, Any]:
    """A household with its whole history."""
    return views.history(current_actor(), household_id)
