"""Reads of simulations that need no worker."""

from __future__ import annotations

from sqlalchemy import func, select

from server.core.db import db
from server.core.scope import within
from server.flags.queries import HouseholdFacts, grid_counts, latest_run, ranges
from server.households.queries import Household

__all__ = ["grid_counts", "latest_run", "ranges", "without_facts"]


def without_facts(region_code: str) -> int:
    """How many households of a region (empty: of all) were never judged."""
    return _count(Household, region_code) - _count(HouseholdFacts, region_code)


def _count(model: type[Household | HouseholdFacts], region_code: str) -> int:
    query = select(func.count()).select_from(model)
    query = query.where(within(model.region_code, region_code)) if region_code else query
    return db.session.scalar(query) or 0
