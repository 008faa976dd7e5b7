"""HTTP routes of the page on how the rules do: parse, delegate, dump."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from server.core.auth import current_actor
from server.rule_health import views
from server.rule_health.schemas import DifferenceListSchema, DifferenceQuerySchema, RuleHealthSchema

blueprint = Blueprint("rule_health", __name__, url_prefix="/api/v1", description="How the rules do")


@blueprint.get("/policy/rule-health")
@blueprint.response(200, RuleHealthSchema)
def read_health() -> dict[str, Any]:
    """How often each rule is met or left open, and where phones and the server differ."""
    return views.health(current_actor().region_code)


@blueprint.get("/policy/rule-health/differences")
@blueprint.arguments(DifferenceQuerySchema, location="query", as_kwargs=True)
@blueprint.response(200, DifferenceListSchema)
def list_differences(rule: str | None, cursor: str | None, limit: int) -> dict[str, Any]:
    """Visits that the phone and the server judge otherwise, the newest first."""
    return views.differences(rule, cursor, limit)
