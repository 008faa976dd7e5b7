"""HTTP routes of the county's desk: parse, delegate, dump."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint
from sqlalchemy.exc import IntegrityError

from server.core.auth import current_actor
from server.core.db import transaction
from server.core.problems import Problem
from server.county_desk import queries, services, timeline, views
from server.county_desk.models import SavedFilter
from server.county_desk.queries import Filters
from server.county_desk.schemas import (
    AssignmentFormSchema,
    AssignmentResultListSchema,
    CaseDetailSchema,
    CaseListSchema,
    CaseQuerySchema,
    CountyDecisionFormSchema,
    CountyDecisionSchema,
    SavedFilterFormSchema,
    SavedFilterListSchema,
    SavedFilterSchema,
    SearchQuerySchema,
    SearchResultSchema,
    StaffSchema,
    TimelineSchema,
)
from server.households.services import search

blueprint = Blueprint("county_desk", __name__, url_prefix="/api/v1", description="The county's desk")


@blueprint.get("/county/cases")
@blueprint.arguments(CaseQuerySchema, location="query", as_kwargs=True)
@blueprint.response(200, CaseListSchema)
def list_cases(filters: Filters, cursor: str | None, limit: int) -> dict[str, Any]:
    """Cases the townships handed up, the first one first."""
    return views.cases(current_actor(), filters, cursor, limit)


@blueprint.get("/county/cases/<uuid:visit_id>")
@blueprint.response(200, CaseDetailSchema)
def read_case(visit_id: UUID) -> dict[str, Any]:
    """One case, and whether the caller may decide on it."""
    return views.case(current_actor(), visit_id)


@blueprint.post("/county/cases/<uuid:visit_id>/decisions")
@blueprint.arguments(CountyDecisionFormSchema)
@blueprint.alt_response(200, schema=CountyDecisionSchema, description="The same decision was here already")
@blueprint.response(201, CountyDecisionSchema)
def decide_case(form: services.DecisionForm, visit_id: UUID) -> tuple[dict[str, Any], int]:
    """Confirm a case as at risk, say that it is not, or send it back with questions."""
    try:
        with transaction():
            decision, is_new = services.decide(current_actor(), visit_id, form)
    except IntegrityError as error:  # the identifier is taken by a decision out of scope, or just now
        raise Problem("decision_conflict") from error
    return views.decision(decision), 201 if is_new else 200


@blueprint.get("/county/staff")
@blueprint.response(200, StaffSchema)
def list_staff() -> dict[str, Any]:
    """The people of the county office and the departments."""
    return services.staff(current_actor())


@blueprint.post("/county/assignments")
@blueprint.arguments(AssignmentFormSchema)
@blueprint.response(200, AssignmentResultListSchema)
def assign_cases(form: services.AssignmentForm) -> dict[str, Any]:
    """Give several cases to somebody; each has its own result."""
    try:
        with transaction():
            return {"results": services.assign(current_actor(), form)}
    except IntegrityError as error:  # the identifier is taken out of scope, or just now
        raise Problem("assignment_conflict") from error


@blueprint.get("/filters")
@blueprint.response(200, SavedFilterListSchema)
def list_filters() -> dict[str, Any]:
    """The caller's saved filters."""
    return {"items": queries.filters_of(current_actor().id), "most": services.MOST_FILTERS}


@blueprint.put("/filters/<uuid:filter_id>")
@blueprint.arguments(SavedFilterFormSchema)
@blueprint.response(200, SavedFilterSchema)
def save_filter(form: services.FilterForm, filter_id: UUID) -> SavedFilter:
    """Save a filter, or another one in its place."""
    try:
        with transaction():
            return services.save_filter(current_actor(), filter_id, form)
    except IntegrityError as error:  # the same was sent twice at once
        raise Problem("busy", retry_after=1) from error


@blueprint.delete("/filters/<uuid:filter_id>")
@blueprint.response(204)
def remove_filter(filter_id: UUID) -> None:
    """Forget a saved filter."""
    with transaction():
        services.remove_filter(current_actor(), filter_id)


@blueprint.get("/households/<uuid:household_id>/timeline")
@blueprint.response(200, TimelineSchema)
def read_timeline(household_id: UUID) -> dict[str, Any]:
    """Everything that happened to a household, and who looked at it."""
    return timeline.timeline(current_actor(), household_id)


@blueprint.get("/households/search")
@blueprint.arguments(SearchQuerySchema, location="query", as_kwargs=True)
@blueprint.response(200, SearchResultSchema)
def search_households(q: str, region: str | None) -> dict[str, Any]:
    """Households by the beginning of what somebody typed."""
    items, more = search(q, region)
    return {"items": items, "more": more}
