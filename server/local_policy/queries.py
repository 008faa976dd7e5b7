"""Reads of a county's acts; everybody in the county lives by them, so they are read county-wide."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from server.core import quick
from server.core.scope import NOTHING, region_scope
from server.local_policy.models import LocalSetting

COUNTY_DIGITS = 6


class Act(NamedTuple):
    """A row of ``LocalSetting`` as a value, by the names of its columns."""

    id: UUID
    region_code: str
    position: int
    kind: str
    name: str
    value: str | None
    since: date
    until: date | None
    revokes_id: UUID | None
    reason: str
    signed_by: UUID
    signer_name: str
    signed_at: datetime
    previous: str
    signature: str


def county_of(region_code: str) -> str:
    """The county that a region lies in; nowhere stays nowhere."""
    return region_code if region_code == NOTHING else region_code[:COUNTY_DIGITS]


def acts_of(county: str) -> tuple[Act, ...]:
    """Every act of a county, the first one first, whatever part of the county the caller may see."""
    with region_scope(county):
        rows = quick.rows(LocalSetting, Act._fields, "region_code", [county], order=("position",))
        return tuple(map(Act._make, rows))
