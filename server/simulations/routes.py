"""HTTP routes of simulations: asked by POST because the question is long; nothing is stored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_smorest import Blueprint

from server.core.auth import current_actor
from server.core.problems import Problem
from server.flags.services import today_bench
from server.simulations import services
from server.simulations.schemas import (
    CurveQuestionSchema,
    CurveSchema,
    ListQuestionSchema,
    SimulatedListSchema,
    SimulationSchema,
    WhatIfSchema,
)
from server.simulations.services import Change, ChangeRefused, Curve, Look, read_change

blueprint = Blueprint("simulations", __name__, url_prefix="/api/v1", description="What if")


@blueprint.post("/policy/simulations")
@blueprint.arguments(WhatIfSchema, as_kwargs=True)
@blueprint.response(200, SimulationSchema)
def simulate(parameters: dict[str, str], rules_off: list[str]) -> dict[str, Any]:
    """Households entering and leaving each rule and kind, if parameters or rules were different."""
    return _asked(parameters, rules_off, services.simulate)


@blueprint.post("/policy/simulations/households")
@blueprint.arguments(ListQuestionSchema, as_kwargs=True)
@blueprint.response(200, SimulatedListSchema)
def list_households(
    parameters: dict[str, str], rules_off: list[str], look: Look, after: str | None, limit: int
) -> dict[str, Any]:
    """The households behind one number of a simulation."""
    return _asked(
        parameters,
        rules_off,
        lambda county, change: services.households(county, change, look, after, limit),
    )


@blueprint.post("/policy/simulations/curve")
@blueprint.arguments(CurveQuestionSchema, as_kwargs=True)
@blueprint.response(200, CurveSchema)
def draw_curve(parameters: dict[str, str], rules_off: list[str], wish: Curve) -> dict[str, Any]:
    """Flagged households over a range of one parameter."""
    return _asked(parameters, rules_off, lambda county, change: services.curve(county, change, wish))


def _asked(
    parameters: dict[str, str], rules_off: list[str], answer: Callable[[str, Change], dict[str, Any]]
) -> dict[str, Any]:
    """The answer about the caller's county. Raises Problem: invalid, naming what is wrong."""
    county = services.county_of(current_actor().region_code)
    try:
        return answer(county, read_change(today_bench(county), parameters, rules_off))
    except ChangeRefused as error:
        raise Problem("invalid", errors=error.errors) from error
