"""HTTP routes of the fund: parse, delegate, dump."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from server.core import clock
from server.core.auth import current_actor
from server.fund import services
from server.fund.claims import Claim
from server.fund.schemas import FundCalculationRequestSchema, FundCalculationSchema

blueprint = Blueprint("fund", __name__, url_prefix="/api/v1", description="The poverty-prevention fund")


@blueprint.post("/fund/calculations")
@blueprint.arguments(FundCalculationRequestSchema, as_kwargs=True)
@blueprint.response(200, FundCalculationSchema)
def calculate(claim: Claim, reading: str | None = None) -> dict[str, Any]:
    """What the fund would pay, with every step and its article. Nothing is stored."""
    return services.calculation(
        claim, reading, clock.today(), services.values_of(current_actor().region_code)
    )
