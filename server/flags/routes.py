"""HTTP routes of runs that judge a county's households again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint
from sqlalchemy.exc import IntegrityError

from server.core import jobs
from server.core.auth import current_actor
from server.core.db import transaction
from server.flags import queries, rejudging, views
from server.flags.jobs import RUN
from server.flags.models import ASKED, Rejudgement
from server.flags.schemas import (
    ChangesQuerySchema,
    ChangesSchema,
    RunListSchema,
    RunPageQuerySchema,
    RunRequestSchema,
    RunSchema,
)

blueprint = Blueprint("flags", __name__, url_prefix="/api/v1", description="Judging a county again")


@blueprint.get("/policy/rejudgements")
@blueprint.arguments(RunPageQuerySchema, location="query", as_kwargs=True)
@blueprint.response(200, RunListSchema)
def list_rejudgements(after: str | None, limit: int) -> dict[str, Any]:
    """The county's runs, the newest first."""
    rows, following = queries.page_of_runs(after, limit)
    return {"items": rows, "next": following}


@blueprint.post("/policy/rejudgements")
@blueprint.arguments(RunRequestSchema)
@blueprint.alt_response(200, schema=RunSchema, description="A run of the county is under way already")
@blueprint.response(201, RunSchema)
def start_rejudgement(form: dict[str, str]) -> tuple[Rejudgement, int]:
    """Judge the latest facts of every household of the county by today's rules."""
    run, is_new = _request(form["reason"])
    jobs.enqueue(RUN, str(run.id))
    return run, 201 if is_new else 200


def _request(reason: str) -> tuple[Rejudgement, bool]:
    actor = current_actor()
    county = rejudging.county_of(actor.region_code)
    try:
        with transaction():
            return rejudging.request(county, reason, ASKED, actor.display_name)
    except IntegrityError:  # somebody asked in the same moment
        with transaction():
            return rejudging.request(county, reason, ASKED, actor.display_name)


@blueprint.get("/policy/rejudgements/<uuid:run_id>")
@blueprint.response(200, RunSchema)
def read_rejudgement(run_id: UUID) -> Rejudgement:
    """One run, with its progress."""
    return queries.run_by_id(run_id)


@blueprint.get("/policy/rejudgements/<uuid:run_id>/changes")
@blueprint.arguments(ChangesQuerySchema, location="query", as_kwargs=True)
@blueprint.response(200, ChangesSchema)
def list_changes(
    run_id: UUID, direction: str | None, rule: str | None, after: str | None, limit: int
) -> dict[str, Any]:
    """The flags that a run opened and closed."""
    return views.changes(run_id, direction, rule, after, limit)
