"""Held operations go with their household: who owns it now decides on them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import update

from server.core.db import db
from server.households.services import moves_along
from server.sync.models import HeldOperation


@moves_along
def move_household(household_id: UUID, region_code: str) -> None:
    """Take the held operations on a household along to another grid."""
    query = update(HeldOperation).where(HeldOperation.household_id == household_id)
    db.session.execute(query.values(region_code=region_code))
