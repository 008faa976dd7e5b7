"""Reads of simulations that need no worker."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select

from server.core.db import db
from server.core.scope import within
from server.flags.queries import HouseholdFacts, grid_counts, latest_run, ranges
from server.households.queries import Household

__all__ = ["grid_counts", "latest_run", "ranges", "without_facts"]


def without_facts(region_code: str) -> int:
    """How many households of a region (empty: of all) were never judged."""
    registered = select(func.count()).select_from(Household).where(Household.removed_at.is_(None))
    judged = select(func.count()).select_from(HouseholdFacts)
    return _count(registered, Household, region_code) - _count(judged, HouseholdFacts, region_code)


def _count(query: Select[Any], model: type[Household | HouseholdFacts], region_code: str) -> int:
    query = query.where(within(model.region_code, region_code)) if region_code else query
    return db.session.scalar(query) or 0
